"""The one door to MongoDB: a client with safe concerns, and collections that are declared once and made at start."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any, ClassVar, TypeVar

from bson.codec_options import CodecOptions, TypeRegistry
from motor.frameworks.asyncio import run_on_executor
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession, AsyncIOMotorDatabase
from pymongo import ReadPreference, WriteConcern
from pymongo.errors import (
    CollectionInvalid,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
)
from pymongo.read_concern import ReadConcern

from kit.crash_points import crash_point
from kit.refusals import Kind, Refusal, refuse

T = TypeVar("T")
Document = dict[str, Any]
Database = AsyncIOMotorDatabase[Document]
Session = AsyncIOMotorClientSession

MAJORITY = WriteConcern(w="majority", j=True, wtimeout=10_000)
READ_MAJORITY = ReadConcern("majority")
SNAPSHOT = ReadConcern("snapshot")
MOST_ATTEMPTS = 24


class StoreUnavailable(Refusal):
    kind = Kind.UNAVAILABLE
    text = "The store cannot be reached just now. Nothing was changed; try again in a few seconds."


class StoreBusy(Refusal):
    kind = Kind.UNAVAILABLE
    text = "Too many people changed the same thing at once. Nothing was changed; try again."


class OutcomeUnknown(Refusal):
    kind = Kind.UNAVAILABLE
    text = "The store went away while saving: the change may or may not be there. Repeat with the same idempotency key."


class Superseded(Exception):
    """A document is no longer at the version that was read; the edge runs the whole action again."""


@dataclass(frozen=True, slots=True)
class Index:
    """Keys in order (`-name` sorts down). A partial filter keeps an index small; a unique one is a race's last word."""

    keys: tuple[str, ...]
    unique: bool = False
    partial: Document | None = None
    expires_after: timedelta | None = None

    def specification(self) -> tuple[list[tuple[str, int]], Document]:
        keys = [(key.lstrip("-"), -1 if key.startswith("-") else 1) for key in self.keys]
        options: Document = {"name": "_".join(f"{name}.{way}" for name, way in keys), "unique": self.unique}
        if self.partial is not None:
            options["partialFilterExpression"] = self.partial
        if self.expires_after is not None:
            options["expireAfterSeconds"] = int(self.expires_after.total_seconds())
        return keys, options


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection's name, the key it shards by, and its indexes; every unique index begins with the shard key."""

    name: str
    shard_key: tuple[str, ...]
    indexes: tuple[Index, ...] = ()


def _plain(value: Any) -> Any:
    """What BSON does not know: dates become ISO text, enums their value, sets sorted lists."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in a document")


CODEC: CodecOptions[Document] = CodecOptions(tz_aware=True, type_registry=TypeRegistry(fallback_encoder=_plain))


class Mongo:
    """One service's database. Every concern is said aloud: majority writes with journal, majority reads, primary."""

    SAFE: ClassVar[dict[str, Any]] = {
        "codec_options": CODEC,
        "write_concern": MAJORITY,
        "read_concern": READ_MAJORITY,
        "read_preference": ReadPreference.PRIMARY,
    }

    def __init__(self, url: str, name: str, *, timeout_seconds: float = 5.0, pool: int = 50) -> None:
        milliseconds = int(timeout_seconds * 1000)
        self.client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
            url,
            maxPoolSize=pool,
            serverSelectionTimeoutMS=milliseconds,
            connectTimeoutMS=milliseconds,
            socketTimeoutMS=milliseconds * 6,
            retryWrites=True,
            retryReads=True,
        )
        self.database: Database = self.client.get_database(name, **self.SAFE)

    async def ensure(self, collections: Iterable[Collection]) -> None:
        """Create collections and indexes that are not there yet; safe to run at every start, by many at once."""
        present = set(await self.database.list_collection_names())
        for collection in collections:
            if collection.name not in present:
                await self._create(collection.name)
            for index in collection.indexes:
                keys, options = index.specification()
                await self.database[collection.name].create_index(keys, **options)

    async def _create(self, name: str) -> None:
        try:
            await self.database.create_collection(name)
        except CollectionInvalid:  # the driver looked, and another process of ours was first
            return
        except OperationFailure as error:
            if error.code != 48:  # NamespaceExists: the same, found out by the server
                raise

    async def ping(self) -> bool:
        """Whether a primary answers."""
        try:
            await self.database.command("ping")
        except PyMongoError:
            return False
        return True

    def close(self) -> None:
        self.client.close()

    async def transact(self, body: Callable[[Session], Awaitable[T]]) -> T:
        """Run `body` in one transaction and commit; on a transient or version conflict run all of it again.

        Raises: Refusals of StoreUnavailable when no primary answers, of StoreBusy when conflicts do not end.
        """
        for attempt in range(MOST_ATTEMPTS):
            try:
                return await self._once(body)
            except (Superseded, DuplicateKeyError):
                await _stagger(attempt)
            except (ConnectionFailure, ExecutionTimeout) as error:
                if not _transient(error) or attempt >= 2:
                    raise refuse(StoreUnavailable()) from error
            except PyMongoError as error:
                if not _transient(error):
                    raise
                await _stagger(attempt)
        raise refuse(StoreBusy())

    async def _once(self, body: Callable[[Session], Awaitable[T]]) -> T:
        # A session is begun and ended by no call to the store: neither is worth a thread's turn.
        session = AsyncIOMotorClientSession(self.client.delegate.start_session(), self.client)
        try:
            session.start_transaction(SNAPSHOT, MAJORITY, ReadPreference.PRIMARY, max_commit_time_ms=10_000)
            try:
                result = await body(session)
            except BaseException:
                await session.abort_transaction()
                raise
            crash_point("store.before_commit")
            await _commit(session)
            crash_point("store.after_commit")
            return result
        finally:
            session.delegate.end_session()


def blocking(asynchronous: Any) -> Any:
    """The blocking object of the driver underneath one of ours: for calls that go together in one turn."""
    return asynchronous.delegate


async def in_one_turn(work: Callable[[], T]) -> T:
    """Run several of the driver's blocking calls in one turn of a thread: a turn costs as much as a small call.

    It ends before this returns, whatever happens to the caller: a transaction is not left while it still writes.
    """
    turn: asyncio.Future[T] = run_on_executor(asyncio.get_running_loop(), work)  # type: ignore[no-untyped-call]
    try:
        return await asyncio.shield(turn)
    except asyncio.CancelledError:
        await asyncio.wait([turn])
        raise


async def _commit(session: Session) -> None:
    """Commit; where the outcome is unknown, ask again: a commit may be repeated safely."""
    for last in (False, False, True):
        try:
            await session.commit_transaction()
            return
        except PyMongoError as error:
            if not error.has_error_label("UnknownTransactionCommitResult"):
                raise
            if last:
                raise refuse(OutcomeUnknown()) from error


def _transient(error: PyMongoError) -> bool:
    return error.has_error_label("TransientTransactionError")


async def _stagger(attempt: int) -> None:
    """Wait a random moment, longer with each attempt (full jitter), so that rivals part."""
    await asyncio.sleep(random.uniform(0, min(0.2, 0.002 * 2**attempt)))
