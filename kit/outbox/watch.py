"""The watch: a change stream that ends a wait early. Nothing depends on it: polling finds the same rows."""

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from kit.mongo import Document, Mongo
from kit.signals import StopSignal

_INSERTS: list[Document] = [{"$match": {"operationType": "insert"}}, {"$project": {"_id": 1}}]
_WAIT_MS = 400
_RETRY_SECONDS = 5.0

log = structlog.get_logger()


class Watch:
    """Tells the waiting lanes that something was inserted.

    The stream is read by plain commands, a batch a round trip: a driver's cursor would take a step for each insert,
    and a busy relay does not want to hear of each. For the same reason nothing is read while no lane waits.
    """

    def __init__(self, mongo: Mongo, collection: str) -> None:
        self._mongo = mongo
        self._collection = collection
        self._lanes: dict[int, asyncio.Event] = {}
        self._wanted = asyncio.Event()

    async def changed(self, lane: int, seconds: float) -> None:
        """Wait for an insert after the last call, but no longer than `seconds`."""
        event = self._lanes.setdefault(lane, asyncio.Event())
        self._wanted.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
        event.clear()

    def notify(self) -> None:
        """End every wait; a lane that is busy now will not wait the next time."""
        self._wanted.clear()
        for event in self._lanes.values():
            event.set()

    async def run(self, stop: StopSignal) -> None:
        """Watch until `stop`; when the store refuses or goes away, try again later."""
        while not stop.is_set:
            try:
                await self._watch(stop)
            except PyMongoError as error:
                log.info("outbox_watch_interrupted", error=type(error).__name__)
                await stop.pause(_RETRY_SECONDS)

    async def _watch(self, stop: StopSignal) -> None:
        database: Any = self._mongo.database
        pipeline = [{"$changeStream": {}}, *_INSERTS]
        async with await self._mongo.client.start_session() as session:
            opened = await database.command(
                "aggregate", self._collection, pipeline=pipeline, cursor={"batchSize": 0}, session=session
            )
            more = {"getMore": opened["cursor"]["id"], "collection": self._collection, "maxTimeMS": _WAIT_MS}
            while not stop.is_set:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_WAIT_MS / 1000):
                        await self._wanted.wait()
                if self._wanted.is_set() and (await database.command(more, session=session))["cursor"]["nextBatch"]:
                    self.notify()
            await database.command("killCursors", self._collection, cursors=[more["getMore"]], session=session)
