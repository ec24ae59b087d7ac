"""Settling: waiting until the town has nothing left to do, or does nothing any more though it should."""

import threading
import time
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local.town import Town
from tests.faults.evidence import HEARD, Evidence, gather

PATIENCE_SECONDS = 90.0
"""How long nothing may move before what is left counts as never coming; longer than any wait of a consumer."""
LOOK_SECONDS = 0.5
NOTHING = (0, 0, 0)


def settle(town: Town) -> Evidence:
    """The evidence once every fact is sent and heard, or once nothing has moved for long enough."""
    moved_at, before, calm = time.monotonic(), (-1, -1, 0), False
    while True:
        wait_until_sent(town)
        found = gather(town)
        left = _left(found)
        if left == NOTHING and calm:  # twice: what the last ones announced in turn is sent and heard as well
            return found
        calm = left == NOTHING
        if left != before:
            moved_at, before = time.monotonic(), left
        if time.monotonic() - moved_at > PATIENCE_SECONDS:
            return found
        threading.Event().wait(LOOK_SECONDS)


def _left(found: Evidence) -> tuple[int, int, int]:
    """How much is unsent, how much is unheard, and how far those are who have yet to move on."""
    waiting = sum(row["sent_at"] is None for row in found.outbox.values())
    return waiting, len(found.unheard), sum(1 + offset for _, _, offset in found.behind)


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
