"""Settling: waiting until the town has nothing left to do, or does nothing any more though it should."""

import threading
import time
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from contracts.topics import TOPICS
from deploy.local.town import Town
from kit.bus import committed_offsets, read_to_end
from tests.faults.evidence import FACT_TOPICS, HEARD, Evidence, gather

PATIENCE_SECONDS = 90.0
"""How long nothing may move before what is left counts as never coming; longer than any wait of a consumer."""
LOOK_SECONDS = 0.5


def settle(town: Town) -> Evidence:
    """The evidence once every fact is sent and heard, or once nothing has moved for long enough."""
    wait_until_sent(town)
    moved_at, before = time.monotonic(), -1
    while True:
        found = gather(town)
        left = len(found.unheard)
        if left == 0 and _reached(town):
            return gather(town)  # whatever the last ones announced in turn is there by now, or is waited for below
        if left != before:
            moved_at, before = time.monotonic(), left
        if time.monotonic() - moved_at > PATIENCE_SECONDS:
            return found
        threading.Event().wait(LOOK_SECONDS)
        wait_until_sent(town)


def wait_until_sent(town: Town) -> None:
    """Wait until no outbox holds an unsent fact, or until the number of them has stood still for long enough."""
    moved_at, before = time.monotonic(), -1
    while (left := unsent(town)) != 0:
        if left != before:
            moved_at, before = time.monotonic(), left
        if time.monotonic() - moved_at > PATIENCE_SECONDS:
            return
        threading.Event().wait(LOOK_SECONDS / 2)


def unsent(town: Town) -> int:
    """How many facts wait to be sent; 1 when the store does not answer."""
    try:
        with MongoClient[dict[str, Any]](town.mongo.admin_url, serverSelectionTimeoutMS=5_000) as client:
            return sum(client[f"trellis_{name}"]["outbox"].count_documents({"sent_at": None}) for name in HEARD)
    except PyMongoError:
        return 1


def _reached(town: Town) -> bool:
    """Whether every consumer has committed up to the end of what it hears."""
    ends: dict[tuple[str, int], int] = {}
    for batch in read_to_end(town.kafka.bootstrap, FACT_TOPICS):
        for record in batch:
            ends[record.topic, record.partition] = record.offset + 1
    return all(
        committed[place] >= ends.get((place[0], place[1]), 0)
        for service in HEARD
        for committed in [committed_offsets(town.kafka.bootstrap, service, topics_of(service))]
        for place in committed
    )


def topics_of(service: str) -> list[str]:
    """The topics that a service reads."""
    return [topic.name for topic in TOPICS if service in topic.readers and not topic.compacted]
