"""The producer: sends records in order, waits until the broker has them, and says which ones it has not."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError

from kit.bus.opening import opened
from kit.bus.records import Outgoing
from kit.bus.safety import PRODUCER

Result = Exception | None

_GRACE_SECONDS = 1.0


class Producer:
    """A safe producer that may be made before the broker is there; it connects when there is something to send."""

    def __init__(self, bootstrap: str, *, lanes: int = 2, **settings: Any) -> None:
        self.settings = PRODUCER | settings | {"bootstrap_servers": bootstrap.split(",")}
        self._threads = ThreadPoolExecutor(lanes, thread_name_prefix="kafka-send")
        self._changing = threading.Lock()
        self._client: Any = None
        self._users: Counter[Any] = Counter()  # how many threads wait for what they sent with a client

    async def send_all(self, records: Sequence[Outgoing]) -> list[Result]:
        """Send `records` in order and wait for every acknowledgement; one result a record: None, or what went wrong.

        Nothing is raised: with no broker every result is an error, after the delivery timeout at the latest.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._send_all, records)

    async def close(self) -> None:
        """Let go of the connection; what was acknowledged is safe, nothing else is waited for."""
        await asyncio.get_running_loop().run_in_executor(self._threads, self._retire)
        self._threads.shutdown(wait=False)

    def _send_all(self, records: Sequence[Outgoing]) -> list[Result]:
        try:
            client = self._enter()
        except (KafkaError, OSError) as error:
            return [error] * len(records)
        try:
            closed = _closed_topics(client, {record.topic for record in records})
            sent = [closed.get(record.topic) or _start(client, record) for record in records]
            results = _outcomes(sent, self.settings["delivery_timeout_ms"] / 1000 + _GRACE_SECONDS)
        finally:
            self._leave(client)
        if any(result is not None and not isinstance(result, MessageSizeTooLargeError) for result in results):
            # A client that gave up on a batch is replaced: a fresh one has no half-sent past to be confused by.
            self._retire(client)
        return results

    def _enter(self) -> Any:
        with self._changing:
            if self._client is None:
                self._client = opened(KafkaProducer, self.settings)
            self._users[self._client] += 1
            return self._client

    def _leave(self, client: Any) -> None:
        with self._changing:
            self._users[client] -= 1
        self._close_unused()

    def _retire(self, client: Any = None) -> None:
        """Use this client (or whichever there is) no more; it is closed as soon as nobody waits for it."""
        with self._changing:
            if client is None or client is self._client:
                self._client = None
        self._close_unused()

    def _close_unused(self) -> None:
        with self._changing:
            unused = [client for client, users in self._users.items() if not users and client is not self._client]
            for client in unused:
                del self._users[client]
        for client in unused:
            _close(client)


def _closed_topics(client: Any, topics: set[str]) -> dict[str, Exception]:
    """The topics that cannot be written to now. Asked once a batch: each record would wait for an answer by itself."""
    closed: dict[str, Exception] = {}
    for topic in topics:
        try:
            client.partitions_for(topic)
        except KafkaError as error:
            closed[topic] = error
    return closed


def _start(client: Any, record: Outgoing) -> Any:
    try:
        return client.send(record.topic, record.value, record.key, record.headers)
    except (KafkaError, ValueError, AssertionError) as error:
        return error


def _outcomes(sent: Sequence[Any], seconds: float) -> list[Result]:
    """The results, by a deadline of our own: a client that waits for its producer id lets no record expire (3.0.12)."""
    deadline = time.monotonic() + seconds
    return [
        future if isinstance(future, Exception) else _outcome(future, max(0.0, deadline - time.monotonic()))
        for future in sent
    ]


def _outcome(future: Any, seconds: float) -> Result:
    if future.succeeded():
        return None
    try:
        future.get(seconds)
    except KafkaError as error:
        failure: Exception = error
        return failure
    return None


def _close(client: Any) -> None:
    """Give up on whatever it still wants to send: sent late, it would come after what others have sent since."""
    client._sender.force_close()  # `close` alone goes on sending when there is something left to send
    client._sender.join(_GRACE_SECONDS)
    with suppress(KafkaError):
        client.close(timeout=0)


def send_now(bootstrap: str, records: Sequence[Outgoing]) -> None:
    """Send a few records from a command line, and wait. Raises: KafkaError of the first one that failed."""
    client = opened(KafkaProducer, PRODUCER | {"bootstrap_servers": bootstrap.split(",")})
    try:
        for future in [client.send(record.topic, record.value, record.key, record.headers) for record in records]:
            future.get(PRODUCER["delivery_timeout_ms"] / 1000)
    finally:
        client.close(timeout=1)
