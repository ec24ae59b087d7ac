"""Reading a topic from its beginning to the end it has now, without belonging to a group."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, NoError
from kafka.structs import OffsetAndMetadata

from kit.bus.opening import opened
from kit.bus.records import Incoming, Place
from kit.bus.safety import READER
from kit.bus.topics import opened_admin

_POLL_MS = 1_000
_PATIENCE_MS = 15_000


def read_to_end(bootstrap: str, topics: Sequence[str]) -> Iterator[list[Incoming]]:
    """Every record that `topics` hold at the moment of the call, in batches; order holds within a partition.

    A topic that does not exist is read as empty. Raises: KafkaError when no broker answers.
    """
    with closing(_reader(bootstrap)) as consumer:
        places = _places(consumer, topics)
        if not places:
            return
        consumer.assign(places)
        ends = consumer.end_offsets(places, timeout_ms=_PATIENCE_MS)
        consumer.seek_to_beginning(*places)
        while _short_of(consumer, ends):
            for place, records in consumer.poll(_POLL_MS).items():
                yield [record for record in records if record.offset < ends[place]]


def committed_offsets(bootstrap: str, group: str, topics: Sequence[str]) -> Mapping[Place, int]:
    """How far `group` has come in each partition of `topics`: the offset it will read next (0: it never committed)."""
    with closing(_reader(bootstrap, group_id=group)) as consumer:
        return {place: consumer.committed(place) or 0 for place in _places(consumer, topics)}


def set_offsets(bootstrap: str, group: str, topics: Sequence[str], offsets: Mapping[tuple[str, int], int]) -> None:
    """Let `group` read `topics` on from these offsets; what is not named, or lies beyond its end, from the beginning.

    The group must have no member. Raises: KafkaError.
    """
    with closing(_reader(bootstrap)) as consumer:
        places = _places(consumer, topics)
        ends = consumer.end_offsets(places, timeout_ms=_PATIENCE_MS) if places else {}
    known = {place: offsets.get((place.topic, place.partition), 0) for place in places}
    wanted = {place: offset if offset <= ends[place] else 0 for place, offset in known.items()}
    if not wanted:
        return
    with closing(opened_admin(bootstrap)) as admin:
        answers = admin.alter_group_offsets(
            group, {place: OffsetAndMetadata(offset, "", -1) for place, offset in wanted.items()}
        )
    for answer in answers.values():
        if issubclass(answer, KafkaError) and answer is not NoError:
            raise answer(f"the offsets of {group} cannot be set; does a worker still run?")


def _reader(bootstrap: str, **settings: Any) -> Any:
    return opened(KafkaConsumer, READER | settings | {"bootstrap_servers": bootstrap.split(",")})


def _places(consumer: Any, topics: Sequence[str]) -> list[TopicPartition]:
    return [
        TopicPartition(topic, number)
        for topic in topics
        for number in sorted(consumer.partitions_for_topic(topic) or ())
    ]


def _short_of(consumer: Any, ends: Mapping[Any, int]) -> bool:
    return any(consumer.position(place, timeout_ms=_PATIENCE_MS) < end for place, end in ends.items())
