"""Eligibility: whom an offer is open to; `check_at` in booking.py says whether a student is one of them."""

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


def without(eligibility: Eligibility, person_id: str) -> Eligibility:
    """The same without any mention of this person, who is forgotten.

    A list of one would otherwise turn into a list of nobody, which means everyone: the id of nobody stands in for it.
    """
    allow = eligibility.allow - {person_id}
    alone = bool(eligibility.allow) and not (allow or eligibility.grades or eligibility.class_ids)
    return replace(eligibility, allow=frozenset({NOBODY}) if alone else allow, block=eligibility.block - {person_id})
