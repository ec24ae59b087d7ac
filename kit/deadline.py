"""Deadlines: until when an answer is worth having, known to everything done for one request."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "x-trellis-deadline"

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def current_deadline() -> float | None:
    """The moment in seconds since 1970 by which the caller wants an answer; None outside any request."""
    return _deadline.get()


def remaining(otherwise: float) -> float:
    """Seconds left until the deadline (never below 0), at most `otherwise`."""
    deadline = _deadline.get()
    return otherwise if deadline is None else max(0.0, min(otherwise, deadline - time.time()))


@contextmanager
def deadline_scope(deadline: float) -> Iterator[None]:
    """Everything inside knows this deadline (seconds since 1970)."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def deadline_of(header: str | None, most_seconds: float) -> float:
    """The deadline in a header (milliseconds since 1970), at most `most_seconds` from now; nonsense is ignored."""
    latest = time.time() + most_seconds
    if header is None or not header.isascii() or not header.isdigit():
        return latest
    return min(latest, int(header[:16]) / 1000)
