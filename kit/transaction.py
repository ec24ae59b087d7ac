"""One transaction: reads of one district, writes held back and sent together, facts that cannot be forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol
from zlib import crc32

from pymongo import DeleteMany, InsertOne, ReplaceOne, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from kit.envelope import Envelope, Trace
from kit.ids import new_id
from kit.mongo import Collection, Database, Document, Index, Session, Superseded, blocking, in_one_turn

Fields = Sequence[str] | Mapping[str, Any] | None
Save = InsertOne[Document] | ReplaceOne[Document] | UpdateOne
Write = InsertOne[Document] | UpdateOne | UpdateMany | DeleteMany

OUTBOX = Collection(
    "outbox",
    shard_key=("district_id", "key"),
    indexes=(
        # What waits, key by key in the order of its sequence: a relay's window is one walk along it.
        Index(("slot", "key", "sequence"), partial={"sent_at": None}),
        Index(("district_id", "key", "topic", "sequence"), unique=True),
        Index(("district_id", "trace.correlation_id")),
    ),
)
SLOTS = 64


class Announced(Protocol):
    """What the kit needs to know of a fact; the fact classes themselves live with the contracts."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]

    @property
    def key(self) -> str: ...

    @property
    def district_id(self) -> str: ...


class Pack(Protocol):
    def __call__(self, fact: Any) -> dict[str, Any]: ...


class Rows:
    """One collection as one district sees it: every filter carries the district, by construction."""

    def __init__(self, database: Database, collection: Collection, district_id: str) -> None:
        self._rows = database[collection.name]
        self._collection = collection
        self._district_id = district_id
        self._session: Session | None = None

    def _mine(self, where: Mapping[str, Any]) -> Document:
        return {**where, "district_id": self._district_id}

    async def get(self, row_id: str) -> Document | None:
        """The document with this id, or None (also when it is another district's)."""
        return await self.one({"_id": row_id})

    async def one(self, where: Mapping[str, Any], fields: Fields = None) -> Document | None:
        return await self._rows.find_one(self._mine(where), fields, session=self._session)

    async def find(
        self,
        where: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] = (),
        limit: int = 0,
        fields: Fields = None,
    ) -> list[Document]:
        """All matching documents in one round trip (or as many as `limit` allows)."""
        cursor = self._rows.find(
            self._mine(where), fields, session=self._session, limit=limit, batch_size=limit or 10_000
        )
        return await (cursor.sort(list(sort)) if sort else cursor).to_list(None)

    async def many(self, row_ids: Sequence[str]) -> dict[str, Document]:
        """The documents with these ids, by id; what is not there is left out."""
        if not row_ids:
            return {}
        return {row["_id"]: row for row in await self.find({"_id": {"$in": list(row_ids)}})}

    async def count(self, where: Mapping[str, Any]) -> int:
        return await self._rows.count_documents(self._mine(where), session=self._session)


class TransactionRows(Rows):
    """The same collection inside a transaction: writes are held back until a read needs them, or until the end."""

    def __init__(self, transaction: "Transaction", collection: Collection) -> None:
        super().__init__(transaction.database, collection, transaction.district_id)
        self._session = transaction.session
        self._transaction = transaction

    async def one(self, where: Mapping[str, Any], fields: Fields = None) -> Document | None:
        await self._transaction.flush()
        return await super().one(where, fields)

    async def find(self, where: Mapping[str, Any], **options: Any) -> list[Document]:
        await self._transaction.flush()
        return await super().find(where, **options)

    async def count(self, where: Mapping[str, Any]) -> int:
        await self._transaction.flush()
        return await super().count(where)

    def save(self, document: Document, facts: Sequence[Announced] = ()) -> int:
        """Insert or replace a versioned document, and announce what happened to it. Returns its new version.

        `document["version"]` is the version that was read (0: it is new). The version rises by one a fact, and a fact's
        sequence is the version it made, so that order per key is the order of the saves. A document that moved on in
        between makes the edge run the action again.
        """
        was = document["version"]
        version: int = was + max(1, len(facts))
        stored = self._mine(document) | {"version": version}
        held = {"_id": document["_id"], "version": was, "district_id": self._district_id}
        save = InsertOne(stored) if was == 0 else ReplaceOne(held, stored)
        self._transaction.held(self._collection).saves.append(save)
        for place, fact in enumerate(facts, start=1):
            self._transaction.announce(fact, was + place)
        return version

    def insert(self, document: Document) -> None:
        """Insert a document that is never changed under a version (a row of a view, a log entry)."""
        self._write(InsertOne(self._mine(document)))

    def update(self, where: Mapping[str, Any], change: Mapping[str, Any], *, upsert: bool = False) -> None:
        """Change one document of a view; where nothing matches, nothing happens (unless `upsert`)."""
        self._write(UpdateOne(self._mine(where), dict(change), upsert=upsert))

    def update_all(self, where: Mapping[str, Any], change: Mapping[str, Any]) -> None:
        self._write(UpdateMany(self._mine(where), dict(change)))

    def remember(self, row_id: str, sequence: int, values: Mapping[str, Any], source: str = "sequence") -> None:
        """Put `values` on a view's row unless it knows a fact as new as `sequence`. Safe twice and out of order.

        A row fed by several sources keeps one sequence each: `source` names the field.
        """
        newer = {"$gt": [sequence, {"$ifNull": [f"${source}", -1]}]}
        fresh = {source: sequence, **values}
        change = {name: {"$cond": [newer, {"$literal": value}, f"${name}"]} for name, value in fresh.items()}
        self._write(UpdateOne(self._mine({"_id": row_id}), [{"$set": change}], upsert=True))

    def delete(self, where: Mapping[str, Any]) -> None:
        """Delete every matching document of this district."""
        self._write(DeleteMany(self._mine(where)))

    def _write(self, write: Write) -> None:
        self._transaction.held(self._collection).writes.append(write)


