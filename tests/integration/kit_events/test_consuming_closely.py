"""The consumer seen closely: what it decides about each failure, what it may commit, and what it says of it.

Here nobody polls: records are handed to the consumer's thread as its client would hand them, and each round is called
by hand. Store and broker are real.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import PyMongoError
from structlog.testing import capture_logs

from kit import crash_points
from kit.bus import Delivery, Incoming, Place, Producer
from kit.consumer import Consumer, Heard, Patience, TooManyDeadLetters
from kit.consumer.batch import Attempt
from kit.consumer.listener import MOST_RECORDS
from kit.mongo import StoreBusy
from kit.refusals import refuse
from kit.transaction import Transaction
from tests.integration.kit_events.lending import (
    IMPATIENT,
    AlreadyCounted,
    CopyBroken,
    CopyUnknown,
    Library,
    ShelfClosed,
    count_loan,
)
from tests.integration.kit_events.test_relaying_closely import counted
from tests.unit.kit_events.test_lanes import Record


@pytest.fixture
async def library(library: Library) -> Library:
    """The usual one, with a producer that waits for its broker, however busy the machine is."""
    await library.producer.close()
    library.producer = Producer(library.bootstrap)
    return library


AT_ONCE = Patience(3, 0.0, 0.0)
LATER = Patience(3, 600.0, 600.0)


@dataclass
class Driven:
    """A consumer whose rounds are called by hand."""

    library: Library
    consumer: Consumer

    def place(self, partition: int = 0) -> Place:
        return (self.library.topic, partition)

    def deliver(self, *loans: int, partition: int = 0, **changes: Any) -> None:
        """Records of these loans, each at the offset of its number."""
        records: list[Incoming] = [self.record(loan, partition, **changes) for loan in loans]
        self.hand_over(records, partition)

    def record(self, loan: int, partition: int = 0, **changes: Any) -> Record:
        made = self.library.record(f"copy_{partition}", loan, **changes)
        return Record(loan, self.library.topic, partition, made.key, made.value, list(made.headers))

    def hand_over(self, records: Sequence[Incoming], partition: int = 0) -> None:
        self.consumer.thread._hand_over({self.place(partition): records})

    async def round(self) -> None:
        for delivery in await self.consumer._arrivals():
            self.consumer._receive(delivery)
        await self.consumer._work()

    async def rounds(self, count: int) -> None:
        for _ in range(count):
            await self.round()

    @property
    def committed(self) -> dict[int, int]:
        """Partition -> the offset that is to be committed."""
        return {partition: offset for (_, partition), offset in self.consumer.thread._to_commit.items()}

    @property
    def held(self) -> set[int]:
        return {partition for _, partition in self.consumer.thread._held}

    async def shelved(self) -> list[int]:
        return sorted(row["loan"] for row in await self.library.shelf())

    async def loans(self) -> list[int]:
        rows = await self.library.mongo.database["readers"].find().to_list(None)
        return sorted(loan for row in rows for loan in row["heard"])


def driven(library: Library, handler: Any = count_loan, **options: Any) -> Driven:
    settings = {"missing": AT_ONCE, "unknown": AT_ONCE, "busy": AT_ONCE}
    made = Driven(library, library.consumer(handler, **settings | options))
    made.consumer.thread._assigned([made.place(0), made.place(1)])
    return made


def failing(error: Callable[[], Exception], *loans: int, times: int = 1_000) -> Any:
    """A handler that fails so often for these loans, and counts all others."""
    left = dict.fromkeys(loans, times)

    async def handler(tx: Transaction, fact: Any, heard: Heard) -> None:
        if left.get(fact.loan, 0) > 0:
            left[fact.loan] -= 1
            raise error()
        await count_loan(tx, fact, heard)

    return handler


async def test_offsets_move_up_to_the_first_thing_that_is_not_done(library: Library) -> None:
    made = driven(library, failing(lambda: refuse(CopyUnknown()), 3), missing=LATER)
    made.deliver(1, 2, 3, 4)
    made.deliver(1, 2, partition=1)
    before = counted("consumer_events_total", consumer=library.name, outcome="handled")
    await made.rounds(2)
    assert made.committed == {0: 3, 1: 3}
    assert made.held == {0}
    assert await made.loans() == [1, 1, 2, 2]
    assert counted("consumer_events_total", consumer=library.name, outcome="handled") == before + 4
    assert set(made.consumer.positions()) == {made.place(1)}, "one that is held back on purpose counts as moving"
    made.deliver(5, partition=1)
    await made.round()
    assert made.committed == {0: 3, 1: 6}


async def test_what_fails_once_is_done_the_next_time_and_its_partition_flows_again(library: Library) -> None:
    made = driven(library, failing(lambda: refuse(CopyUnknown()), 2, times=2))
    made.deliver(1, 2, 3)
    with capture_logs() as lines:
        await made.round()
        assert made.held == {0}
        await made.rounds(3)
    assert made.held == set()
    assert made.committed == {0: 4}
    assert await made.loans() == [1, 2, 3]
    assert [line for line in lines if line["event"] == "event_postponed"] == [
        {
            "event": "event_postponed",
            "log_level": "info",
            "consumer": library.name,
            "type": "lending.copy.lent.v1",
            "error": "Refusals copy-unknown",
            "event_id": "fact_copy_0_2",
            "attempts": attempts,
        }
        for attempts in (1, 2)
    ]


@pytest.mark.parametrize(
    ("error", "reason", "attempts", "detail"),
    [
        (lambda: refuse(CopyUnknown()), "missing", 4, "Refusals copy-unknown"),
        (lambda: CopyUnknown(), "missing", 4, "CopyUnknown copy-unknown"),
        (lambda: refuse(StoreBusy()), "store-busy", 5, "Refusals store-busy"),
        (lambda: KeyError("private"), "unknown-error", 6, "KeyError"),
        (lambda: refuse(CopyBroken()), "refused", 1, "Refusals copy-broken"),
    ],
)
async def test_each_kind_of_failure_has_its_own_patience_and_its_own_reason(
    library: Library, error: Callable[[], Exception], reason: str, attempts: int, detail: str
) -> None:
    patience = {"missing": Patience(4, 0, 0), "busy": Patience(5, 0, 0), "unknown": Patience(6, 0, 0)}
    made = driven(library, failing(error, 2), **patience)
    made.deliver(1, 2, 3)
    letters = counted("dead_letters_total", consumer=library.name, reason=reason)
    retried = counted("consumer_events_total", consumer=library.name, outcome="retried")
    await made.rounds(8)
    (letter,) = await library.letters()
    assert (letter.reason, letter.attempts, letter.detail, letter.offset) == (reason, attempts, detail, 2)
    assert letter.original().key == b"copy_0"
    assert await made.loans() == [1, 3]
    assert made.committed == {0: 4}
    assert counted("dead_letters_total", consumer=library.name, reason=reason) == letters + 1
    assert counted("consumer_events_total", consumer=library.name, outcome="retried") == retried + attempts - 1


async def test_a_letter_is_told_with_its_event(library: Library) -> None:
    made = driven(library, failing(lambda: refuse(CopyBroken()), 1))
    made.deliver(1)
    with capture_logs() as lines:
        await made.rounds(2)
    (line,) = [line for line in lines if line["event"] == "dead_letter_kept"]
    assert (line["reason"], line["detail"], line["offset"]) == ("refused", "Refusals copy-broken", 1)
    assert (line["event_id"], line["consumer"]) == ("fact_copy_0_1", library.name)


async def test_an_error_of_ours_is_told_each_time(library: Library) -> None:
    made = driven(library, failing(lambda: KeyError("private"), 1))
    made.deliver(1)
    with capture_logs() as lines:
        await made.rounds(4)
    failed = [line for line in lines if line["event"] == "event_failed"]
    assert [(line["consumer"], line["event_id"], line["error"]) for line in failed] == [
        (library.name, "fact_copy_0_1", "KeyError")
    ] * 3


async def test_a_conflict_is_noted_as_done_and_then_forgotten(library: Library) -> None:
    made = driven(library, failing(lambda: refuse(AlreadyCounted()), 2))
    made.deliver(1, 2, 3)
    settled = counted("consumer_events_total", consumer=library.name, outcome="settled")
    await made.round()
    assert made.consumer._conflicts == {"fact_copy_0_2"}
    assert made.held == set()
    await made.rounds(2)
    assert made.consumer._conflicts == set()
    assert counted("consumer_events_total", consumer=library.name, outcome="settled") == settled + 1
    assert await made.loans() == [1, 3]
    assert await library.letters() == []


async def test_what_is_away_pauses_its_partition_and_is_never_a_letter(library: Library) -> None:
    made = driven(library, failing(lambda: refuse(ShelfClosed()), 2))
    made.deliver(1, 2)
    with capture_logs() as lines:
        await made.round()
    lane = made.consumer._lanes[made.place()]
    assert (lane.pauses, lane.attempts) == (1, 0)
    assert made.held == {0}
    assert made.committed == {0: 2}
    (line,) = [line for line in lines if line["event"] == "event_postponed"]
    assert (line["error"], line["attempts"]) == ("Refusals shelf-closed", 0)


async def test_a_store_that_complains_of_nobody_has_the_events_tried_one_by_one(library: Library) -> None:
    batches: list[int] = []
    made = driven(library, failing(lambda: PyMongoError("of an earlier write"), 3, times=1))
    made.deliver(1, 2, 3, 4, 5)
    await made.round()
    assert made.consumer._one_by_one == 5
    assert await made.loans() == []
    for _ in range(5):
        await made.round()
        batches.append(len(await made.loans()))
    assert batches == [1, 2, 3, 4, 5]
    assert made.consumer._one_by_one == 0
    assert made.committed == {0: 6}


async def test_of_two_events_neither_is_blamed_for_what_the_store_complained_of_nobody(library: Library) -> None:
    made = driven(library, failing(lambda: PyMongoError("of an earlier write"), 2, times=1))
    made.deliver(1, 2)
    await made.round()
    assert made.consumer._one_by_one == 2
    assert [lane.attempts for lane in made.consumer._lanes.values()] == [0]


async def test_a_store_that_is_away_pauses_every_partition_of_the_batch(library: Library) -> None:
    made = driven(library)
    made.deliver(1, 2)
    made.deliver(1, partition=1)
    for delivery in await made.consumer._arrivals():
        made.consumer._receive(delivery)
    away = refuse(ShelfClosed())
    with capture_logs() as lines:
        await made.consumer._failed(_attempt_of(made), away)
    assert made.held == {0, 1}
    assert [lane.pauses for lane in made.consumer._lanes.values()] == [1, 1]
    assert lines == [
        {
            "event": "batch_postponed",
            "log_level": "warning",
            "consumer": library.name,
            "error": "Refusals shelf-closed",
            "events": 3,
        }
    ]


def _attempt_of(made: Driven) -> Attempt:
    events = [event for lane in made.consumer._lanes.values() for event in lane.events()]
    return Attempt(made.consumer.name, events)


async def test_letters_that_the_broker_does_not_take_are_tried_again(library: Library) -> None:
    made = driven(library, failing(lambda: refuse(CopyBroken()), 1))
    made.consumer._producer = Producer("127.0.0.1:1", **IMPATIENT)
    made.deliver(1)
    with capture_logs() as lines:
        await made.round()
    (line,) = [line for line in lines if line["event"] == "dead_letters_postponed"]
    assert (line["log_level"], line["consumer"], line["letters"]) == ("warning", library.name, 1)
    assert len(line["errors"]) == 1
    assert line["errors"][0].endswith("Error")
    assert not [line for line in lines if line["event"] == "dead_letter_kept"]
    lane = made.consumer._lanes[made.place()]
    assert (len(lane.items), lane.pauses) == (1, 1)
    assert made.held == {0}
    assert made.committed == {}
    await made.consumer._producer.close()
    made.consumer._producer, lane.due = library.producer, 0.0
    await made.rounds(2)
    assert [letter.reason for letter in await library.letters()] == ["refused"]
    assert made.committed == {0: 2}


async def test_what_cannot_be_read_is_put_aside_in_its_turn(library: Library) -> None:
    made = driven(library)
    future: dict[str, Any] = {"type": "lending.copy.lent.v9"}
    made.hand_over([made.record(1), made.record(2, **future), made.record(3, **future), made.record(4)])
    with capture_logs() as lines:
        await made.round()
        assert made.committed == {0: 2}
        await made.round()
        await made.round()
    assert made.committed == {0: 5}
    assert await made.loans() == [1, 4]
    letters = await library.letters()
    assert [(letter.reason, letter.attempts, letter.consumer) for letter in letters] == [
        ("future-version", 1, library.name)
    ] * 2
    told = [line for line in lines if line["event"] == "dead_letter_kept"]
    assert [(line["consumer"], line["reason"], line["offset"]) for line in told] == [
        (library.name, "future-version", 2), (library.name, "future-version", 3)
    ]  # fmt: skip
    assert all(line["detail"] == "a version of this fact that this release does not know yet" for line in told)


async def test_what_is_nobodys_business_is_counted_and_passed(library: Library) -> None:
    made = driven(library)
    before = counted("consumer_events_total", consumer=library.name, outcome="ignored")
    made.deliver(1, type="lending.copy.returned.v1")
    await made.round()
    assert made.committed == {0: 2}
    assert counted("consumer_events_total", consumer=library.name, outcome="ignored") == before + 1


async def test_ten_unknown_errors_in_a_row_stop_the_consumer_unless_it_is_told_otherwise(library: Library) -> None:
    loans = range(1, 12)
    made = driven(library, failing(lambda: RuntimeError("a bad deploy"), *loans), unknown=Patience(1, 0, 0))
    made.deliver(*loans)
    with pytest.raises(TooManyDeadLetters, match="10 events in a row, the last with RuntimeError") as raised:
        await made.rounds(20)
    assert str(raised.value).startswith(f"{library.name}: ")
    assert len(await library.letters()) == 10


async def test_one_event_that_is_done_ends_the_row_of_errors(library: Library) -> None:
    made = driven(
        library, failing(lambda: RuntimeError("once"), 1, 3, 5), unknown=Patience(1, 0, 0), most_strikes=2
    )  # fmt: skip
    made.deliver(1, 2, 3, 4, 5)
    await made.rounds(8)
    assert await made.loans() == [2, 4]
    assert made.consumer._strikes == 1


async def test_what_waited_in_vain_for_something_missing_is_no_sign_of_a_bad_deploy(library: Library) -> None:
    handler = failing(lambda: refuse(CopyUnknown()), 1, 2, 3)
    made = driven(library, handler, missing=Patience(1, 0, 0), most_strikes=1)
    made.deliver(1, 2, 3, 4)
    await made.rounds(8)
    assert await made.loans() == [4]
    assert [letter.reason for letter in await library.letters()] == ["missing"] * 3
    assert made.consumer._strikes == 0


async def test_a_letter_that_could_not_be_kept_is_no_strike(library: Library) -> None:
    await library.producer.close()
    library.producer = Producer("127.0.0.1:1", **IMPATIENT)
    made = driven(library, failing(lambda: RuntimeError("once"), 1), unknown=Patience(1, 0, 0), most_strikes=1)
    made.deliver(1)
    await made.round()
    assert made.consumer._strikes == 0
    assert made.committed == {}


async def test_what_can_be_done_is_not_kept_waiting_for_more(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = driven(library, failing(lambda: refuse(CopyUnknown()), 1), missing=LATER), list[tuple[int, float]]()
    take = made.consumer.thread.take

    async def noted(most_records: int, seconds: float) -> list[Delivery]:
        asked.append((most_records, seconds))
        return await take(most_records, 0.0)

    monkeypatch.setattr(made.consumer.thread, "take", noted)
    await made.round()
    made.deliver(1)
    await made.round()
    await made.round()
    made.deliver(*range(1, 4), partition=1)
    for delivery in await made.consumer._arrivals():
        made.consumer._receive(delivery)
    await made.consumer._arrivals()
    idle, held = 0.5, 0.05
    waits = [(MOST_RECORDS, idle), (MOST_RECORDS, idle), (MOST_RECORDS, held), (MOST_RECORDS, held)]
    assert asked == [*waits, (MOST_RECORDS - 3, 0.0)]
    made.deliver(*range(4, MOST_RECORDS), partition=1)
    for delivery in await made.consumer._arrivals():
        made.consumer._receive(delivery)
    asked.clear()
    assert await made.consumer._arrivals() == []
    assert asked == [(1, 0.0)]
    made.deliver(MOST_RECORDS, partition=1)
    for delivery in await made.consumer._arrivals():
        made.consumer._receive(delivery)
    asked.clear()
    assert await made.consumer._arrivals() == []
    assert asked == []


async def test_a_partition_that_went_and_came_back_is_read_again_from_where_it_now_begins(library: Library) -> None:
    made = driven(library, failing(lambda: refuse(CopyUnknown()), 1), missing=LATER)
    made.deliver(1, 2)
    await made.round()
    assert made.held == {0}
    made.consumer.thread._revoked([made.place(0)])
    made.deliver(3)
    await made.round()
    assert made.place(0) not in made.consumer._lanes
    made.consumer.thread._assigned([made.place(0)])
    made.deliver(5, 6)
    await made.round()
    assert made.committed == {0: 7}
    assert await made.loans() == [5, 6]
    stale = made.consumer._lanes[made.place(0)]
    made.consumer.thread._assigned([made.place(0)])
    made.deliver(5)
    await made.round()
    assert made.consumer._lanes[made.place(0)] is not stale
    assert await made.loans() == [5, 6]


async def test_there_is_room_for_so_many_records_and_what_is_held_back_takes_none(library: Library) -> None:
    made = driven(library, failing(lambda: refuse(CopyUnknown()), 1), missing=LATER)
    made.deliver(*range(1, MOST_RECORDS + 1))
    for delivery in await made.consumer._arrivals():
        made.consumer._receive(delivery)
    made.deliver(1, partition=1)
    assert await made.consumer._arrivals() == [], "there is enough to do"
    await made.consumer._work()
    assert made.held == {0}
    (delivery,) = await made.consumer._arrivals()
    assert delivery.place == made.place(1)


async def test_every_named_point_of_the_consumer_is_passed(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = tmp_path / "passes"
    passes.touch()
    monkeypatch.setattr(crash_points, "_ORDERS", str(tmp_path))
    made = driven(library, failing(lambda: refuse(CopyBroken()), 1))
    made.deliver(1, 2)
    await made.rounds(3)
    points = dict.fromkeys(line.partition("@")[2] for line in passes.read_text().splitlines())
    assert [point for point in points if point.startswith("consumer.")] == [
        "consumer.received", "consumer.put_aside", "consumer.done"
    ]  # fmt: skip


async def test_a_consumer_listens_to_the_topics_of_what_it_subscribed_to(library: Library) -> None:
    made = driven(library)
    assert made.consumer.topics == [library.topic]
    assert made.consumer.thread.settings["group_id"] == library.name == made.consumer.name
    assert made.consumer.thread.settings["bootstrap_servers"] == [library.bootstrap]
    assert made.consumer.thread.settings["session_timeout_ms"] == 6_000
