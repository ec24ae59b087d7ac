"""Injecting: what goes wrong, chosen from a seed, and put right again; each fault at its own moment of the load."""

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from contracts.topics import TOPICS
from deploy.local.town import Town
from kit.bus import Outgoing, read_to_end, send_now
from tests.faults.load import Pace

FACT_TOPICS = [topic.name for topic in TOPICS if not topic.compacted]
SERVICES = ("profile", "scheduler", "community", "gateway")
WORKERS = tuple(f"{service}.worker" for service in SERVICES)
APIS = tuple(f"{service}.api" for service in SERVICES)
PAUSE_SECONDS = 2.0
LONG_PAUSE_SECONDS = 18.0
"""Longer than a lease lasts."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done, to what, before the how-manyeth operation."""

    kind: str
    target: str
    at: int

    def __str__(self) -> str:
        return f"{self.kind} {self.target} at {self.at}"


def kill(town: Town, target: str) -> None:
    """SIGKILL, then started again."""
    town.kill(target)
    town.start_service(target)


def pause(town: Town, target: str, seconds: float = PAUSE_SECONDS) -> None:
    """SIGSTOP for a while: it comes back believing that no time has passed."""
    with stopped(town.processes[target].pid):
        threading.Event().wait(seconds)


def pause_long(town: Town, target: str) -> None:
    """SIGSTOP for longer than a lease lasts."""
    pause(town, target, LONG_PAUSE_SECONDS)


def repeat(town: Town, target: str) -> None:
    """A part of what every topic holds is sent once more, shuffled."""
    luck = random.Random(target)
    records = [record for batch in read_to_end(town.kafka.bootstrap, FACT_TOPICS) for record in batch]
    some = luck.sample(records, min(len(records), 200))
    send_now(town.kafka.bootstrap, [Outgoing(one.topic, one.key, one.value, list(one.headers)) for one in some])


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """A process that stands still meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


KINDS: Mapping[str, tuple[int, Callable[[Town, str], None], tuple[str, ...]]] = {
    "kill": (10, kill, (*WORKERS, *APIS, "scheduler", "profile", "mongo", "mongo", "kafka", "kafka")),
    "pause": (3, pause, (*WORKERS, *APIS)),
    "pause long": (1, pause_long, WORKERS),
    "repeat": (2, repeat, ("topics",)),
}


def choose_faults(luck: random.Random, operations: int) -> list[Fault]:
    """One to three faults for one round of so many operations, in the order of their moments."""
    names = list(KINDS)
    kinds = luck.choices(names, [KINDS[name][0] for name in names], k=luck.randint(1, 3))
    moments = sorted(luck.randrange(1, operations) for _ in kinds)
    return [Fault(kind, luck.choice(KINDS[kind][2]), at) for kind, at in zip(kinds, moments, strict=True)]


def inject(town: Town, faults: list[Fault], pace: Pace, tell: Callable[[str], None]) -> None:
    """Each fault when its moment comes, put right before the next."""
    for fault in faults:
        pace.wait_for(fault.at)
        tell(str(fault))
        KINDS[fault.kind][1](town, fault.target)
