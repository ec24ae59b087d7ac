"""The AsyncAPI 3 document: every topic, every fact on it, who announces and who listens."""

from collections.abc import Iterable
from typing import Any

from contracts.fact import Fact
from contracts.schemas import schema_of
from contracts.topics import TOPICS
from kit.bus import Topic

_HEADERS = {
    "type": "object",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_districtid"],
    "properties": {
        "content-type": {"const": "application/json"},
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "description": "The fact's own id; a consumer that saw it is done."},
        "ce_type": {"type": "string"},
        "ce_source": {"type": "string"},
        "ce_subject": {"type": "string", "description": "The key: facts of one key keep their order."},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_sequence": {"type": "string", "description": "Rises with each fact of a key; ignore older ones."},
        "ce_districtid": {"type": "string"},
        "ce_correlationid": {"type": "string", "description": "One id for the whole story."},
        "ce_causationid": {"type": "string", "description": "The fact that caused this one."},
        "ce_traceparent": {"type": "string", "description": "W3C Trace Context."},
        "ce_dataclassification": {"type": "string"},
    },
}


def asyncapi(facts: Iterable[type[Fact]], version: str) -> dict[str, Any]:
    """The whole document, ready for YAML."""
    by_topic: dict[str, list[type[Fact]]] = {}
    for cls in facts:
        by_topic.setdefault(cls.TOPIC, []).append(cls)
    topics = {topic.name: topic for topic in TOPICS if topic.name in by_topic}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Trellis facts",
            "version": version,
            "description": "What the services of Trellis announce on Kafka: CloudEvents 1.0, binary content mode.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(topics[name], classes) for name, classes in sorted(by_topic.items())},
        "operations": _operations(topics),
        "components": {"messages": {cls.TYPE: _message(cls) for classes in by_topic.values() for cls in classes}},
    }


def _channel(topic: Topic, classes: list[type[Fact]]) -> dict[str, Any]:
    return {
        "address": topic.name,
        "description": f"Key: {topic.key}. Announced by {topic.owner}; read by {', '.join(topic.readers) or 'apps'}.",
        "messages": {cls.TYPE: {"$ref": f"#/components/messages/{cls.TYPE}"} for cls in classes},
        "bindings": {"kafka": {"partitions": topic.partitions, "bindingVersion": "0.5.0"}},
    }


def _operations(topics: dict[str, Topic]) -> dict[str, Any]:
    announce = {
        f"{topic.owner}.announce.{name}": {"action": "send", "channel": {"$ref": f"#/channels/{name}"}}
        for name, topic in sorted(topics.items())
    }
    listen = {
        f"{reader}.listen.{name}": {"action": "receive", "channel": {"$ref": f"#/channels/{name}"}}
        for name, topic in sorted(topics.items())
        for reader in topic.readers
    }
    return announce | listen


def _message(cls: type[Fact]) -> dict[str, Any]:
    payload = schema_of(cls)
    payload.pop("$schema")
    return {
        "name": cls.TYPE,
        "summary": (cls.__doc__ or "").strip(),
        "headers": _HEADERS,
        "payload": payload,
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
    }
