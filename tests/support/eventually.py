"""Waiting in tests: for a thing to become true, never for a time to pass."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

T = TypeVar("T")
PATIENCE_SECONDS = 90.0
"""How long a busy machine is waited for. A test that passes never waits it out."""
AT_ONCE_SECONDS = 4.0
"""Far longer than what is done at once takes, and far shorter than what it must not wait for."""


@overload
async def eventually(
    predicate: Callable[[], Awaitable[T]], *, seconds: float = PATIENCE_SECONDS, every: float = 0.05
) -> T: ...


@overload
async def eventually(predicate: Callable[[], T], *, seconds: float = PATIENCE_SECONDS, every: float = 0.05) -> T: ...


async def eventually(
    predicate: Callable[[], Awaitable[T] | T], *, seconds: float = PATIENCE_SECONDS, every: float = 0.05
) -> T:
    """The first truthy value of `predicate`, which is asked again `every` so many seconds.

    An exception counts as "not yet". Raises: AssertionError with the last value or exception after `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        last = await _ask(predicate)
        if not isinstance(last, Exception) and last:
            return last
        if time.monotonic() >= deadline:
            cause = last if isinstance(last, Exception) else None
            raise AssertionError(f"not true within {seconds:g} s; last: {last!r}") from cause
        await asyncio.sleep(every)


async def _ask(predicate: Callable[[], Awaitable[T] | T]) -> T | Exception:
    try:
        answer = predicate()
        return await answer if inspect.isawaitable(answer) else answer
    except Exception as error:  # the caller decides, at the deadline
        return error
