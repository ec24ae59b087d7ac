"""Eligibility: which students of a school an offer is open to, with a reason code for each no."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """What the rules need to know of a student; `grades` and `class_ids` are the roster's."""

    student_id: str
    school_ids: frozenset[str] = frozenset()
    class_ids: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Grades and classes narrow (both must fit), `allow` adds students, `block` takes away. All empty: everyone."""

    grades: frozenset[str] = frozenset()
    class_ids: frozenset[str] = frozenset()
    allow: frozenset[str] = frozenset()
    block: frozenset[str] = frozenset()


EVERYONE = Eligibility()
NOBODY = "nobody"


def check(eligibility: Eligibility, student: Student) -> tuple[str, ...]:
    """The reason codes against this student; none: eligible.

    A student on the allow-list needs no grade or class; where the allow-list stands alone, it is the whole list.
    Being on the block-list is told by a code that says no more than that.
    """
    reasons = [] if student.active else ["no-longer-at-school"]
    if student.student_id in eligibility.block:
        reasons.append("not-open-to-you")
    if student.student_id not in eligibility.allow:
        reasons += _outside(eligibility, student)
    return tuple(reasons)


def check_at(eligibility: Eligibility, student: Student, school_id: str) -> tuple[str, ...]:
    """The same, at a school: students of other schools are not eligible either."""
    elsewhere = () if school_id in student.school_ids else ("not-at-this-school",)
    return elsewhere + check(eligibility, student)


def without(eligibility: Eligibility, person_id: str) -> Eligibility:
    """The same without any mention of this person, who is forgotten.

    A list of one would otherwise turn into a list of nobody, which means everyone: the id of nobody stands in for it.
    """
    allow = eligibility.allow - {person_id}
    alone = bool(eligibility.allow) and not (allow or eligibility.grades or eligibility.class_ids)
    return replace(eligibility, allow=frozenset({NOBODY}) if alone else allow, block=eligibility.block - {person_id})


def _outside(eligibility: Eligibility, student: Student) -> list[str]:
    reasons = []
    if eligibility.grades and not eligibility.grades & student.grades:
        reasons.append("not-in-these-grades")
    if eligibility.class_ids and not eligibility.class_ids & student.class_ids:
        reasons.append("not-in-these-classes")
    if eligibility.allow and not eligibility.grades and not eligibility.class_ids:
        reasons.append("not-on-the-list")
    return reasons
