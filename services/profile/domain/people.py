"""People: who they are to the district, and which of their names whom may see."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from contracts.people import Role
from contracts.profile import ClassListed, PersonListed, RoleHeld, SchoolListed
from kit.refusals import Kind, Refusal

STAFF = frozenset({Role.EDUCATOR.value, Role.ADMINISTRATOR.value})


class NoSuchPerson(Refusal):
    kind = Kind.MISSING
    text = "Nobody with this id is known in this district."


class NoSuchSchool(Refusal):
    kind = Kind.MISSING
    text = "There is no school with this id in this district."


class NoSuchSignIn(Refusal):
    kind = Kind.MISSING
    text = "Nobody in this district can sign in with this. Ask the school office which address it has for you."


class AmbiguousSignIn(Refusal):
    kind = Kind.CONFLICT
    text = "More than one person has this sign-in. The school office can correct the roster."


@dataclass(frozen=True, slots=True)
class Names:
    """What a person is called. An empty family name: they have none."""

    given: str
    family: str
    preferred_given: str = ""
    preferred_family: str = ""

    @property
    def called(self) -> str:
        """The given name they go by."""
        return self.preferred_given or self.given

    @property
    def called_family(self) -> str:
        return self.preferred_family or self.family

    @property
    def full(self) -> str:
        return f"{self.called} {self.called_family}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person of the district. `source_ids` are the roster's, and empty for somebody who was added by hand."""

    person_id: str
    version: int
    names: Names
    source_ids: tuple[str, ...] = ()
    username: str = ""
    identifier: str = ""
    email: str = ""
    roles: tuple[RoleHeld, ...] = ()
    class_ids: tuple[str, ...] = ()
    teaches_class_ids: tuple[str, ...] = ()
    ward_ids: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school. Its name is no secret; its number on the roster stays here all the same."""

    school_id: str
    version: int
    source_id: str
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolClass:
    """A class of a school; `kind` is homeroom or scheduled."""

    class_id: str
    version: int
    source_id: str
    school_id: str
    title: str
    kind: str
    grades: tuple[str, ...] = ()
    active: bool = True


def listed(district_id: str, person: Person) -> PersonListed:
    """The whole state of a person as others may know it: no name, no number."""
    return PersonListed(
        district_id=district_id,
        person_id=person.person_id,
        roles=person.roles,
        class_ids=person.class_ids,
        teaches_class_ids=person.teaches_class_ids,
        ward_ids=person.ward_ids,
        grades=person.grades,
        active=person.active,
    )


def school_listed(district_id: str, school: School) -> SchoolListed:
    return SchoolListed(district_id=district_id, school_id=school.school_id, active=school.active)


def class_listed(district_id: str, taught: SchoolClass) -> ClassListed:
    return ClassListed(
        district_id=district_id,
        class_id=taught.class_id,
        school_id=taught.school_id,
        kind=taught.kind,
        active=taught.active,
    )


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks for names: their id, their roles, and whom they answer for."""

    person_id: str
    district_id: str
    roles: tuple[RoleHeld, ...]
    ward_ids: Collection[str]

    def places(self, roles: Iterable[str]) -> frozenset[str]:
        """Where they hold any of these roles."""
        wanted = frozenset(roles)
        return frozenset(held.organisation_id for held in self.roles if held.role in wanted)


@dataclass(frozen=True, slots=True)
class ShownName:
    """The part of a name that somebody may see. `family_name` is None where it is not theirs to see."""

    person_id: str
    given_name: str
    family_name: str | None

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name or ''}".strip()


def name_for(viewer: Viewer, person: Person) -> ShownName | None:
    """What `viewer` may call `person`; None where the name is none of their business.

    Oneself, staff of the person's school and the person's guardians: the full name. Learners and partners: the given
    name of people at their own school. Guardians: that of staff at their own.
    """
    if _knows_in_full(viewer, person):
        return ShownName(person.person_id, person.names.called, person.names.called_family)
    if _knows_by_given_name(viewer, person):
        return ShownName(person.person_id, person.names.called, None)
    return None


def _knows_in_full(viewer: Viewer, person: Person) -> bool:
    own = viewer.person_id == person.person_id or person.person_id in viewer.ward_ids
    return own or bool(viewer.places(STAFF) & (_places(person) | {viewer.district_id}))


def _knows_by_given_name(viewer: Viewer, person: Person) -> bool:
    if viewer.places({Role.LEARNER, Role.PARTNER}) & _places(person):
        return person.active
    return person.active and bool(viewer.places({Role.GUARDIAN}) & _places(person, STAFF))


def _places(person: Person, roles: Collection[str] | None = None) -> frozenset[str]:
    return frozenset(held.organisation_id for held in person.roles if roles is None or held.role in roles)


def sign_in_keys(person: Person) -> tuple[str, ...]:
    """What a person can be found by when they sign in; nothing for whoever has left. Case does not matter."""
    if not person.active:
        return ()
    claims = {"email": person.email, "username": person.username, "identifier": person.identifier}
    return tuple(sign_in_key(claim, value) for claim, value in claims.items() if value)


def sign_in_key(claim: str, value: str) -> str:
    return f"{claim}:{value.strip().casefold()}"


def lists_with(person: Person) -> tuple[str, ...]:
    """Every list that a person stands on: role, school, role at a school, class."""
    lists = {held.role for held in person.roles} | {held.organisation_id for held in person.roles}
    lists |= {f"{held.role}@{held.organisation_id}" for held in person.roles}
    return tuple(sorted(lists | set(person.class_ids) | set(person.teaches_class_ids)))
