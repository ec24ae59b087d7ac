"""A rebuild while everybody works: it disturbs nobody, and afterwards every view equals its rebuild."""

import pytest

from tests.faults.checking_views import rebuild
from tests.faults.load import Pace
from tests.faults.replies import size_of, troubles
from tests.faults.rounds import Run

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

OPERATIONS = 160


def test_a_rebuild_disturbs_nobody_and_comes_to_the_same(run: Run) -> None:
    read: list[int] = []

    def meanwhile(pace: Pace) -> None:
        pace.wait_for(10)
        read.extend(rebuild(run.town, "scheduler", view)["records"] for view in ("people", "learners"))

    since = size_of(run.history.path)
    run.round("rebuild", OPERATIONS, meanwhile)
    assert all(count > 0 for count in read)
    assert troubles(run.history.path, since) == {}
    assert [str(finding) for finding in run.check()[1]] == []
