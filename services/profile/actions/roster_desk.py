"""The desk at which a worker works on one roster: its store, its trace, and whether there is time to go on."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from kit.edge import Action, Order, Reader, Result, Store
from kit.envelope import Trace
from services.profile.actions.note_roster import NoteProgress, note_progress
from services.profile.domain.rosters import Progress, RosterState

_TOLD_EVERY_SECONDS = 0.5


class WorkEnded(Exception):
    """The work on a roster ends here: the worker stops, its lease is lost, or the roster was discarded."""


@dataclass(slots=True)
class RosterDesk:
    """One district's roster under work. `goes_on` says whether this worker may still work on it."""

    store: Store
    district_id: str
    roster_id: str
    trace: Trace
    goes_on: Callable[[], bool]
    _told_at: float = field(default=0.0)

    @property
    def reader(self) -> Reader:
        return self.store.reader(self.district_id)

    async def act(self, action: Action[Order, Result], order: Order) -> Result:
        """Run one action in a transaction of its own."""
        return await self.store.transact(self.district_id, self.trace, lambda tx: action(tx, order))

    async def tell(self, state: RosterState, progress: Progress, files_done: int = 0, *, now: bool = False) -> None:
        """Say how far the work is, twice a second at most, unless it must be said `now`.

        Raises: WorkEnded.
        """
        if not self.goes_on():
            raise WorkEnded(self.roster_id)
        if not now and time.monotonic() - self._told_at < _TOLD_EVERY_SECONDS:
            return
        self._told_at = time.monotonic()
        if not await self.act(note_progress, NoteProgress(self.roster_id, state, progress, files_done)):
            raise WorkEnded(self.roster_id)
