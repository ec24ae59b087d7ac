"""Community's world: a partner, a project in every standing's hands, hours and reflections."""

from datetime import UTC, datetime
from typing import Any

from kit.ids import new_id
from services.community.api import API
from services.community.domain.hours import Hours, HoursState
from services.community.domain.partners import Paper, Partner
from services.community.domain.projects import Member, Project, State, Turn
from services.community.domain.reflections import Reflection, Shared
from services.community.store.collections import (
    HOURS,
    HOURS_RECORD,
    PARTNER,
    PARTNERS,
    PROJECT,
    PROJECTS,
    REFLECTION,
    REFLECTIONS,
)
from tests.contract.authorisation.standings import Case
from tests.contract.authorisation.world import World, people_of
from tests.support.stage import District, Someone, Stage

__all__ = ["API", "build"]

THEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
PROPOSAL = {"title": "A bench", "question": "Where can people sit?", "skills": ["empathy"], "school_id": "{school_id}"}
BODIES: dict[str, Any] = {
    "POST /v1/partners": {"name": "Guild", "school_ids": ["{school_id}"]},
    "POST /v1/partners/{partner_id}/papers": {"kind": "other", "expires_on": "2099-01-01"},
    "POST /v1/projects": PROPOSAL,
    "POST /v1/projects/{project_id}/partner": {"partner_id": "{partner_id}"},
    "POST /v1/projects/{project_id}/members": {"person_id": "{person_id}"},
    "POST /v1/projects/{project_id}/hours": {
        "starts_at": "2026-03-02T09:00:00Z",
        "ends_at": "2026-03-02T10:00:00Z",
        "what": "Sawing",
        "where": "Workshop",
    },
    "POST /v1/projects/{project_id}/reflections": {"skill": "empathy", "text": "I listened."},
    "POST /v1/hours/{hours_id}/verify": {"outcome": "confirm"},
    "POST /v1/hours/{hours_id}/approve": {"approved": True},
    "POST /v1/reflections/lookup": {"ids": ["{private}", "{team}", "{public}"]},
}


async def build(stage: Stage) -> World:
    """A district with one of everything."""
    world = await people_of(stage, District.person)
    world.bodies = BODIES
    await _partner(world)
    await _projects(world)
    await _hours(world)
    await _reflections(world)
    return world


async def _partner(world: World) -> None:
    paper_id, partner_id = new_id("paper"), new_id("partner")
    partner = Partner(
        partner_id=partner_id,
        version=0,
        district_id=world.district.district_id,
        name="Carpenters",
        themes=(),
        offers="-",
        languages=(),
        school_ids=(world.district.school_id,),
        contact_ids=_contacts(world),
        papers=(Paper(paper_id=paper_id, kind="other", expires_on=datetime(2099, 1, 1, tzinfo=UTC).date()),),
        added_by=world["educator: school"].person_id,
    )
    await world.put(PARTNERS, PARTNER.pack(partner))
    world.ids |= {"partner_id": partner_id, "paper_id": paper_id}


def _contacts(world: World) -> tuple[str, ...]:
    return tuple(world[who].person_id for who in ("partner: partner", "partner: contact"))


async def _projects(world: World) -> None:
    """One that runs and one that waits for the school; the same again for each who proposes; one with the learner."""
    learner, mate = world["learner: own"], world["learner: team"]
    stranger = new_id("person")
    for state, name in ((State.RUNNING, "project_id"), (State.PROPOSED, "project_id:proposed")):
        world.ids[name] = await _project(world, stranger, state, mate)
        for case, one in world.people.items():
            if case.standing == "proposer":
                mine = await _project(world, one.person_id, state, mate)
                world.ids_of.setdefault(case, {})[name] = mine
    world.ids["project_id:theirs"] = await _project(world, stranger, State.RUNNING, learner)


async def _project(world: World, proposed_by: str, state: State, member: Someone) -> str:
    project = Project(
        project_id=new_id("project"),
        version=0,
        district_id=world.district.district_id,
        school_id=world.district.school_id,
        title="A bench",
        question="Where can people sit?",
        skills=("empathy",),
        tags=(),
        target_ids=(),
        team_min=1,
        team_max=9,
        ends_on=None,
        proposed_by=proposed_by,
        proposed_at=THEN,
        state=state,
        partner_id=world.ids["partner_id"],
        contact_ids=_contacts(world),
        members=(Member(member.person_id, THEN),),
        turns=(Turn(State.RETURNED, by=proposed_by, at=THEN, comment="what-the-school-said"),),
    )
    await world.put(PROJECTS, PROJECT.pack(project))
    return project.project_id


async def _hours(world: World) -> None:
    hours = Hours(
        hours_id=new_id("hours"),
        version=0,
        district_id=world.district.district_id,
        project_id=world.ids["project_id:theirs"],
        school_id=world.district.school_id,
        person_id=world.people[Case("learner", "own")].person_id,
        contact_ids=_contacts(world),
        starts_at=THEN,
        ends_at=THEN.replace(hour=10),
        minutes=60,
        what="Sawing",
        where="Workshop",
        state=HoursState.LOGGED,
        logged_at=THEN,
    )
    await world.put(HOURS, HOURS_RECORD.pack(hours))
    world.ids["hours_id"] = hours.hours_id


async def _reflections(world: World) -> None:
    """The learner's, on a project that her teammate is in too: private, for the team, public."""
    for shared in Shared:
        reflection = Reflection(
            reflection_id=new_id("reflection"),
            version=0,
            district_id=world.district.district_id,
            project_id=world.ids["project_id"],
            school_id=world.district.school_id,
            person_id=world["learner: own"].person_id,
            skill="empathy",
            text=f"{shared.value}-words",
            shared_with=shared,
            written_at=THEN,
        )
        await world.put(REFLECTIONS, REFLECTION.pack(reflection))
        world.ids[shared.value] = reflection.reflection_id
