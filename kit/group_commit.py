"""Group commit: requests that wait at the same time are decided and committed together, each with its own answer."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Generic, TypeVar

import pymongo
from pydantic import TypeAdapter

from kit.crash_points import crash_point
from kit.deadline import current_deadline
from kit.edge import IDEMPOTENCY, OnceKey, RequestInProgress, Store, earlier_answer
from kit.envelope import Trace
from kit.mongo import OutcomeUnknown, StoreUnavailable
from kit.refusals import Kind, Refusal, Refusals, refuse
from kit.transaction import Rows, Transaction

Order = TypeVar("Order")
Result = TypeVar("Result")


class TooManyWaiting(Refusal):
    kind = Kind.UNAVAILABLE
    text = "Very many requests wait just now. Nothing was changed; try again in a few seconds."


class WaitedTooLong(Refusal):
    kind = Kind.UNAVAILABLE
    text = "This request's time was over before its turn came. Nothing was changed; try again."


@dataclass(frozen=True, slots=True)
class Asked(Generic[Order]):
    """One request on its way into a group: for which district, in which trace, and what it asks."""

    district_id: str
    trace: Trace
    order: Order
    once: OnceKey | None = None


# All of one district's orders, decided in the order they came; a refused one is answered by its Refusals as a value.
ActAll = Callable[[Transaction, Sequence[Asked[Order]]], Awaitable[Sequence[Result | Refusals]]]


@dataclass(slots=True)
class _Member(Generic[Order, Result]):
    """A request that waits, the future that its caller awaits, and until when the answer is worth having."""

    asked: Asked[Order]
    answer: asyncio.Future[Result]
    deadline: float | None

    def settle(self, outcome: Result | BaseException) -> None:
        """Answer, unless the caller has gone."""
        if self.answer.done():
            return
        if isinstance(outcome, Refusals):
            self.answer.set_exception(Refusals(outcome.reasons))
        elif isinstance(outcome, BaseException):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)

    @property
    def is_waiting(self) -> bool:
        """False when the caller has gone or its time is over (which it is told)."""
        if self.deadline is not None and time.time() > self.deadline:
            self.settle(refuse(WaitedTooLong()))
        return not self.answer.done()


@dataclass(slots=True)
class GroupCommit(Generic[Order, Result]):
    """Gathers the requests of this process: while one group commits, the next one gathers.

    A group is one transaction: `act_all` decides its members in the order they came, each sees what those before it
    did, and a refused member fails nobody else. A group that another process overtook runs again as a whole; one that
    keeps failing is halved until the member at fault stands alone. `result` is the class of an answer, kept under an
    idempotency key as `act_once` keeps it. At most `most` make a group; more than `most_waiting` are turned away.
    `longest_seconds` is how long one group may take, with all its attempts.
    """

    store: Store
    act_all: ActAll[Order, Result]
    result: type[Result]
    most: int = 256
    most_waiting: int = 4096
    longest_seconds: float = 4.5
    _waiting: deque[_Member[Order, Result]] = field(default_factory=deque, init=False)
    _keys: set[str] = field(default_factory=set, init=False)
    _pump: asyncio.Task[None] | None = field(default=None, init=False)
    _adapter: TypeAdapter[Result] = field(init=False)

    def __post_init__(self) -> None:
        self._adapter = TypeAdapter(self.result)

    @property
    def waiting(self) -> int:
        """How many requests wait for the next group."""
        return len(self._waiting)

    async def act(self, asked: Asked[Order]) -> Result:
        """Take part in the next group, and wait for the own answer.

        Raises: Refusals of the action, of the idempotency key, of the store, of TooManyWaiting or WaitedTooLong.
        """
        if len(self._waiting) >= self.most_waiting:
            raise refuse(TooManyWaiting())
        if asked.once is None:
            return await self._join(asked)
        if asked.once.key in self._keys:
            raise refuse(RequestInProgress())
        self._keys.add(asked.once.key)
        try:
            return await self._join(asked)
        finally:
            self._keys.discard(asked.once.key)

    def _join(self, asked: Asked[Order]) -> asyncio.Future[Result]:
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Member(asked, answer, current_deadline()))
        if self._pump is None or self._pump.done():
            # A context of its own: a group belongs to no single request, be it a trace or a deadline.
            self._pump = asyncio.create_task(self._run(), context=Context())
        return answer

    async def _run(self) -> None:
        while self._waiting:
            await self._commit([self._waiting.popleft() for _ in range(min(self.most, len(self._waiting)))])

    async def _commit(self, group: Sequence[_Member[Order, Result]]) -> None:
        """Commit a group and answer its members; one that fails as a whole is halved, down to the member at fault."""
        members = [member for member in group if member.is_waiting]
        if not members:
            return
        crash_point("group.gathered")
        try:
            outcomes = await self._transact(members)
        except Exception as error:  # whatever it is: it becomes the answer of the one it belongs to
            await self._halve(members, error)
            return
        crash_point("group.committed")
        for member, outcome in zip(members, outcomes, strict=True):
            member.settle(outcome)

    async def _halve(self, members: Sequence[_Member[Order, Result]], error: Exception) -> None:
        if len(members) == 1 or _is_final(error):
            for member in members:
                member.settle(error)
            return
        middle = len(members) // 2
        await self._commit(members[:middle])
        await self._commit(members[middle:])

    async def _transact(self, members: Sequence[_Member[Order, Result]]) -> list[Result | Refusals]:
        asked = [member.asked for member in members]
        by_district = sorted(range(len(asked)), key=lambda place: asked[place].district_id)

        async def decide(tx: Transaction) -> list[Result | Refusals]:
            outcomes: dict[int, Result | Refusals] = {}
            for district_id, places in _runs(by_district, asked):
                group = [asked[place] for place in places]
                decided = await self._decide(tx.on_behalf_of(district_id, group[0].trace), group)
                outcomes.update(zip(places, decided, strict=True))
            return [outcomes[place] for place in range(len(asked))]

        with pymongo.timeout(self.longest_seconds):
            return await self.store.transact(asked[0].district_id, asked[0].trace, decide)

    async def _decide(self, tx: Transaction, group: Sequence[Asked[Order]]) -> list[Result | Refusals]:
        """One district's members: those answered before hear the same again, the others are decided together."""
        before = await self._answered(tx, group)
        fresh = [place for place, earlier in enumerate(before) if earlier is None]
        decided = await self.act_all(tx, [group[place] for place in fresh]) if fresh else ()
        outcomes = dict(zip(fresh, decided, strict=True))
        # Another process may have done the same request since the keys were read: that may be why it is refused here.
        refused = [place for place in fresh if isinstance(outcomes[place], Refusals)]
        again = await self._answered(tx, [group[place] for place in refused])
        outcomes.update({place: answer for place, answer in zip(refused, again, strict=True) if answer is not None})
        for place in set(fresh) - set(refused):
            self._keep(tx, group[place].once, outcomes[place])
        return [earlier if earlier is not None else outcomes[place] for place, earlier in enumerate(before)]

    async def _answered(self, tx: Transaction, group: Sequence[Asked[Order]]) -> list[Result | Refusals | None]:
        """What each member was answered before; None: nothing. One query, beside the transaction; none without keys."""
        keys = [asked.once.key for asked in group if asked.once is not None]
        earlier = await Rows(tx.database, IDEMPOTENCY, tx.district_id).many(keys) if keys else {}
        return [self._again(asked.once, earlier) for asked in group]

    def _again(self, once: OnceKey | None, earlier: dict[str, dict[str, Any]]) -> Result | Refusals | None:
        row = earlier.get(once.key) if once is not None else None
        if row is None or once is None:
            return None
        try:
            return earlier_answer(row, once, self._adapter)
        except Refusals as refused:
            return refused

    def _keep(self, tx: Transaction, once: OnceKey | None, outcome: Result | Refusals) -> None:
        """Keep an answer where its effect is kept; a refused request leaves no row, and its key may be used again."""
        if once is None or isinstance(outcome, Refusals):
            return
        row = {"_id": once.key, "digest": once.digest, "done_at": tx.now, "answer": self._adapter.dump_python(outcome)}
        tx[IDEMPOTENCY].insert(row)


def _is_final(error: Exception) -> bool:
    """Whether halves would fare no better: the store is away, or may have committed already."""
    final = (StoreUnavailable, OutcomeUnknown)
    return isinstance(error, Refusals) and any(isinstance(reason, final) for reason in error.reasons)


def _runs(places: Sequence[int], asked: Sequence[Asked[Order]]) -> Iterator[tuple[str, list[int]]]:
    for district_id, run in groupby(places, key=lambda place: asked[place].district_id):
        yield district_id, list(run)
