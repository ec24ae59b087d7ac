"""A round ready to solve, with the names of everything in its arrays."""

from dataclasses import dataclass, field

from services.scheduler.distribution_files.ranked_round import Occurrence, RankedRound, Request, Student
from services.scheduler.distribution_files.slots import Slots
from services.scheduler.domain.distribution.problem import Problem
from services.scheduler.domain.distribution.requests import Outcome


@dataclass(frozen=True, slots=True)
class Notice:
    """A part of the input that could not count, and why: a key of `texts`."""

    key: str
    student: str
    subject: str
    row: int = -1


@dataclass(slots=True)
class Prepared:
    """A round ready to solve, with the names of everything in the arrays."""

    round: RankedRound
    problem: Problem
    slots: Slots
    students: list[Student]  # in lottery order
    occurrences: list[Occurrence]  # by id
    needs: list[list[str]]  # of each student, in the order of their bits
    requests: list[tuple[Request, Outcome]]  # in ladder order
    limits: list[str]  # what each seat limit is: "occurrence:<id>" or "space:<id>@<slot>"
    index: dict[str, int]  # occurrence id -> number
    ranked: list[list[tuple[int, int]]]  # per student: occurrence, rank in its block; set-aside choices left out
    notices: list[Notice] = field(default_factory=list)

    def unlimited(self, occurrence: int) -> bool:
        """Whether neither the occurrence nor its space names seats."""
        o = self.occurrences[occurrence]
        return o.seats is None and all(s.seats is None for s in self.round.spaces if s.id == o.space)
