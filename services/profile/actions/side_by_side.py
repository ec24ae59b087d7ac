"""A few pieces of work side by side; the first failure of one ends them all."""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self


class SideBySide:
    """`async with SideBySide(3) as work: await work.start(…)`: `start` waits while three are running."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._running: set[asyncio.Task[Any]] = set()

    async def start(self, piece: Coroutine[Any, Any, Any]) -> None:
        """Begin `piece` as soon as there is room. Raises: what an earlier piece raised."""
        self._running.add(asyncio.create_task(piece))
        if len(self._running) >= self._most:
            await self._settle(asyncio.FIRST_COMPLETED)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if error is None:
            await self._settle(asyncio.ALL_COMPLETED)
            return
        for piece in self._running:
            piece.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _settle(self, when: str) -> None:
        if not self._running:
            return
        done, self._running = await asyncio.wait(self._running, return_when=when)
        for piece in done:
            piece.result()
