"""Opening a client so that one that cannot connect leaves nothing behind."""

from collections.abc import Callable
from typing import Any, TypeVar

from kafka.net.compat import KafkaNetClient

Client = TypeVar("Client")


def opened(make: Callable[..., Client], settings: dict[str, Any]) -> Client:
    """A connected client. Raises: KafkaError when no broker answers in time.

    The client starts a thread before it connects, and forgets it when connecting fails (3.0.12): an hour without a
    broker would leave a thousand of them. So the part that owns the thread is made here, and closed here.
    """
    made: list[KafkaNetClient] = []

    def network(**options: Any) -> KafkaNetClient:
        made.append(KafkaNetClient(**options))
        return made[-1]

    try:
        return make(**settings, kafka_client=network)
    except BaseException:
        for part in made:
            part.close()
        raise
