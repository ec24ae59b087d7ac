"""A learner's profile, over HTTP: its entries, who sees each, and how it changed."""

from collections.abc import Iterable

from fastapi import Response
from pydantic import Field

from kit.conditions import IfMatch, StaleVersion, etag
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import Edge, EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Line, Paragraphs, Tag
from services.profile.actions.write_profile import (
    RemoveField,
    ShareField,
    WriteField,
    add_field,
    remove_field,
    set_interests,
    set_ways_of_learning,
    share_field,
)
from services.profile.domain.circles import Circle, FieldKind, NamedNotStaff
from services.profile.domain.people import NoSuchPerson
from services.profile.domain.profile_fields import (
    NoSuchField,
    NotYourEntry,
    Profile,
    TooManyFields,
    UnknownTags,
    WayOfLearning,
    single_field_id,
)
from services.profile.routes.growth_policies import PROFILE_READERS, learner_at, learner_or_teacher_at, person_asked
from services.profile.store.growth import PROFILE_TURNS, TURN
from services.profile.views.profiles import (
    ShownField,
    ShownProfile,
    ShownTurn,
    field_as_writer_sees_it,
    my_view_of,
    my_view_of_turns,
)

routes = Routes(prefix="/v1/people/{person_id}", tags=["profile"])
MINE = learner_at(person_asked)
MINE_OR_TEACHER = learner_or_teacher_at(person_asked)


class Shared(Body):
    """Who may see an entry: people by id (staff of the learner's school), and circles; none said: the default."""

    visible_to: tuple[Id, ...] = Field((), max_length=20)
    circles: tuple[Circle, ...] | None = Field(None, max_length=6)
    why: Line | None = None


class InterestsWanted(Shared):
    """What I am drawn to: tags of the district's list, and my own words."""

    tags: tuple[Tag, ...] = Field((), max_length=30)
    own_words: Paragraphs | None = None


class WaysWanted(Shared):
    """How I like to learn, and my own words."""

    ways: tuple[WayOfLearning, ...] = Field((), max_length=5)
    own_words: Paragraphs | None = None


class EntryWanted(Shared):
    """A strength or a need, in words."""

    text: Paragraphs


@routes.get("/profile", policy=PROFILE_READERS, refuses=[NoSuchPerson])
async def get_profile(person_id: Id, edge: EdgeDep, response: Response) -> ShownProfile:
    """What this profile says to you: each entry you may see, who else may, and where that rule came from."""
    shown = await my_view_of(edge.reader, edge.caller, person_id)
    # No 304 for it: who may see what depends on classes and projects as well, which this version does not know.
    response.headers["etag"] = etag(shown.version)
    return shown


@routes.get("/profile/history", policy=PROFILE_READERS, refuses=[NoSuchPerson, StaleCursor])
async def get_profile_history(person_id: Id, ask: PageAskDep, edge: EdgeDep) -> Page[ShownTurn]:
    """How the profile changed, latest first: who, when and why. A page may be short where you may see less."""
    order = Keyset(("-version", "-_id"))
    page = await edge.page(ask, edge.reader[PROFILE_TURNS], {"person_id": person_id}, order, TURN.unpack)
    shown = await my_view_of_turns(edge.reader, edge.caller, person_id, page.items)
    return Page(items=shown, next_cursor=page.next_cursor)


@routes.put("/interests", policy=MINE, refuses=[NoSuchPerson, UnknownTags, NamedNotStaff, StaleVersion])
async def put_interests(person_id: Id, body: InterestsWanted, expected: IfMatch, edge: EdgeDep) -> ShownField:
    """Say what you are drawn to; it replaces what you said before."""
    order = _single(edge, person_id, FieldKind.INTERESTS, body, body.tags, body.own_words, expected)
    return _answer(edge, await edge.act(set_interests, order), order.field_id)


@routes.put("/ways-of-learning", policy=MINE, refuses=[NoSuchPerson, NamedNotStaff, StaleVersion])
async def put_ways_of_learning(person_id: Id, body: WaysWanted, expected: IfMatch, edge: EdgeDep) -> ShownField:
    """Say how you like to learn; it replaces what you said before."""
    ways = [way.value for way in body.ways]
    order = _single(edge, person_id, FieldKind.WAYS_OF_LEARNING, body, ways, body.own_words, expected)
    return _answer(edge, await edge.act(set_ways_of_learning, order), order.field_id)


