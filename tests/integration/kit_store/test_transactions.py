"""One transaction: versioned saves, facts that go with them, one district at a time, on a real mongod."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from pymongo import ReadPreference
from pymongo.errors import OperationFailure

from deploy.local.mongo import Mongo as Mongod
from kit.edge import IDEMPOTENCY, OnceKey, Store, act_once, forget_answers
from kit.envelope import Trace
from kit.ids import new_id
from kit.mongo import MAJORITY, READ_MAJORITY, Collection, Index, Mongo
from kit.refusals import Refusal, Refusals, refuse
from kit.transaction import OUTBOX, Transaction

SHELVES = Collection("shelves", shard_key=("district_id", "_id"), indexes=(Index(("district_id", "room")),))
SEEN = Collection("seen", shard_key=("district_id", "_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPlaced:
    """A fact of another subject, so that these tests need no word of ours."""

    TYPE: ClassVar[str] = "library.book.placed.v1"
    TOPIC: ClassVar[str] = "library-books"
    district_id: str
    shelf_id: str
    place: int

    @property
    def key(self) -> str:
        return self.shelf_id


class ShelfFull(Refusal):
    text = "The shelf holds {places} books already."


def pack(fact: Any) -> dict[str, Any]:
    return {"shelf_id": fact.shelf_id, "place": fact.place}


@pytest.fixture(scope="module")
async def store(mongod: Mongod) -> AsyncIterator[Store]:
    mongo = Mongo(mongod.url_for("profile"), "trellis_profile")
    await mongo.ensure((SHELVES, SEEN, OUTBOX, IDEMPOTENCY))
    yield Store(mongo, pack, "/trellis/library")
    mongo.close()


@dataclass(frozen=True)
class PlaceBook:
    shelf_id: str
    most: int = 1_000


async def place_book(tx: Transaction, order: PlaceBook) -> int:
    """Put one more book on a shelf."""
    shelf = await tx[SHELVES].get(order.shelf_id) or {"_id": order.shelf_id, "version": 0, "books": 0}
    if shelf["books"] >= order.most:
        raise refuse(ShelfFull(places=order.most))
    shelf["books"] += 1
    tx[SHELVES].save(shelf, [BookPlaced(district_id=tx.district_id, shelf_id=order.shelf_id, place=shelf["books"])])
    return int(shelf["books"])


async def act(store: Store, district: str, order: PlaceBook) -> int:
    return await store.transact(district, Trace("corr_1"), lambda tx: place_book(tx, order))


async def facts(store: Store, district: str) -> list[dict[str, Any]]:
    return await store.reader(district)[OUTBOX].find({}, sort=[("sequence", 1)])


async def test_state_and_fact_are_saved_together_and_the_sequence_follows_the_version(store: Store) -> None:
    district, shelf = new_id("district"), new_id("shelf")
    for _ in range(3):
        await act(store, district, PlaceBook(shelf))
    saved = await store.reader(district)[SHELVES].get(shelf)
    assert saved is not None
    assert (saved["books"], saved["version"]) == (3, 3)
    assert [(row["sequence"], row["data"]["place"], row["sent_at"]) for row in await facts(store, district)] == [
        (1, 1, None),
        (2, 2, None),
        (3, 3, None),
    ]


async def test_a_refused_action_leaves_neither_state_nor_fact(store: Store) -> None:
    district, shelf = new_id("district"), new_id("shelf")
    with pytest.raises(Refusals) as refused:
        await act(store, district, PlaceBook(shelf, most=0))
    assert refused.value.codes == {"shelf-full"}
    assert await store.reader(district)[SHELVES].get(shelf) is None
    assert await facts(store, district) == []


async def test_many_at_once_on_one_document_lose_nothing_and_keep_the_order(store: Store) -> None:
    district, shelf = new_id("district"), new_id("shelf")
    places = await asyncio.gather(*(act(store, district, PlaceBook(shelf)) for _ in range(12)))
    assert sorted(places) == list(range(1, 13))
    rows = await facts(store, district)
    assert [row["sequence"] for row in rows] == [row["data"]["place"] for row in rows] == list(range(1, 13))


async def test_another_district_sees_nothing_and_changes_nothing(store: Store) -> None:
    mine, other, shelf = new_id("district"), new_id("district"), new_id("shelf")
    await act(store, mine, PlaceBook(shelf))
    assert await store.reader(other)[SHELVES].get(shelf) is None
    assert await store.reader(other)[SHELVES].count({}) == 0

    async def meddle(tx: Transaction) -> None:
        tx[SHELVES].update({"_id": shelf}, {"$set": {"books": 99}})
        tx[SHELVES].delete({"_id": shelf})

    await store.transact(other, Trace("corr_2"), meddle)
    kept = await store.reader(mine)[SHELVES].get(shelf)
    assert kept is not None
    assert kept["books"] == 1


async def test_a_fact_of_another_district_is_never_announced(store: Store) -> None:
    async def smuggle(tx: Transaction) -> None:
        shelf = {"_id": new_id("shelf"), "version": 0}
        tx[SHELVES].save(shelf, [BookPlaced(district_id="district_other", shelf_id="x", place=1)])

    with pytest.raises(ValueError, match="another district"):
        await store.transact(new_id("district"), Trace("corr_3"), smuggle)


async def test_a_read_sees_what_the_same_transaction_wrote_before(store: Store) -> None:
    async def write_then_read(tx: Transaction) -> int:
        tx[SHELVES].insert({"_id": new_id("shelf"), "room": "north"})
        return await tx[SHELVES].count({"room": "north"})

    assert await store.transact(new_id("district"), Trace("corr_4"), write_then_read) == 1


async def test_a_view_remembers_the_newest_fact_whatever_the_order(store: Store) -> None:
    district, row = new_id("district"), new_id("row")
    for sequence in (2, 3, 1, 3, 2):

        async def hear(tx: Transaction, number: int = sequence) -> None:
            tx[SEEN].remember(row, number, {"value": f"$value {number}", "list": [number]})
            tx[SEEN].remember(row, number * 10, {"other": number}, source="other_sequence")

        await store.transact(district, Trace("corr_5"), hear)
    seen = await store.reader(district)[SEEN].get(row)
    assert seen == {
        "_id": row,
        "district_id": district,
        "sequence": 3,
        "value": "$value 3",
        "list": [3],
        "other": 3,
        "other_sequence": 30,
    }


async def test_a_repeated_request_gets_the_same_answer_and_does_nothing_twice(store: Store) -> None:
    district, shelf = new_id("district"), new_id("shelf")
    once = OnceKey(new_id("key"), "digest")
    answers = [await act_once(store, district, Trace("c"), place_book, PlaceBook(shelf), once) for _ in range(2)]
    assert answers == [1, 1]
    with pytest.raises(Refusals) as refused:
        await act_once(store, district, Trace("c"), place_book, PlaceBook(shelf), OnceKey(once.key, "other"))
    assert refused.value.codes == {"idempotency-key-reused"}
    assert len(await facts(store, district)) == 1


async def test_a_refused_request_may_use_its_key_again(store: Store) -> None:
    district, shelf, once = new_id("district"), new_id("shelf"), OnceKey(new_id("key"), "digest")
    with pytest.raises(Refusals):
        await act_once(store, district, Trace("c"), place_book, PlaceBook(shelf, most=0), once)
    assert await act_once(store, district, Trace("c"), place_book, PlaceBook(shelf), once) == 1


async def test_the_same_key_twice_at_once_runs_once(store: Store) -> None:
    district, shelf, once = new_id("district"), new_id("shelf"), OnceKey(new_id("key"), "digest")
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow(tx: Transaction, order: PlaceBook) -> int:
        started.set()
        await go_on.wait()
        return await place_book(tx, order)

    first = asyncio.create_task(act_once(store, district, Trace("c"), slow, PlaceBook(shelf), once))
    await started.wait()
    with pytest.raises(Refusals) as refused:
        await act_once(store, district, Trace("c"), place_book, PlaceBook(shelf), once)
    assert refused.value.codes == {"request-in-progress"}
    go_on.set()
    assert await first == 1


async def test_a_service_cannot_read_or_write_anothers_store(mongod: Mongod, store: Store) -> None:
    other = Mongo(mongod.url_for("community"), "trellis_profile")
    with pytest.raises(OperationFailure, match="not authorized"):
        await other.database["shelves"].find_one({})
    with pytest.raises(OperationFailure, match="not authorized"):
        await other.database["shelves"].insert_one({})
    other.close()


def test_every_concern_is_the_safe_one(store: Store) -> None:
    database = store.mongo.database
    assert database.write_concern == MAJORITY
    assert MAJORITY.document == {"w": "majority", "j": True, "wtimeout": 10_000}
    assert database.read_concern == READ_MAJORITY
    assert READ_MAJORITY.level == "majority"
    assert database.read_preference == ReadPreference.PRIMARY
    assert database.codec_options.tz_aware
    options: Any = store.mongo.client.options
    assert (options.retry_writes, options.retry_reads) == (True, True)
    assert options.server_selection_timeout <= 5


async def test_a_forgotten_answer_is_gone_but_its_request_is_not_done_again(store: Store) -> None:
    district, shelf = new_id("district"), new_id("shelf")
    once = OnceKey(f"{district}:person:{new_id('key')}", "digest")
    assert await act_once(store, district, Trace("c"), place_book, PlaceBook(shelf), once) == 1

    async def forget(tx: Transaction) -> None:
        forget_answers(tx)

    await store.transact(district, Trace("c"), forget)
    kept = await store.reader(district)[IDEMPOTENCY].get(once.key)
    assert kept is not None
    assert "answer" not in kept
    with pytest.raises(Refusals) as refused:
        await act_once(store, district, Trace("c"), place_book, PlaceBook(shelf), once)
    assert refused.value.codes == {"answer-removed"}
    assert len(await facts(store, district)) == 1
