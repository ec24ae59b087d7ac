"""Safe defaults: what the client must be told, because its own choice loses, repeats or hides messages."""

from typing import Any

from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

from kit.bus.sockets import DIRECT

CONNECTION: dict[str, Any] = {
    "proxy_url": DIRECT,
    "reconnect_backoff_max_ms": 1_000,  # back within a second of the broker's return, not within thirty
}

QUIET: dict[str, Any] = CONNECTION | {
    "metrics_enabled": False,  # ours are Prometheus's; the client's cost a tenth of its speed
}

PRODUCER: dict[str, Any] = QUIET | {
    "acks": "all",
    "enable_idempotence": True,
    "retries": float("inf"),  # bounded by the delivery timeout
    "delivery_timeout_ms": 10_000,  # shorter than an outbox lease: see `within_lease`
    "request_timeout_ms": 8_000,
    "max_in_flight_requests_per_connection": 5,  # the most that keeps order with idempotence
    "max_block_ms": 3_000,
    "bootstrap_timeout_ms": 3_000,
    "allow_auto_create_topics": False,
    "compression_type": None,
    "linger_ms": 0,
    "batch_size": 128 * 1024,
    "max_request_size": 1024 * 1024,
}


def within_lease(seconds: float) -> dict[str, Any]:
    """The producer's settings with which no one sends under a lease of so many seconds that is long lost."""
    delivery_ms = min(PRODUCER["delivery_timeout_ms"], int(seconds * 1000 * 2 / 3))
    return {"delivery_timeout_ms": delivery_ms, "request_timeout_ms": delivery_ms * 4 // 5}


CONSUMER: dict[str, Any] = QUIET | {
    "enable_auto_commit": False,  # an offset is committed when the transaction is, never by the clock
    "auto_offset_reset": "earliest",
    "partition_assignment_strategy": (CooperativeStickyAssignor,),
    "isolation_level": "read_uncommitted",  # no Kafka transactions are used
    "check_crcs": True,
    "allow_auto_create_topics": False,
    "bootstrap_timeout_ms": 3_000,
    "max_poll_records": 500,
    "max_partition_fetch_bytes": 1024 * 1024,
    "fetch_max_bytes": 8 * 1024 * 1024,
    "fetch_max_wait_ms": 250,
    "request_timeout_ms": 15_000,
    "session_timeout_ms": 15_000,
    "heartbeat_interval_ms": 3_000,
    "max_poll_interval_ms": 120_000,
}

READER: dict[str, Any] = {
    name: value
    for name, value in CONSUMER.items()
    if name not in ("partition_assignment_strategy", "session_timeout_ms", "heartbeat_interval_ms")
}
"""For reading a topic from end to end without belonging to a group."""
