"""Reads of a group: documents by id that are asked for at the same moment, from several collections, in one turn."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from kit.mongo import Collection, Database, Document, blocking, in_one_turn

Found = dict[str, Document]


@dataclass(slots=True)
class GroupReads:
    """One district's reads beside a transaction: all that is asked for before the loop turns again goes together.

    Whoever wants several collections at once asks side by side (`asyncio.gather`), and need not know of this.
    """

    database: Database
    district_id: str
    _wanted: list[tuple[str, list[str]]] = field(default_factory=list, init=False)
    _reading: asyncio.Task[list[Found]] | None = field(default=None, init=False)

    async def many(self, collection: Collection, row_ids: Sequence[str]) -> Found:
        """The district's documents with these ids, by id; what is not there is left out."""
        if not row_ids:
            return {}
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        place = len(self._wanted)
        self._wanted.append((collection.name, list(row_ids)))
        return (await asyncio.shield(self._reading))[place]

    async def _read(self) -> list[Found]:
        wanted, self._wanted, self._reading = self._wanted, [], None
        return await in_one_turn(lambda: [self._find(name, row_ids) for name, row_ids in wanted])

    def _find(self, name: str, row_ids: list[str]) -> Found:
        where = {"_id": {"$in": row_ids}, "district_id": self.district_id}
        return {row["_id"]: row for row in blocking(self.database[name]).find(where, batch_size=10_000)}
