"""The connections to one upstream: kept open between requests, counted, and lent to one exchange at a time."""

import asyncio
from collections import deque

from services.gateway.passthrough import terms
from services.gateway.passthrough.connection import Connection
from services.gateway.passthrough.fleet import Breaker
from services.gateway.passthrough.terms import Failed, Limits, Upstream

Turn = asyncio.Future[Connection | None]


class Pool:
    """At most `limits.connections` connections; who finds none free stands in line, at most `connect_seconds`.

    There is never an idle connection while somebody stands in line: what comes free goes to the first.
    """

    def __init__(self, upstream: Upstream, limits: Limits, breaker: Breaker) -> None:
        self._upstream = upstream
        self._limits = limits
        self._breaker = breaker
        self._loop = asyncio.get_running_loop()
        self._idle: list[Connection] = []  # by the time they came back, the oldest first
        self._open: set[Connection] = set()
        self._opening = 0
        self._line: deque[Turn] = deque()
        self._sweep: asyncio.TimerHandle | None = None
        self._emptied: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._open)

    def take_idle(self) -> Connection | None:
        """The connection used last, so that the others can grow old and be closed."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.transport.is_closing():
                return connection
        return None

    async def take(self) -> Connection:
        """A new connection or, where no more may be opened, the next that comes free.

        Raises: Failed (503: nobody there, or none came free in time).
        """
        if len(self._open) + self._opening < self._limits.connections:
            self._opening += 1
            return await self._connect()
        return self.take_idle() or await self._stand_in_line() or await self._connect()

    def give_back(self, connection: Connection) -> None:
        """After an exchange. A connection in any doubtful state is cut, whatever was under way on it."""
        if not connection.reusable:
            connection.transport.abort()
        elif not self._offer(connection):
            connection.idle_since = self._loop.time()
            self._idle.append(connection)
            if self._sweep is None:
                self._schedule_sweep()

    async def aclose(self) -> None:
        """Cut every connection and return when they are gone."""
        if self._sweep is not None:
            self._sweep.cancel()
        if self._open:
            self._emptied = self._loop.create_future()
            for connection in tuple(self._open):
                connection.transport.abort()
            await self._emptied

    async def _stand_in_line(self) -> Connection | None:
        """A connection that came free, or None for the right to open one. Raises: Failed (503)."""
        turn: Turn = self._loop.create_future()
        self._line.append(turn)
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                return await turn
        except TimeoutError:
            self._leave_line(turn)
            raise Failed(terms.BUSY) from None
        except asyncio.CancelledError:
            self._leave_line(turn)
            raise

    def _leave_line(self, turn: Turn) -> None:
        """Without taking what may have been offered in the same moment."""
        if turn in self._line:
            self._line.remove(turn)
        elif turn.done() and not turn.cancelled():
            connection = turn.result()
            if connection is not None:
                self.give_back(connection)
            else:
                self._opened(None)

    def _offer(self, connection: Connection | None) -> bool:
        """Let the first in line have a connection, or the right to open one; False when nobody waits."""
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                self._opening += connection is None
                turn.set_result(connection)
                return True
        return False

    async def _connect(self) -> Connection:
        """Use the right to open one connection, which is already counted. Raises: Failed (503)."""
        limits, connection = self._limits, None
        try:
            async with asyncio.timeout(limits.connect_seconds):
                _, connection = await self._loop.create_connection(
                    lambda: Connection(self._loop, limits.max_header_bytes, self._forget),
                    self._upstream.host,
                    self._upstream.port,
                )
        except (OSError, TimeoutError):
            self._breaker.failed(self._upstream)
            raise Failed(terms.UNREACHABLE) from None
        finally:
            self._opened(connection)
        return connection

    def _opened(self, connection: Connection | None) -> None:
        self._opening -= 1
        if connection is not None and not connection.lost:
            self._open.add(connection)
        else:
            self._offer(None)

    def _forget(self, connection: Connection) -> None:
        if connection not in self._open:
            return
        self._open.remove(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        self._offer(None)
        if not self._open and self._emptied is not None and not self._emptied.done():
            self._emptied.set_result(None)

    def _schedule_sweep(self) -> None:
        self._sweep = self._loop.call_at(self._idle[0].idle_since + self._limits.keep_seconds, self._close_unused)

    def _close_unused(self) -> None:
        """Close what has lain idle for `keep_seconds`; come again for the next."""
        self._sweep = None
        oldest = self._loop.time() - self._limits.keep_seconds + 0.002  # the loop counts in milliseconds
        while self._idle and self._idle[0].idle_since <= oldest:
            self._idle.pop(0).transport.close()
        if self._idle:
            self._schedule_sweep()
