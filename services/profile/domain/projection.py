"""Projection: from the rows of a roster to the schools, classes and people that they describe."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from contracts.people import Role
from contracts.profile import RoleHeld
from services.profile.domain.people import Names, Person, School, SchoolClass
from services.profile.rosters.roles import role_of

Values = Mapping[str, Any]
_MOST_LEVELS = 10


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation of the roster: its type, the one above it, and our id where it is a school or the district."""

    kind: str
    parent: str | None
    entity_id: str | None


def is_school(values: Values) -> bool:
    """Whether a row of orgs is a school. Some systems export one as a department with nothing above it."""
    return values["type"] == "school" or (values["type"] == "department" and "parentSourcedId" not in values)


def places_of(organisations: Mapping[str, Organisation]) -> dict[str, str]:
    """Roster number -> our id: schools and the district themselves, departments by the school they belong to.

    What lies above the district, and departments of no school, have no place here: nobody becomes an administrator of
    a district by a role in one of its departments.
    """
    found = {number: _place(organisations, number) for number in organisations}
    return {number: place for number, place in found.items() if place is not None}


def _place(organisations: Mapping[str, Organisation], number: str) -> str | None:
    at: str | None = number
    for _ in range(_MOST_LEVELS):
        organisation = organisations.get(at or "")
        if organisation is None or (organisation.kind != "department" and organisation.entity_id is None):
            return None
        if organisation.entity_id is not None:
            return organisation.entity_id if at == number or organisation.kind != "district" else None
        at = organisation.parent
    return None


@dataclass(frozen=True, slots=True)
class Around:
    """What the rows around a person lead to: places and classes by roster number, and whom they answer for."""

    places: Mapping[str, str]
    classes: Mapping[str, str]
    today: date
    wards: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UserRows:
    """Everything the roster says of one user."""

    number: str
    person_id: str
    values: Values
    roles: Sequence[Values]
    enrolments: Sequence[Values]


def person_of(known: Person | None, rows: UserRows, around: Around, district_id: str) -> Person:
    """The person whom these rows describe; what the roster does not say of them is kept."""
    person = known or Person(person_id=rows.person_id, version=0, names=Names("", ""))
    held = _roles(rows.roles, around, district_id)
    is_guardian = any(role.role == Role.GUARDIAN for role in held)
    return replace(
        person,
        names=_names(rows.values),
        source_ids=(rows.number,),
        username=rows.values.get("username", ""),
        identifier=rows.values.get("identifier", ""),
        email=rows.values.get("email", ""),
        roles=held,
        class_ids=_classes(rows.enrolments, "student", around),
        teaches_class_ids=_classes(rows.enrolments, "teacher", around),
        ward_ids=_sorted(around.wards.get(rows.number, ())) if is_guardian else (),
        grades=tuple(rows.values.get("grades", ())),
        active=rows.values.get("enabledUser") != "false",
    )


def left(person: Person) -> Person:
    """A person whom the roster does not name any more: kept, with the roles they had, and in no class."""
    return replace(person, class_ids=(), teaches_class_ids=(), ward_ids=(), active=False)


def _names(values: Values) -> Names:
    return Names(
        given=values.get("givenName", ""),
        family=values.get("familyName", ""),
        preferred_given=values.get("preferredGivenName", ""),
        preferred_family=values.get("preferredFamilyName", ""),
    )


def _roles(rows: Iterable[Values], around: Around, district_id: str) -> tuple[RoleHeld, ...]:
    """A learner's role counts at a school alone: nobody is a learner of the whole district."""
    held = set()
    for row in rows:
        role, place = role_of(row["role"]), around.places.get(row["orgSourcedId"])
        everywhere = role == Role.LEARNER.value and place == district_id
        if role and place and not everywhere and not _is_over(row, around.today):
            held.add((str(role), place))
    return tuple(RoleHeld(role, place) for role, place in sorted(held))


def _classes(rows: Iterable[Values], role: str, around: Around) -> tuple[str, ...]:
    return _sorted(
        around.classes[row["classSourcedId"]]
        for row in rows
        if row["role"] == role and row["classSourcedId"] in around.classes and not _is_over(row, around.today)
    )


def _is_over(row: Values, today: date) -> bool:
    """OneRoster 1.2: an end date is exclusive."""
    return "endDate" in row and date.fromisoformat(row["endDate"]) <= today


def _sorted(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids)))


def school_of(known: School | None, number: str, school_id: str, values: Values) -> School:
    """The school that a row of orgs describes."""
    school = known or School(school_id=school_id, version=0, source_id=number, name="")
    return replace(school, name=values["name"], active=True)


def class_of(known: SchoolClass | None, number: str, class_id: str, values: Values, school_id: str) -> SchoolClass:
    """The class that a row of classes describes."""
    taught = known or SchoolClass(
        class_id=class_id, version=0, source_id=number, school_id=school_id, title="", kind=""
    )
    return replace(
        taught,
        school_id=school_id,
        title=values["title"],
        kind=values["classType"],
        grades=tuple(values.get("grades", ())),
        active=True,
    )
