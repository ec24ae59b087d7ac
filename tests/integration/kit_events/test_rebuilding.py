"""Rebuilding: a view made anew from its topics equals the live one, and can take its place."""

from typing import Any

import pytest

from kit.consumer import Heard
from kit.leases import Leases
from kit.mongo import Collection
from kit.rebuild import RebuildReport, WorkersRunning, compare, rebuild, swap
from kit.refusals import refuse
from kit.transaction import SLOTS, Transaction
from tests.integration.kit_events.lending import (
    LENT,
    READERS,
    SHELF,
    CopyUnknown,
    Library,
    count_loan,
    running,
    unpack,
)
from tests.support.eventually import eventually

VIEW = (READERS, SHELF)


async def rebuilt(library: Library, handler: Any = count_loan, **options: Any) -> RebuildReport:
    subscriptions = {LENT: (library.lent, handler)}
    return await rebuild(
        library.store, library.bootstrap, library.name, subscriptions, VIEW, unpack=unpack, known={LENT}, **options
    )


async def equal(library: Library, view: tuple[Collection, ...] = (SHELF,)) -> bool:
    return all(found.is_equal for found in await compare(library.mongo, view))


async def live_view(library: Library) -> None:
    await library.put([library.record(f"copy_{copy}", loan) for copy in range(6) for loan in range(1, 5)] * 2)
    async with running(library.consumer()):
        await eventually(lambda: library.heard_in_all_is(24))


async def test_a_view_rebuilt_from_its_topics_equals_the_live_one(library: Library) -> None:
    await live_view(library)
    seen: list[int] = []
    report = await rebuilt(library, progress=seen.append)
    assert (report.records, report.outcomes["handled"], report.outcomes["duplicate"]) == (48, 24, 24)
    assert seen[-1] == 48
    assert not report.refused
    assert await equal(library)
    (readers,) = await compare(library.mongo, [READERS], ignoring=["heard"])
    assert readers.is_equal
    assert readers.equal == 4


async def test_a_difference_is_found_and_named(library: Library) -> None:
    await live_view(library)
    await rebuilt(library)
    shelf = library.mongo.database[SHELF.name]
    await shelf.update_one({"_id": "copy_1"}, {"$set": {"loan": 99}})
    await shelf.delete_one({"_id": "copy_2"})
    await shelf.insert_one({"_id": "copy_new"})
    (found,) = await compare(library.mongo, [SHELF])
    assert not found.is_equal
    assert (found.equal, found.differing_ids, found.only_rebuilt_ids, found.only_live_ids) == (
        4, ["copy_1"], ["copy_2"], ["copy_new"],
    )  # fmt: skip


async def test_a_damaged_view_is_replaced_and_the_consumer_goes_on_from_there(library: Library) -> None:
    await live_view(library)
    await library.mongo.database[READERS.name].update_many({}, {"$set": {"loans": 1000}})
    await rebuilt(library)
    await swap(library.mongo, VIEW)
    assert await library.heard_in_all() == 24
    async with running(library.consumer()):
        await library.put([library.record("copy_1", 5)])
        await eventually(lambda: library.heard_in_all_is(25))
    assert not [name for name in await library.mongo.database.list_collection_names() if name.startswith("rebuild")]


async def test_what_the_consumer_has_not_heard_yet_is_left_for_it(library: Library) -> None:
    await live_view(library)
    await library.put([library.record("copy_1", loan) for loan in (5, 6)])
    report = await rebuilt(library)
    assert report.outcomes["not heard yet"] == 2
    assert await equal(library)
    await swap(library.mongo, VIEW)
    async with running(library.consumer()):
        await eventually(lambda: library.heard_in_all_is(26))


async def test_a_view_is_not_replaced_while_a_worker_writes_to_it(library: Library) -> None:
    await live_view(library)
    await rebuilt(library)
    worker = Leases(library.mongo, "outbox", SLOTS)
    await worker.tend()
    with pytest.raises(WorkersRunning):
        await swap(library.mongo, VIEW)
    assert await library.heard_in_all() == 24
    await worker.hand_back()
    await swap(library.mongo, VIEW)


async def test_an_event_that_needs_a_later_one_is_done_after_it(library: Library) -> None:
    await live_view(library)
    done: set[str] = set()

    async def needs_the_next(tx: Transaction, fact: Any, heard: Heard) -> None:
        if fact.loan == 1 and f"{fact.copy_id}:2" not in done:
            raise refuse(CopyUnknown())
        done.add(f"{fact.copy_id}:{fact.loan}")
        await count_loan(tx, fact, heard)

    report = await rebuilt(library, needs_the_next)
    assert report.outcomes["handled"] == 24
    assert report.refused["missing"] == 0
    assert await equal(library)
