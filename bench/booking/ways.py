"""Ways to book a seat: a bare conditional update, a transaction a booking, a grouped counter, and Trellis's own."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pymongo import InsertOne, UpdateOne

from bench.booking.school import School
from kit.clock import now
from kit.edge import Store
from kit.envelope import Trace
from kit.group_commit import Asked, GroupCommit
from kit.ids import new_id
from kit.mongo import MAJORITY, READ_MAJORITY, Session
from kit.refusals import Refusals
from kit.transaction import Transaction
from services.scheduler.actions.book_places import BookPlace, Placement, book_places
from services.scheduler.domain.weeks import Cause

# Books one seat of this session for this student; True: the seat was won.
Book = Callable[[str, str], Awaitable[bool]]


async def bare(store: Store, school: School, seats: int) -> Book:
    """One conditional update, and no record of who sits there: the floor of what a counter costs."""
    sessions = store.mongo.database["bare_sessions"]
    await sessions.insert_many([{"_id": key, "free": seats} for key in school.occurrence_ids])

    async def book(occurrence_id: str, _student_id: str) -> bool:
        done = await sessions.update_one({"_id": occurrence_id, "free": {"$gt": 0}}, {"$inc": {"free": -1}})
        return done.modified_count == 1

    return book


async def textbook(store: Store, school: School, seats: int) -> Book:
    """As the manuals have it: a transaction a booking, with seat, booking and outbox row; retried on conflict."""
    database = store.mongo.database
    sessions, bookings, outbox = (database[f"textbook_{name}"] for name in ("sessions", "bookings", "outbox"))
    await sessions.insert_many([{"_id": key, "free": seats} for key in school.occurrence_ids])

    async def book(occurrence_id: str, student_id: str) -> bool:
        async def body(session: Session) -> bool:
            where = {"_id": occurrence_id, "free": {"$gt": 0}}
            done = await sessions.update_one(where, {"$inc": {"free": -1}}, session=session)
            if done.modified_count == 0:
                return False
            row = {"_id": new_id("place"), "session": occurrence_id, "student": student_id, "at": now()}
            await bookings.insert_one(row, session=session)
            await outbox.insert_one({**row, "_id": new_id("fact"), "sent_at": None}, session=session)
            return True

        async with await store.mongo.client.start_session() as session:
            return bool(await session.with_transaction(body, READ_MAJORITY, MAJORITY))

    return book


async def ours(store: Store, school: School, _seats: int) -> Book:
    """The scheduler's own action behind its group commit: every rule, the student's week, the fact in the outbox."""
    group: GroupCommit[BookPlace, Placement] = GroupCommit(store, book_places, Placement)

    async def book(occurrence_id: str, student_id: str) -> bool:
        order = BookPlace(
            placement_id=new_id("place"),
            occurrence_id=occurrence_id,
            student_id=student_id,
            caller_id=student_id,
            cause=Cause.CHOSEN,
        )
        await group.act(Asked(school.district_id, Trace(new_id("corr")), order))
        return True

    return book


async def counter(store: Store, school: School, seats: int) -> Book:
    """The mechanism alone: the same group commit over a bare counter and an outbox row a booking; no rule, no week."""
    database = store.mongo.database
    sessions, outbox = database["counter_sessions"], database["counter_outbox"]
    await sessions.insert_many([{"_id": key, "free": seats} for key in school.occurrence_ids])

    async def take_all(tx: Transaction, asked: Sequence[Asked[str]]) -> list[bool | Refusals]:
        wanted = Counter(one.order for one in asked)
        takes = [UpdateOne({"_id": key, "free": {"$gte": n}}, {"$inc": {"free": -n}}) for key, n in wanted.items()]
        await sessions.bulk_write(takes, ordered=False, session=tx.session)
        rows = [InsertOne({"_id": new_id("fact"), "session": one.order, "sent_at": None}) for one in asked]
        await outbox.bulk_write(rows, ordered=False, session=tx.session)
        return [True] * len(asked)

    group: GroupCommit[str, bool] = GroupCommit(store, take_all, bool)

    async def book(occurrence_id: str, _student_id: str) -> bool:
        return await group.act(Asked(school.district_id, Trace("corr-bench"), occurrence_id))

    return book


WAYS: dict[str, Callable[[Store, School, int], Awaitable[Any]]] = {
    "bare": bare,
    "textbook": textbook,
    "counter": counter,
    "ours": ours,
}
