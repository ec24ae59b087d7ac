"""The edge: runs an action in a transaction, once per request, and answers a repeated request with the same answer."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter
from pymongo.errors import OperationFailure

from kit.clock import now
from kit.crash_points import crash_point
from kit.envelope import Trace
from kit.mongo import Collection, Document, Index, Mongo, Session
from kit.refusals import Kind, Refusal, refuse
from kit.transaction import Pack, Rows, Transaction

Order = TypeVar("Order")
Result = TypeVar("Result")
Action = Callable[[Transaction, Order], Awaitable[Result]]

IDEMPOTENCY = Collection(
    "idempotency",
    shard_key=("district_id", "_id"),
    indexes=(Index(("done_at",), expires_after=timedelta(hours=24)),),
)
WRITE_CONFLICT = 112


class IdempotencyKeyReused(Refusal):
    kind = Kind.INVALID
    text = "This idempotency key was used for a request with another body. Use a fresh key for a new request."


class AnswerRemoved(Refusal):
    kind = Kind.CONFLICT
    text = "This request was answered before, and its answer has been removed since. Look at what it made."


class RequestInProgress(Refusal):
    kind = Kind.CONFLICT
    text = "A request with this idempotency key is still running. Ask again in a moment for its answer."


@dataclass(frozen=True, slots=True)
class OnceKey:
    """Who repeats what: the key that the caller chose, made the caller's own, and the digest of the request's body."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Store:
    """What a service's edges share: its database, how facts become data, and the name it speaks under."""

    mongo: Mongo
    pack: Pack
    source: str

    def reader(self, district_id: str) -> "Reader":
        return Reader(self.mongo, district_id)

    async def transact(
        self,
        district_id: str,
        trace: Trace,
        body: Callable[[Transaction], Awaitable[Result]],
        at: datetime | None = None,
    ) -> Result:
        """Run `body` in one transaction for one district and commit it; all of it may run again on a conflict."""
        moment = at or now()

        async def once(session: Session) -> Result:
            transaction = Transaction(self.mongo.database, session, self.pack, self.source, moment)
            result = await body(transaction.on_behalf_of(district_id, trace))
            await transaction.flush()
            return result

        return await self.mongo.transact(once)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads of one district outside a transaction: what views use."""

    mongo: Mongo
    district_id: str

    def __getitem__(self, collection: Collection) -> Rows:
        return Rows(self.mongo.database, collection, self.district_id)


async def act_once(
    store: Store,
    district_id: str,
    trace: Trace,
    action: Action[Order, Result],
    order: Order,
    once: OnceKey,
    at: datetime | None = None,
) -> Result:
    """Run `action` unless this key was answered before; then give the same answer again.

    The key's row is written first and commits with the effect, so that it stands exactly where the effect stands: a
    refused request leaves no row, and its key may be used again.
    Raises: Refusals of IdempotencyKeyReused, of RequestInProgress, or of the action.
    """
    answer: TypeAdapter[Result] = _answer_of(action)

    async def body(tx: Transaction) -> Result:
        earlier = await tx[IDEMPOTENCY].get(once.key)
        if earlier is not None:
            return earlier_answer(earlier, once, answer)
        await _claim(tx, once)
        crash_point("edge.claimed")
        result = await action(tx, order)
        tx[IDEMPOTENCY].update({"_id": once.key}, {"$set": {"answer": answer.dump_python(result)}})
        return result

    return await store.transact(district_id, trace, body, at)


def earlier_answer(row: Document, once: OnceKey, answer: TypeAdapter[Result]) -> Result:
    """The answer that a request with this key was given before.

    Raises: Refusals of IdempotencyKeyReused, of AnswerRemoved.
    """
    if row["digest"] != once.digest:
        raise refuse(IdempotencyKeyReused())
    if "answer" not in row:
        raise refuse(AnswerRemoved())
    return answer.validate_python(row["answer"])


def forget_answers(tx: Transaction) -> None:
    """Empty all kept answers of a district, because one may speak of somebody who is forgotten.

    The keys stay: a request that comes again is not done again.
    """
    of_district = {"_id": {"$regex": f"^{re.escape(tx.district_id)}:"}}
    tx[IDEMPOTENCY].update_all(of_district, {"$unset": {"answer": ""}})


async def _claim(tx: Transaction, once: OnceKey) -> None:
    tx[IDEMPOTENCY].insert({"_id": once.key, "digest": once.digest, "done_at": tx.now})
    try:
        await tx.flush()
    except OperationFailure as error:
        if error.code == WRITE_CONFLICT:
            raise refuse(RequestInProgress()) from error
        raise


@cache
def _answer_of(action: Callable[..., Any]) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(action)["return"])
