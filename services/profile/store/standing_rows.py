"""The rows of one file that stand, as a table small enough to hold: 17 bytes a row."""

from array import array
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kit.edge import Reader
from kit.mongo import Document
from services.profile.store.roster_rows import ROSTER_ROWS, rows_of_file, sourced_id_of

ADDED, CHANGED, UNCHANGED = 0, 1, 2
_FETCHED_AT_ONCE = 20_000
_WIDE = 0xFFFF_FFFF_FFFF_FFFF


def hash_of(sourced_id: str) -> int:
    """64 bits that stand for an identifier within this process (two of a million are alike once in 37 million sets)."""
    return hash(sourced_id) & _WIDE


class StandingTable:
    """Identifier hash, digest and a mark "seen in the set" for every standing row of a file."""

    def __init__(self, ids: "array[int]", digests: "array[int]") -> None:
        unsorted = np.frombuffer(ids, np.uint64) if ids else np.empty(0, np.uint64)
        order = np.argsort(unsorted)
        self._ids: NDArray[np.uint64] = unsorted[order]
        found = np.frombuffer(digests, np.int64) if digests else np.empty(0, np.int64)
        self._digests: NDArray[np.int64] = found[order]
        self._seen = np.zeros(len(self._ids), np.bool_)

    @classmethod
    def empty(cls) -> Self:
        """The table of a file of which nothing stands."""
        return cls(array("Q"), array("q"))

    def __len__(self) -> int:
        return len(self._ids)

    def compare(self, ids: NDArray[np.uint64], digests: NDArray[np.int64]) -> NDArray[np.uint8]:
        """ADDED, CHANGED or UNCHANGED for each of these rows; those that stand are seen now."""
        kinds = np.full(len(ids), ADDED, np.uint8)
        if not len(self):
            return kinds
        places = np.minimum(np.searchsorted(self._ids, ids), len(self) - 1)
        stands = self._ids[places] == ids
        same = stands & (self._digests[places] == digests)
        kinds[stands] = CHANGED
        kinds[same] = UNCHANGED
        self._seen[places[stands]] = True
        return kinds

    def unseen(self) -> frozenset[int]:
        """The hashes of standing rows that the set did not show."""
        return frozenset(self._ids[~self._seen].tolist())


async def load_standing(reader: Reader, file: str) -> StandingTable:
    """The table of one file of the district."""
    ids, digests = array("Q"), array("q")
    async for rows in _scan(reader, file, {"_id": 1, "digest": 1}):
        ids.extend(hash_of(sourced_id_of(row["_id"])) for row in rows)
        digests.extend(row["digest"] for row in rows)
    return StandingTable(ids, digests)


async def identifiers(reader: Reader, file: str, hashes: frozenset[int]) -> list[str]:
    """The identifiers behind these hashes."""
    found: list[str] = []
    if hashes:
        async for rows in _scan(reader, file, {"_id": 1}):
            found += [one for one in map(sourced_id_of, (row["_id"] for row in rows)) if hash_of(one) in hashes]
    return found


async def _scan(reader: Reader, file: str, fields: Document) -> AsyncIterator[list[Document]]:
    where = {**rows_of_file(reader.district_id, file), "district_id": reader.district_id}
    cursor = reader.mongo.database[ROSTER_ROWS.name].find(where, fields, batch_size=_FETCHED_AT_ONCE)
    while rows := await cursor.to_list(_FETCHED_AT_ONCE):
        yield rows


def in_groups(ids: Iterable[str], size: int) -> Iterator[list[str]]:
    """`ids` in lists of up to `size`."""
    group: list[str] = []
    for one in ids:
        group.append(one)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
