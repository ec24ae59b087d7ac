"""Town: which schools, groups, classes and households a sample district has; all of it follows from a few numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import cached_property
from itertools import accumulate

GROUP_SEATS = 25
LEARNERS_PER_TEACHER = 15
CORE_SUBJECTS = ("English", "Mathematics", "Science", "Social Studies")
ELECTIVES = ("Art", "Robotics", "Choir", "Ceramics", "Theatre", "Gardening", "Journalism", "Woodwork", "Dance", "Film")
HOMEROOM_PERIOD, FIRST_CORE_PERIOD, ELECTIVE_PERIOD = 1, 2, 6

_KINDS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("High School", (9, 10, 11, 12)),
    ("Middle School", (6, 7, 8)),
    ("Elementary School", (0, 1, 2, 3, 4, 5)),
)
_PLACES = ("Cedar", "Harbor", "Juniper", "Lakeview", "Prairie", "Summit", "Willow", "Riverside", "Maple", "Canyon")
_SIBLINGS_PER_HUNDRED = 18
_ALL_BITS = 0xFFFF_FFFF_FFFF_FFFF


class Topic(IntEnum):
    """What a chance number decides; two topics never share one."""

    SIBLING = 1
    GUARDIANS = 2
    TONGUE = 3
    FAMILY = 4
    GIVEN = 5
    GUARDIAN_NAME = 6
    STAFF_NAME = 7
    BIRTH = 8
    SEX = 9
    ORIGIN = 10
    ELECTIVE = 11
    IDENTITY = 12


def draw(seed: int, topic: Topic, number: int) -> int:
    """A chance number of 64 bits that depends on its arguments alone, so that any person can be made again alone.

    Source: the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    """
    mixed = (seed * 0x9E37_79B9_7F4A_7C15 + topic * 0xD1B5_4A32_D192_ED03 + number * 0x8CB9_2BA7_2F3D_8DD7) & _ALL_BITS
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9) & _ALL_BITS
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB) & _ALL_BITS
    return mixed ^ (mixed >> 31)


@dataclass(frozen=True, slots=True)
class Learner:
    """A learner: `number` counts through the district from 1, `group` through the school from 0."""

    number: int
    grade: int
    group: int
    elective_group: int
    household: int
    """The number of the household's first learner."""


@dataclass(frozen=True, slots=True)
class Group:
    """About 25 learners of one grade who share a homeroom and their core classes."""

    number: int
    grade: int


@dataclass(frozen=True)
class School:
    """One school. Learners, teachers and so on are numbered through the district, from `first_…` on."""

    seed: int
    number: int
    learners_count: int
    first_learner: int
    first_teacher: int = 1

    @property
    def grades(self) -> tuple[int, ...]:
        """The grades taught, kindergarten being 0; the first school is a high school."""
        return _KINDS[(self.number - 1) % len(_KINDS)][1]

    @property
    def name(self) -> str:
        """A name no two schools of one district share."""
        lap, place = divmod(self.number - 1, len(_PLACES))
        kind = _KINDS[(self.number - 1) % len(_KINDS)][0]
        return f"{_PLACES[place]} {kind}" + (f" {lap + 1}" if lap else "")

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups, grade by grade."""
        grades = [grade for rank, grade in enumerate(self.grades) for _ in range(self._groups_of(rank))]
        return tuple(Group(number, grade) for number, grade in enumerate(grades))

    @property
    def teachers(self) -> range:
        """The numbers of its teachers: one for 15 learners, and enough for every group to be taught in every period."""
        count = max(-(-self.learners_count // LEARNERS_PER_TEACHER), len(self.groups))
        return range(self.first_teacher, self.first_teacher + count)

    def teacher_of(self, group: int, period: int) -> int:
        """Who teaches `group` in `period`; nobody teaches two groups at once."""
        return self.first_teacher + (group + 3 * period) % len(self.teachers)

    def core_period(self, group: int, subject: int) -> int:
        """The period of a core class: the four rotate from group to group."""
        return FIRST_CORE_PERIOD + (subject + group) % len(CORE_SUBJECTS)

    def learners(self) -> Iterator[Learner]:
        """Its learners. Neighbours are of different grades, so that siblings are."""
        household = self.first_learner
        for place in range(self.learners_count):
            number = self.first_learner + place
            if not (place and self._is_sibling(number)):
                household = number
            position, rank = divmod(place, len(self.grades))
            first, count = self._first_group[rank], self._groups_of(rank)
            yield Learner(
                number=number,
                grade=self.grades[rank],
                group=first + position % count,
                elective_group=first + draw(self.seed, Topic.ELECTIVE, number) % count,
                household=household,
            )

    def households(self) -> Iterator[list[Learner]]:
        """Its learners by household: brothers and sisters together."""
        together: list[Learner] = []
        for learner in self.learners():
            if together and learner.household != together[0].household:
                yield together
                together = []
            together.append(learner)
        if together:
            yield together

    def guardians_of(self, household: int) -> int:
        """How many guardians a household has: one or two."""
        return 1 + draw(self.seed, Topic.GUARDIANS, household) % 2

    @cached_property
    def _first_group(self) -> list[int]:
        return [0, *accumulate(self._groups_of(rank) for rank in range(len(self.grades)))]

    def _groups_of(self, rank: int) -> int:
        in_grade = -(-(self.learners_count - rank) // len(self.grades))
        return -(-max(0, in_grade) // GROUP_SEATS)

    def _is_sibling(self, number: int) -> bool:
        return draw(self.seed, Topic.SIBLING, number) % 100 < _SIBLINGS_PER_HUNDRED


@dataclass(frozen=True, slots=True)
class Year:
    """A school year of two semesters; `ends_on` is its last day."""

    starts_on: date

    @property
    def second_starts_on(self) -> date:
        """The first day of the second semester."""
        return self.starts_on + timedelta(days=167)

    @property
    def ends_on(self) -> date:
        """The last day."""
        return self.starts_on + timedelta(days=364)


def year_around(today: date) -> Year:
    """The school year that `today` falls in, when school years start on 1 August."""
    return Year(date(today.year if today.month >= 8 else today.year - 1, 8, 1))


def plan_schools(schools: int, learners: int, seed: int) -> list[School]:
    """Share `learners` out among `schools`. Raises: ValueError where a school would stay empty."""
    if schools < 1 or learners < schools:
        raise ValueError(f"{learners} learners cannot fill {schools} schools: each needs at least one.")
    planned: list[School] = []
    first_learner = first_teacher = 1
    for place in range(schools):
        count = learners // schools + (place < learners % schools)
        school = School(seed, place + 1, count, first_learner, first_teacher)
        planned.append(school)
        first_learner += count
        first_teacher = school.teachers.stop
    return planned
