"""The broker away: people go on working as if nothing were, and the facts come in order when it is back."""

import pytest

from tests.faults.load import Pace
from tests.faults.replies import size_of, troubles
from tests.faults.rounds import Run

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

OPERATIONS = 160


def test_nobody_notices_that_the_broker_is_away_and_nothing_is_lost(run: Run) -> None:
    def away(pace: Pace) -> None:
        pace.wait_for(OPERATIONS // 8)
        run.town.kill("kafka")
        pace.wait_for(OPERATIONS - 10)
        run.town.start_service("kafka")

    since = size_of(run.history.path)
    run.round("broker", OPERATIONS, away)
    assert troubles(run.history.path, since) == {}
    assert [str(finding) for finding in run.check(views=False)[1]] == []
