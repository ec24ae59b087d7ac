"""The evidence: what the stores and the topics hold, read once, by a user who may only read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pymongo import MongoClient

from contracts.topics import TOPICS
from deploy.local.town import Town
from kit.bus import Incoming, committed_offsets, read_to_end
from kit.dead_letters import DeadLetter, dead_letter_topic, list_letters
from services.community.subscriptions import SUBSCRIPTIONS as COMMUNITY
from services.gateway.subscriptions import SUBSCRIPTIONS as GATEWAY
from services.profile.subscriptions import SUBSCRIPTIONS as PROFILE
from services.scheduler.subscriptions import SUBSCRIPTIONS as SCHEDULER

Row = dict[str, Any]
HEARD: Mapping[str, frozenset[str]] = {
    "profile": frozenset(PROFILE),
    "scheduler": frozenset(SCHEDULER),
    "community": frozenset(COMMUNITY),
    "gateway": frozenset(GATEWAY),
}
"""Which types of facts each service hears."""
FACT_TOPICS = [topic.name for topic in TOPICS if not topic.compacted]
READER, PASSWORD = "fault_checker", "reads-and-nothing-else"
MARK = re.compile(rb"poison [\w:.-]+")
"""Stands in the value of every record that a test has put among the facts."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One record of a topic, as far as the checker cares."""

    event_id: str
    type: str
    topic: str
    key: str
    sequence: int
    offset: int
    place: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Stranger:
    """One record of a topic that is no fact: a test has put it there."""

    mark: str
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes


Behind = tuple[str, tuple[str, int], int]
"""Which service, in which partition, has come no further than where."""


@dataclass
class Evidence:
    """Collections by service and name; records in the order of each partition; letters that were put aside."""

    stores: Mapping[str, Mapping[str, list[Row]]]
    sent: list[Sent]
    letters: list[DeadLetter] = field(default_factory=list)
    strangers: list[Stranger] = field(default_factory=list)
    behind: list[Behind] = field(default_factory=list)

    def rows(self, service: str, name: str) -> list[Row]:
        """All documents of one collection."""
        return self.stores[service].get(name, [])

    @cached_property
    def outbox(self) -> dict[str, Row]:
        """Every announced fact by its id, with the service that announced it."""
        return {
            row["_id"]: {**row, "service": service} for service in self.stores for row in self.rows(service, "outbox")
        }

    @cached_property
    def by_type(self) -> dict[str, list[Row]]:
        """The announced facts by type, in the order in which they were announced."""
        found: dict[str, list[Row]] = {}
        for row in sorted(self.outbox.values(), key=lambda row: (row["key"], row["sequence"])):
            found.setdefault(row["type"], []).append(row)
        return found

    def facts(self, *types: str) -> list[Row]:
        """The announced facts of these types."""
        return [row for name in types for row in self.by_type.get(name, ())]

    @cached_property
    def heard(self) -> frozenset[str]:
        """`<service>:<event id>` of all that consumers say they have done."""
        return frozenset(row["_id"] for service in self.stores for row in self.rows(service, "inbox"))

    @cached_property
    def unheard(self) -> list[tuple[str, Sent]]:
        """Who has yet to do what, in the order of the topics."""
        return [
            (service, sent)
            for sent in self.sent
            for service, types in HEARD.items()
            if sent.type in types and f"{service}:{sent.event_id}" not in self.heard
        ]


def gather(town: Town) -> Evidence:
    """Read everything. Topics last: what the stores know of must be there by then."""
    stores = read_stores(reading_url(town))
    letters = [letter for service in HEARD for letter in list_letters(town.kafka.bootstrap, dead_letter_topic(service))]
    sent, strangers, ends = read_topics(town.kafka.bootstrap)
    return Evidence(stores, sent, letters, strangers, list(_behind(town.kafka.bootstrap, ends)))


def reading_url(town: Town) -> str:
    """The address of a user who may read every database and write none."""
    with MongoClient[Row](town.mongo.admin_url) as client:
        roles = [{"role": "readAnyDatabase", "db": "admin"}]
        known = client.admin.command("usersInfo", READER)["users"]
        client.admin.command("updateUser" if known else "createUser", READER, pwd=PASSWORD, roles=roles)
    hosts = town.mongo.admin_url.rpartition("@")[2]
    return f"mongodb://{READER}:{PASSWORD}@{hosts}"


def read_stores(url: str) -> dict[str, dict[str, list[Row]]]:
    """Every collection of every service, as a majority knows it."""
    with MongoClient[Row](url, tz_aware=True, readConcernLevel="majority") as client:
        return {service: _collections(client[f"trellis_{service}"]) for service in HEARD}


def _collections(database: Any) -> dict[str, list[Row]]:
    names = sorted(name for name in database.list_collection_names() if not name.startswith("system."))
    return {name: list(database[name].find({})) for name in names}


def read_topics(bootstrap: str) -> tuple[list[Sent], list[Stranger], Mapping[tuple[str, int], int]]:
    """Every fact that the topics hold, in order within a partition; what else is in them; and where each ends."""
    sent: list[Sent] = []
    strangers: list[Stranger] = []
    ends: dict[tuple[str, int], int] = {}
    for batch in read_to_end(bootstrap, FACT_TOPICS):
        for record in batch:
            ends[record.topic, record.partition] = record.offset + 1
            stranger = _stranger(record)
            if stranger:
                strangers.append(stranger)
            else:
                sent.append(_sent(record))
    return sent, strangers, ends


def topics_of(service: str) -> list[str]:
    """The topics that a service reads."""
    return [topic.name for topic in TOPICS if service in topic.readers and not topic.compacted]


def _behind(bootstrap: str, ends: Mapping[tuple[str, int], int]) -> Iterator[Behind]:
    for service in HEARD:
        for (topic, partition), offset in committed_offsets(bootstrap, service, topics_of(service)).items():
            if offset < ends.get((topic, partition), 0):
                yield service, (topic, partition), offset


def _stranger(record: Incoming) -> Stranger | None:
    found = MARK.search(record.value or b"")
    if found is None or record.value is None:
        return None
    return Stranger(found.group().decode(), record.topic, record.partition, record.offset, record.key, record.value)


def _sent(record: Incoming) -> Sent:
    told = {name: value.decode() for name, value in record.headers}
    place = (record.topic, record.partition)
    return Sent(
        told["ce_id"],
        told["ce_type"],
        record.topic,
        told["ce_subject"],
        int(told["ce_sequence"]),
        record.offset,
        place,
    )


def counted(keys: Iterable[Any]) -> dict[Any, int]:
    """How often each of these comes."""
    found: dict[Any, int] = {}
    for key in keys:
        found[key] = found.get(key, 0) + 1
    return found
