"""Checking poison: each record that nobody can handle is put aside once by all who read it, and nothing else is."""

from collections.abc import Iterator, Mapping, Sequence

from kit.dead_letters import DeadLetter
from tests.faults.evidence import Evidence, Stranger
from tests.faults.history import Operation, Phase
from tests.faults.verdict import Finding, diverged, lost

Origin = tuple[str, str, int, int]
"""Who put aside what: the service, and the record's topic, partition and offset."""


def check_poison(operations: Sequence[Operation], found: Evidence) -> Iterator[Finding]:
    """Every dose against the topics and the dead letters; every dead letter against the doses."""
    doses = {one.asked["mark"]: one for one in operations if one.kind == "poison"}
    arrived = {stranger.mark for stranger in found.strangers}
    for mark, operation in doses.items():
        if operation.state is Phase.OK and mark not in arrived:
            yield lost("poison", f"{mark} was acknowledged and is in no topic")
    letters = {(one.consumer, one.topic, one.partition, one.offset): one for one in found.letters}
    expected = dict(_expected(doses, found.strangers))
    for origin, (stranger, reason) in expected.items():
        yield from _put_aside(origin, letters.get(origin), stranger, reason)
    for origin in letters.keys() - expected.keys():
        one = letters[origin]
        yield diverged("dead letter", f"{one.consumer} put {one.type} aside: {one.reason} {one.detail}")
    for service, place, offset in found.behind:
        yield lost("partition", f"{service} stands at {offset} of {place[0]}/{place[1]} and does not move on")


def _expected(
    doses: Mapping[str, Operation], strangers: Sequence[Stranger]
) -> Iterator[tuple[Origin, tuple[Stranger, str]]]:
    """A record may be in its topic more than once: whoever repeats facts repeats poison too."""
    for stranger in strangers:
        asked = doses[stranger.mark].asked
        for service in asked["takers"]:
            yield (service, stranger.topic, stranger.partition, stranger.offset), (stranger, asked["reason"])


def _put_aside(origin: Origin, letter: DeadLetter | None, stranger: Stranger, reason: str) -> Iterator[Finding]:
    service = origin[0]
    if letter is None:
        yield lost("poison", f"{service} has put nothing aside for {stranger.mark}")
    elif letter.reason != reason:
        yield diverged("poison", f"{service} says {letter.reason} of {stranger.mark}, which is {reason}")
    elif (letter.key, letter.value) != (stranger.key, stranger.value):
        yield diverged("poison", f"{service} has put something else aside for {stranger.mark}")
