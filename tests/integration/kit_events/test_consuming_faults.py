"""What cannot be done: each kind of failure meets its own fate, and the partition moves on."""

from collections.abc import Callable
from typing import Any

import pytest

from kit.bus import Outgoing
from kit.consumer import Handler, Heard, Patience, TooManyDeadLetters
from kit.refusals import refuse
from kit.transaction import Transaction
from tests.integration.kit_events.lending import (
    READERS,
    AlreadyCounted,
    CopyBroken,
    CopyUnknown,
    Library,
    ReaderForbidden,
    ShelfClosed,
    count_loan,
    refusing,
    running,
)
from tests.support.eventually import eventually

SECRET = "a payload value that must not be shown"


def poison(library: Library) -> Outgoing:
    return Outgoing(library.topic, b"copy_1", b"\x00\xff not json", [("ce_id", b"\xff"), ("content-type", b"x")])


def structured_nonsense(library: Library) -> Outgoing:
    return Outgoing(library.topic, b"copy_1", b"[1, 2]", [("content-type", b"application/cloudevents+json")])


def no_headers(library: Library) -> Outgoing:
    return Outgoing(library.topic, None, b"{}", [])


def unknown_type(library: Library) -> Outgoing:
    return library.record("copy_1", 1, type="lending.shelf.painted.v1")


def future_version(library: Library) -> Outgoing:
    return library.record("copy_1", 1, type="lending.copy.lent.v9")


def wrong_schema(library: Library) -> Outgoing:
    data = {"district_id": "district_1", "copy_id": "copy_1", "reader_id": "reader_1", "loan": SECRET}
    return library.record("copy_1", 1, data=data)


def other_district(library: Library) -> Outgoing:
    return library.record("copy_1", 1, district_id="district_9")


BAD: dict[Callable[[Library], Outgoing], tuple[str, str]] = {
    poison: ("bad-envelope", "expected"),
    structured_nonsense: ("bad-envelope", "expected a CloudEvents message"),
    no_headers: ("bad-envelope", "expected CloudEvents 1.0"),
    unknown_type: ("unknown-type", "a type that this release does not know"),
    future_version: ("future-version", "a version of this fact that this release does not know yet"),
    wrong_schema: ("wrong-schema", "loan: int_parsing"),
    other_district: ("wrong-district", "the envelope and the fact name different districts"),
}


async def test_what_cannot_be_read_is_put_aside_and_the_partition_moves_on(library: Library) -> None:
    bad = [make(library) for make in BAD]
    good = [library.record("copy_1", loan) for loan in range(2, 2 + len(bad))]
    await library.put([record for pair in zip(bad, good, strict=True) for record in pair])
    async with running(library.consumer()):
        await eventually(lambda: library.heard_in_all_is(len(good)))
        await eventually(lambda: _letters_are(library, len(bad)))
    letters = {(letter.value, letter.type): letter for letter in await library.letters()}
    for record, (reason, detail) in zip(bad, BAD.values(), strict=True):
        letter = letters[record.value or b"", dict(record.headers).get("ce_type", b"").decode()]
        assert (letter.reason, letter.consumer, letter.attempts) == (reason, library.name, 1)
        assert detail in letter.detail
        assert SECRET not in letter.detail
        assert letter.original() == record


async def _letters_are(library: Library, count: int) -> bool:
    return len(await library.letters()) == count


async def test_a_type_of_the_topic_that_nobody_asked_for_is_passed_over(library: Library) -> None:
    tombstone = Outgoing(library.topic, b"copy_1", None)
    returned = library.record("copy_1", 1, type="lending.copy.returned.v1")
    await library.put([returned, tombstone, library.record("copy_1", 2)])
    async with running(library.consumer()):
        await eventually(lambda: library.heard_in_all_is(1))
    assert await library.letters() == []


@pytest.mark.parametrize(
    ("reason", "letter_reason", "attempts"),
    [(CopyBroken, "refused", 1), (ReaderForbidden, "refused", 1), (CopyUnknown, "missing", 3)],
)
async def test_a_refused_event_is_put_aside_with_the_refusal_as_its_reason(
    library: Library, reason: type[Any], letter_reason: str, attempts: int
) -> None:
    await library.put([library.record("copy_1", loan) for loan in range(1, 6)])
    async with running(library.consumer(refusing(reason, lambda fact: fact.loan == 3))):
        await eventually(lambda: library.heard_in_all_is(4))
        await eventually(library.letters)
    (letter,) = await library.letters()
    assert (letter.reason, letter.attempts, letter.offset) == (letter_reason, attempts, letter.offset)
    assert reason().code in letter.detail
    assert letter.event_id == "fact_copy_1_3"


async def test_a_conflict_is_settled_and_not_asked_again(library: Library) -> None:
    asked = 0

    async def handler(tx: Transaction, fact: Any, heard: Heard) -> None:
        nonlocal asked
        if fact.loan == 3:
            asked += 1
            raise refuse(AlreadyCounted())
        await count_loan(tx, fact, heard)

    await library.put([library.record("copy_1", loan) for loan in range(1, 6)] * 2)
    async with running(library.consumer(handler)):
        await library.put([library.record("copy_2", 1)])
        await eventually(lambda: library.heard_in_all_is(5))
    assert await library.letters() == []
    assert asked == 1


