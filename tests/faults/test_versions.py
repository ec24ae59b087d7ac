"""Two versions of a contract side by side: some write a field more than others know, and all take both."""

import json
from collections import Counter
from pathlib import Path

import pytest

from deploy.local.processes import Process, free_port
from deploy.local.town import start_town
from kit.bus import read_to_end
from tests.faults.copies import Change, copy_of_the_code, take_out
from tests.faults.crash_orders import ROOT
from tests.faults.crowding import start_beside
from tests.faults.injecting import Fault, inject
from tests.faults.load import Pace
from tests.faults.rounds import Run
from tests.faults.school import PATIENT

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

NEWER = (
    Change(
        "contracts/scheduler.py",
        '    """A student has a place: chosen, promoted, distributed, pulled, assigned or by default."""\n',
        '    """A student has a place: chosen, promoted, distributed, pulled, assigned or by default."""\n\n'
        '    seat: str | None = "any"\n',
    ),
)
"""A later release: whoever announces a place says which seat, and whoever hears of one may ask."""
MADE, FIELD = "scheduler.placement.made.v1", "seat"
API = "scheduler.api"
NEWER_TOO = (API, "scheduler.worker", "profile.worker", "gateway.worker")
KILLED = ("profile.worker", API, "scheduler.worker", "gateway.worker")
OPERATIONS = 320


def know_of_two(run: Run) -> int:
    """Tell the gateway of a second address of the scheduler, where nobody listens yet."""
    port = free_port()
    urls = f"{run.town.url_of('scheduler')},http://127.0.0.1:{port}"
    run.town.tell("gateway.api", {"GATEWAY_SCHEDULER_URLS": urls})
    run.town.stop_service("gateway.api")
    run.town.start_service("gateway.api")
    return port


def start_newer(run: Run, name: str, copy: Path, port: int | None) -> Process:
    """One more process of the later release beside the one that runs, which stays what it is when it is restarted."""
    run.town.tell(name, {"PYTHONPATH": str(copy)})
    try:
        return start_beside(run.town, name, 2, port)
    finally:
        run.town.tell(name, {"PYTHONPATH": str(ROOT)})


def written(run: Run) -> Counter[bool]:
    """How many of these facts say the newer field, and how many do not."""
    found: Counter[bool] = Counter()
    for batch in read_to_end(run.town.kafka.bootstrap, ["scheduler-placements"]):
        for record in batch:
            if dict(record.headers)["ce_type"].decode() == MADE:
                found[FIELD in json.loads(record.value or b"")] += 1
    return found


def test_old_and_new_writers_and_readers_work_side_by_side_while_they_are_killed(tmp_path: Path) -> None:
    copy_of_the_code(tmp_path / "copy")
    take_out(tmp_path / "copy", NEWER)
    with start_town(tmp_path / "town", extra_env=PATIENT) as town:
        run = Run.begin(town, tmp_path, lambda _: None)
        port = know_of_two(run)
        newer = {name: start_newer(run, name, tmp_path / "copy", port if name == API else None) for name in NEWER_TOO}

        def come_and_go(pace: Pace) -> None:
            moments = [OPERATIONS * n // 6 for n in range(1, 5)]
            inject(town, [Fault("kill", name, at) for name, at in zip(KILLED, moments, strict=True)], pace, run.tell)
            newer["scheduler.worker"].kill()  # without a word: an older one relays what the newer api has announced

        run.round("versions", OPERATIONS, come_and_go)
        _, findings = run.check()
        counts = written(run)
        run.close()
        for process in newer.values():
            process.stop()
    print(f"versions: {counts[True]} with {FIELD}, {counts[False]} without", flush=True)
    assert min(counts[True], counts[False]) > 0
    assert [str(finding) for finding in findings] == []
