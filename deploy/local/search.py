"""Search: whether certain words stand anywhere in a town's stores, topics and logs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bson import encode
from pymongo import MongoClient

# The server's own: its accounts; and its replication log, which repeats each write for a while, then overwrites itself.
_NOT_LOOKED_AT = frozenset({"admin", "local"})
_SERVERS_OWN = re.compile(r"^system\.")
_OURS = "trellis_"
_DISTRICT_HEADER = "ce_districtid"
_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words that stand for one person alone, and words that do so where they stand together."""

    alone: tuple[str, ...]
    together: tuple[str, ...] = ()

    def is_in(self, content: bytes) -> bool:
        """Whether this content names the person. Words count as whole ones: `anna-1` is not found in `anna-12`."""
        text = content.decode(errors="replace")
        if any(_word(word).search(text) for word in self.alone):
            return True
        return bool(self.together) and all(_word(word).search(text) for word in self.together)


@cache
def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", re.IGNORECASE)


@dataclass(slots=True)
class Found:
    """What was looked at, how much of it, and where the words stand."""

    looked_at: dict[str, int] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)

    def look(self, kind: str, place: str, content: bytes, wanted: Wanted) -> None:
        """Look into one document, record or line."""
        self.looked_at[kind] = self.looked_at.get(kind, 0) + 1
        if wanted.is_in(content) and len(self.places) < _MOST_SHOWN:
            self.places.append(place)


def search(
    mongo_url: str, bootstrap: str, topics: Collection[str], logs: Path, wanted: Wanted, district_id: str
) -> Found:
    """Look through every database of the server, every record of `topics`, and every file below `logs`.

    What says that it is another district's is left out: people there may have the same names and numbers.
    """
    found = Found()
    for place, document in _documents(mongo_url):
        if document.get("district_id", district_id) != district_id:
            continue
        found.look("documents", place, encode(document), wanted)
        if _is_closed(place, document):
            found.places.append(f"{place} (content that cannot be looked into)")
    for place, record in _records(bootstrap, sorted(topics), district_id):
        found.look("records", place, record, wanted)
    for path in sorted(logs.rglob("*.log")):
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            found.look("log lines", f"{path.name}, line {number}", line, wanted)
    return found


def _is_closed(place: str, document: Mapping[str, Any]) -> bool:
    """Whether one of our own documents holds bytes, such as a part of a ZIP: what stands there cannot be seen."""
    return place.startswith(_OURS) and any(isinstance(value, bytes) for value in document.values())


def _documents(url: str) -> Iterator[tuple[str, dict[str, Any]]]:
    with MongoClient[dict[str, Any]](url) as client:
        for database in sorted(set(client.list_database_names()) - _NOT_LOOKED_AT):
            for collection in client[database].list_collection_names(filter={"name": {"$not": _SERVERS_OWN}}):
                for document in client[database][collection].find():
                    yield f"{database}.{collection} {document.get('_id')}", document


def _records(bootstrap: str, topics: Sequence[str], district_id: str) -> Iterator[tuple[str, bytes]]:
    from kit.bus import read_to_end

    for records in read_to_end(bootstrap, topics):
        for record in records:
            headers = {name: value or b"" for name, value in record.headers}
            if headers.get(_DISTRICT_HEADER, district_id.encode()) == district_id.encode():
                told = b"\n".join(name.encode() + b"=" + value for name, value in headers.items())
                content = b"\n".join((record.key or b"", told, record.value or b""))
                yield f"{record.topic}/{record.partition}, offset {record.offset}", content
