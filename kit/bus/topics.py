"""Topics: declared as values, compared with the broker, and made; what is not declared here is left alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from kit.bus.safety import CONNECTION

LONGEST_RETENTION = timedelta(days=30)
"""No topic keeps records longer than this, unless it is compacted: the inbox must remember longer than any of them."""

_PATIENCE_MS = 15_000


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: how wide, how long it keeps, what its key is (and so what keeps its order), whose it is, who reads."""

    name: str
    partitions: int
    retention: timedelta
    compacted: bool
    key: str
    owner: str
    readers: tuple[str, ...] = ()
    replicas: int = -1
    """Copies of each record; -1: as many as the broker's default says."""

    def __post_init__(self) -> None:
        if not self.compacted and not timedelta() < self.retention <= LONGEST_RETENTION:
            raise ValueError(f"{self.name}: expected a retention of at most {LONGEST_RETENTION.days} days")
        if self.partitions < 1 or not self.key or not self.owner:
            raise ValueError(f"{self.name}: expected at least one partition, a key and an owner")

    @property
    def settings(self) -> dict[str, str]:
        """The broker's settings for this topic."""
        if self.compacted:
            return {"cleanup.policy": "compact"}
        return {"cleanup.policy": "delete", "retention.ms": str(int(self.retention.total_seconds() * 1000))}


class Change(Enum):
    """What differs between a declared topic and the broker's."""

    CREATED = "created"
    PARTITIONS_RAISED = "partitions raised"
    PARTITIONS_KEPT = "partitions kept: Kafka cannot lower them"
    SETTING_CHANGED = "setting changed"


@dataclass(frozen=True, slots=True)
class TopicChange:
    """One line of the diff."""

    topic: str
    change: Change
    setting: str = ""
    was: str = ""
    becomes: str = ""

    def __str__(self) -> str:
        arrow = f" {self.setting}: {self.was or '(broker default)'} -> {self.becomes}" if self.setting else ""
        return f"{self.topic}: {self.change.value}{arrow}"


def plan_topics(bootstrap: str, topics: Sequence[Topic]) -> list[TopicChange]:
    """What `apply_topics` would do. Foreign topics are not looked at. Raises: KafkaError when no broker answers."""
    with closing(opened_admin(bootstrap)) as admin:
        return list(_differences(admin, topics))


def apply_topics(bootstrap: str, topics: Sequence[Topic]) -> list[TopicChange]:
    """Make the broker's topics as declared, and say what was changed; a second call changes nothing.

    Raising partitions sends new facts of a key to another partition than its old ones: consumers sort that out by
    sequence, but it belongs into a quiet hour.
    Raises: KafkaError when no broker answers.
    """
    with closing(opened_admin(bootstrap)) as admin:
        changes = list(_differences(admin, topics))
        _create(admin, [topic for topic in topics if _has(changes, topic, Change.CREATED)])
        raised = {topic.name: topic.partitions for topic in topics if _has(changes, topic, Change.PARTITIONS_RAISED)}
        if raised:
            admin.create_partitions(raised, timeout_ms=_PATIENCE_MS)
        _set(admin, [topic for topic in topics if _has(changes, topic, Change.SETTING_CHANGED)])
    return changes


def opened_admin(bootstrap: str) -> Any:
    """The client that makes and changes things at the broker. Raises: KafkaError when no broker answers."""
    return KafkaAdminClient(bootstrap_servers=bootstrap.split(","), bootstrap_timeout_ms=_PATIENCE_MS, **CONNECTION)


def _differences(admin: Any, topics: Sequence[Topic]) -> Iterator[TopicChange]:
    present = set(admin.list_topics())
    known = [topic.name for topic in topics if topic.name in present]
    widths = {found["name"]: len(found["partitions"]) for found in (admin.describe_topics(known) if known else ())}
    settings = _settings(admin, known)
    for topic in topics:
        if topic.name in widths:
            yield from _topic_differences(topic, widths[topic.name], settings[topic.name])
        else:
            yield TopicChange(topic.name, Change.CREATED, "partitions", "none", str(topic.partitions))


def _topic_differences(topic: Topic, width: int, settings: Mapping[str, str]) -> Iterator[TopicChange]:
    if width != topic.partitions:
        change = Change.PARTITIONS_RAISED if width < topic.partitions else Change.PARTITIONS_KEPT
        yield TopicChange(topic.name, change, "partitions", str(width), str(topic.partitions))
    for setting, value in topic.settings.items():
        if settings.get(setting) != value:
            yield TopicChange(topic.name, Change.SETTING_CHANGED, setting, settings.get(setting, ""), value)


def _settings(admin: Any, names: Sequence[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    described = admin.describe_configs(resources, config_filter="all")
    return {
        name: {setting: found["value"] for setting, found in settings.items()}
        for name, settings in described[ConfigResourceType.TOPIC.name.lower()].items()
    }


def _create(admin: Any, topics: Iterable[Topic]) -> None:
    wanted = {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": topic.replicas,
            "configs": topic.settings,
        }
        for topic in topics
    }
    if wanted:
        admin.create_topics(wanted, timeout_ms=_PATIENCE_MS)
        admin.wait_for_topics(list(wanted), timeout_ms=_PATIENCE_MS)


def _set(admin: Any, topics: Iterable[Topic]) -> None:
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name, dict(topic.settings)) for topic in topics]
    if resources:
        admin.alter_configs(resources)


def _has(changes: Iterable[TopicChange], topic: Topic, change: Change) -> bool:
    return any(found.topic == topic.name and found.change is change for found in changes)
