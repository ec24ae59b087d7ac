"""Tracing: well-formed headers are taken over, others replaced."""

import re

import pytest

from kit.envelope import Trace
from kit.tracing import current_trace, trace_headers, trace_of, trace_scope

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_well_formed_headers_are_taken_over() -> None:
    assert trace_of("story-0123456789", PARENT) == Trace("story-0123456789", None, PARENT)


@pytest.mark.parametrize("given", [None, "", "short", "x" * 65, "with space in it", "line\nbreak-here", "ümlaut-here"])
def test_a_malformed_correlation_id_is_replaced(given: str | None) -> None:
    assert re.fullmatch(r"corr_[0-9a-f]{32}", trace_of(given, None).correlation_id)


@pytest.mark.parametrize(
    "given",
    [None, "", PARENT.upper(), f"{PARENT}-x", "00-" + "0" * 32 + "-b7ad6b7169203331-01", PARENT.replace("00-", "ff-")],
)
def test_a_malformed_traceparent_is_replaced_by_one_that_is_not_sampled(given: str | None) -> None:
    made = trace_of(None, given).traceparent
    assert made is not None
    assert made != given
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", made)


def test_the_headers_of_a_trace_read_back_as_the_same_trace() -> None:
    trace = trace_of(None, PARENT)
    headers = trace_headers(trace)
    assert trace_of(headers["x-correlation-id"], headers["traceparent"]) == trace
    assert trace_headers(Trace("story-0123456789")) == {"x-correlation-id": "story-0123456789"}


def test_work_inside_a_scope_has_its_trace_and_work_after_it_the_one_before() -> None:
    outer, inner = Trace("outer-story"), Trace("inner-story")
    with trace_scope(outer):
        with trace_scope(inner):
            assert current_trace() is inner
        assert current_trace() is outer
