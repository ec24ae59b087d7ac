"""Taking a backup: every collection as it was at one and the same moment, while everybody goes on working."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from kit.backup.files import Kept, Manifest, create, file_of
from kit.bus import committed_offsets
from kit.clock import now
from kit.leases import LEASES
from kit.mongo import Mongo, Session
from kit.rebuild.shadow import PREFIX

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
_PAGE = 1_000


async def back_up(
    mongo: Mongo,
    bootstrap: str,
    service: str,
    topics: Sequence[str],
    folder: Path,
    progress: Callable[[int], None] | None = None,
) -> Manifest:
    """Write the service's whole store to `folder`, which must not exist yet; `progress` hears the documents so far.

    All reads are of one snapshot. How far the service has heard its `topics` is noted before it: an offset is committed
    after its effect, so the snapshot holds at least all that the offsets speak of. Leases are left out.
    A store keeps a snapshot for five minutes unless it is told otherwise (`minSnapshotHistoryWindowInSeconds`).
    Raises: FileExistsError, KafkaError, PyMongoError (when the snapshot is too old, too).
    """
    await asyncio.to_thread(folder.mkdir, parents=True, mode=0o700)
    reached = await asyncio.to_thread(committed_offsets, bootstrap, service, topics)
    offsets = [(place[0], place[1], offset) for place, offset in sorted(reached.items())]
    manifest = Manifest(service, mongo.database.name, now().isoformat(), offsets, [])
    async with await mongo.client.start_session(snapshot=True) as session:
        for name in await _names(mongo):
            manifest.collections.append(await _keep(mongo, session, name, folder))
            if progress:
                progress(manifest.documents)
    manifest.write(folder)
    return manifest


async def _names(mongo: Mongo) -> list[str]:
    passing = (LEASES.name,)
    names = await mongo.database.list_collection_names()
    return sorted(name for name in names if name not in passing and not name.startswith((PREFIX, "system.")))


async def _keep(mongo: Mongo, session: Session, name: str, folder: Path) -> Kept:
    digest, documents, size = hashlib.sha256(), 0, 0
    rows: Any = mongo.database.get_collection(name, codec_options=_RAW)
    cursor = rows.find({}, session=session, batch_size=_PAGE)
    with create(file_of(folder, name)) as file:
        while page := await cursor.to_list(_PAGE):
            content = b"".join(document.raw for document in page)
            file.write(content)
            digest.update(content)
            documents, size = documents + len(page), size + len(content)
    return Kept(name, documents, size, digest.hexdigest())
