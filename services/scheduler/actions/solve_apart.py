"""The engine in a process of its own: it may take minutes and all of a core, and nothing else waits for it."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from services.scheduler.distribution_files.solve_order import Solved, SolveOrder, order_in_bytes, solved_of

MODULE = "services.scheduler.distribution_files.solving"

log = structlog.get_logger()


class EngineFailed(Exception):
    """The engine's process ended without a report."""


async def solve_apart(order: SolveOrder, on_progress: Callable[[Mapping[str, Any]], None]) -> Solved:
    """Start the process, hand it the order, and wait for its report. Cancelled: the process is ended too.

    Raises: EngineFailed.
    """
    pipe = asyncio.subprocess.PIPE
    engine = await asyncio.create_subprocess_exec(sys.executable, "-m", MODULE, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        _, written, last_words = await asyncio.gather(
            _hand_over(engine, order_in_bytes(order)), _read_all(engine), _follow(engine, on_progress)
        )
        code = await engine.wait()
    finally:
        await _end(engine)
    if code != 0:
        log.error("engine_failed", code=code, last_words=last_words)
        raise EngineFailed(last_words)
    return solved_of(written)


async def _hand_over(engine: asyncio.subprocess.Process, order: bytes) -> None:
    assert engine.stdin is not None
    engine.stdin.write(order)
    engine.stdin.write_eof()
    await engine.stdin.drain()


async def _read_all(engine: asyncio.subprocess.Process) -> bytes:
    assert engine.stdout is not None
    return await engine.stdout.read()


async def _follow(engine: asyncio.subprocess.Process, on_progress: Callable[[Mapping[str, Any]], None]) -> str:
    """Hear of progress; returns the kind of error the process ended with, and never what it was about."""
    assert engine.stderr is not None
    last_words = ""
    async for line in engine.stderr:
        if line.startswith(b"{"):
            on_progress(json.loads(line))
        else:
            last_words = line.decode(errors="replace").partition(":")[0].strip()
    return last_words


async def _end(engine: asyncio.subprocess.Process) -> None:
    if engine.returncode is None:
        engine.kill()
        await engine.wait()
