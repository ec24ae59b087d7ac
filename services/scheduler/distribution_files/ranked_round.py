"""A ranked round as people write it: named students, blocks, occurrences, choices and rules."""

from dataclasses import dataclass, field

from services.scheduler.domain.distribution.credit import START

LEVELS = ("school-must", "priority", "one-off-pull", "required")
"""Levels of requests, highest first; a district may rename them on screen, files keep these words."""


@dataclass(slots=True)
class Policy:
    """What the round is worth to whom. Points, not units."""

    points: list[float] = field(default_factory=lambda: [round(100 * 0.9**i, 2) for i in range(8)])
    credit_budget: float = 0.5  # percent of all points that letting credit count may cost in a round
    credit_tilt: float = 0.95  # points of whoever has most credit count at most this much more, as a part of them
    unplaced: float | None = None  # None: so much that no student's whole week outweighs it
    need: float | None = None  # None: likewise, below `unplaced`
    friends: float = 4.0
    goal: float = 2.0
    move: float = 0.5
    lift: float = 0.0002
    hide_groups_under: int = 10


@dataclass(slots=True)
class Block:
    id: str
    date: str = "2000-01-01"
    start: int = 0  # minutes after midnight
    end: int = 0


@dataclass(slots=True)
class Space:
    id: str
    seats: int | None = None
    site: str = ""


@dataclass(slots=True)
class Occurrence:
    id: str
    blocks: list[str]
    title: str = ""
    space: str = ""
    site: str = ""
    seats: int | None = None
    minimum: int = 0
    kind: str = ""
    groups: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)
    not_for: list[str] = field(default_factory=list)
    calm: bool = False  # a calm space: also for whoever asks for one in its block, behind all that they ranked


@dataclass(slots=True)
class Student:
    id: str
    group: str = ""
    credit: float = START
    needs: list[str] = field(default_factory=list)
    most: int | None = None


@dataclass(slots=True)
class Ranking:
    """Occurrences in the order a student wants them; where several blocks are mixed, the order holds in each."""

    student: str
    ranked: list[str]
    weights: list[float] = field(default_factory=list)
    goals: list[str] = field(default_factory=list)  # occurrences the student chose for the sake of a goal
    calm: list[str] = field(default_factory=list)  # blocks in which, if none of these, a calm space will do
    row: int = 0  # from 0, in its part of the input


@dataclass(slots=True)
class Request:
    student: str
    occurrence: str
    level: str = "required"
    rank: int = 0
    made_at: str = ""
    id: str = ""
    row: int = 0  # from 0, in its part of the input


@dataclass(slots=True)
class Pair:
    """Two students; for friends one's wish for the other, for keep-apart a rule for both."""

    student: str
    other: str
    row: int = 0  # from 0, in its part of the input


@dataclass(slots=True)
class Travel:
    from_site: str
    to_site: str
    minutes: int


@dataclass(slots=True)
class RankedRound:
    title: str = "Round"
    seed: int = 1
    policy: Policy = field(default_factory=Policy)
    blocks: list[Block] = field(default_factory=list)
    spaces: list[Space] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    students: list[Student] = field(default_factory=list)
    choices: list[Ranking] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    keep_apart: list[Pair] = field(default_factory=list)
    friends: list[Pair] = field(default_factory=list)
    teams: list[list[str]] = field(default_factory=list)
    travel: list[Travel] = field(default_factory=list)
