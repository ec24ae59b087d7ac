"""Profile's world: people with names, and a learner's goal, needs, evidence and all the rest."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from contracts.community import ProjectMemberJoined, ProjectPartnerJoined
from contracts.profile import RoleHeld
from kit.envelope import Trace
from kit.ids import new_id
from kit.transaction import Transaction
from services.profile.api import API
from services.profile.domain.erasure import Erasure
from services.profile.domain.people import Names, Person, School, SchoolClass
from services.profile.domain.rosters import Roster, RosterState
from services.profile.store.erasures import ERASURE, ERASURES
from services.profile.store.people import CLASS, CLASSES, PEOPLE, SCHOOL, SCHOOLS, pack_person
from services.profile.store.rosters import ROSTER, ROSTERS
from services.profile.subscriptions import SUBSCRIPTIONS
from tests.contract.authorisation.world import World, people_of
from tests.support.stage import District, Someone, Stage

__all__ = ["API", "build"]

THEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
BODIES: dict[str, Any] = {
    "POST /v1/people/partner-contacts": {
        "school_id": "{school_id}",
        "given_name": "Ana",
        "family_name": "Sol",
        "email": "ana@example.org",
    },
    "POST /v1/names": {"ids": ["{person_id}"]},
    "POST /v1/people/{person_id}/forget": {"reason_code": "asked"},
    "POST /v1/people/{person_id}/strengths": {"text": "Welding"},
    "POST /v1/people/{person_id}/needs": {"text": "A quiet seat"},
    "POST /v1/people/{person_id}/goals": {"words": "A trailer", "why": "For the drums"},
    "POST /v1/goals/{goal_id}/target-proposals": {"target_id": "{target_id}", "reason": "It fits"},
    "POST /v1/target-proposals/{proposal_id}/answer": {"accepted": True},
    "POST /v1/people/{person_id}/evidence": {"skill": "empathy", "kind": "observation", "text": "She listened"},
    "POST /v1/evidence/{evidence_id}/answer": {"accepted": True},
}


async def build(stage: Stage) -> World:
    """A district with one of everything."""
    world = await people_of(stage, enrol)
    world.bodies = BODIES
    await _schools(world)
    await _projects(world)
    await _profile(world)
    await _goal(world)
    await _office(world)
    return world


async def enrol(
    district: District,
    role: str,
    at: str | None = None,
    *,
    classes: Sequence[str] = (),
    teaches: Sequence[str] = (),
    wards: Sequence[str] = (),
) -> Someone:
    """Somebody of the district, in profile's own people."""
    organisation = at or district.school_id
    person = Person(
        person_id=new_id("person"),
        version=0,
        names=Names("Given", "Family"),
        roles=(RoleHeld(role, organisation),),
        class_ids=tuple(classes),
        teaches_class_ids=tuple(teaches),
        ward_ids=tuple(wards),
    )

    async def save(tx: Transaction) -> None:
        tx[PEOPLE].save(pack_person(person))

    await district.stage.store.transact(district.district_id, Trace(new_id("corr")), save)
    return district.someone(person.person_id, role, organisation)


async def _schools(world: World) -> None:
    for school_id in (world.ids["school_id"], world.other_school_id):
        school = School(school_id=school_id, version=0, source_id=school_id, name="A school")
        await world.put(SCHOOLS, SCHOOL.pack(school))
    taught = SchoolClass(
        class_id=world.ids["class_id"],
        version=0,
        source_id=world.ids["class_id"],
        school_id=world.ids["school_id"],
        title="Her class",
        kind="homeroom",
    )
    await world.put(CLASSES, CLASS.pack(taught))


async def _projects(world: World) -> None:
    """The partner works with the learner on a project."""
    place = {"district_id": world.ids["district_id"], "project_id": new_id("project")}
    contacts = tuple(world[who].person_id for who in ("partner: partner", "partner: contact"))
    joined = ProjectPartnerJoined(
        **place, school_id=world.ids["school_id"], partner_id=new_id("partner"), contact_ids=contacts
    )
    member = ProjectMemberJoined(
        **place, school_id=world.ids["school_id"], person_id=world.ids["person_id"], team_size=1
    )
    await world.stage.hear(SUBSCRIPTIONS, (joined, 1), (member, 2))


async def _profile(world: World) -> None:
    """Needs: one with people named, one with nobody; strengths: one for partners too, one taken out again."""
    learner, path = world["learner: own"], f"/v1/people/{world.ids['person_id']}"
    named = [world[who].person_id for who in ("educator: named", "administrator: named")]
    need = await learner.post(f"{path}/needs", {"text": "her-need", "visible_to": named})
    other = await learner.post(f"{path}/needs", {"text": "her-other-need"})
    strength = await learner.post(f"{path}/strengths", {"text": "her-strength"})
    shared = {"text": "her-partner-words", "circles": ["project-partners"]}
    assert (await learner.post(f"{path}/strengths", shared)).status == 201
    gone = await learner.post(f"{path}/strengths", {"text": "her-gone-strength"})
    assert (await learner.delete(f"{path}/strengths/{gone['field_id']}")).status == 204
    world.ids |= {"field_id": strength["field_id"], "field_id:need": need["field_id"]}
    assert other.status == 201


async def _goal(world: World) -> None:
    learner, teacher = world["learner: own"], world["educator: class"]
    goal = {"words": "A trailer", "why": "For the drums", "steps": [{"words": "Draw it"}]}
    written = await learner.post(f"/v1/people/{learner.person_id}/goals", goal)
    world.ids |= {"goal_id": written["goal_id"], "step_id": written["steps"][0]["step_id"]}
    target = await world["administrator: office"].post("/v1/targets", {"code": "MA.7", "text": "Measures with care"})
    world.ids["target_id"] = target["target_id"]
    other = await world["administrator: office"].post("/v1/targets", {"code": "MA.8", "text": "Measures twice"})
    path = f"/v1/goals/{world.ids['goal_id']}/target-proposals"
    proposed = await teacher.post(path, {"target_id": other["target_id"], "reason": "It fits"})
    world.ids["proposal_id"] = proposed["proposal_id"]
    work = {"skill": "empathy", "kind": "text", "text": "What I learned"}
    handed_in = await learner.post(f"/v1/people/{learner.person_id}/evidence", work)
    world.ids["evidence_id"] = handed_in["evidence_id"]


async def _office(world: World) -> None:
    """A roster that waits, and somebody who was forgotten before."""
    roster = Roster(
        roster_id=new_id("roster"),
        version=0,
        state=RosterState.UPLOADED,
        uploaded_by=world["administrator: office"].person_id,
        uploaded_at=THEN,
        size_bytes=0,
        chunks=0,
        correlation_id=new_id("corr"),
    )
    erasure = Erasure(
        erasure_id=new_id("erasure"),
        version=0,
        person_id=new_id("person"),
        asked_by=world["administrator: office"].person_id,
        asked_at=THEN,
        reason_code="asked",
        removed={},
        answered_at=THEN,
    )
    await world.put(ROSTERS, ROSTER.pack(roster))
    await world.put(ERASURES, ERASURE.pack(erasure))
    world.ids |= {"roster_id": roster.roster_id, "erasure_id": erasure.erasure_id}
