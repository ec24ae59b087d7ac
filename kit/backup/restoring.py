"""Restoring: a backup goes into an empty store, and the service hears its topics again from where the backup stood."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from bson.raw_bson import RawBSONDocument

from kit.backup.files import Manifest, documents_in, file_of, verify
from kit.bus import read_to_end, set_offsets
from kit.consumer.heard import envelope_of
from kit.envelope import BadEnvelope, Envelope
from kit.leases import Leases
from kit.mongo import Collection, Mongo
from kit.transaction import OUTBOX, SLOTS

_PAGE = 1_000


class NotEmpty(Exception):
    """The store holds something, or somebody works in it: a backup goes into an empty store alone."""


async def restore(
    mongo: Mongo,
    bootstrap: str,
    topics: Sequence[str],
    collections: Sequence[Collection],
    folder: Path,
    progress: Callable[[int], None] | None = None,
) -> Manifest:
    """Put the backup in `folder` into the empty store, and set the consumer group back to where it stood.

    Every file is verified before anything is written. `collections` are made first, with their indexes, which so hold
    for what comes in. What the service hears again is settled by its inbox. The workers must be stopped.
    Raises: BadBackup, NotEmpty, KafkaError, PyMongoError.
    """
    manifest = Manifest.read(folder)
    for kept in manifest.collections:
        verify(folder, kept)
    await _must_be_empty(mongo)
    await mongo.ensure(collections)
    written = 0
    for kept in manifest.collections:
        rows: Any = mongo.database[kept.collection]
        for page in _pages(documents_in(file_of(folder, kept.collection))):
            await rows.insert_many(page, ordered=False)
            written += len(page)
            if progress:
                progress(written)
    offsets = {(topic, number): offset for topic, number, offset in manifest.offsets if topic in topics}
    await asyncio.to_thread(set_offsets, bootstrap, manifest.service, topics, offsets)
    return manifest


async def told_since(mongo: Mongo, bootstrap: str, owned: Sequence[str]) -> dict[str, list[str]]:
    """What the restored service's own topics hold that its store does not know: keys by type of fact.

    Others have heard these facts, and the state behind them is not in the backup.
    Raises: KafkaError, PyMongoError.
    """
    known = {row["_id"] async for row in mongo.database[OUTBOX.name].find({}, {"_id": 1})}
    told: dict[str, dict[str, None]] = {}
    for envelope in await asyncio.to_thread(lambda: list(_announced(bootstrap, owned))):
        if envelope.event_id not in known:
            told.setdefault(envelope.type, {})[envelope.key] = None
    return {name: list(keys) for name, keys in sorted(told.items())}


def _announced(bootstrap: str, owned: Sequence[str]) -> Iterator[Envelope]:
    for records in read_to_end(bootstrap, owned):
        for record in records:
            if record.value is not None:
                with suppress(BadEnvelope):  # whoever put that there, it is no fact that anybody could have heard
                    yield envelope_of(record.headers, record.value)


async def _must_be_empty(mongo: Mongo) -> None:
    live = await Leases(mongo, "outbox", SLOTS).live_workers()
    if live:
        raise NotEmpty(f"{live} workers are at work in {mongo.database.name}; stop them first")
    for name in await mongo.database.list_collection_names():
        if not name.startswith("system.") and await mongo.database[name].find_one({}, {"_id": 1}) is not None:
            raise NotEmpty(f"{mongo.database.name} is not empty: there is something in {name}")


def _pages(documents: Iterator[bytes]) -> Iterator[list[RawBSONDocument]]:
    while page := [RawBSONDocument(document) for document in islice(documents, _PAGE)]:
        yield page