async def test_what_is_missing_is_waited_for_while_other_partitions_go_on(library: Library) -> None:
    known = False

    async def handler(tx: Transaction, fact: Any, heard: Heard) -> None:
        if fact.copy_id == "copy_new" and not known:
            raise refuse(CopyUnknown())
        await count_loan(tx, fact, heard)

    patient = library.consumer(handler, missing=Patience(1_000, 0.02, 0.05))
    await library.put([library.record("copy_new", loan) for loan in (1, 2)])
    await library.put([library.record(f"copy_{copy}", 1) for copy in range(40)])
    async with running(patient):
        elsewhere = await _keys_elsewhere(library, "copy_new")
        await eventually(lambda: _heard_copies(library, elsewhere))
        known = True
        await eventually(lambda: library.heard_in_all_is(42))
    assert {row["_id"]: row["loan"] for row in await library.shelf()}["copy_new"] == 2


async def _keys_elsewhere(library: Library, key: str) -> set[str]:
    """The keys that live in other partitions than `key`."""
    partitions = {(record.key or b"").decode(): record.partition for record in await library.records()}
    return {other for other, partition in partitions.items() if partition != partitions[key]}


async def _heard_copies(library: Library, copies: set[str]) -> bool:
    return copies <= {row["_id"] for row in await library.shelf()}


async def test_what_is_away_is_waited_for_without_end_and_never_put_aside(library: Library) -> None:
    closed, asked = True, 0

    async def handler(tx: Transaction, fact: Any, heard: Heard) -> None:
        nonlocal asked
        asked += 1
        if closed:
            raise refuse(ShelfClosed())
        await count_loan(tx, fact, heard)

    await library.put([library.record("copy_1", loan) for loan in range(1, 4)])
    consumer = library.consumer(handler)
    async with running(consumer):
        await eventually(lambda: asked >= 4)  # more often than the other kinds are tried
        assert await library.letters() == []
        assert consumer.positions() == {place: at for place, at in consumer.positions().items() if not at.lag}
        closed = False
        await eventually(lambda: library.heard_in_all_is(3))
    assert await library.letters() == []


async def test_an_unknown_error_is_tried_again_and_then_put_aside_without_its_text(library: Library) -> None:
    async def handler(tx: Transaction, fact: Any, heard: Heard) -> None:
        if fact.loan == 2:
            raise KeyError(SECRET)
        await count_loan(tx, fact, heard)

    await library.put([library.record("copy_1", loan) for loan in range(1, 4)])
    async with running(library.consumer(handler)):
        await eventually(lambda: library.heard_in_all_is(2))
        await eventually(library.letters)
    (letter,) = await library.letters()
    assert (letter.reason, letter.attempts, letter.detail) == ("unknown-error", 3, "KeyError")


async def test_many_unknown_errors_in_a_row_stop_the_consumer(library: Library) -> None:
    async def handler(tx: Transaction, fact: Any, heard: Heard) -> None:
        raise RuntimeError("a bad deploy")

    await library.put([library.record("copy_1", loan) for loan in range(1, 9)])
    with pytest.raises(TooManyDeadLetters, match="3 events in a row, the last with RuntimeError"):
        async with running(library.consumer(handler, most_strikes=3)) as (working,):
            await eventually(working.task.done)
    assert len(await library.letters()) == 3


async def test_a_write_that_the_store_refuses_costs_its_own_event_alone(library: Library) -> None:
    async def handler(tx: Transaction, fact: Any, heard: Heard) -> None:
        if fact.loan == 4:
            tx[READERS].update({"_id": fact.reader_id}, {"$nonsense": 1})
        await count_loan(tx, fact, heard)

    await library.put([library.record("copy_1", loan) for loan in range(1, 11)])
    async with running(library.consumer(handler)):
        await eventually(lambda: library.heard_in_all_is(9))
        await eventually(library.letters)
    (letter,) = await library.letters()
    assert letter.event_id == "fact_copy_1_4"


async def test_order_within_a_partition_holds_while_one_event_is_tried_again(library: Library) -> None:
    order: list[int] = []
    failing: Handler = _failing_twice(order)
    await library.put([library.record("copy_1", loan) for loan in range(1, 7)])
    async with running(library.consumer(failing)):
        await eventually(lambda: library.heard_in_all_is(6))
    rows = await library.mongo.database["readers"].find().to_list(None)
    assert sorted(loan for row in rows for loan in row["heard"]) == [1, 2, 3, 4, 5, 6]
    assert order == [1, 2, 3, 4, 5, 6], "each for the first time to the end, in order"


def _failing_twice(order: list[int]) -> Handler:
    failures = iter((True, True))

    async def handler(tx: Transaction, fact: Any, heard: Heard) -> None:
        if fact.loan == 3 and next(failures, False):
            raise ConnectionError
        await count_loan(tx, fact, heard)
        if fact.loan not in order:
            order.append(fact.loan)

    return handler
