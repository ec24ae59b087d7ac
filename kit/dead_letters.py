"""Dead letters: what could not be handled, kept with its origin and the reason, until someone replays or drops it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kit.bus import Incoming, Outgoing, Topic, read_to_end, send_now

_OURS = "dl_"
Headers = list[tuple[str, bytes]]


class NoSuchDeadLetter(Exception):
    """No dead letter with this id is in the topic: it may have been replayed or dropped already."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record that was put aside. `detail` names exception types and refusal codes, never values."""

    letter_id: str
    topic: str
    partition: int
    offset: int
    consumer: str
    reason: str
    detail: str
    at: datetime
    attempts: int
    type: str
    event_id: str
    correlation_id: str
    key: bytes | None
    value: bytes
    headers: Headers

    def original(self) -> Outgoing:
        """The record as it was, for its own topic."""
        return Outgoing(self.topic, self.key, self.value, self.headers)


def dead_letter_topic(consumer: str) -> str:
    """The name of the consumer's own topic."""
    return f"{consumer}-dead-letters"


def dead_letters_of(consumer: str) -> Topic:
    """The declaration of that topic: compacted, so that a letter stays until it is taken out."""
    return Topic(dead_letter_topic(consumer), 1, timedelta(), True, "dead letter id", consumer, ("operators",))


def letter_id(consumer: str, record: Incoming) -> str:
    """The same record put aside twice is one letter."""
    return f"{consumer}:{record.topic}:{record.partition}:{record.offset}"


def letter_for(consumer: str, record: Incoming, *, reason: str, detail: str, attempts: int, at: datetime) -> Outgoing:
    """The record that puts `record` aside."""
    ours = {
        "dl_topic": record.topic,
        "dl_partition": str(record.partition),
        "dl_offset": str(record.offset),
        "dl_consumer": consumer,
        "dl_reason": reason,
        "dl_detail": detail[:500],
        "dl_at": at.isoformat(),
        "dl_attempts": str(attempts),
    }
    headers = [(name, value) for name, value in record.headers if not name.startswith(_OURS)]
    headers += [(name, value.encode()) for name, value in ours.items()]
    if record.key is not None:
        headers.append(("dl_key", record.key))
    return Outgoing(dead_letter_topic(consumer), letter_id(consumer, record).encode(), record.value, headers)


def list_letters(bootstrap: str, topic: str) -> list[DeadLetter]:
    """Every letter that is still there, oldest first. Raises: KafkaError when no broker answers."""
    letters: dict[bytes, Incoming] = {}
    for records in read_to_end(bootstrap, [topic]):
        for record in records:
            assert record.key is not None, "a compacted topic takes no record without a key"
            if record.value is None:
                letters.pop(record.key, None)
            else:
                letters[record.key] = record
    return [_letter(record) for record in letters.values()]


def show_letter(bootstrap: str, topic: str, letter_id: str) -> DeadLetter:
    """One letter. Raises: NoSuchDeadLetter, KafkaError."""
    for letter in list_letters(bootstrap, topic):
        if letter.letter_id == letter_id:
            return letter
    raise NoSuchDeadLetter(letter_id)


def replay_letters(bootstrap: str, topic: str, letter_ids: Iterable[str]) -> list[DeadLetter]:
    """Send the original records to their own topics again, then take the letters out.

    All consumers of those topics hear them once more; who has done them already, settles them as duplicates.
    Raises: NoSuchDeadLetter (nothing was sent), KafkaError (sending again is safe).
    """
    letters = _found(bootstrap, topic, letter_ids)
    send_now(bootstrap, [letter.original() for letter in letters])
    send_now(bootstrap, [_tombstone(topic, letter) for letter in letters])
    return letters


def drop_letters(bootstrap: str, topic: str, letter_ids: Iterable[str]) -> list[DeadLetter]:
    """Take letters out for good. Raises: NoSuchDeadLetter (nothing was dropped), KafkaError."""
    letters = _found(bootstrap, topic, letter_ids)
    send_now(bootstrap, [_tombstone(topic, letter) for letter in letters])
    return letters


def _found(bootstrap: str, topic: str, letter_ids: Iterable[str]) -> list[DeadLetter]:
    there = {letter.letter_id: letter for letter in list_letters(bootstrap, topic)}
    wanted = list(dict.fromkeys(letter_ids))
    if missing := [letter_id for letter_id in wanted if letter_id not in there]:
        raise NoSuchDeadLetter(", ".join(missing))
    return [there[letter_id] for letter_id in wanted]


def _tombstone(topic: str, letter: DeadLetter) -> Outgoing:
    return Outgoing(topic, letter.letter_id.encode(), None)


def _letter(record: Incoming) -> DeadLetter:
    ours = {name: value for name, value in record.headers if name.startswith(_OURS)}
    theirs = [(name, value) for name, value in record.headers if not name.startswith(_OURS)]
    named: Mapping[str, bytes] = {name.lower(): value for name, value in theirs}
    assert record.key is not None
    assert record.value is not None
    return DeadLetter(
        letter_id=record.key.decode(),
        topic=ours["dl_topic"].decode(),
        partition=int(ours["dl_partition"]),
        offset=int(ours["dl_offset"]),
        consumer=ours["dl_consumer"].decode(),
        reason=ours["dl_reason"].decode(),
        detail=ours["dl_detail"].decode(),
        at=datetime.fromisoformat(ours["dl_at"].decode()),
        attempts=int(ours["dl_attempts"]),
        type=_shown(named, "ce_type"),
        event_id=_shown(named, "ce_id"),
        correlation_id=_shown(named, "ce_correlationid"),
        key=ours.get("dl_key"),
        value=record.value,
        headers=theirs,
    )


def _shown(headers: Mapping[str, bytes], name: str) -> str:
    return headers.get(name, b"").decode(errors="replace")
