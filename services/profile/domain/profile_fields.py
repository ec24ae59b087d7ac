"""Profile fields: what a learner says of themselves, who wrote it, and how it changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.fact import Fact
from contracts.profile import InterestsChanged
from kit.refusals import Kind, Refusal, refuse, refuse_all
from services.profile.domain.circles import FieldKind, Onlooker, Visibility, sees

MOST_OF_A_KIND = 50


class WayOfLearning(StrEnum):
    """How somebody likes to learn."""

    CLASS = "with-a-class"
    MENTOR = "with-a-mentor"
    OUTSIDE_MENTOR = "with-an-outside-mentor"
    ALONE = "alone"
    GROUP = "in-a-group"


class Act(StrEnum):
    """What happened to a field."""

    ADDED = "added"
    CHANGED = "changed"
    SHARED = "shared"
    REMOVED = "removed"


class NoSuchField(Refusal):
    kind = Kind.MISSING
    text = "There is no such entry in this profile that you may see."


class TooManyFields(Refusal):
    text = "A profile holds at most {most} entries of this kind. Remove one that no longer fits."


class UnknownTags(Refusal):
    kind = Kind.INVALID
    text = "Not in the district's list: {tags}. Choose from the list, or say it in your own words."


class NotYourEntry(Refusal):
    kind = Kind.FORBIDDEN
    text = "This entry was written by somebody else. The learner or its writer can change it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One entry: words, tags, who wrote it and when, and who sees it. Interests and ways of learning have one each."""

    field_id: str
    kind: FieldKind
    text: str
    tags: tuple[str, ...] = ()
    written_by: str
    written_at: datetime
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that is said of one learner."""

    person_id: str
    version: int
    district_id: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One change of a profile: which version it made, what was said from then on, by whom, when and why."""

    turn_id: str
    person_id: str
    version: int
    field_id: str
    kind: FieldKind
    act: Act
    text: str | None
    tags: tuple[str, ...]
    visibility: Visibility
    written_by: str
    by: str
    at: datetime
    why: str | None


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a profile, when, and why if they say so."""

    person_id: str
    at: datetime
    why: str | None = None


Changed = tuple[Profile, Turn, list[Fact]]


def set_interests(profile: Profile, field: Field, known_tags: frozenset[str], by: Author) -> Changed:
    """Replace the learner's interests; tags come from the district's list, the rest is their own words.

    Raises: Refusals of UnknownTags.
    """
    strange = sorted(set(field.tags) - known_tags)
    refuse_all(UnknownTags(tags=", ".join(strange)) if strange else None)
    changed = InterestsChanged(district_id=profile.district_id, person_id=profile.person_id, tags=field.tags)
    return *_put(profile, field, by), [changed]


def set_single(profile: Profile, field: Field, by: Author) -> Changed:
    """Replace the one entry of this kind that a profile has (ways of learning)."""
    return *_put(profile, field, by), []


def add_field(profile: Profile, field: Field, by: Author) -> Changed:
    """Add a strength or a need.

    Raises: Refusals of TooManyFields.
    """
    present = sum(known.kind is field.kind for known in profile.fields)
    refuse_all(TooManyFields(most=MOST_OF_A_KIND) if present >= MOST_OF_A_KIND else None)
    return *_put(profile, field, by), []


def remove_field(profile: Profile, field_id: str, kind: FieldKind, by: Author) -> Changed:
    """Take an entry out; the history keeps that there was one.

    Raises: Refusals of NoSuchField, NotYourEntry.
    """
    field = _own_field(profile, field_id, by, kind)
    rest = tuple(known for known in profile.fields if known.field_id != field_id)
    changed = replace(profile, fields=rest)
    return changed, _turn(changed, field, Act.REMOVED, by), []


def share_field(profile: Profile, field_id: str, visibility: Visibility, by: Author) -> Changed:
    """Choose anew who sees an entry.

    Raises: Refusals of NoSuchField, NotYourEntry.
    """
    field = replace(_own_field(profile, field_id, by), visibility=visibility)
    fields = tuple(field if known.field_id == field_id else known for known in profile.fields)
    changed = replace(profile, fields=fields)
    return changed, _turn(changed, field, Act.SHARED, by), []


def shown_fields(profile: Profile, onlooker: Onlooker) -> tuple[Field, ...]:
    """The entries that this onlooker may see; whoever wrote one sees it."""
    return tuple(
        field for field in profile.fields if sees(field.visibility, onlooker) or field.written_by == onlooker.person_id
    )


def shown_turns(turns: Iterable[Turn], profile: Profile, onlooker: Onlooker) -> tuple[Turn, ...]:
    """The changes that this onlooker may see: the learner all of them, others those of entries they see today.

    What was removed, or shared with fewer, is no longer anybody's but the learner's.
    """
    if onlooker.is_learner:
        return tuple(turns)
    seen = {field.field_id for field in shown_fields(profile, onlooker)}
    return tuple(turn for turn in turns if turn.field_id in seen)


def without(profile: Profile, person_id: str) -> Profile:
    """The profile of somebody else without what this person wrote, and without them among those named."""
    kept = (field for field in profile.fields if field.written_by != person_id)
    return replace(profile, fields=tuple(_unnamed(field, person_id) for field in kept))


def _unnamed(field: Field, person_id: str) -> Field:
    named = tuple(one for one in field.visibility.named_ids if one != person_id)
    return replace(field, visibility=replace(field.visibility, named_ids=named))


def field_of(profile: Profile, field_id: str) -> Field | None:
    """The entry with this id."""
    return next((field for field in profile.fields if field.field_id == field_id), None)


def single_field_id(person_id: str, kind: FieldKind) -> str:
    """The id of an entry that a profile has once: derived, so that replacing it needs no look at what is there."""
    return f"{kind.value.replace('-', '_')}_{person_id.rpartition('_')[2]}"


def _own_field(profile: Profile, field_id: str, by: Author, kind: FieldKind | None = None) -> Field:
    field = field_of(profile, field_id)
    if field is None or (kind is not None and field.kind is not kind):
        raise refuse(NoSuchField())
    refuse_all(NotYourEntry() if by.person_id not in (profile.person_id, field.written_by) else None)
    return field


def _put(profile: Profile, field: Field, by: Author) -> tuple[Profile, Turn]:
    known = field_of(profile, field.field_id)
    if known is None:
        changed = replace(profile, fields=(*profile.fields, field))
        return changed, _turn(changed, field, Act.ADDED, by)
    fields = tuple(field if one.field_id == field.field_id else one for one in profile.fields)
    changed = replace(profile, fields=fields)
    return changed, _turn(changed, field, Act.CHANGED, by)


def _turn(profile: Profile, field: Field, act: Act, by: Author) -> Turn:
    version = profile.version + 1
    gone = act is Act.REMOVED
    return Turn(
        # Derived from what it is a turn of, so that no id has to travel with the order.
        turn_id=f"{profile.person_id}:{version}",
        person_id=profile.person_id,
        version=version,
        field_id=field.field_id,
        kind=field.kind,
        act=act,
        text=None if gone else field.text,
        tags=() if gone else field.tags,
        visibility=field.visibility,
        written_by=field.written_by,
        by=by.person_id,
        at=by.at,
        why=by.why,
    )
