"""Group commit on a real store: together, in order, each with an own answer, and nobody hurt by a neighbour."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from deploy.local.mongo import Mongo as Mongod
from kit.deadline import deadline_scope
from kit.edge import IDEMPOTENCY, OnceKey, Store
from kit.envelope import Trace
from kit.group_commit import Asked, GroupCommit
from kit.group_saves import Change, change_all
from kit.ids import new_id
from kit.mongo import Collection, Mongo, Superseded
from kit.refusals import Refusal, Refusals, refuse
from kit.transaction import OUTBOX, Transaction
from tests.support.eventually import eventually

SHELVES = Collection("shelves", shard_key=("district_id", "_id"))


class ShelfFull(Refusal):
    text = "This shelf is full."


@dataclass(frozen=True, slots=True)
class Put:
    """A book to put on a shelf; `poisonous`: it breaks whatever group it is in."""

    book: str
    shelf: str = "shelf_1"
    poisonous: bool = False


@dataclass(frozen=True, slots=True)
class OnShelf:
    """Which book stands at which place of which district's shelf."""

    book: str
    place: int
    district_id: str


@dataclass
class Library:
    """A store with shelves of ten, and what its groups were."""

    store: Store
    seats: int = 10
    groups: list[list[str]] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    superseded: int = 0
    district_id: str = field(default_factory=lambda: new_id("district"))

    async def put_all(self, tx: Transaction, asked: Sequence[Asked[Put]]) -> list[OnShelf | Refusals]:
        self.groups.append([one.order.book for one in asked])
        self.begun.set()
        await self.hold.wait()
        if any(one.order.poisonous for one in asked):
            raise ZeroDivisionError("poison")
        if self.superseded:
            self.superseded -= 1
            raise Superseded("shelves")
        found = await tx[SHELVES].get(f"{tx.district_id}:shelf")
        shelf = found or {"_id": f"{tx.district_id}:shelf", "version": 0, "books": []}
        outcomes = [self._put(shelf["books"], one) for one in asked]
        tx[SHELVES].save(shelf)
        return outcomes

    def _put(self, books: list[str], asked: Asked[Put]) -> OnShelf | Refusals:
        if len(books) >= self.seats:
            return refuse(ShelfFull())
        books.append(asked.order.book)
        return OnShelf(asked.order.book, len(books), asked.district_id)

    def group(self, **options: Any) -> GroupCommit[Put, OnShelf]:
        return GroupCommit(self.store, self.put_all, OnShelf, **options)

    def asked(self, book: str, once: OnceKey | None = None, district_id: str = "", **order: Any) -> Asked[Put]:
        return Asked(district_id or self.district_id, Trace(new_id("corr")), Put(book, **order), once)

    async def books(self, district_id: str = "") -> list[str]:
        district = district_id or self.district_id
        found = await self.store.reader(district)[SHELVES].get(f"{district}:shelf")
        return found["books"] if found else []


def pack(fact: Any) -> dict[str, Any]:
    return {}


@pytest.fixture
async def library(mongod: Mongod) -> AsyncIterator[Library]:
    mongo = Mongo(mongod.url_for("scheduler"), "trellis_scheduler")
    await mongo.ensure([SHELVES, OUTBOX, IDEMPOTENCY])
    library = Library(Store(mongo, pack, "library"))
    library.hold.set()
    yield library
    mongo.close()


async def test_those_who_wait_at_the_same_time_are_committed_together_in_order(library: Library) -> None:
    group = library.group()
    answers = await asyncio.gather(*(group.act(library.asked(f"book {number}")) for number in range(8)))
    assert [answer.place for answer in answers] == list(range(1, 9))
    assert len(library.groups) == 1
    assert await library.books() == [f"book {number}" for number in range(8)]


async def test_while_a_group_commits_the_next_one_gathers(library: Library) -> None:
    library.hold.clear()
    group = library.group()
    first = asyncio.create_task(group.act(library.asked("first")))
    await library.begun.wait()
    others = [asyncio.create_task(group.act(library.asked(name))) for name in ("second", "third")]
    await eventually(lambda: group.waiting == 2, every=0)
    library.hold.set()
    await asyncio.gather(first, *others)
    assert library.groups == [["first"], ["second", "third"]]


async def test_a_refused_member_never_fails_the_others(library: Library) -> None:
    library.seats = 2
    group = library.group()
    answers = await asyncio.gather(
        *(group.act(library.asked(f"book {number}")) for number in range(4)), return_exceptions=True
    )
    assert [answer.codes for answer in answers[2:] if isinstance(answer, Refusals)] == [{"shelf-full"}] * 2
    assert await library.books() == ["book 0", "book 1"]


