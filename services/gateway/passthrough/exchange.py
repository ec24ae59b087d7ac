"""One request under way: its clock, its body going up, and who ends it early."""

import asyncio
from typing import Final

from services.gateway.passthrough import terms
from services.gateway.passthrough.connection import Connection
from services.gateway.passthrough.pool import Pool
from services.gateway.passthrough.terms import Failed, Failure, Limits, Receive

TICK_SECONDS: Final = 0.025
_FAR: Final = float("inf")


class Exchange:
    """What has to be known about a request until its answer is out.

    `stop()` may be called from anywhere; it reaches the request where it waits, as asyncio.timeout does.
    """

    __slots__ = (
        "_pumping", "_quiet_failure", "_quiet_until", "_started_at", "_task",
        "answered", "connection", "ends_at", "length", "limits", "loop", "pool", "receive", "stopped_by", "uploaded",
    )  # fmt: skip

    def __init__(
        self, loop: asyncio.AbstractEventLoop, limits: Limits, receive: Receive, deadline_seconds: float
    ) -> None:
        now = loop.time()
        self.loop = loop
        self.limits = limits
        self.receive = receive
        self.ends_at = now + deadline_seconds
        self.connection: Connection | None = None
        self.pool: Pool | None = None
        self.length: int | None = 0
        self.uploaded = self.answered = False
        self.stopped_by: Failure | None = None
        self._started_at = now
        self._quiet_until = now + limits.head_seconds
        self._quiet_failure = terms.UPSTREAM_LATE
        self._task = asyncio.current_task(loop)
        self._pumping: asyncio.Task[None] | None = None

    # The clock

    def allow(self, seconds: float, failure: Failure = terms.UPSTREAM_LATE) -> None:
        """From now on, `seconds` without a new call are the end, for the reason given."""
        self._quiet_until = self.loop.time() + seconds
        self._quiet_failure = failure

    def allow_all(self) -> None:
        """While the client takes its time to read, the deadline alone counts."""
        self._quiet_until = _FAR

    def check(self, now: float) -> None:
        """Called once a tick: end what is late, and listen for a client that leaves while it has to wait."""
        if now >= self.ends_at:
            self.stop(terms.UPSTREAM_LATE)
        elif now >= self._quiet_until:
            self.stop(self._quiet_failure)
        elif self._pumping is None and self.uploaded and now - self._started_at > TICK_SECONDS:
            self._pumping = self.loop.create_task(self._listen())

    def stop(self, failure: Failure) -> None:
        """End the request where it waits; the first reason counts."""
        if self.stopped_by is None and self._task is not None:
            self.stopped_by = failure
            self._task.cancel()

    def caught(self, cancelled: asyncio.CancelledError) -> Failure:
        """The reason we stopped for. Raises: the cancellation itself, when it was not ours."""
        if self.stopped_by is None or self._task is None or self._task.uncancel() > 0:
            raise cancelled
        return self.stopped_by

    def close(self) -> None:
        """Nothing reaches the request any more."""
        self._task = None
        self.release()

    def release(self) -> None:
        """Give the connection back; it is cut if the request or the answer is not through."""
        if self._pumping is not None:
            self._pumping.cancel()
        connection, self.connection = self.connection, None
        if connection is not None and self.pool is not None:
            connection.keep = connection.keep and self.uploaded
            self.pool.give_back(connection)

    # The body going up

    def send(self, connection: Connection, method: str, head: bytes, part: bytes, more: bool) -> None:
        """Write the head with the first part of the body; the rest follows beside the waiting for an answer."""
        connection.reset(method == "HEAD")
        connection.used = True
        if self.length == 0:
            connection.transport.write(head)
            return
        connection.transport.write(head + self.framed(part, more))
        if more:
            self._pumping = self.loop.create_task(self._pump(connection, len(part)))
        else:
            self.uploaded = True

    async def first_part(self) -> tuple[bytes, bool]:
        """The beginning of the body, and whether more follows. Raises: Failed (400, 408, 413, 499)."""
        self.allow(self.limits.idle_seconds, terms.CLIENT_SLOW)
        part, more = await self._part()
        self._count(len(part), more)
        self.allow(self.limits.head_seconds)
        return part, more

    async def _pump(self, connection: Connection, sent: int) -> None:
        try:
            await self._send_rest(connection, sent)
            await self._listen()
        except Failed as failed:
            self.stop(failed.failure)

    async def _send_rest(self, connection: Connection, sent: int) -> None:
        more = True
        while more:
            await connection.drain()
            self._allow_unless_answered(self.limits.idle_seconds, terms.CLIENT_SLOW)
            part, more = await self._part()
            sent += len(part)
            self._count(sent, more)
            if connection.lost:
                return  # who waits for the answer sees it too
            self._allow_unless_answered(self.limits.idle_seconds)
            connection.transport.write(self.framed(part, more))
        self.uploaded = True
        self._allow_unless_answered(self.limits.head_seconds)

    def _allow_unless_answered(self, seconds: float, failure: Failure = terms.UPSTREAM_LATE) -> None:
        if not self.answered:
            self.allow(seconds, failure)

    async def _part(self) -> tuple[bytes, bool]:
        message = await self.receive()
        if message["type"] == "http.disconnect":
            raise Failed(terms.CLIENT_GONE)
        return message.get("body", b""), message.get("more_body", False)

    def _count(self, total: int, more: bool) -> None:
        """Hold the body to the length it was announced with, or to the limit. Raises: Failed (400, 413)."""
        if self.length is None:
            if total > self.limits.max_request_bytes:
                raise Failed(terms.BODY_TOO_LARGE)
        elif total > self.length or (not more and total < self.length):
            raise Failed(terms.MALFORMED)

    def framed(self, part: bytes, more: bool) -> bytes:
        """A part of the body as it goes over the wire."""
        if self.length is not None:
            return part
        chunk = b"%x\r\n%b\r\n" % (len(part), part) if part else b""
        return chunk if more else chunk + b"0\r\n\r\n"

    async def _listen(self) -> None:
        """Stop when the client leaves; what else it may send is not for this request."""
        while (await self.receive())["type"] != "http.disconnect":
            continue
        self.stop(terms.CLIENT_GONE)


class Clock:
    """Looks at every exchange once a tick, and sleeps while there is none: far cheaper than timers for each."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self.open: set[Exchange] = set()

    def watch(self, exchange: Exchange) -> None:
        self.open.add(exchange)
        if self._timer is None:
            self._timer = self.loop.call_later(TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        now = self.loop.time()
        for exchange in tuple(self.open):
            exchange.check(now)
        self._timer = self.loop.call_later(TICK_SECONDS, self._tick) if self.open else None
