"""Clocks that disagree: workers an hour ahead and an hour behind hand on the same facts in the same order."""

from pathlib import Path

import pytest

from deploy.local.town import start_town
from tests.faults.copies import Change, copy_of_the_code, take_out
from tests.faults.rounds import Run
from tests.faults.school import PATIENT

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

LINE = "    moment = datetime.now(UTC)\n"


def told_to(copy: Path, before: str, hours: int) -> str:
    """Let the processes that start from now on read their clocks with so many hours more; returns the new line."""
    after = f"    moment = datetime.now(UTC) + timedelta(hours={hours})\n"
    take_out(copy, [Change("kit/clock.py", before, after)])
    return after


def test_workers_whose_clocks_are_an_hour_off_lose_and_shuffle_nothing(tmp_path: Path) -> None:
    env = copy_of_the_code(tmp_path / "copy")
    with start_town(tmp_path / "town", extra_env={**PATIENT, **env}) as town:
        run = Run.begin(town, tmp_path, lambda _: None)
        take_out(
            tmp_path / "copy", [Change("kit/clock.py", "import UTC, datetime\n", "import UTC, datetime, timedelta\n")]
        )
        line = LINE
        for hours, names in ((1, ("profile.worker", "scheduler.worker")), (-1, ("community.worker", "gateway.worker"))):
            line = told_to(tmp_path / "copy", line, hours)
            for name in names:
                town.stop_service(name)
                town.start_service(name)
        run.round("skew", 160, lambda _: None)
        findings = run.check(views=False)[1]
        run.close()
        assert [str(finding) for finding in findings] == []
