"""The evidence: what the stores and the topics hold, read once, by a user who may only read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pymongo import MongoClient

from contracts.topics import TOPICS
from deploy.local.town import Town
from kit.bus import Incoming, read_to_end
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


@dataclass
class Evidence:
    """Collections by service and name; records in the order of each partition; letters that were put aside."""

    stores: Mapping[str, Mapping[str, list[Row]]]
    sent: list[Sent]
    letters: list[DeadLetter] = field(default_factory=list)

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
    return Evidence(stores, read_topics(town.kafka.bootstrap), letters)


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


def read_topics(bootstrap: str) -> list[Sent]:
    """Every fact that the topics hold, in order within a partition."""
    return [_sent(record) for batch in read_to_end(bootstrap, FACT_TOPICS) for record in batch]


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