@dataclass(slots=True)
class Held:
    """What waits to be sent to one collection: saves, each of which must find its version, and other writes."""

    saves: list[Save] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)


class Transaction:
    """What an action gets: `tx[PLACEMENTS]` to read and write, bound to one district and one trace.

    The edge commits; an action never does. `now` is the moment the work began, the same however often it is re-run.
    """

    def __init__(self, database: Database, session: Session, pack: Pack, source: str, now: datetime) -> None:
        self.database = database
        self.session = session
        self.now = now
        self.district_id = ""
        self.trace = Trace("")
        self._pack = pack
        self._source = source
        self._held: dict[str, Held] = {}
        self._rows: dict[str, TransactionRows] = {}

    def on_behalf_of(self, district_id: str, trace: Trace) -> "Transaction":
        """The same transaction for work of this district, caused by this trace."""
        if district_id != self.district_id:
            self._rows = {}
        self.district_id = district_id
        self.trace = trace
        return self

    def __getitem__(self, collection: Collection) -> TransactionRows:
        rows = self._rows.get(collection.name)
        if rows is None:
            rows = self._rows[collection.name] = TransactionRows(self, collection)
        return rows

    def held(self, collection: Collection) -> Held:
        """What waits for this collection."""
        return self._held.setdefault(collection.name, Held())

    def announce(self, fact: Announced, sequence: int) -> None:
        """Write the fact to the outbox with this transaction. Called by `save`; `sequence` orders facts of one key."""
        if fact.district_id != self.district_id:
            raise ValueError(f"{fact.TYPE} of another district than the one this work is for")
        envelope = Envelope(
            event_id=new_id("fact"),
            type=fact.TYPE,
            source=self._source,
            key=fact.key,
            sequence=sequence,
            time=self.now,
            district_id=self.district_id,
            trace=self.trace,
            data=self._pack(fact),
        )
        self.held(OUTBOX).saves.append(InsertOne(outbox_row(envelope, fact.TOPIC)))

    async def flush(self) -> None:
        """Send what is held, in one or two round trips a collection, all in one turn.

        Raises: Superseded, DuplicateKeyError (on both the edge runs the action again).
        """
        held, self._held = self._held, {}
        if held:
            await in_one_turn(lambda: self._send_all(held))

    def _send_all(self, held: Mapping[str, Held]) -> None:
        for name, waiting in held.items():
            self._send(name, waiting)

    def _send(self, name: str, held: Held) -> None:
        rows, session = blocking(self.database[name]), blocking(self.session)
        try:
            if held.saves:
                # Unordered, so that inserts and replacements travel as one command each.
                saved = rows.bulk_write(held.saves, ordered=False, session=session)
                if saved.matched_count < sum(not isinstance(save, InsertOne) for save in held.saves):
                    raise Superseded(name)
            if held.writes:
                rows.bulk_write(held.writes, ordered=True, session=session)
        except BulkWriteError as error:
            if any(fault["code"] == 11000 for fault in error.details["writeErrors"]):
                raise DuplicateKeyError(name) from error
            raise


def slot_of(key: str) -> int:
    """The outbox range a key belongs to; workers lease ranges, so that several relay side by side."""
    return crc32(key.encode()) % SLOTS


def outbox_row(envelope: Envelope, topic: str) -> Document:
    """The outbox document of a fact: what to send, where, in which order, and whether it was sent."""
    return {
        "_id": envelope.event_id,
        "district_id": envelope.district_id,
        "topic": topic,
        "key": envelope.key,
        "sequence": envelope.sequence,
        "type": envelope.type,
        "source": envelope.source,
        "trace": {
            "correlation_id": envelope.trace.correlation_id,
            "causation_id": envelope.trace.causation_id,
            "traceparent": envelope.trace.traceparent,
        },
        "data": envelope.data,
        "slot": slot_of(envelope.key),
        "created_at": envelope.time,
        "sent_at": None,
    }
