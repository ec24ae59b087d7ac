"""Comparison: whether two collections hold the same documents, read side by side in the order of their ids."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kit.mongo import Collection, Document, Mongo
from kit.rebuild.shadow import PREFIX

_SHOWN = 20
_PAGE = 1_000


@dataclass(slots=True)
class Comparison:
    """One collection, rebuilt and live. The ids are the first few of their kind; the counts are complete."""

    collection: str
    equal: int = 0
    differing: int = 0
    only_live: int = 0
    only_rebuilt: int = 0
    differing_ids: list[Any] = field(default_factory=list)
    only_live_ids: list[Any] = field(default_factory=list)
    only_rebuilt_ids: list[Any] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        return not (self.differing or self.only_live or self.only_rebuilt)

    def note(self, live: Document | None, rebuilt: Document | None, ignoring: Sequence[str]) -> None:
        """Count one document, seen on one side or on both."""
        if live is None or rebuilt is None:
            self._note_missing(live, rebuilt)
        elif _without(live, ignoring) == _without(rebuilt, ignoring):
            self.equal += 1
        else:
            self.differing += 1
            self.differing_ids = [*self.differing_ids, live["_id"]][:_SHOWN]

    def _note_missing(self, live: Document | None, rebuilt: Document | None) -> None:
        if live is not None:
            self.only_live += 1
            self.only_live_ids = [*self.only_live_ids, live["_id"]][:_SHOWN]
        if rebuilt is not None:
            self.only_rebuilt += 1
            self.only_rebuilt_ids = [*self.only_rebuilt_ids, rebuilt["_id"]][:_SHOWN]


async def compare(mongo: Mongo, collections: Sequence[Collection], *, ignoring: Sequence[str] = ()) -> list[Comparison]:
    """Each rebuilt collection beside the live one. `ignoring` names fields that may differ (a time of writing)."""
    return [await _compare(mongo, collection.name, ignoring) for collection in collections]


async def _compare(mongo: Mongo, name: str, ignoring: Sequence[str]) -> Comparison:
    found = Comparison(name)
    lives, rebuilts = _in_order(mongo, name), _in_order(mongo, PREFIX + name)
    live, rebuilt = await anext(lives, None), await anext(rebuilts, None)
    while live is not None or rebuilt is not None:
        if rebuilt is None or (live is not None and live["_id"] < rebuilt["_id"]):
            found.note(live, None, ignoring)
            live = await anext(lives, None)
        elif live is None or rebuilt["_id"] < live["_id"]:
            found.note(None, rebuilt, ignoring)
            rebuilt = await anext(rebuilts, None)
        else:
            found.note(live, rebuilt, ignoring)
            live, rebuilt = await anext(lives, None), await anext(rebuilts, None)
    return found


async def _in_order(mongo: Mongo, name: str) -> AsyncIterator[Document]:
    cursor = mongo.database[name].find(batch_size=_PAGE).sort("_id", 1)
    while page := await cursor.to_list(_PAGE):
        for document in page:
            yield document


def _without(document: Document, ignoring: Sequence[str]) -> Document:
    return {name: value for name, value in document.items() if name not in ignoring}
