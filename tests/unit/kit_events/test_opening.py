"""Opening a client with no broker there: it fails, and leaves neither a thread nor a socket behind."""

import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError

from deploy.local.processes import free_port
from kit.bus.opening import opened
from kit.bus.safety import CONSUMER, PRODUCER


@pytest.mark.parametrize(("make", "settings"), [(KafkaProducer, PRODUCER), (KafkaConsumer, CONSUMER)])
def test_a_client_that_cannot_connect_leaves_nothing_behind(make: Callable[..., Any], settings: dict[str, Any]) -> None:
    before = set(threading.enumerate())
    nowhere = {"bootstrap_servers": [f"127.0.0.1:{free_port()}"], "bootstrap_timeout_ms": 300}
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        with pytest.raises(KafkaError):
            opened(make, settings | nowhere)
    assert {thread for thread in threading.enumerate() if thread.is_alive()} <= before
