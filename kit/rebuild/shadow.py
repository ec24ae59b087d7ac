"""The shadow: the same collections under other names in the same database, where a view is made anew."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kit.inbox import INBOX
from kit.leases import Leases
from kit.mongo import Collection, Mongo
from kit.transaction import OUTBOX, SLOTS

PREFIX = "rebuild_"


class WorkersRunning(Exception):
    """A worker of this service is at work: what it writes between the last look and the swap would be lost."""


def shadow_of(collections: Iterable[Collection]) -> list[Collection]:
    return [replace(collection, name=PREFIX + collection.name) for collection in collections]


async def fresh_shadow(mongo: Mongo, collections: Sequence[Collection]) -> None:
    """Empty shadows of the view's collections, with their indexes, and an inbox and an outbox of their own.

    The handlers' facts go to that outbox, which nobody relays: what a rebuild repeats is not news.
    """
    await drop_shadow(mongo)
    await mongo.ensure(shadow_of([*collections, INBOX, OUTBOX]))


async def drop_shadow(mongo: Mongo) -> None:
    """Remove every shadow collection."""
    for name in await mongo.database.list_collection_names():
        if name.startswith(PREFIX):
            await mongo.database.drop_collection(name)


async def swap(mongo: Mongo, collections: Sequence[Collection]) -> None:
    """Put the shadows of a view in the live ones' place, each at one stroke, and remove what else the rebuild left.

    The service's workers must be stopped, so that the view stands where the consumer stands. They may start again at
    once. Raises: WorkersRunning.
    """
    live = await Leases(mongo, "outbox", SLOTS).live_workers()
    if live:
        raise WorkersRunning(f"{live} at work in {mongo.database.name}; stop them and rebuild again")
    for collection in collections:
        await mongo.database[PREFIX + collection.name].rename(collection.name, dropTarget=True)
    await drop_shadow(mongo)
