"""The pages that several services make together, over HTTP."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from contracts.people import Role
from kit.http import PeerUnavailable
from kit.policy import CLASS, FAMILY, OWN, SCHOOL, Policy, person_in
from kit.problems import NoSuchMember
from kit.request import Edge, EdgeDep
from kit.routes import Routes
from kit.texts import Id
from services.gateway.composition.growth_story import compose_growth_story
from services.gateway.composition.home import compose_home
from services.gateway.composition.parts import Gathered, server_timing
from services.gateway.composition.peers import PartRefused, Peers

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


class Home(BaseModel):
    """A student's page. Each part is as its service gives it; null where it stands under `missing`."""

    person: dict[str, Any]
    goals: dict[str, Any]
    week: dict[str, Any] | None
    projects: dict[str, Any] | None
    names: dict[str, str]
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
    """A student's page: who they are, goals, week and projects. Family and teachers say whose with `person_id`."""
    home = await compose_home(Peers.of(edge), person_id or edge.caller.caller_id)
    return Home(
        person=home.values["person"],
        goals=home.values["goals"],
        week=home.values.get("week"),
        projects=home.values.get("projects"),
        names=home.values.get("names", {}),
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


def _missing(edge: Edge, page: Gathered) -> list[MissingPart]:
    edge.visit.answer_headers["server-timing"] = server_timing(page.took_ms)
    return [MissingPart.model_validate(part, from_attributes=True) for part in page.missing]
