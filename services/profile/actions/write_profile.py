"""An entry of a profile is written: interests, ways of learning, a strength or a need."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kit.conditions import check_version
from kit.refusals import refuse, refuse_all
from kit.transaction import Transaction
from services.profile.domain import profile_fields as rules
from services.profile.domain.circles import Circle, FieldKind, NamedNotStaff, Visibility, visibility_of
from services.profile.domain.people import STAFF, NoSuchPerson, Person
from services.profile.domain.profile_fields import Author, Changed, Field, Profile
from services.profile.store.growth import PROFILE, PROFILE_TURNS, PROFILES, TURN, VOCABULARIES
from services.profile.store.growth_finding import profile_of, vocabulary_of
from services.profile.store.people import PEOPLE, unpack_person


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteField:
    """What is said of whom, by whom, and who may see it (no circles: the default); the version it must have."""

    person_id: str
    field_id: str
    kind: FieldKind
    text: str
    tags: tuple[str, ...] = ()
    circles: tuple[Circle, ...] | None = None
    named_ids: tuple[str, ...] = ()
    by: str
    why: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveField:
    """Which entry of whom goes, through whom."""

    person_id: str
    field_id: str
    kind: FieldKind
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareField:
    """Who may see which entry from now on."""

    person_id: str
    field_id: str
    circles: tuple[Circle, ...] | None
    named_ids: tuple[str, ...]
    by: str
    why: str | None = None


async def set_interests(tx: Transaction, order: WriteField) -> Profile:
    """The learner says what they are drawn to.

    Raises: Refusals of NoSuchPerson, StaleVersion, NamedNotStaff, UnknownTags.
    """
    known = (await vocabulary_of(tx[VOCABULARIES], tx.district_id)).interest_tags
    return await _write(tx, order, lambda profile, field, by: rules.set_interests(profile, field, known, by))


async def set_ways_of_learning(tx: Transaction, order: WriteField) -> Profile:
    """The learner says how they like to learn. Raises: Refusals of NoSuchPerson, StaleVersion, NamedNotStaff."""
    return await _write(tx, order, rules.set_single)


async def add_field(tx: Transaction, order: WriteField) -> Profile:
    """A strength or a need is added. Raises: Refusals of NoSuchPerson, NamedNotStaff, TooManyFields."""
    return await _write(tx, order, rules.add_field)


async def remove_field(tx: Transaction, order: RemoveField) -> Profile:
    """An entry is taken out. Raises: Refusals of NoSuchField, NotYourEntry."""
    profile = await profile_of(tx[PROFILES], tx.district_id, order.person_id)
    return _save(tx, rules.remove_field(profile, order.field_id, order.kind, Author(order.by, tx.now)))


async def share_field(tx: Transaction, order: ShareField) -> Profile:
    """Who may see an entry is chosen anew.

    Raises: Refusals of NoSuchPerson, NamedNotStaff, NoSuchField, NotYourEntry.
    """
    await _check_people(tx, order.person_id, order.named_ids)
    profile = await profile_of(tx[PROFILES], tx.district_id, order.person_id)
    field = rules.field_of(profile, order.field_id)
    if field is None:
        raise refuse(rules.NoSuchField())
    visibility = visibility_of(field.kind, order.circles, order.named_ids)
    return _save(tx, rules.share_field(profile, order.field_id, visibility, Author(order.by, tx.now, order.why)))


async def _write(tx: Transaction, order: WriteField, rule: Callable[[Profile, Field, Author], Changed]) -> Profile:
    await _check_people(tx, order.person_id, order.named_ids)
    profile = await profile_of(tx[PROFILES], tx.district_id, order.person_id)
    check_version(profile.version, order.version)
    field = Field(
        field_id=order.field_id,
        kind=order.kind,
        text=order.text,
        tags=order.tags,
        written_by=order.by,
        written_at=tx.now,
        visibility=_visibility(profile, order),
    )
    return _save(tx, rule(profile, field, Author(order.by, tx.now, order.why)))


def _visibility(profile: Profile, order: WriteField) -> Visibility:
    """As asked; where nothing was asked, as the entry had it, so that new words do not undo what the learner chose."""
    known = rules.field_of(profile, order.field_id)
    if known is not None and order.circles is None and not order.named_ids:
        return known.visibility
    return visibility_of(order.kind, order.circles, order.named_ids)


def _save(tx: Transaction, changed: Changed) -> Profile:
    profile, turn, facts = changed
    tx[PROFILE_TURNS].insert(TURN.pack(turn))
    return replace(profile, version=tx[PROFILES].save(PROFILE.pack(profile), facts))


async def _check_people(tx: Transaction, person_id: str, named_ids: tuple[str, ...]) -> None:
    """The learner is there, and whoever is named is staff where the learner is; one query for all of them."""
    found = await tx[PEOPLE].many([person_id, *named_ids])
    if person_id not in found:
        raise refuse(NoSuchPerson())
    people = {key: unpack_person(row) for key, row in found.items()}
    schools = {held.organisation_id for held in people[person_id].roles} | {tx.district_id}
    strangers = [one for one in named_ids if one not in people or not _is_staff_at(people[one], schools)]
    refuse_all(NamedNotStaff(count=len(strangers)) if strangers else None)


def _is_staff_at(person: Person, schools: set[str]) -> bool:
    return person.active and any(held.role in STAFF and held.organisation_id in schools for held in person.roles)
