"""What the engine's process is told, and what it answers: plain values, so that nobody else has to load the engine."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from services.scheduler.distribution_files.from_timetable import Quota
from services.scheduler.distribution_files.ranked_round import RankedRound


@dataclass(frozen=True, slots=True)
class SolveOrder:
    """What to solve: the round, the quotas beside it, and how many cores may be used."""

    ranked: RankedRound
    quotas: list[Quota]
    cores: int = 1


@dataclass(frozen=True, slots=True)
class Solved:
    """The engine's report, and the choices (student, occurrence) that a quota took out on the way."""

    report: dict[str, Any]
    over_quota: list[tuple[str, str]]


def order_in_bytes(order: SolveOrder) -> bytes:
    """The order as it is handed to the process."""
    return json.dumps(asdict(order), separators=(",", ":")).encode()


def solved_of(written: bytes) -> Solved:
    """What the process wrote at its end."""
    value = json.loads(written)
    return Solved(value["report"], [(student, occurrence) for student, occurrence in value["over_quota"]])
