"""Walks 3, 4, 8, 9 and 10: parts of the town are away, events come twice, or make no sense; people go on working."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pymongo import MongoClient

from cli.demo.telling import until
from contracts.topics import TOPICS
from deploy.local.town import Town
from kit.bus import Incoming, Outgoing, committed_offsets, read_to_end, send_now
from kit.dead_letters import dead_letter_topic, drop_letters, list_letters, replay_letters
from tests.e2e.district import District
from tests.e2e.test_walk_seats import book

LETTERS = dead_letter_topic("scheduler")
FACT_TOPICS = [topic.name for topic in TOPICS if not topic.compacted]


@contextmanager
def without(town: Town, *names: str) -> Iterator[None]:
    """The town without these parts, meanwhile."""
    for name in names:
        town.kill(name)
    try:
        yield
    finally:
        for name in names:
            town.start_service(name)


def stores(town: Town) -> dict[str, list[dict[str, Any]]]:
    """Everything the services keep, but what only the plumbing needs."""
    plumbing = {"inbox", "leases", "outbox", "idempotency"}
    found = {}
    with MongoClient[dict[str, Any]](town.mongo.admin_url) as client:
        for service in ("profile", "scheduler", "community", "gateway"):
            database = client[f"trellis_{service}"]
            for name in sorted(set(database.list_collection_names()) - plumbing):
                found[f"{service}.{name}"] = list(database[name].find({}).sort("_id", 1))
    return found


def unsent(town: Town) -> int:
    with MongoClient[dict[str, Any]](town.mongo.admin_url) as client:
        services = ("profile", "scheduler", "community", "gateway")
        return sum(client[f"trellis_{service}"]["outbox"].count_documents({"sent_at": None}) for service in services)


def settled(town: Town) -> bool:
    """Whether every fact is sent and every view stands still."""
    if unsent(town):
        return False
    before = stores(town)
    return before == stores(town)


def test_what_is_open_to_me_needs_no_other_service(town: Town, district: District) -> None:
    block = district.block()
    district.occurrence(5, block, "Chess")
    learner = district.learner(20)
    with without(town, "profile.api", "community.api", "kafka"):
        page = learner.api.get(f"/v1/people/{learner.person_id}/openings", block_id=block["block_id"])
    titles = {opening["title"] for opening in page["openings"]}
    assert "Chess" in titles
    assert page["as_of"]


def test_the_home_page_goes_on_without_community_and_says_so(town: Town, district: District) -> None:
    learner = district.learner(21)
    assert learner.api.get("/v1/home")["missing"] == []
    with without(town, "community.api"):
        home = learner.api.get("/v1/home")
    assert [part["part"] for part in home["missing"]] == ["projects"]
    assert home["person"] is not None
    assert home["week"] is not None


def test_with_kafka_down_students_book_and_the_facts_follow_in_order(town: Town, district: District) -> None:
    block, other = district.block(), district.block()
    occurrence_id, later = district.occurrence(9, block), district.occurrence(9, other)
    until(lambda: unsent(town) == 0, "all earlier facts are sent")
    students = [district.learner(number) for number in range(30, 35)]
    with without(town, "kafka"):
        made = [book(student, occurrence_id) for student in students]
        for student, placement in zip(students, made, strict=True):
            student.api.post(f"/v1/placements/{placement['placement_id']}/cancel")
            book(student, later)
        assert unsent(town) >= 15
    until(lambda: unsent(town) == 0, "the facts are sent when Kafka is back", 90)
    heard = [record for batch in read_to_end(town.kafka.bootstrap, ["scheduler-placements"]) for record in batch]
    for placement in made:
        mine = [record for record in heard if record.key == placement["placement_id"].encode()]
        assert [_header(record, "ce_type") for record in mine] == [
            "scheduler.placement.made.v1",
            "scheduler.placement.cancelled.v1",
        ]
        assert [int(_header(record, "ce_sequence")) for record in mine] == sorted(
            int(_header(record, "ce_sequence")) for record in mine
        )


def test_every_event_three_times_and_shuffled_changes_nothing(town: Town, district: District) -> None:
    assert district.school_id
    until(lambda: unsent(town) == 0 and _lag(town) == 0, "everything is told and heard", 90)
    until(lambda: settled(town), "the town has settled", 90)
    before = stores(town)
    records = [record for batch in read_to_end(town.kafka.bootstrap, FACT_TOPICS) for record in batch]
    assert len(records) > 500
    again = [Outgoing(record.topic, record.key, record.value, list(record.headers)) for record in records] * 2
    random.Random(11).shuffle(again)
    send_now(town.kafka.bootstrap, again)
    ends = sum(1 for batch in read_to_end(town.kafka.bootstrap, FACT_TOPICS) for _ in batch)
    assert ends >= 3 * len(records)
    until(lambda: _lag(town) == 0, "everything is heard", 90)
    until(lambda: settled(town), "the town has settled again", 90)
    after = stores(town)
    assert {name: rows for name, rows in after.items() if rows != before.get(name)} == {}


@pytest.mark.parametrize(
    ("headers", "value", "reason"),
    [
        ([], b"\x00\xff poison", "unreadable"),
        ([("ce_type", b"profile.person.listed.v9")], b"{}", "unknown-version"),
    ],
)
def test_a_poison_message_is_put_aside_and_the_partition_moves_on(
    town: Town, district: District, headers: list[tuple[str, bytes]], value: bytes, reason: str
) -> None:
    bootstrap = town.kafka.bootstrap
    before = {letter.letter_id for letter in list_letters(bootstrap, LETTERS)}
    whole = [*_envelope(), *headers] if headers else headers
    send_now(bootstrap, [Outgoing("profile-people", b"person_poison", value, whole)])

    def put_aside() -> list[Any]:
        return [letter for letter in list_letters(bootstrap, LETTERS) if letter.letter_id not in before]

    (letter,) = until(put_aside, "the message is put aside")
    assert letter.topic == "profile-people"
    assert letter.reason, reason
    block = district.block()
    learner = district.learner(40)
    assert book(learner, district.occurrence(2, block))["cause"] == "chosen"
    until(lambda: _lag(town) == 0, "the partitions moved on")
    replay_letters(bootstrap, LETTERS, [letter.letter_id])
    until(lambda: any(each.letter_id != letter.letter_id for each in put_aside()), "replayed, it comes back anew")
    for consumer in ("scheduler", "community", "gateway"):
        topic = dead_letter_topic(consumer)
        drop_letters(bootstrap, topic, [each.letter_id for each in list_letters(bootstrap, topic)])
    assert put_aside() == []


def _envelope() -> list[tuple[str, bytes]]:
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"fact_poison"),
        ("ce_source", b"trellis/profile"),
        ("ce_subject", b"person_poison"),
        ("ce_time", b"2031-05-04T08:30:00Z"),
        ("ce_districtid", b"district_poison"),
        ("ce_sequence", b"1"),
        ("content-type", b"application/json"),
    ]


def _header(record: Incoming, name: str) -> str:
    return next(value.decode() for key, value in record.headers if key == name)


def _lag(town: Town) -> int:
    """Records that some consumer has not heard yet."""
    total = 0
    for service in ("profile", "scheduler", "community", "gateway"):
        topics = [topic.name for topic in TOPICS if service in topic.readers and not topic.compacted]
        committed = committed_offsets(town.kafka.bootstrap, service, topics)
        ends: dict[tuple[str, int], int] = {}
        for batch in read_to_end(town.kafka.bootstrap, topics):
            for record in batch:
                ends[record.topic, record.partition] = record.offset + 1
        total += sum(max(0, end - committed[place]) for place, end in ends.items())
    return total
