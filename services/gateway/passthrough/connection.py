"""One connection to an upstream: it writes requests and reads answers, one exchange at a time (HTTP/1.1)."""

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from services.gateway.passthrough.head import HOP_BY_HOP
from services.gateway.passthrough.terms import Header

# Bytes of an answer's body held here before the upstream is made to wait for the client.
HIGH_WATER: Final = 64 * 1024
# The server in front of us writes its own `server` and `date`.
_OURS: Final = frozenset({b"server", b"date"})
_SPECIAL: Final = frozenset({b"content-length", b"transfer-encoding", b"connection"})
_PLAIN: Final = frozenset({b"", b"keep-alive", b"close"})
_BODILESS: Final = frozenset({204, 304})


@lru_cache(maxsize=1024)
def travels_as(name: bytes) -> bytes | None:
    """The lower-case name under which a header goes to the client; empty: it does not; None: look at its value."""
    lower = name.lower()
    if lower in _SPECIAL:
        return None
    return b"" if lower in HOP_BY_HOP or lower in _OURS else lower


class Connection(asyncio.Protocol):
    """The reader sees an answer grow: `headed`, then `take()` again and again, then `complete`; or `lost`.

    `sized`, once complete, says that its body had just the length that its head told.

    `news()` waits for any of these to change. After `lost` nothing more comes; `silent` then says that not one byte of
    the answer had been received.
    """

    __slots__ = (
        "_chunks", "_framings", "_has_length", "_loop", "_max_head_bytes", "_method_is_head", "_nominated", "_on_lost",
        "_parser", "_reading_paused", "_received", "_spent", "_stray", "_until_close", "_waiter", "_waiting_bytes",
        "_writable", "complete", "headed", "headers", "idle_since", "keep", "lost", "sized", "status", "transport",
        "used",
    )  # fmt: skip

    transport: asyncio.Transport

    def __init__(
        self, loop: asyncio.AbstractEventLoop, max_head_bytes: int, on_lost: Callable[["Connection"], None]
    ) -> None:
        self._loop = loop
        self._max_head_bytes = max_head_bytes
        self._on_lost = on_lost
        self._parser = HttpResponseParser(self)
        self._waiter: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._spent = self.lost = self.used = False
        self.idle_since = 0.0
        self.reset(False)
        self.complete = True  # no exchange runs yet: bytes that come now are nobody's answer

    def reset(self, method_is_head: bool) -> None:
        """Be ready for the answer to the next request."""
        if self._spent:
            self._parser = HttpResponseParser(self)
            self._spent = False
        self._method_is_head = method_is_head
        self._chunks: list[bytes] = []
        self.headers: list[Header] = []
        self.headed = self.complete = self.keep = self.sized = self._has_length = False
        self._until_close = self._stray = self._reading_paused = False
        self._nominated = b""
        self._framings = self._waiting_bytes = self._received = self.status = 0

    # What the reader asks

    @property
    def silent(self) -> bool:
        return self._received == 0

    @property
    def reusable(self) -> bool:
        """Whether the answer ended cleanly and the upstream keeps the line open."""
        return self.complete and self.keep and not self._stray and not self.lost and not self.transport.is_closing()

    def news(self) -> asyncio.Future[None]:
        """Done when the answer has grown, has ended, or is lost."""
        self._waiter = self._loop.create_future()
        if self.lost:
            self._waiter.set_result(None)
        return self._waiter

    def take(self) -> bytes:
        """The bytes of the body that have come since the last time; the upstream may go on."""
        chunks = self._chunks
        if not chunks:
            return b""
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._chunks = []
        self._waiting_bytes = 0
        if self._reading_paused and not self.lost:
            self._reading_paused = False
            self.transport.resume_reading()
        return body

    async def drain(self) -> None:
        """Return when the upstream has taken enough for more to be written."""
        while self._writable is not None and not self.lost:
            await self._writable

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self.complete:
            self._stray = True
            self.transport.close()
            return
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._break()
        if self.headed:
            self._wake()
        elif self._received > self._max_head_bytes:
            self._break()

    def _break(self) -> None:
        """Give up on an answer that is no valid HTTP."""
        self._stray = True
        if not self.complete:
            self.lost = True
            self.transport.abort()
            self._wake()

    def eof_received(self) -> bool:
        return False  # close our side too

    def connection_lost(self, exc: Exception | None) -> None:
        if self._until_close and exc is None and not self.lost:
            self.complete = True
        self.lost = True
        self._wake()
        self.resume_writing()
        self._on_lost(self)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    # httptools

    def on_message_begin(self) -> None:
        if self.complete:
            self._stray = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.headed:
            return  # a trailer
        lower = travels_as(name)
        if lower:
            self.headers.append((lower, value))
        elif lower is None:
            self._note(name.lower(), value)

    def _note(self, name: bytes, value: bytes) -> None:
        """A header that says where the answer ends, or what belongs to this connection alone."""
        if name == b"connection":
            self._nominated = value.lower()
        elif name == b"content-length":
            self._framings += 1
            self._has_length = True
            self.headers.append((name, value))
        else:
            self._framings += 1 if value.strip().lower() == b"chunked" else 2

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            self.headers = []
            self._framings = 0
            return
        if self._framings > 1 or status > 599:
            raise ValueError("no status, or two ways to read where the answer ends")
        self.status = status
        self.headed = True
        self.keep = self._parser.should_keep_alive()
        if self._nominated not in _PLAIN:
            gone = {token.strip() for token in self._nominated.split(b",")}
            self.headers = [header for header in self.headers if header[0] not in gone]
        if self._method_is_head or status in _BODILESS:
            # The parser would wait for the body that `content-length` speaks of.
            self.complete = self._spent = True
        elif not self._framings:
            self._until_close = True

    def on_body(self, body: bytes) -> None:
        if self.complete:
            self._stray = True
            return
        self._chunks.append(body)
        self._waiting_bytes += len(body)
        if self._waiting_bytes > HIGH_WATER and not self._reading_paused:
            self._reading_paused = True
            self.transport.pause_reading()

    def on_message_complete(self) -> None:
        if self.headed:
            self.sized = self._has_length
            self.complete = True
