"""Forwarding: a request goes to an upstream and its answer to the client, or the client hears why not."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from services.gateway.passthrough import terms
from services.gateway.passthrough.at_once import answer_at_once
from services.gateway.passthrough.connection import Connection
from services.gateway.passthrough.exchange import Clock, Exchange
from services.gateway.passthrough.fleet import Breaker
from services.gateway.passthrough.head import Heads
from services.gateway.passthrough.pool import Pool
from services.gateway.passthrough.terms import Failed, Failure, Header, Limits, Problem, Receive, Scope, Send, Upstream

# RFC 9110, 9.2.2: to do these twice is to do them once.
IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
# The same, 9.2.1: these change nothing, so nobody need wonder whether they did.
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# A request with a key is done once by the service, however often it comes.
KEY: Final = b"idempotency-key"


class Passthrough:
    """One for a process. `breaker` is the one that the fleets share, so that they learn who does not answer."""

    def __init__(self, limits: Limits, problem: Problem = terms.problem_json, breaker: Breaker | None = None) -> None:
        self._limits = limits
        self._problem = problem
        self._breaker = breaker or Breaker()
        self._heads = Heads(limits)
        self._pools: dict[bytes, Pool] = {}  # by address: hashing an Upstream costs more than all of the look-up
        self._clock: Clock | None = None

    async def forward(
        self,
        upstream: Upstream,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        headers: Iterable[Header],
        deadline_seconds: float,
        path: bytes | None = None,
        answer_headers: Sequence[Header] = (),
        others: Sequence[Upstream] = (),
    ) -> int:
        """Forward an ASGI HTTP/1.x request and answer it; returns the status for the log.

        Where nobody takes a connection at `upstream`, nothing was sent, so one of the `others` is tried.

        `headers` (lower-case names) replace any of the same name from outside; `answer_headers` are added to every
        answer; `path` (raw, without query) replaces the request's. Once the answer's head is out a failure can only
        cut it off: then nothing more is sent, the server closes the client's connection, and the status tells why
        (499, 502, 504). Never raises but on cancellation from outside.
        """
        if self._clock is None:
            self._clock = Clock(asyncio.get_running_loop())
        loop = self._clock.loop
        exchange = Exchange(loop, self._limits, receive, deadline_seconds)
        self._clock.watch(exchange)
        try:
            head, exchange.length = self._heads.read(scope, upstream, headers, path)
            again = scope["method"] in IDEMPOTENT or any(name == KEY for name, _ in scope["headers"])
            connection = await self._ask(exchange, (upstream, *others), scope["method"], head, again)
            return await self._relay(exchange, connection, send, answer_headers)
        except Failed as failed:
            failure = failed.failure
        except asyncio.CancelledError as cancelled:
            failure = exchange.caught(cancelled)
        finally:
            self._finish(exchange)
        return await self._explain(exchange, failure, send, answer_headers)

    async def aclose(self) -> None:
        """Cut all connections."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()

    async def _ask(
        self, exchange: Exchange, upstreams: Sequence[Upstream], method: str, head: bytes, again: bool
    ) -> Connection:
        """Send the request; the connection comes back with the head of the answer on it. Raises: Failed."""
        exchange.uploaded = exchange.length == 0
        part, more = (b"", False) if exchange.uploaded else await exchange.first_part()
        connection = self._pool(upstreams[0]).take_idle()
        upstream = upstreams[0]
        if connection is None:
            upstream, connection = await self._reach(exchange, upstreams)
        while True:
            exchange.connection, exchange.pool = connection, self._pool(upstream)
            kept = connection.used
            exchange.send(connection, method, head, part, more)
            while not (connection.headed or connection.lost):
                await connection.news()
            if connection.headed:
                if self._breaker.suspects:
                    self._breaker.ok(upstream)
                return connection
            # A kept connection may have been closed while our request was on its way. A new one has no such excuse.
            if not kept or not connection.silent or more or not again:
                raise Failed(terms.UPSTREAM_BROKE)
            try:
                upstream, connection = await self._reach(exchange, upstreams)
            except Failed as failed:
                if method in SAFE:
                    raise
                # Who can be reached no longer may have done it before: "unreachable" would say that nothing was done.
                raise Failed(terms.UPSTREAM_BROKE) from failed

    async def _reach(self, exchange: Exchange, upstreams: Sequence[Upstream]) -> tuple[Upstream, Connection]:
        """A connection to the first of these that takes one. Raises: Failed (503)."""
        for upstream in upstreams[:-1]:
            try:
                return upstream, await self._wait_for(self._pool(upstream), exchange)
            except Failed as failed:
                if failed.failure is not terms.UNREACHABLE:
                    raise
        return upstreams[-1], await self._wait_for(self._pool(upstreams[-1]), exchange)

    async def _wait_for(self, pool: Pool, exchange: Exchange) -> Connection:
        connection = await pool.take()
        exchange.allow(self._limits.head_seconds)
        return connection

    def _pool(self, upstream: Upstream) -> Pool:
        return self._pools.get(upstream.host_line) or self._pools.setdefault(
            upstream.host_line, Pool(upstream, self._limits, self._breaker)
        )

    async def _relay(
        self, exchange: Exchange, connection: Connection, send: Send, answer_headers: Sequence[Header]
    ) -> int:
        """Pass the answer on. An answer that is all there costs one turn and frees its connection first."""
        headers, status = connection.headers, connection.status
        headers += answer_headers
        if not exchange.uploaded:
            headers.append((b"connection", b"close"))  # what is left of the request has nowhere to go
        exchange.answered = True
        if connection.complete:
            body = connection.take()
            exchange.release()
            if connection.sized and exchange.uploaded and answer_at_once(send, status, headers, body):
                return status
            await send({"type": "http.response.start", "status": status, "headers": headers})
        else:
            exchange.allow_all()
            await send({"type": "http.response.start", "status": status, "headers": headers})
            while not connection.complete:
                await self._pass_on(exchange, connection, send)
            body = connection.take()
            exchange.release()
        await send({"type": "http.response.body", "body": body})
        return status

    async def _pass_on(self, exchange: Exchange, connection: Connection, send: Send) -> None:
        """Pass on what there is of a body that has not ended, or wait for more. Raises: Failed (502)."""
        if body := connection.take():
            exchange.allow_all()
            await send({"type": "http.response.body", "body": body, "more_body": True})
        elif connection.lost:
            raise Failed(terms.UPSTREAM_BROKE)
        else:
            exchange.allow(self._limits.idle_seconds)
            await connection.news()

    def _finish(self, exchange: Exchange) -> None:
        exchange.close()
        if self._clock is not None:
            self._clock.open.discard(exchange)

    async def _explain(self, exchange: Exchange, failure: Failure, send: Send, answer_headers: Sequence[Header]) -> int:
        """Answer with the failure as a problem document, unless nobody is there or an answer has begun."""
        if failure is terms.CLIENT_GONE or exchange.answered:
            return failure.status
        body = self._problem(failure.status, failure.code, failure.detail)
        headers = [(b"content-type", b"application/problem+json"), (b"content-length", b"%d" % len(body))]
        headers += answer_headers
        if failure.retry_after_seconds is not None:
            headers.append((b"retry-after", b"%d" % failure.retry_after_seconds))
        if failure.status < 500 or not exchange.uploaded:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": failure.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return failure.status