@routes.post(
    "/strengths", policy=MINE_OR_TEACHER, refuses=[NoSuchPerson, TooManyFields, NamedNotStaff], status_code=201
)
async def post_strength(person_id: Id, body: EntryWanted, edge: EdgeDep) -> ShownField:
    """Add a strength. A teacher's entry is marked as theirs."""
    return await _add(edge, person_id, FieldKind.STRENGTH, body)


@routes.post("/needs", policy=MINE_OR_TEACHER, refuses=[NoSuchPerson, TooManyFields, NamedNotStaff], status_code=201)
async def post_need(person_id: Id, body: EntryWanted, edge: EdgeDep) -> ShownField:
    """Add a need, such as an accommodation. Unless said otherwise, the staff you name see it and nobody else."""
    return await _add(edge, person_id, FieldKind.NEED, body)


@routes.delete(
    "/strengths/{field_id}",
    policy=MINE_OR_TEACHER,
    refuses=[NoSuchPerson, NoSuchField, NotYourEntry],
    status_code=204,
    response_class=Response,
)
async def delete_strength(person_id: Id, field_id: Id, edge: EdgeDep) -> None:
    """Take out a strength: the learner any, a teacher their own."""
    await _remove(edge, person_id, FieldKind.STRENGTH, field_id)


@routes.delete(
    "/needs/{field_id}",
    policy=MINE_OR_TEACHER,
    refuses=[NoSuchPerson, NoSuchField, NotYourEntry],
    status_code=204,
    response_class=Response,
)
async def delete_need(person_id: Id, field_id: Id, edge: EdgeDep) -> None:
    """Take out a need: the learner any, a teacher their own."""
    await _remove(edge, person_id, FieldKind.NEED, field_id)


@routes.put(
    "/profile/fields/{field_id}/visibility",
    policy=MINE_OR_TEACHER,
    refuses=[NoSuchPerson, NoSuchField, NotYourEntry, NamedNotStaff],
)
async def put_visibility(person_id: Id, field_id: Id, body: Shared, edge: EdgeDep) -> ShownField:
    """Choose anew who sees an entry; no circles and nobody named: the default of its kind."""
    order = ShareField(
        person_id=person_id,
        field_id=field_id,
        circles=body.circles,
        named_ids=body.visible_to,
        by=edge.caller.caller_id,
        why=body.why,
    )
    return _answer(edge, await edge.act(share_field, order), field_id)


async def _add(edge: Edge, person_id: str, kind: FieldKind, body: EntryWanted) -> ShownField:
    order = WriteField(
        person_id=person_id,
        field_id=edge.new_id(kind.value),
        kind=kind,
        text=body.text,
        circles=body.circles,
        named_ids=body.visible_to,
        by=edge.caller.caller_id,
        why=body.why,
    )
    profile = await edge.act(add_field, order)
    # The newest entry, not the one with the id above: a repeated request is answered as it was the first time.
    return _answer(edge, profile, profile.fields[-1].field_id)


async def _remove(edge: Edge, person_id: str, kind: FieldKind, field_id: str) -> None:
    order = RemoveField(person_id=person_id, field_id=field_id, kind=kind, by=edge.caller.caller_id)
    await edge.act(remove_field, order)


def _single(
    edge: Edge,
    person_id: str,
    kind: FieldKind,
    body: Shared,
    tags: Iterable[str],
    own_words: str | None,
    expected: int | None,
) -> WriteField:
    return WriteField(
        person_id=person_id,
        field_id=single_field_id(person_id, kind),
        kind=kind,
        text=own_words or "",
        tags=tuple(dict.fromkeys(tags)),
        circles=body.circles,
        named_ids=body.visible_to,
        by=edge.caller.caller_id,
        why=body.why,
        version=expected,
    )


def _answer(edge: Edge, profile: Profile, field_id: str) -> ShownField:
    edge.tag(profile.version)
    return field_as_writer_sees_it(profile, field_id, edge.caller.caller_id)
