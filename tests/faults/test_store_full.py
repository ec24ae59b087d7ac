"""The store can write no more, as on a full disk: it ends, and what it had acknowledged is there when there is room."""

import resource

import pytest

from tests.faults.load import Pace
from tests.faults.rounds import Run

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

OPERATIONS = 120


def test_what_was_acknowledged_before_the_disk_was_full_is_there_afterwards(run: Run) -> None:
    def fill(pace: Pace) -> None:
        pace.wait_for(OPERATIONS // 3)
        process = run.town.mongo.process
        assert process is not None
        # No root and no disk of its own: the kernel refuses this process every further byte in any file.
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, 1))
        pace.wait_for(OPERATIONS * 2 // 3)
        run.town.kill("mongo")
        run.town.start_service("mongo")

    run.round("full", OPERATIONS, fill)
    assert [str(finding) for finding in run.check(views=False)[1]] == []
