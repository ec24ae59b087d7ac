"""Poison: records that nobody can handle, put among the facts, each marked so that it is known again anywhere."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kafka.errors import KafkaError

from contracts.registry import FACTS
from contracts.topics import TOPICS
from kit.bus import Outgoing, send_now
from kit.clock import now
from kit.dead_letters import dead_letter_topic, list_letters
from kit.envelope import Envelope, Trace
from tests.faults.crash_orders import ROOT
from tests.faults.evidence import HEARD
from tests.faults.history import History, Phase
from tests.faults.load import Pace

EXAMPLES = ROOT / "contracts" / "examples"
READ = tuple(topic.name for topic in TOPICS if topic.readers and not topic.compacted)
"""The topics that some service reads."""


@dataclass(frozen=True, slots=True)
class Dose:
    """What is wrong with a record, its topic, the type that it claims (if any), before which operation it comes."""

    reason: str
    topic: str
    type: str
    at: int

    @property
    def takers(self) -> list[str]:
        """Which services must put it aside: of a type that is known, those alone who hear it."""
        if self.type in FACTS:
            return sorted(service for service, types in HEARD.items() if self.type in types)
        readers = next(topic.readers for topic in TOPICS if topic.name == self.topic)
        return sorted(set(readers) & HEARD.keys())


def choose_doses(luck: random.Random, operations: int, most: int = 2) -> list[Dose]:
    """A few doses for one round of so many operations, in the order of their moments."""
    moments = sorted(luck.randrange(1, operations) for _ in range(luck.randint(1, most)))
    return [dose(luck, luck.choice(list(KINDS)), luck.choice(READ), at) for at in moments]


def dose(luck: random.Random, reason: str, topic: str, at: int = 0) -> Dose:
    """A dose of this kind for a topic; where it claims a type, then one that somebody hears."""
    heard = sorted(name for types in HEARD.values() for name in types if topic == FACTS[name].TOPIC)
    claimed = luck.choice(heard)
    return Dose(reason, topic, KINDS[reason][0](claimed), at)


def give(bootstrap: str, history: History, poison: Dose, number: str) -> None:
    """Put it into its topic; whether it got there stands in the history, like any other operation."""
    mark = f"poison {number}"
    history.note(number, Phase.INVOKE, "poison", {"mark": mark, **_asked(poison)})
    try:
        send_now(bootstrap, [_record(poison, mark)])
    except KafkaError as error:
        history.note(number, Phase.UNKNOWN, "poison", {"why": type(error).__name__})
    else:
        history.note(number, Phase.OK, "poison", {"answer": {}})


def give_all(bootstrap: str, history: History, doses: list[Dose], pace: Pace, seed: str) -> None:
    """Each dose when its moment comes."""
    for place, poison in enumerate(doses):
        pace.wait_for(poison.at)
        give(bootstrap, history, poison, f"{seed}-poison-{place}")


def put_aside(bootstrap: str, service: str, number: str) -> bool:
    """Whether this service has put this one aside."""
    mark = f"poison {number}".encode()
    return any(mark in letter.value for letter in list_letters(bootstrap, dead_letter_topic(service)))


def _asked(poison: Dose) -> Mapping[str, object]:
    return {"reason": poison.reason, "topic": poison.topic, "takers": poison.takers}


def _record(poison: Dose, mark: str) -> Outgoing:
    make = KINDS[poison.reason][1]
    envelope = make(poison, mark)
    if envelope is None:
        return Outgoing(poison.topic, mark.encode(), b"\x00\xff " + mark.encode(), [("ce_id", b"\xff")])
    return Outgoing(poison.topic, mark.encode(), envelope.value(), envelope.headers())


def _no_message(_poison: Dose, _mark: str) -> Envelope | None:
    return None


def _with_nothing_in_it(poison: Dose, mark: str) -> Envelope | None:
    return _envelope(poison.type, mark, {"note": mark})


def _of_another_district(poison: Dose, mark: str) -> Envelope | None:
    example = json.loads((EXAMPLES / poison.type / "valid-1.json").read_text())
    return _envelope(poison.type, mark, {**example, "note": mark})


def _envelope(name: str, mark: str, data: dict[str, object]) -> Envelope:
    event_id, district_id = mark.replace(" ", "_"), "district_of_nobody"
    return Envelope(event_id, name, "faults/poison", event_id, 1, now(), district_id, Trace(event_id), data)


Claim = Callable[[str], str]
Make = Callable[[Dose, str], Envelope | None]
KINDS: Mapping[str, tuple[Claim, Make]] = {
    "bad-envelope": (lambda _: "", _no_message),
    "unknown-type": (lambda heard: f"{heard.split('.')[0]}.nonsense.said.v1", _with_nothing_in_it),
    "future-version": (lambda heard: f"{heard.rpartition('.')[0]}.v99", _with_nothing_in_it),
    "wrong-schema": (lambda heard: heard, _with_nothing_in_it),
    "wrong-district": (lambda heard: heard, _of_another_district),
}
"""By the reason that the dead letter must give: which type the record claims, and what is in it."""