async def test_a_poisonous_member_is_found_and_fails_alone(library: Library) -> None:
    group = library.group()
    orders = [library.asked(f"book {number}", poisonous=number == 5) for number in range(8)]
    answers = await asyncio.gather(*(group.act(order) for order in orders), return_exceptions=True)
    assert [number for number, answer in enumerate(answers) if isinstance(answer, ZeroDivisionError)] == [5]
    assert sorted(await library.books()) == [f"book {number}" for number in range(8) if number != 5]


async def test_an_overtaken_group_runs_again_as_a_whole(library: Library) -> None:
    library.superseded = 3
    group = library.group()
    await asyncio.gather(*(group.act(library.asked(f"book {number}")) for number in range(3)))
    assert library.groups == [["book 0", "book 1", "book 2"]] * 4
    assert len(await library.books()) == 3


async def test_a_member_whose_caller_has_gone_is_skipped(library: Library) -> None:
    library.hold.clear()
    group = library.group()
    first = asyncio.create_task(group.act(library.asked("first")))
    await library.begun.wait()
    gone = asyncio.create_task(group.act(library.asked("gone")))
    await eventually(lambda: group.waiting == 1, every=0)
    gone.cancel()
    library.hold.set()
    await first
    await asyncio.gather(gone, return_exceptions=True)
    await group.act(library.asked("last"))
    assert await library.books() == ["first", "last"]


async def test_a_member_whose_time_is_over_is_told_so_and_skipped(library: Library) -> None:
    with deadline_scope(time.time() - 1), pytest.raises(Refusals) as raised:
        await library.group().act(library.asked("late"))
    assert raised.value.codes == {"waited-too-long"}
    assert await library.books() == []


async def test_a_full_queue_turns_away(library: Library) -> None:
    library.hold.clear()
    group = library.group(most_waiting=2)
    running = [asyncio.create_task(group.act(library.asked("book 0")))]
    await library.begun.wait()
    running += [asyncio.create_task(group.act(library.asked(f"book {number}"))) for number in (1, 2)]
    await eventually(lambda: group.waiting == 2, every=0)
    with pytest.raises(Refusals) as raised:
        await group.act(library.asked("late"))
    assert raised.value.codes == {"too-many-waiting"}
    assert raised.value.kind.status == 503
    library.hold.set()
    await asyncio.gather(*running)
    assert await library.books() == ["book 0", "book 1", "book 2"]


async def test_the_same_key_is_answered_the_same_and_done_once(library: Library) -> None:
    group, once = library.group(), OnceKey(new_id("key"), "digest")
    first = await group.act(library.asked("book", once))
    again = await asyncio.gather(group.act(library.asked("book", once)), group.act(library.asked("other")))
    assert again[0] == first
    assert await library.books() == ["book", "other"]


async def test_the_same_key_for_something_else_is_refused(library: Library) -> None:
    group, key = library.group(), new_id("key")
    await group.act(library.asked("book", OnceKey(key, "digest")))
    with pytest.raises(Refusals) as raised:
        await group.act(library.asked("other", OnceKey(key, "another digest")))
    assert raised.value.codes == {"idempotency-key-reused"}


async def test_the_same_key_twice_in_flight_is_told_to_wait(library: Library) -> None:
    group, once = library.group(), OnceKey(new_id("key"), "digest")
    answers = await asyncio.gather(*(group.act(library.asked("book", once)) for _ in range(2)), return_exceptions=True)
    assert isinstance(answers[0], OnShelf)
    assert [answer.codes for answer in answers if isinstance(answer, Refusals)] == [{"request-in-progress"}]


async def test_a_refused_member_leaves_its_key_free(library: Library) -> None:
    library.seats = 0
    group, once = library.group(), OnceKey(new_id("key"), "digest")
    with pytest.raises(Refusals):
        await group.act(library.asked("book", once))
    library.seats = 1
    assert (await group.act(library.asked("book", once))).place == 1


async def test_several_districts_share_a_group_and_keep_apart(library: Library) -> None:
    group, other = library.group(), new_id("district")
    districts = [library.district_id, other, library.district_id, other]
    answers = await asyncio.gather(
        *(group.act(library.asked(f"book {number}", district_id=of)) for number, of in enumerate(districts))
    )
    assert [answer.district_id for answer in answers] == districts
    assert await library.books(other) == ["book 1", "book 3"]
    assert await library.books() == ["book 0", "book 2"]


async def test_a_change_of_fields_needs_the_version_that_was_read(library: Library) -> None:
    await library.group().act(library.asked("book"))
    key = f"{library.district_id}:shelf"

    async def change(version: int) -> None:
        async def body(tx: Transaction) -> None:
            change_all(tx, SHELVES, [Change(key, version, {"books": []})])

        await library.store.transact(library.district_id, Trace("corr-change"), body)

    await change(1)
    assert await library.books() == []
    with pytest.raises(Refusals) as raised:
        await change(1)
    assert raised.value.codes == {"store-busy"}
