"""What a set would change: its rows beside those that stand, file by file, in batches."""

import asyncio
import io
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from kit.edge import Reader
from services.profile.domain.rosters import Roster
from services.profile.rosters import References, Report, RosterArchive, RosterRow
from services.profile.store.roster_rows import KEPT_FILES, ROSTER_ROWS, digest_of, held_by, row_id, sourced_id_of
from services.profile.store.rosters import ROSTER_CHUNKS, chunk_id
from services.profile.store.standing_rows import (
    ADDED,
    CHANGED,
    UNCHANGED,
    StandingTable,
    hash_of,
    identifiers,
    in_groups,
    load_standing,
)
from services.profile.store.uploads import Upload

T = TypeVar("T")
BATCH = 2_000
_ANSWER_SECONDS = 60.0
_MASK = 0xFFFF_FFFF_FFFF_FFFF


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file: how many were read, those that are new or other than what stands, those that say "gone"."""

    read: int
    unchanged: int
    added: list[tuple[RosterRow, int]]
    changed: list[tuple[RosterRow, int]]
    deleted: list[str]


class Comparison:
    """One set beside what stands. Reading is done in a thread, so that the loop goes on.

    Memory: 17 bytes for each standing row of the file at hand and of the next one, what `References` holds, one batch.
    """

    def __init__(self, reader: Reader, roster: Roster, report: Report) -> None:
        self._reader = reader
        self._roster = roster
        self._report = report
        self._loop = asyncio.get_running_loop()
        self.archive: RosterArchive
        self._references: References
        self._table = StandingTable.empty()
        self._replaced: dict[int, str] = {}
        self._gone: list[str] = []
        self._prepared: dict[str, asyncio.Task[StandingTable]] = {}

    async def open(self) -> None:
        """Read manifest and headers; what is wrong with them is in `archive.findings`."""
        upload = io.BufferedReader(Upload(self._fetch, self._roster.size_bytes), 64 * 1024)
        self.archive = await asyncio.to_thread(RosterArchive.open, upload)
        self._references = References(self.archive, self._known)

    async def close(self) -> None:
        """Let go of the upload, and of what was prepared in vain."""
        for prepared in self._prepared.values():
            prepared.cancel()
        await asyncio.gather(*self._prepared.values(), return_exceptions=True)
        await asyncio.to_thread(self.archive.close)

    @property
    def standing(self) -> int:
        """How many rows of the file at hand stand."""
        return len(self._table)

    def prepare(self, file: str) -> None:
        """Begin to load what stands of the file that comes next, while another is being read."""
        self._prepared[file] = asyncio.create_task(load_standing(self._reader, file))

    async def batches(self, file: str) -> AsyncIterator[Batch]:
        """The rows of `file` beside those that stand. Rows of a file that is not kept are only read."""
        kept = file in KEPT_FILES
        self._table = await self._standing(file) if kept else StandingTable.empty()
        self._replaced, self._gone = {}, []
        rows = self._references.rows(file, self._report)
        while batch := await asyncio.to_thread(self._next, rows, kept):
            if self._replaces_roles(file):
                await self._note_replaced(batch[1])
            self._gone += batch[0].deleted
            yield batch[0]

    async def _standing(self, file: str) -> StandingTable:
        prepared = self._prepared.pop(file, None)
        return await (prepared or load_standing(self._reader, file))

    async def leaving(self, file: str) -> list[str]:
        """What stands and would leave, once all batches of `file` are through."""
        if self.archive.modes[file] == "bulk":
            unseen = self._table.unseen() | {hash_of(one) for one in self._gone}
            return await identifiers(self._reader, file, unseen)
        ids = list(dict.fromkeys([*self._gone, *self._replaced.values()]))
        found = await self._stands(file, ids)
        return [one for one in ids if one in found]

    def _next(self, rows: Iterator[RosterRow], kept: bool) -> tuple[Batch, list[RosterRow]] | None:
        batch = list(islice(rows, BATCH))
        if not batch:
            return None
        if not kept:
            return Batch(len(batch), 0, [], [], []), []
        active = [row for row in batch if not row.deleted]
        digests = [digest_of(row) for row in active]
        ids = np.fromiter((hash(row.sourced_id) & _MASK for row in active), np.uint64, len(active))
        kinds = self._table.compare(ids, np.array(digests, np.int64))
        found = {kind: [(active[at], digests[at]) for at in np.flatnonzero(kinds == kind)] for kind in (ADDED, CHANGED)}
        return (
            Batch(
                read=len(batch),
                unchanged=int((kinds == UNCHANGED).sum()),
                added=found[ADDED],
                changed=found[CHANGED],
                deleted=[row.sourced_id for row in batch if row.deleted],
            ),
            batch,
        )

    def _replaces_roles(self, file: str) -> bool:
        """Whether a user's rows replace all that stand: roles of version 1.1, in a delta."""
        return file in self.archive.derived and self.archive.modes[file] == "delta"

    async def _note_replaced(self, batch: list[RosterRow]) -> None:
        """Of the users in this batch, the standing roles that the set does not repeat."""
        users = {str(row.values["userSourcedId"]) for row in batch}
        for row in await self._reader[ROSTER_ROWS].find(held_by(users), fields=["_id"]):
            sourced_id = sourced_id_of(row["_id"])
            self._replaced[hash_of(sourced_id)] = sourced_id
        unseen = self._table.unseen()
        self._replaced = {key: one for key, one in self._replaced.items() if key in unseen}

    def _known(self, file: str, ids: set[str]) -> set[str]:
        """Which of these stand. Of files that are not kept nobody can say, and nothing here depends on it."""
        return self._ask(self._stands(file, list(ids))) if file in KEPT_FILES else ids

    async def _stands(self, file: str, ids: list[str]) -> set[str]:
        stands: set[str] = set()
        for group in in_groups(ids, BATCH):
            wanted = [row_id(self._reader.district_id, file, one) for one in group]
            found = await self._reader[ROSTER_ROWS].find({"_id": {"$in": wanted}}, fields=["_id"])
            stands |= {sourced_id_of(row["_id"]) for row in found}
        return stands

    def _fetch(self, number: int) -> bytes:
        found = self._ask(self._reader[ROSTER_CHUNKS].get(chunk_id(self._roster.roster_id, number)))
        if found is None:
            raise OSError("a part of the upload is missing")
        return bytes(found["content"])

    def _ask(self, question: Coroutine[Any, Any, T]) -> T:
        """Have the loop answer a question of the reading thread."""
        return asyncio.run_coroutine_threadsafe(question, self._loop).result(_ANSWER_SECONDS)
