"""Leases: parts of a service's work, each held by one worker at a time, shared out fairly and taken over at expiry."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from pymongo import UpdateOne

from kit.ids import new_id
from kit.mongo import Collection, Document, Index, Mongo, Session

LEASES = Collection(
    "leases",
    shard_key=("_id",),
    indexes=(Index(("area", "holder")), Index(("until",), partial={"part": None}, expires_after=timedelta(days=1))),
)
"""One row a part (`outbox:07`: holder, token, until) and one row a live worker (`outbox:worker_…`: until)."""

_FREED: Document = {"$set": {"until": "$$NOW", "holder": None}}

log = structlog.get_logger()


class LeaseLost(Exception):
    """Another worker has taken over a part that this one still believed to hold: what it was doing does not count."""


@dataclass(slots=True)
class Leases:
    """One worker's share of an area's `parts`. All times are the database's own; clocks of workers do not matter.

    A lease lasts `seconds` and is renewed by `tend`, which must be called several times as often. A part's token rises
    with every change of hands, so that a write can be made to depend on still holding it (the fencing token).
    """

    mongo: Mongo
    area: str
    parts: int
    seconds: float = 15.0
    worker_id: str = field(default_factory=lambda: new_id("worker"))
    _tokens: Mapping[int, int] = field(default_factory=dict)
    _leaving: frozenset[int] = frozenset()
    _in_use: Counter[int] = field(default_factory=Counter)
    _deadline: float = 0.0

    def held(self) -> Mapping[int, int]:
        """Part -> fencing token, of what this worker may work on; nothing once the lease has run out unrenewed."""
        if time.monotonic() >= self._deadline:
            return {}
        return {part: token for part, token in self._tokens.items() if part not in self._leaving}

    @contextmanager
    def using(self, parts: Iterable[int]) -> Iterator[None]:
        """While inside, `parts` are not given back for the sake of fairness (they may still be lost)."""
        self._in_use.update(parts)
        try:
            yield
        finally:
            self._in_use.subtract(parts)

    async def tend(self) -> Mapping[int, int]:
        """Renew what is held, give back what is beyond a fair share, take what is free within it.

        Raises: PyMongoError; what is held then runs out by itself.
        """
        asked_at = time.monotonic()
        await self._renew()
        rows = await self._rows()
        share = -(-self.parts // max(1, sum(row["live"] for row in rows if "part" not in row)))
        mine = [row["part"] for row in rows if row.get("holder") == self.worker_id and row["live"]]
        self._leaving = frozenset(mine[share:])  # no new work on these; given back when the work in hand is done
        await self._give_back([part for part in self._leaving if not self._in_use[part]])
        taken = {row["part"] for row in rows if "part" in row and row["live"]}
        await self._take([part for part in range(self.parts) if part not in taken], share - len(mine))
        held = {row["part"]: row["token"] for row in await self._rows() if row.get("holder") == self.worker_id}
        # Counted from before the question was sent: the database's clock started later.
        self._note(held, asked_at + self.seconds)
        return self.held()

    async def hand_back(self) -> None:
        """Give everything back at once, so that others need not wait for the expiry."""
        self._note({}, 0.0)
        await self._table.update_many({"area": self.area, "holder": self.worker_id}, [_FREED])
        await self._table.delete_one({"_id": f"{self.area}:{self.worker_id}"})

    async def guard(self, session: Session, parts: Mapping[int, int]) -> None:
        """Make this transaction stand or fall with still holding `parts` under these tokens.

        It writes to the leases, so that a takeover at the same moment conflicts with the transaction.
        Raises: LeaseLost.
        """
        tokens = [{"_id": self._part_id(part), "token": token} for part, token in parts.items()]
        held = await self._table.update_many({"$or": tokens}, {"$inc": {"uses": 1}}, session=session)
        if held.matched_count < len(parts):
            raise LeaseLost(f"{self.area}: {len(parts) - held.matched_count} of {len(parts)} parts")

    async def live_workers(self) -> int:
        """How many workers hold or want a share of this area now."""
        return sum(row["live"] for row in await self._rows() if "part" not in row)

    @property
    def _table(self) -> Any:
        return self.mongo.database[LEASES.name]

    def _part_id(self, part: int) -> str:
        return f"{self.area}:{part:02d}"

    @property
    def _until(self) -> Document:
        return {"$add": ["$$NOW", int(self.seconds * 1000)]}

    def _note(self, tokens: Mapping[int, int], deadline: float) -> None:
        if set(tokens) != set(self._tokens):
            log.info("leases_changed", area=self.area, worker_id=self.worker_id, held=len(tokens))
        self._tokens, self._deadline = tokens, deadline

    async def _renew(self) -> None:
        mine = {"area": self.area, "holder": self.worker_id, "$expr": {"$gt": ["$until", "$$NOW"]}}
        await self._table.update_many(mine, [{"$set": {"until": self._until}}])
        sign_of_life = [{"$set": {"area": self.area, "until": self._until}}]
        await self._table.update_one({"_id": f"{self.area}:{self.worker_id}"}, sign_of_life, upsert=True)

    async def _rows(self) -> list[Document]:
        live = {"$gt": ["$until", "$$NOW"]}
        rows: list[Document] = await self._table.aggregate(
            [{"$match": {"area": self.area}}, {"$set": {"live": live}}, {"$sort": {"_id": 1}}]
        ).to_list(None)
        return rows

    async def _give_back(self, parts: Iterable[int]) -> None:
        ids = [self._part_id(part) for part in parts]
        if ids:
            await self._table.update_many({"_id": {"$in": ids}, "holder": self.worker_id}, [_FREED])

    async def _take(self, free: list[int], count: int) -> None:
        if not free or count <= 0:
            return
        # Started at a place of one's own, so that workers who start together do not all reach for the same parts.
        start = hash(self.worker_id) % len(free)
        wanted = (free[start:] + free[:start])[:count]
        await self._table.bulk_write([self._claim(part) for part in wanted], ordered=False)

    def _claim(self, part: int) -> UpdateOne:
        """Take the part if its lease has expired at the moment of writing; otherwise leave it as it is."""
        expired = {"$lte": [{"$ifNull": ["$until", "$$NOW"]}, "$$NOW"]}
        taken = {
            "area": self.area,
            "part": {"$literal": part},
            "token": {"$cond": [expired, {"$add": [{"$ifNull": ["$token", 0]}, 1]}, "$token"]},
            "holder": {"$cond": [expired, self.worker_id, "$holder"]},
            "until": {"$cond": [expired, self._until, "$until"]},
        }
        return UpdateOne({"_id": self._part_id(part)}, [{"$set": taken}], upsert=True)
