"""The pages that several services make together, over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from contracts.people import Role
from kit.http import PeerUnavailable
from kit.policy import CLASS, FAMILY, OWN, SCHOOL, Policy, myself, organisation_in, person_in
from kit.problems import NoSuchMember
from kit.request import Edge, EdgeDep
from kit.routes import Routes
from kit.texts import Id
from services.gateway.composition.growth_story import compose_growth_story
from services.gateway.composition.home import compose_family, compose_home, compose_office, compose_teaching
from services.gateway.composition.parts import Gathered, server_timing
from services.gateway.composition.peers import PartRefused, Peers
from services.gateway.composition.today import next_step, now_and_next
from services.gateway.routes.inbox import NoticeShown, shown
from services.gateway.views.inbox import district_clock, unread_of

routes = Routes(prefix="/v1", tags=["home"])
THEIR_PAGE = Policy(
    (Role.LEARNER, OWN),
    (Role.GUARDIAN, FAMILY),
    (Role.EDUCATOR, CLASS),
    (Role.ADMINISTRATOR, SCHOOL),
    scope="profile.read",
    subject=person_in("person_id"),
)


class MissingPart(BaseModel):
    """A part that is not in this answer, why, and after how many seconds to ask again (null: asking will not help)."""

    part: str
    why: str
    code: str
    retry_after: int | None


class InboxPart(BaseModel):
    """What was not read yet: how many notices (counted up to a hundred), and the newest few."""

    unread: int
    newest: Sequence[NoticeShown]


class Home(BaseModel):
    """A student's page. Each part is as its service gives it; null where it stands under `missing`.

    `now`, `next`: the place that holds now and the next of this week; `next_step`: the step of an open goal to do next,
    by the learner's own dates; `proposals`: targets that wait for an answer; `inbox`: for the student alone.
    """

    person: dict[str, Any]
    goals: dict[str, Any]
    week: dict[str, Any] | None
    projects: dict[str, Any] | None
    proposals: dict[str, Any] | None
    inbox: InboxPart | None
    now: dict[str, Any] | None
    next: dict[str, Any] | None
    next_step: dict[str, Any] | None
    names: dict[str, str]
    missing: list[MissingPart]
    as_of: datetime


class Child(BaseModel):
    """One child of a family. `week` as the scheduler gives it; null where it is away, or has not heard of the child."""

    person_id: str
    week: dict[str, Any] | None
    now: dict[str, Any] | None
    next: dict[str, Any] | None


class FamilyHome(BaseModel):
    """A guardian's page: every child with this week, where they are `now` and what comes `next` in it."""

    children: list[Child]
    names: dict[str, str]
    missing: list[MissingPart]
    as_of: datetime


class TeachingHome(BaseModel):
    """A teacher's page: what they host today, evidence that waits for them (one page of it), and their inbox."""

    hosted: dict[str, Any] | None
    evidence_waiting: dict[str, Any] | None
    inbox: InboxPart | None
    names: dict[str, str]
    missing: list[MissingPart]
    as_of: datetime


class OfficeHome(BaseModel):
    """An office's page: what waits for approval, today's blocks, and for the district's office the latest roster."""

    approvals: dict[str, Any] | None
    blocks: dict[str, Any] | None
    roster: dict[str, Any] | None
    inbox: InboxPart | None
    missing: list[MissingPart]
    as_of: datetime


class GrowthStory(BaseModel):
    """A learner's growth, with the reflections (by id) that the caller may read."""

    growth: dict[str, Any]
    reflections: dict[str, Any]
    names: dict[str, str]
    missing: list[MissingPart]
    as_of: datetime


@routes.get("/home", policy=THEIR_PAGE, refuses=[PeerUnavailable, PartRefused, NoSuchMember])
async def get_home(edge: EdgeDep, person_id: Annotated[Id | None, Query()] = None) -> Home:
    """A student's page: now and next, what waits for an answer, goals, week and projects. Others say whose it is."""
    whose = person_id or edge.caller.caller_id
    own = _inbox(edge) if whose == edge.caller.caller_id else None
    home = await compose_home(Peers.of(edge), whose, own)
    now, following = now_and_next(home.values.get("week"), edge.now)
    return Home(
        person=home.values["person"],
        goals=home.values["goals"],
        week=home.values.get("week"),
        projects=home.values.get("projects"),
        proposals=home.values.get("proposals"),
        inbox=home.values.get("inbox"),
        now=now,
        next=following,
        next_step=next_step(home.values["goals"]["items"]),
        names=home.values.get("names", {}),
        missing=_missing(edge, home),
        as_of=edge.now,
    )


