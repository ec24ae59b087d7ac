"""Crash points: a process ends at every point that a write path passes; nothing is lost, half done or done twice."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local.town import Town, start_town
from tests.faults.crash_orders import ROOT, Orders, points_in
from tests.faults.paths import NAMES, Paths
from tests.faults.quiet import Quiet
from tests.faults.rounds import Run
from tests.faults.school import PATIENT

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_800)]

QUIET_SECONDS = 90.0
NOT_ON_A_PATH = {"consumer.put_aside"}
"""Passed where an event cannot be handled, which no write path brings about: no crash is tried there."""


Cell = tuple[str, str]
"""A process and the point at which it is to end."""


class Crashes:
    """A town whose processes can be told where to end."""

    def __init__(self, town: Town, orders: Orders, folder: Path) -> None:
        self.town, self.orders = town, orders
        self.run = Run.begin(town, folder, lambda _: None)
        self.paths = Paths(self.run, self.revive)
        self.quiet = Quiet(town)
        self.hit: Counter[str] = Counter()

    def revive(self) -> None:
        """Start again whatever has ended, all of it at once."""
        gone = [name for name, process in self.town.processes.items() if not process.alive]
        with ThreadPoolExecutor(max(1, len(gone))) as pool:
            list(pool.map(self.town.start_service, gone))

    def become_quiet(self) -> None:
        """Wait until everything that was done is sent and heard, reviving what ends on the way."""
        deadline = time.monotonic() + QUIET_SECONDS
        while not self.quiet.reached():
            assert time.monotonic() < deadline, "the town does not become quiet"
            self.revive()
            threading.Event().wait(0.15)

    def passes_of(self, name: str) -> list[Cell]:
        """Who passes which points on this path, once all of its consequences are through."""
        walk = self.paths.prepare(name)
        self.become_quiet()
        self.orders.note_passes()
        walk()
        self.become_quiet()
        threading.Event().wait(0.3)  # offsets are committed a moment after the effect
        return self.orders.passes()

    def crash_all(self, name: str, batch: list[Cell]) -> list[Cell]:
        """Walk the path once with each of these processes told to end at its point; returns who did not pass it."""
        walk = self.paths.prepare(name)
        self.become_quiet()
        for process, point in batch:
            self.orders.give(process, point)
        walk()
        self.become_quiet()
        missed = [cell for cell in batch if self.orders.withdraw(*cell)]
        self.hit.update(point for cell in batch if cell not in missed for point in cell[1:])
        self.revive()
        return missed


def in_batches(passes: list[Cell], used: Counter[str]) -> Iterator[list[Cell]]:
    """Each point once for the api and once for a worker that passes it, in as few walks as can be.

    A walk can end each process once; of the workers that pass a point the one that ended least often is taken.
    """
    left: dict[tuple[str, str], list[str]] = {}
    for process, point in passes:
        left.setdefault((process.partition(".")[2], point), []).append(process)
    while left:
        batch: dict[str, str] = {}
        for (role, point), processes in list(left.items()):
            free = [process for process in processes if process not in batch]
            if free:
                chosen = min(free, key=lambda process: used[process])
                batch[chosen] = point
                used[chosen] += 1
                del left[role, point]
        yield list(batch.items())


@pytest.fixture
def crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crashes]:
    monkeypatch.setenv("TRELLIS_MONGO_TRANSACTION_SECONDS", "3")  # the dead hold their locks no longer than needed
    orders = Orders.in_folder(tmp_path / "orders")
    with start_town(tmp_path, extra_env={**PATIENT, **orders.env}) as town:
        found = Crashes(town, orders, tmp_path)
        yield found
        found.paths.close()
        found.quiet.close()
        found.run.close()


def test_a_crash_at_every_point_of_every_write_path_loses_nothing_and_doubles_nothing(crashes: Crashes) -> None:
    cells, used = 0, Counter[str]()
    for name in NAMES:
        passes = crashes.passes_of(name)
        assert passes, name
        missed: list[Cell] = []
        for batch in in_batches(passes, used):
            missed += crashes.crash_all(name, batch)
            cells += len(batch)
        for batch in in_batches(missed, used):
            crashes.crash_all(name, batch)
        print(f"{name}: {len({point for _, point in passes})} points, {cells} crashes so far", flush=True)
    print(f"crash points: {cells} crashes asked for, {crashes.hit.total()} met: {dict(crashes.hit)}", flush=True)
    assert set(crashes.hit) == set(points_in(ROOT)) - NOT_ON_A_PATH
    _, findings = crashes.run.check()
    assert [str(finding) for finding in findings] == []


def test_every_point_has_a_name_of_its_own_area() -> None:
    found = points_in(ROOT)
    assert len(found) >= 15
    assert all(name.count(".") == 1 for name in found), found
