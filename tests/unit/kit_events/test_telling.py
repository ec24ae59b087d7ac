"""Telling: what a consumer did stands in one line and one count for each event, and says nothing of the payload."""

import time

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from kit.bus.listening import Position
from kit.consumer.batch import Settled
from kit.consumer.heard import Event
from kit.consumer.telling import tell_dead_letter, tell_failure, tell_positions, tell_settled
from tests.unit.kit_events.test_heard import ENVELOPE
from tests.unit.kit_events.test_lanes import Record, nothing

EVENT = Event(Record(7), ENVELOPE, None, nothing)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_an_event_that_is_done_is_one_line_and_one_count() -> None:
    before = counted("consumer_events_total", consumer="lending-told", outcome="handled")
    with capture_logs() as lines:
        tell_settled("lending-told", Settled(EVENT, "handled", 12.3456))
    assert counted("consumer_events_total", consumer="lending-told", outcome="handled") == before + 1
    assert lines == [
        {
            "event": "event_consumed",
            "log_level": "info",
            "consumer": "lending-told",
            "type": ENVELOPE.type,
            "outcome": "handled",
            "took_ms": 12.35,
            "event_id": "fact_1",
            "key": "copy_1",
            "district_id": "district_1",
            "correlation_id": "corr_1",
        }
    ]


def test_a_dead_letter_is_a_warning_that_says_where_it_lay() -> None:
    before = counted("dead_letters_total", consumer="lending-told", reason="missing")
    with capture_logs() as lines:
        tell_dead_letter("lending-told", Record(7), "missing", "copy-unknown", ENVELOPE)
        tell_dead_letter("lending-told", Record(8), "bad-envelope", "expected JSON")
    assert counted("dead_letters_total", consumer="lending-told", reason="missing") == before + 1
    assert counted("consumer_events_total", consumer="lending-told", outcome="dead_letter") >= 2
    told = {"event": "dead_letter_kept", "log_level": "warning", "consumer": "lending-told"}
    place = {"topic": "lending-copies", "partition": 0}
    known = {"event_id": "fact_1", "correlation_id": "corr_1"}
    unknown = {"event_id": None, "correlation_id": None}
    assert lines == [
        told | place | known | {"reason": "missing", "detail": "copy-unknown", "offset": 7},
        told | place | unknown | {"reason": "bad-envelope", "detail": "expected JSON", "offset": 8},
    ]


def deeper(levels: int) -> None:
    if levels:
        deeper(levels - 1)
    raise KeyError("a payload value that must not be shown")


def test_an_error_of_ours_says_where_it_happened_and_not_what_it_said() -> None:
    with pytest.raises(KeyError) as raised:
        deeper(9)
    with capture_logs() as lines:
        tell_failure("lending-told", ENVELOPE, raised.value)
    (line,) = lines
    where = line.pop("where")
    assert line == {
        "event": "event_failed",
        "log_level": "error",
        "consumer": "lending-told",
        "type": ENVELOPE.type,
        "event_id": "fact_1",
        "correlation_id": "corr_1",
        "error": "KeyError",
    }
    last = raised.traceback[-1]
    assert where[-1] == f"{last.path}:{last.lineno + 1} deeper"
    assert len(where) == 4


def test_a_partition_tells_how_far_behind_it_is_and_since_when() -> None:
    moment = time.monotonic()
    places = {("lending-told", 0): Position(3, 10, moment - 60), ("lending-told", 1): Position(10, 10, moment - 60)}
    tell_positions(places)
    behind, there = {"topic": "lending-told", "partition": "0"}, {"topic": "lending-told", "partition": "1"}
    assert counted("consumer_lag_records", **behind) == 7
    assert counted("consumer_lag_records", **there) == 0
    assert 60 <= counted("consumer_position_age_seconds", **behind) < 600
    assert REGISTRY.get_sample_value("consumer_position_age_seconds", there) == 0