@routes.get(
    "/family",
    policy=Policy((Role.GUARDIAN, OWN), scope="profile.read", subject=myself),
    refuses=[PeerUnavailable, PartRefused, NoSuchMember],
)
async def get_family(edge: EdgeDep) -> FamilyHome:
    """A guardian's page: who their children are to profile, and the week of each as far as the scheduler has it."""
    home = await compose_family(Peers.of(edge), edge.caller.caller_id)
    weeks = {week["person_id"]: week for week in home.values.get("weeks", {"items": []})["items"]}
    return FamilyHome(
        children=[_child(edge, ward, weeks.get(ward)) for ward in home.values["me"]["ward_ids"]],
        names=home.values["names"],
        missing=_missing(edge, home),
        as_of=edge.now,
    )


@routes.get("/home/teaching", policy=Policy((Role.EDUCATOR, OWN), scope="schedule.read", subject=myself))
async def get_teaching_home(edge: EdgeDep) -> TeachingHome:
    """A teacher's page: today's occurrences with their rolls, evidence that waits, and what they were told."""
    today = edge.now.astimezone(await district_clock(edge.reader)).date()
    home = await compose_teaching(Peers.of(edge), edge.caller.caller_id, today, _inbox(edge))
    return TeachingHome(
        hosted=home.values.get("hosted"),
        evidence_waiting=home.values.get("evidence_waiting"),
        inbox=home.values.get("inbox"),
        names=home.values.get("names", {}),
        missing=_missing(edge, home),
        as_of=edge.now,
    )


@routes.get(
    "/home/office",
    policy=Policy((Role.ADMINISTRATOR, SCHOOL), scope="schedule.read", subject=organisation_in("school_id")),
)
async def get_office_home(school_id: Id, edge: EdgeDep) -> OfficeHome:
    """A school office's page: what waits for its word, today's blocks, and the latest roster where it is theirs."""
    today = edge.now.astimezone(await district_clock(edge.reader)).date()
    district_wide = any(held.organisation_id == edge.district_id for held in edge.caller.roles)
    home = await compose_office(Peers.of(edge), school_id, today, _inbox(edge), reads_rosters=district_wide)
    return OfficeHome(
        approvals=home.values.get("approvals"),
        blocks=home.values.get("blocks"),
        roster=home.values.get("roster"),
        inbox=home.values.get("inbox"),
        missing=_missing(edge, home),
        as_of=edge.now,
    )


@routes.get("/people/{person_id}/growth-story", policy=THEIR_PAGE, refuses=[PeerUnavailable, PartRefused, NoSuchMember])
async def get_growth_story(person_id: Id, edge: EdgeDep) -> GrowthStory:
    """How a learner's skills grew, piece by piece, with the learner's own words."""
    story = await compose_growth_story(Peers.of(edge), person_id)
    return GrowthStory(
        growth=story.values["growth"],
        reflections=story.values.get("reflections", {}),
        names=story.values.get("names", {}),
        missing=_missing(edge, story),
        as_of=edge.now,
    )


def _child(edge: Edge, person_id: str, week: dict[str, Any] | None) -> Child:
    now, following = now_and_next(week, edge.now)
    return Child(person_id=person_id, week=week, now=now, next=following)


async def _inbox(edge: Edge) -> InboxPart:
    unread = await unread_of(edge.reader, edge.caller.caller_id)
    return InboxPart(unread=unread.count, newest=[shown(notice, unread.clock) for notice in unread.newest])


def _missing(edge: Edge, page: Gathered) -> list[MissingPart]:
    edge.visit.answer_headers["server-timing"] = server_timing(page.took_ms)
    return [MissingPart.model_validate(part, from_attributes=True) for part in page.missing]
