"""Safe defaults: each one that keeps a fact from being lost, doubled or hidden, said aloud."""

from inspect import signature
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.record import util
from pymongo import ReadPreference

from kit.bus import CONSUMER, LONGEST_RETENTION, PRODUCER, within_lease
from kit.inbox import INBOX, KEPT
from kit.mongo import MAJORITY, READ_MAJORITY, SNAPSHOT, Mongo
from kit.outbox import Relay


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("acks", "all"),
        ("enable_idempotence", True),
        ("retries", float("inf")),
        ("allow_auto_create_topics", False),
        ("compression_type", None),
    ],
)
def test_the_producer_waits_for_every_copy_and_repeats_without_doubling(setting: str, value: Any) -> None:
    assert PRODUCER[setting] == value


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("enable_auto_commit", False),
        ("auto_offset_reset", "earliest"),
        ("partition_assignment_strategy", (CooperativeStickyAssignor,)),
        ("isolation_level", "read_uncommitted"),
        ("allow_auto_create_topics", False),
        ("check_crcs", True),
    ],
)
def test_the_consumer_commits_by_hand_and_starts_at_the_beginning(setting: str, value: Any) -> None:
    assert CONSUMER[setting] == value


def test_every_setting_is_one_that_the_client_knows() -> None:
    assert PRODUCER.keys() <= KafkaProducer.DEFAULT_CONFIG.keys()
    assert CONSUMER.keys() <= KafkaConsumer.DEFAULT_CONFIG.keys()


def test_idempotence_keeps_order_with_at_most_five_requests_on_their_way() -> None:
    assert PRODUCER["max_in_flight_requests_per_connection"] <= 5


def test_nobody_sends_longer_than_a_lease_lasts() -> None:
    lease_seconds = signature(Relay).parameters["lease_seconds"].default
    assert PRODUCER["request_timeout_ms"] < PRODUCER["delivery_timeout_ms"] < lease_seconds * 1000


def test_with_a_shorter_lease_sending_is_given_up_sooner_and_with_a_longer_one_no_later() -> None:
    short, long = within_lease(3), within_lease(300)
    assert (short["request_timeout_ms"], short["delivery_timeout_ms"]) == (1_600, 2_000)
    assert long == {name: PRODUCER[name] for name in long}


def test_checksums_are_counted_by_the_fast_library() -> None:
    assert util.crc32c_c is not None


def test_a_member_is_heard_of_several_times_before_it_is_given_up() -> None:
    assert CONSUMER["heartbeat_interval_ms"] * 3 <= CONSUMER["session_timeout_ms"]


def test_the_inbox_remembers_longer_than_any_topic_keeps() -> None:
    assert KEPT > LONGEST_RETENTION
    assert [index.expires_after for index in INBOX.indexes if index.expires_after] == [KEPT]


def test_the_store_answers_when_a_majority_has_it_in_the_journal() -> None:
    assert MAJORITY.document["w"] == "majority"
    assert MAJORITY.document["j"] is True
    assert READ_MAJORITY.level == "majority"
    assert SNAPSHOT.level == "snapshot"
    assert Mongo.SAFE["write_concern"] == MAJORITY
    assert Mongo.SAFE["read_concern"] == READ_MAJORITY
    assert Mongo.SAFE["read_preference"] == ReadPreference.PRIMARY
