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
NUMBERS = ("first", "second", "third", "fourth", "fifth")

BODIES: dict[str, Any] = {
    "POST /v1/schools/{school_id}/offers": {"title": "Chess"},
    "POST /v1/occurrences/{occurrence_id}/placements": {"student_id": "{person_id}"},
    "POST /v1/occurrences/{occurrence_id}/waitlist": {"student_id": "{person_id}"},
    "POST /v1/spaces/{space_id}/placements": {"student_id": "{person_id}", "block_id": "{block_id}"},
    "PUT /v1/occurrences/{occurrence_id}/roll": {
        "entries": [{"placement_id": "{placement_id}", "attendance": "present"}],
    },
    "POST /v1/offers/{offer_id}/occurrences": {"block_ids": ["{block_id}"]},
    "POST /v1/schools/{school_id}/rounds": {
        "title": "Fridays",
        "closes_at": "{soon}",
        "block_ids": ["{block_id:fourth}"],
    },
    "POST /v1/rounds/{round_id}/publish": {"run_id": "{run_id}"},
    "PUT /v1/people/{person_id}/rounds/{round_id}/ranking": {
        "blocks": [{"block_id": "{block_id:fifth}", "calm": True}]
    },
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
    await _round(world)
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
    world.ids |= {f"block_id:{name}": blocks[number]["block_id"] for number, name in enumerate(NUMBERS) if number > 1}


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


async def _round(world: World) -> None:
    """Friday's sessions are given out by a round: a student has ranked, and a run is asked for."""
    office, learner = world["administrator: school"], world["learner: own"]
    world.everybodys["soon"] = (now() + timedelta(hours=1)).isoformat()
    for block in ("block_id:fourth", "block_id:fifth"):
        answer = await office.post(
            f"/v1/offers/{world.ids['offer_id']}/occurrences", {"block_ids": [world.ids[block]], "cap": 3}
        )
        assert answer.status == 201, answer
    wanted = {"title": "Fridays", "closes_at": world.everybodys["soon"], "block_ids": [world.ids["block_id:fifth"]]}
    path = f"/v1/schools/{world.ids['school_id']}/rounds"
    world.ids["round_id"] = await _made(office, path, "round_id", **wanted)
    ranking = {"blocks": [{"block_id": world.ids["block_id:fifth"], "calm": True}]}
    ranked = f"/v1/people/{learner.person_id}/rounds/{world.ids['round_id']}/ranking"
    assert (await learner.put(ranked, ranking)).status == 200
    asked = await office.post(f"/v1/rounds/{world.ids['round_id']}/runs", {})
    world.ids["run_id"] = asked["run_id"]


async def _place(learner: Someone, occurrence_id: str) -> str:
    path = f"/v1/occurrences/{occurrence_id}/placements"
    return await _made(learner, path, "placement_id", student_id=learner.person_id)


async def _made(by: Someone, path: str, id_name: str, **body: Any) -> str:
    answer = await by.post(path, body)
    assert answer.status == 201, answer
    return str(answer.body[id_name])
