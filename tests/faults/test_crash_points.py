"""Crash points: a process ends at every point that a write path passes; nothing is lost, half done or done twice."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.mongo_users import SERVICES
from deploy.local.town import Town, start_town
from tests.faults.crash_orders import ROOT, Orders, points_in
from tests.faults.nursery import Nursery
from tests.faults.paths import NAMES, Paths
from tests.faults.quiet import Quiet
from tests.faults.rounds import Run
from tests.faults.school import PATIENT

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_800)]

QUIET_SECONDS = 300.0
TRIES = 3
"""A process that has ended at one point may not come by the next one in the same walk."""
OFFSETS = "consumer.before_offsets"
OPENS = {
    "consumer.done": "consumer.received",
    "store.after_commit": "store.before_commit",
    "relay.marked": "relay.acknowledged",
    "group.committed": "group.gathered",
}
"""Which point comes before which, in the same process."""
OFFSETS_SECONDS = 2.0
"""Offsets are committed a moment after the effect that they are for."""
HASTY = {f"{service.upper()}_LEASE_SECONDS": "3" for service in SERVICES}
"""What a worker held when it ended is free soon, so that the same worker, started again, need not wait for itself."""


Cell = tuple[str, str]
"""A process and the point at which it is to end."""


class Crashes:
    """A town whose processes can be told where to end."""

    def __init__(self, town: Town, orders: Orders, nursery: Nursery, folder: Path) -> None:
        self.town, self.orders, self.nursery = town, orders, nursery
        self.run = Run.begin(town, folder, lambda _: None)
        self.paths = Paths(self.run, self.revive)
        self.quiet = Quiet(town)
        self.hit: Counter[str] = Counter()

    def revive(self) -> None:
        """Start again whatever has ended; nobody waits for it here, so that all of them come up side by side."""
        for name, process in list(self.town.processes.items()):
            if not process.alive:
                self.nursery.start(name)

    def become_quiet(self) -> None:
        """Wait until everything that was done is sent and heard, reviving what ends on the way."""
        assert self._within(QUIET_SECONDS, self.quiet.reached), "the town does not become quiet"

    def passes_of(self, name: str) -> list[Cell]:
        """Who passes which points on this path, once all of its consequences are through."""
        walk = self.paths.prepare(name)
        self.become_quiet()
        self.orders.note_passes()
        walk()
        self.become_quiet()
        self._within(OFFSETS_SECONDS, self._offsets_are_through)
        return _without_echoes(self.orders.passes())

    def crash_all(self, name: str, batch: list[Cell]) -> list[Cell]:
        """Walk the path once with each of these processes told to end at its points; returns who did not pass it."""
        walk = self.paths.prepare(name)
        self.become_quiet()
        for process, point in batch:
            self.orders.give(process, point)
        walk()
        self.become_quiet()
        self._within(OFFSETS_SECONDS, lambda: all(self.orders.taken(*cell) for cell in batch))
        missed = [cell for cell in batch if self.orders.withdraw(*cell)]
        self.hit.update(point for cell in batch if cell not in missed for point in cell[1:])
        self.revive()
        return missed

    def _offsets_are_through(self) -> bool:
        passed = self.orders.passes_so_far()
        return _moved_on(passed) <= {process for process, point in passed if point == OFFSETS}

    def _within(self, seconds: float, true: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                return False
            self.revive()
            threading.Event().wait(0.1)
        return True


def _moved_on(passed: list[Cell]) -> set[str]:
    """Which workers have got on in a partition."""
    return {process for process, point in passed if point in ("consumer.done", "consumer.put_aside")}


def _without_echoes(passed: list[Cell]) -> list[Cell]:
    """What was passed on the path itself, from its beginning: the end of what came before it is not of this path."""
    whole = [(process, point) for process, point in passed if (process, OPENS.get(point, point)) in passed]
    moved = _moved_on(whole)
    return [(process, point) for process, point in whole if point != OFFSETS or process in moved]


def in_batches(passes: list[Cell], used: Counter[str]) -> Iterator[list[Cell]]:
    """Each point once for the api and once for a worker that passes it, in as few walks as can be.

    An api ends at all of its points in one walk, each time that it is asked again. A worker ends once a walk, as it is
    missed for a while; of the workers that pass a point the one that ended least often is taken.
    """
    left: dict[Cell, list[str]] = {}
    for process, point in passes:
        left.setdefault((process.partition(".")[2], point), []).append(process)
    while left:
        batch: list[Cell] = []
        for (role, point), processes in list(left.items()):
            busy = {process for process, _ in batch} if role == "worker" else set()
            free = [process for process in processes if process not in busy]
            if free:
                chosen = min(free, key=lambda process: used[process])
                batch.append((chosen, point))
                used[chosen] += 1
                del left[role, point]
        yield batch


@pytest.fixture
def crashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crashes]:
    monkeypatch.setenv("TRELLIS_MONGO_TRANSACTION_SECONDS", "3")  # the dead hold their locks no longer than needed
    orders = Orders.in_folder(tmp_path / "orders")
    with (
        start_town(tmp_path, extra_env={**PATIENT, **HASTY, **orders.env}) as town,
        Nursery(town, orders.env) as nursery,
    ):
        found = Crashes(town, orders, nursery, tmp_path)
        yield found
        found.paths.close()
        found.quiet.close()
        found.run.close()


def test_a_crash_at_every_point_of_every_write_path_loses_nothing_and_doubles_nothing(crashes: Crashes) -> None:
    asked, used, never = 0, Counter[str](), list[tuple[str, Cell]]()
    for name in NAMES:
        began = time.monotonic()
        passes = crashes.passes_of(name)
        assert passes, name
        batches = list(in_batches(passes, used))
        missed = [cell for batch in batches for cell in crashes.crash_all(name, batch)]
        for _ in range(TRIES - 1):
            missed = [cell for batch in in_batches(missed, used) for cell in crashes.crash_all(name, batch)]
        # What no second walk passes either was the end of something else's way, and none of this path.
        again = crashes.passes_of(name) if missed else []
        never += [(name, cell) for cell in missed if cell in again]
        asked += sum(len(batch) for batch in batches)
        points, seconds = len({point for _, point in passes}), time.monotonic() - began
        print(f"{name}: {points} points, {asked} crashes so far, {seconds:.0f} s", flush=True)
    print(f"crash points: {asked} crashes asked for, {crashes.hit.total()} met: {dict(crashes.hit)}", flush=True)
    _, findings = crashes.run.check()
    assert [str(finding) for finding in findings] == []
    assert never == []
    assert set(crashes.hit) == set(points_in(ROOT))


def test_every_point_has_a_name_of_its_own_area() -> None:
    found = points_in(ROOT)
    assert len(found) >= 15
    assert all(name.count(".") == 1 for name in found), found
