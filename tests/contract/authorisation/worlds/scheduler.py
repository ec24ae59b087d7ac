"""The scheduler's world: a school with a timetable, offers, one place taken and one waited for."""

from datetime import timedelta
from typing import Any

from contracts.gateway import DistrictOpened
from contracts.profile import SchoolListed
from kit.clock import now
from services.scheduler.api import API
from services.scheduler.subscriptions import SUBSCRIPTIONS
from tests.contract.authorisation.world import World, people_of
from tests.support.stage import District, Someone, Stage

__all__ = ["API", "build"]

BODIES: dict[str, Any] = {
    "POST /v1/schools/{school_id}/offers": {"title": "Chess"},
    "POST /v1/occurrences/{occurrence_id}/placements": {"student_id": "{person_id}"},
    "POST /v1/occurrences/{occurrence_id}/waitlist": {"student_id": "{person_id}"},
    "POST /v1/spaces/{space_id}/placements": {"student_id": "{person_id}", "block_id": "{block_id}"},
    "PUT /v1/occurrences/{occurrence_id}/roll": {
        "entries": [{"placement_id": "{placement_id}", "attendance": "present"}],
    },
    "POST /v1/offers/{offer_id}/occurrences": {"block_ids": ["{block_id}"]},
}


async def build(stage: Stage) -> World:
    """A district with one of everything, made through the office's own requests."""
    world = await people_of(stage, District.person)
    world.bodies = BODIES
    await _open(world)
    await _time(world)
    await _places(world)
    await _offers(world)
    await _placements(world)
    return world


async def _open(world: World) -> None:
    district_id, schools = world.district.district_id, (world.district.school_id, world.other_school_id)
    opened = DistrictOpened(district_id=district_id, time_zone="Europe/London")
    listed = [SchoolListed(district_id=district_id, school_id=school_id, active=True) for school_id in schools]
    for sequence, fact in enumerate([opened, *listed], start=1000):
        await world.stage.hear(SUBSCRIPTIONS, (fact, sequence))


async def _time(world: World) -> None:
    """A block a day for five days, from the Monday after this week on."""
    today = now().date()
    monday = today + timedelta(days=7 - today.weekday())
    office, school = world["administrator: school"], f"/v1/schools/{world.ids['school_id']}"
    world.everybodys |= {"monday": str(monday), "friday": str(monday + timedelta(days=4))}
    await office.put(f"{school}/calendar", {"time_zone": "Europe/London", "opens_days_ahead": 60})
    world.ids["period_id"] = await _made(office, f"{school}/periods", "period_id", name="First", from_on="2020-01-01")
    entries = [{"period_id": world.ids["period_id"], "starts": "08:30", "ends": "09:30"}]
    world.ids["pattern_id"] = await _made(
        office,
        f"{school}/day-patterns",
        "pattern_id",
        name="Every day",
        rotation_days=["A"],
        starts_on=str(monday),
        regular="regular",
        bells=[{"name": "regular", "entries": entries}],
    )
    asked = {"pattern_id": world.ids["pattern_id"], "from": str(monday), "to": str(monday + timedelta(days=4))}
    blocks = (await office.post(f"{school}/blocks", asked))["blocks"]
    world.ids |= {"block_id": blocks[0]["block_id"], "block_id:second": blocks[1]["block_id"]}
    world.ids["block_id:third"] = blocks[2]["block_id"]


async def _places(world: World) -> None:
    office, school = world["administrator: school"], f"/v1/schools/{world.ids['school_id']}"
    seats = {"legal_limit": 20, "target": 16, "own_work": True, "own_work_seats": 5}
    world.ids["space_id"] = await _made(office, f"{school}/spaces", "space_id", name="Library", **seats)
    world.ids["pool_id"] = await _made(office, f"{school}/equipment-pools", "pool_id", name="Saws", kind="saw", count=9)


async def _offers(world: World) -> None:
    """Hosted by two, of whom one has moved to another school since; a seat for one."""
    office, hosts = world["administrator: school"], ["educator: school-host", "educator: host"]
    path = f"/v1/schools/{world.ids['school_id']}/offers"
    world.ids["blocked_id"] = world["learner: class"].person_id
    offer = {"title": "Welding", "cap": 1, "eligibility": {"block": [world.ids["blocked_id"]]}}
    world.ids["offer_id"] = await _made(office, path, "offer_id", **offer, host_ids=[world[hosts[0]].person_id])
    for name, block in (("occurrence_id", "block_id:second"), ("occurrence_id:full", "block_id:third")):
        body = {"block_ids": [world.ids[block]]}
        answer = await office.post(f"/v1/offers/{world.ids['offer_id']}/occurrences", body)
        assert answer.status == 201, answer
        world.ids[name] = answer.body[0]["occurrence_id"]
    for name in ("offers", "occurrences"):
        changed = {"$set": {"host_ids": [world[host].person_id for host in hosts]}}
        await world.stage.store.mongo.database[name].update_many({"district_id": world.ids["district_id"]}, changed)


async def _placements(world: World) -> None:
    learner, other = world["learner: own"], world["learner: school"]
    world.ids["placement_id"] = await _place(learner, world.ids["occurrence_id"])
    await _place(other, world.ids["occurrence_id:full"])
    path = f"/v1/occurrences/{world.ids['occurrence_id:full']}/waitlist"
    world.ids["entry_id"] = await _made(learner, path, "entry_id", student_id=learner.person_id)


async def _place(learner: Someone, occurrence_id: str) -> str:
    path = f"/v1/occurrences/{occurrence_id}/placements"
    return await _made(learner, path, "placement_id", student_id=learner.person_id)


async def _made(by: Someone, path: str, id_name: str, **body: Any) -> str:
    answer = await by.post(path, body)
    assert answer.status == 201, answer
    return str(answer.body[id_name])
