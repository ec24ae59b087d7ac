"""Reading records: whatever the bytes are, the answer is an event, a reason, or that it is nobody's business."""

from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from kit.clock import now
from kit.consumer.heard import Event, Passed, Reader, Unreadable
from kit.envelope import Envelope, Trace
from tests.unit.kit_events.test_lanes import Record, nothing

TYPE = "lending.copy.lent.v1"


@dataclass(frozen=True)
class Lent:
    """A fact."""

    district_id: str


def unpack(cls: type[Any], data: dict[str, Any]) -> Any:
    return cls(data["district_id"])


READER = Reader({TYPE: (Lent, nothing)}, unpack, {TYPE, "lending.copy.returned.v1"})
ENVELOPE = Envelope(
    "fact_1", TYPE, "/s", "copy_1", 3, now(), "district_1", Trace("corr_1"), {"district_id": "district_1"}
)


def record(*more: tuple[str, Any], value: bytes | None = None) -> Record:
    return Record(0, value=value or ENVELOPE.value(), headers=[*ENVELOPE.headers(), *more])


def structured(**changes: Any) -> Record:
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": "fact_1",
        "type": TYPE,
        "source": "/s",
        "subject": "copy_1",
    }
    attributes |= {"time": "2026-11-24T10:00:00Z", "districtid": "district_1", "data": {"district_id": "district_1"}}
    value = orjson.dumps(attributes | changes)
    return Record(0, value=value, headers=[("content-type", b"application/cloudevents+json; charset=utf-8")])


def test_an_event_tells_its_handler_where_it_stands() -> None:
    event = READER.read(record())
    assert isinstance(event, Event)
    assert event.fact == Lent("district_1")
    assert (event.heard.event_id, event.heard.sequence, event.heard.key) == ("fact_1", 3, "copy_1")
    assert event.heard.trace == ENVELOPE.trace


def test_a_structured_message_is_understood_too() -> None:
    assert isinstance(READER.read(structured()), Event)


def test_a_header_without_a_value_says_nothing() -> None:
    assert isinstance(READER.read(record(("x-traced", None))), Event)


def test_a_tombstone_and_a_type_nobody_asked_for_are_passed_over() -> None:
    assert READER.read(Record(0, value=None)) == Passed(Record(0, value=None), "tombstone")
    passed = READER.read(structured(type="lending.copy.returned.v1"))
    assert isinstance(passed, Passed)
    assert passed.outcome == "ignored"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (structured(type="lending.copy.lent.v2"), "future-version"),
        (structured(type="lending.copy.burnt.v1"), "unknown-type"),
        (structured(type=["lending"]), "bad-envelope"),
        (structured(id=7), "bad-envelope"),
        (structured(time="yesterday at SECRET"), "bad-envelope"),
        (structured(data=None), "bad-envelope"),
        (structured(data={"copy_id": "SECRET"}), "wrong-schema"),
        (structured(data={"district_id": "SECRET"}), "wrong-district"),
        (record(value=b"SECRET"), "bad-envelope"),
    ],
)
def test_what_cannot_be_read_has_a_reason_that_quotes_nothing(bad: Record, reason: str) -> None:
    unreadable = READER.read(bad)
    assert isinstance(unreadable, Unreadable)
    assert unreadable.reason == reason
    assert unreadable.detail
    assert "SECRET" not in unreadable.detail


class Shelved(BaseModel):
    """A fact with a schema."""

    district_id: str
    loans: list[int]


def test_a_wrong_schema_says_where_and_which_rule_of_every_fault() -> None:
    reader = Reader({TYPE: (Shelved, nothing)}, lambda cls, data: cls.model_validate(data), {TYPE})
    unreadable = reader.read(structured(data={"loans": [1, "SECRET"]}))
    assert isinstance(unreadable, Unreadable)
    assert (unreadable.reason, unreadable.detail) == ("wrong-schema", "district_id: missing; loans.1: int_parsing")


def test_each_reason_says_what_was_expected() -> None:
    def detail(record: Record) -> str:
        unreadable = READER.read(record)
        assert isinstance(unreadable, Unreadable)
        return unreadable.detail

    assert detail(structured(type="lending.copy.lent.v2")) == (
        "a version of this fact that this release does not know yet"
    )
    assert detail(structured(type="lending.copy.burnt.v1")) == "a type that this release does not know"
    assert detail(structured(id=7)) == "expected text as id, type and districtid"
    assert detail(structured(data={"copy_id": "SECRET"})) == "KeyError"
    other = detail(structured(data={"district_id": "SECRET"}))
    assert other == "the envelope and the fact name different districts"
    broken = Record(0, value=b"[1, 2]", headers=[("content-type", b"application/cloudevents+json")])
    assert detail(broken) == "expected a CloudEvents message"


@given(
    value=st.binary(max_size=60) | st.none(),
    headers=st.lists(
        st.tuples(st.text(max_size=12) | st.sampled_from(["ce_id", "content-type"]), st.binary() | st.none())
    ),
)
def test_no_bytes_whatever_bring_the_reader_down(value: bytes | None, headers: list[tuple[str, Any]]) -> None:
    assert isinstance(READER.read(Record(0, value=value, headers=headers)), Unreadable | Passed)
