"""Tracing: which story the work at hand belongs to, carried in and out by headers."""

import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from kit.envelope import Trace
from kit.ids import new_id

CORRELATION_HEADER = "x-correlation-id"
TRACEPARENT_HEADER = "traceparent"
CORRELATION = r"[A-Za-z0-9_-]{8,64}"
"""What a correlation id is made of."""
_CORRELATION = re.compile(CORRELATION)
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

_trace: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace:
    """The trace of the work at hand; outside any work a fresh one, which then stays."""
    trace = _trace.get()
    if trace is None:
        trace = Trace(new_id("corr"))
        _trace.set(trace)
    return trace


@contextmanager
def trace_scope(trace: Trace) -> Iterator[Trace]:
    """Everything inside belongs to `trace`: its logs, its calls to others, the facts it announces."""
    token = _trace.set(trace)
    try:
        yield trace
    finally:
        _trace.reset(token)


def trace_of(correlation_id: str | None, traceparent: str | None) -> Trace:
    """The trace that two headers tell of; a malformed one is replaced by a fresh one, never passed on."""
    if correlation_id is None or not _CORRELATION.fullmatch(correlation_id):
        correlation_id = new_id("corr")
    if traceparent is None or not _TRACEPARENT.fullmatch(traceparent):
        traceparent = _fresh_traceparent()
    return Trace(correlation_id, None, traceparent)


def trace_headers(trace: Trace) -> Mapping[str, str]:
    """The headers that carry `trace` to the next service."""
    headers = {CORRELATION_HEADER: trace.correlation_id}
    if trace.traceparent:
        headers[TRACEPARENT_HEADER] = trace.traceparent
    return headers


def _fresh_traceparent() -> str:
    # Not sampled: nobody recorded a span that this would be the child of (W3C Trace Context, section 3.2).
    return f"00-{random.getrandbits(128) | 1:032x}-{random.getrandbits(64) | 1:016x}-00"
