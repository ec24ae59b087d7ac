"""Reads of one moment share a turn of a thread, and a turn that was begun ends before its caller goes on."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from deploy.local.mongo import Mongo as Mongod
from kit.group_reads import GroupReads
from kit.ids import new_id
from kit.mongo import Collection, Mongo, in_one_turn

SHELVES = Collection("shelves", shard_key=("district_id", "_id"))
READERS = Collection("readers", shard_key=("district_id", "_id"))


@pytest.fixture
async def mongo(mongod: Mongod) -> AsyncIterator[Mongo]:
    mongo = Mongo(mongod.url_for("scheduler"), "trellis_scheduler")
    await mongo.ensure([SHELVES, READERS])
    yield mongo
    mongo.close()


async def put(mongo: Mongo, collection: Collection, district_id: str) -> str:
    row_id = new_id("row")
    await mongo.database[collection.name].insert_one({"_id": row_id, "district_id": district_id})
    return row_id


async def test_whoever_asks_side_by_side_gets_the_own_documents_of_the_own_district(mongo: Mongo) -> None:
    here, elsewhere = new_id("district"), new_id("district")
    shelf, reader = await put(mongo, SHELVES, here), await put(mongo, READERS, here)
    foreign = await put(mongo, SHELVES, elsewhere)
    reads = GroupReads(mongo.database, here)
    shelves, nothing, readers = await asyncio.gather(
        reads.many(SHELVES, [shelf, foreign, "nowhere"]), reads.many(SHELVES, []), reads.many(READERS, [reader])
    )
    assert shelves == {shelf: {"_id": shelf, "district_id": here}}
    assert readers == {reader: {"_id": reader, "district_id": here}}
    assert nothing == {}


async def test_a_later_read_sees_what_was_written_since(mongo: Mongo) -> None:
    here = new_id("district")
    reads = GroupReads(mongo.database, here)
    assert await reads.many(SHELVES, ["nowhere"]) == {}
    shelf = await put(mongo, SHELVES, here)
    assert list(await reads.many(SHELVES, [shelf])) == [shelf]


async def test_a_read_that_fails_fails_those_who_asked_with_it_and_nobody_later(mongo: Mongo) -> None:
    reads = GroupReads(mongo.database, new_id("district"))
    unreadable = Collection("system.users", shard_key=("_id",))
    outcomes = await asyncio.gather(
        reads.many(SHELVES, ["one"]), reads.many(unreadable, ["two"]), return_exceptions=True
    )
    assert all(isinstance(outcome, Exception) for outcome in outcomes)
    assert await reads.many(SHELVES, ["one"]) == {}


async def test_a_turn_that_was_begun_ends_before_its_caller_is_gone() -> None:
    loop, begun, go_on, ended = asyncio.get_running_loop(), asyncio.Event(), threading.Event(), list[str]()

    def work() -> None:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(10)
        ended.append("written")

    caller = asyncio.create_task(in_one_turn(work))
    await begun.wait()
    caller.cancel()
    _, under_way = await asyncio.wait([caller], timeout=0.05)
    assert under_way == {caller}
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert ended == ["written"]
