"""What does this profile say to me? Each entry with who sees it, in plain words, and where that rule came from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kit.auth import Caller
from kit.edge import Reader
from services.profile.domain.circles import Circle, FieldKind, Onlooker, Visibility, in_words, source_in_words
from services.profile.domain.profile_fields import Act, Field, Profile, Turn, shown_fields, shown_turns
from services.profile.store.growth import PROFILES
from services.profile.store.growth_finding import profile_of
from services.profile.views.onlookers import onlooker_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """One entry as somebody sees it. Who is named stands there for the learner and the entry's writer alone."""

    field_id: str
    kind: FieldKind
    text: str
    tags: tuple[str, ...]
    written_by: str
    written_at: datetime
    visible_to: str
    visible_because: str
    circles: tuple[Circle, ...]
    named_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProfile:
    """The entries of a profile that the caller may see."""

    person_id: str
    version: int
    fields: tuple[ShownField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTurn:
    """One change of a profile: who, when, why, and what was said from then on."""

    version: int
    field_id: str
    kind: FieldKind
    act: Act
    text: str | None
    tags: tuple[str, ...]
    visible_to: str
    by: str
    at: datetime
    why: str | None


async def my_view_of(reader: Reader, caller: Caller, person_id: str) -> ShownProfile:
    """The profile of this person as the caller may see it."""
    profile = await profile_of(reader[PROFILES], reader.district_id, person_id)
    onlooker = await onlooker_of(reader, caller, person_id)
    fields = tuple(shown_field(field, onlooker) for field in shown_fields(profile, onlooker))
    return ShownProfile(person_id=person_id, version=profile.version, fields=fields)


async def my_view_of_turns(reader: Reader, caller: Caller, person_id: str, turns: Iterable[Turn]) -> list[ShownTurn]:
    """Of these changes of one profile those that the caller may see."""
    profile = await profile_of(reader[PROFILES], reader.district_id, person_id)
    onlooker = await onlooker_of(reader, caller, person_id)
    return [_shown_turn(turn) for turn in shown_turns(turns, profile, onlooker)]


def shown_field(field: Field, onlooker: Onlooker) -> ShownField:
    """One entry for somebody who may see it."""
    visibility = field.visibility
    may_know = onlooker.is_learner or onlooker.person_id == field.written_by
    return ShownField(
        field_id=field.field_id,
        kind=field.kind,
        text=field.text,
        tags=field.tags,
        written_by=field.written_by,
        written_at=field.written_at,
        visible_to=in_words(visibility),
        visible_because=source_in_words(field.kind, visibility.source),
        circles=_circles(visibility),
        named_ids=visibility.named_ids if may_know else (),
    )


def field_as_writer_sees_it(profile: Profile, field_id: str, writer_id: str) -> ShownField:
    """The entry just written, for whoever wrote it."""
    field = next(field for field in profile.fields if field.field_id == field_id)
    return shown_field(field, Onlooker(writer_id, frozenset(), is_learner=writer_id == profile.person_id))


def _shown_turn(turn: Turn) -> ShownTurn:
    return ShownTurn(
        version=turn.version,
        field_id=turn.field_id,
        kind=turn.kind,
        act=turn.act,
        text=turn.text,
        tags=turn.tags,
        visible_to=in_words(turn.visibility),
        by=turn.by,
        at=turn.at,
        why=turn.why,
    )


def _circles(visibility: Visibility) -> tuple[Circle, ...]:
    return tuple(circle for circle in Circle if circle in visibility.circles)
