"""The worker's job: reads rosters that were uploaded, and applies those that were accepted."""

import asyncio
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress

import structlog
from pymongo.errors import PyMongoError

from kit.edge import Store
from kit.envelope import Trace
from kit.leases import Leases
from kit.mongo import Document
from kit.signals import StopSignal
from kit.telemetry import describe_fault
from services.profile.actions.apply_roster import apply_roster
from services.profile.actions.read_roster import read_roster
from services.profile.actions.roster_desk import RosterDesk, WorkEnded
from services.profile.domain.rosters import RosterState
from services.profile.store.rosters import ROSTERS

PARTS = 8
"""Districts are shared out among workers by this many leases: one roster of a district at a time."""
LEASE_SECONDS = 15.0
_ASIDE_SECONDS = 30.0
_MOST_WAITING = 1_000
_FIELDS = ("district_id", "correlation_id", "state")
_WORK = {
    RosterState.UPLOADED.value: read_roster,
    RosterState.READING.value: read_roster,
    RosterState.APPLYING.value: apply_roster,
}

log = structlog.get_logger()


async def work_on_rosters(
    store: Store, every_seconds: float, stop: StopSignal, *, lease_seconds: float = LEASE_SECONDS
) -> None:
    """Work on rosters of the districts that this worker holds, until `stop`; then hand them to others."""
    leases = Leases(store.mongo, "rosters", PARTS, lease_seconds)
    hand = _Hand(store, leases, stop)
    tending = asyncio.create_task(_tend(leases, stop))
    try:
        while not stop.is_set:
            if not await hand.work_once():
                await stop.pause(every_seconds)
    finally:
        tending.cancel()
        with suppress(asyncio.CancelledError):
            await tending
        with suppress(PyMongoError):  # then they run out by themselves
            await leases.hand_back()


async def _tend(leases: Leases, stop: StopSignal) -> None:
    while not stop.is_set:
        try:
            await leases.tend()
        except PyMongoError as error:
            log.warning("roster_leases_unreachable", error=type(error).__name__)
        await stop.pause(leases.seconds / 5)


def part_of(district_id: str) -> int:
    """The lease under which a district's rosters are worked on."""
    return zlib.crc32(district_id.encode()) % PARTS


class _Hand:
    """One worker's hand: takes up one roster after the other, and lays aside for a while what failed."""

    def __init__(self, store: Store, leases: Leases, stop: StopSignal) -> None:
        self._store, self._leases, self._stop = store, leases, stop
        self._aside: dict[str, float] = {}

    async def work_once(self) -> bool:
        """Take up the oldest roster that is ours to work on. Answers whether there was one."""
        for row in await self._waiting():
            part = part_of(row["district_id"])
            token = self._leases.held().get(part)
            if token is not None and time.monotonic() >= self._aside.get(row["_id"], 0.0):
                with self._leases.using([part]):
                    await self._work(row, {part: token})
                return True
        return False

    async def _waiting(self) -> list[Document]:
        found = self._store.mongo.database[ROSTERS.name].find({"state": {"$in": list(_WORK)}}, _FIELDS)
        return await found.sort("uploaded_at", 1).to_list(_MOST_WAITING)

    async def _work(self, row: Document, ours: Mapping[int, int]) -> None:
        desk = RosterDesk(
            store=self._store,
            district_id=row["district_id"],
            roster_id=row["_id"],
            trace=Trace(row["correlation_id"]),
            goes_on=lambda: not self._stop.is_set and ours.items() <= self._leases.held().items(),
        )
        told = {"roster_id": row["_id"], "district_id": row["district_id"], "state": row["state"]}
        log.info("roster_work_began", **told)
        try:
            await _WORK[row["state"]](desk)
        except WorkEnded:
            log.info("roster_work_interrupted", **told)
        except Exception as error:  # whatever is wrong with this one, the rosters of others go on
            self._aside[row["_id"]] = time.monotonic() + _ASIDE_SECONDS
            # The error's own text may quote a row, which is somebody's name.
            errors, places = describe_fault(error)
            log.error("roster_work_failed", error=errors, places=places, **told)
        else:
            log.info("roster_work_ended", **told)
