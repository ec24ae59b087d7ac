"""The stop signal: how a worker's parts learn that it is time to finish."""

import asyncio
from contextlib import suppress


class StopSignal:
    """Set once, by SIGTERM or by a part that cannot go on; everything that waits should wait through it."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        self._event.set()

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    async def wait(self) -> None:
        await self._event.wait()

    async def pause(self, seconds: float) -> bool:
        """Wait `seconds`, or until the stop. Returns whether there is still time to work."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
        return not self._event.is_set()
