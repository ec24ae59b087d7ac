"""Records: rows become records and envelopes again, topics are declared within bounds, letters keep the original."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kit.bus import Topic
from kit.clock import now
from kit.dead_letters import dead_letters_of, letter_for
from kit.envelope import Envelope, Trace, read_envelope
from kit.outbox import envelope_of, outgoing_of
from kit.transaction import outbox_row
from tests.unit.kit_events.test_lanes import Record

ENVELOPE = Envelope(
    "fact_1",
    "lending.copy.lent.v1",
    "/lending",
    "copy_1",
    3,
    now(),
    "district_1",
    Trace("corr_1", "fact_0", f"00-{'1' * 32}-{'2' * 16}-01"),
    {"copy_id": "copy_1"},
)


def test_a_row_of_the_outbox_is_its_envelope_again() -> None:
    assert envelope_of(outbox_row(ENVELOPE, "lending-copies")) == ENVELOPE


def test_a_record_carries_the_envelope_and_is_keyed_by_what_it_is_about() -> None:
    record = outgoing_of(outbox_row(ENVELOPE, "lending-copies"))
    assert (record.topic, record.key) == ("lending-copies", b"copy_1")
    assert record.value is not None
    assert read_envelope(record.headers, record.value) == ENVELOPE


def test_a_story_without_a_cause_leaves_its_headers_out() -> None:
    first = replace(ENVELOPE, trace=Trace("corr_1"))
    record = outgoing_of(outbox_row(first, "lending-copies"))
    assert not {"ce_causationid", "ce_traceparent"} & {name for name, _ in record.headers}


def test_a_letter_keeps_the_original_and_adds_where_it_came_from() -> None:
    record = Record(7, headers=[("ce_id", b"fact_1"), ("dl_reason", b"from an earlier burial")])
    letter = letter_for("lending", record, reason="missing", detail="x" * 900, attempts=8, at=now())
    headers = dict(letter.headers)
    assert (letter.topic, letter.key, letter.value) == (
        "lending-dead-letters",
        b"lending:lending-copies:0:7",
        b"{}",
    )
    assert (headers["ce_id"], headers["dl_key"], headers["dl_offset"]) == (b"fact_1", b"copy_1", b"7")
    assert [value for name, value in letter.headers if name == "dl_reason"] == [b"missing"]
    assert len(headers["dl_detail"]) == 500


@pytest.mark.parametrize("days", [0, 31])
def test_a_topic_keeps_its_records_for_a_bounded_time(days: int) -> None:
    with pytest.raises(ValueError, match="at most 30 days"):
        Topic("lending-copies", 3, timedelta(days=days), False, "copy id", "lending")


def test_a_compacted_topic_keeps_the_last_record_of_each_key() -> None:
    assert dead_letters_of("lending").settings == {"cleanup.policy": "compact"}


@pytest.mark.parametrize(("partitions", "key", "owner"), [(0, "copy id", "lending"), (1, "", "lending"), (1, "id", "")])
def test_a_topic_says_how_wide_it_is_what_its_key_is_and_whose(partitions: int, key: str, owner: str) -> None:
    with pytest.raises(ValueError, match="expected at least one partition, a key and an owner"):
        Topic("lending-copies", partitions, timedelta(days=1), False, key, owner)
