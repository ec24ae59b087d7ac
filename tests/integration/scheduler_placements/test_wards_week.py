"""The weeks of a guardian's children over HTTP: all in one answer, and nobody else's."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from pymongo import MongoClient

from contracts.gateway import DistrictOpened
from contracts.listing import remember_person
from contracts.profile import PersonListed, RoleHeld
from deploy.local.mongo import Mongo
from services.scheduler.subscriptions import SUBSCRIPTIONS
from tests.integration.scheduler_placements.timetable import DAY, Timetable, book, wait
from tests.support.stage import Answer, Someone

OF = f"of={DAY.date()}"
Profiled = Callable[[str], AbstractAsyncContextManager[dict[str, list[str]]]]


@pytest.fixture
def profiled(mongod: Mongo, timetable: Timetable) -> Profiled:
    """Watch what is asked of the store about a district: once it is over, the plans of the queries by collection."""

    @asynccontextmanager
    async def watch(district_id: str) -> AsyncIterator[dict[str, list[str]]]:
        plans: dict[str, list[str]] = defaultdict(list)
        with MongoClient[dict[str, Any]](mongod.admin_url) as client:
            database = client[timetable.district.stage.store.mongo.database.name]
            database.command("profile", 2)
            try:
                yield plans
            finally:
                database.command("profile", 0)
            for one in database["system.profile"].find({"command.filter.district_id": district_id}):
                plans[one["ns"].rpartition(".")[2]].append(one["planSummary"])
            # The service's own user may not read it, and other tests look into every collection there is.
            database.drop_collection("system.profile")

    return watch


async def weeks_of(guardian: Someone, of: Someone | None = None, query: str = OF) -> Answer:
    return await guardian.get(f"/v1/people/{(of or guardian).person_id}/wards/week?{query}")


def without_moment(week: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in week.items() if name != "as_of"}


async def listed(timetable: Timetable, guardian: Someone, *, active: bool = True, wards: tuple[str, ...] = ()) -> None:
    """Tell the scheduler who this guardian is by now."""
    district = timetable.district
    district.clock += 1
    fact = PersonListed(
        district_id=district.district_id,
        person_id=guardian.person_id,
        roles=(RoleHeld("guardian", district.school_id),),
        class_ids=(),
        teaches_class_ids=(),
        ward_ids=wards,
        grades=(),
        active=active,
    )
    await district.stage.hear({PersonListed.TYPE: (PersonListed, remember_person)}, (fact, district.clock))


async def test_every_child_has_the_week_that_the_childs_own_page_shows(timetable: Timetable) -> None:
    maya, ben, ada, stranger = [await timetable.student() for _ in range(4)]
    pottery, full = await timetable.session(2, 9), await timetable.session(1, 11)
    for student, session in ((maya, pottery), (ben, pottery), (stranger, full)):
        assert (await book(student, session)).status == 201
    await wait(ben, full)
    await wait(maya, full)
    guardian = await timetable.district.person("guardian", wards=[one.person_id for one in (maya, ben, ada)])
    items = (await weeks_of(guardian))["items"]
    assert [one["person_id"] for one in items] == sorted(one.person_id for one in (maya, ben, ada))
    for student in (maya, ben, ada):
        own = await guardian.get(f"/v1/people/{student.person_id}/week?{OF}")
        [found] = [one for one in items if one["person_id"] == student.person_id]
        assert without_moment(found) == without_moment(own.body)
    standing = {one["person_id"]: [each["position"] for each in one["waiting"]] for one in items}
    assert standing == {maya.person_id: [2], ben.person_id: [1], ada.person_id: []}
    assert {one["person_id"]: len(one["places"]) for one in items}[ada.person_id] == 0


async def test_children_at_two_schools_are_in_the_same_week_of_the_district(timetable: Timetable) -> None:
    opened = DistrictOpened(district_id=timetable.district.district_id, time_zone="Pacific/Kiritimati")
    await timetable.district.stage.hear(SUBSCRIPTIONS, (opened, 1))
    maya = await timetable.student()
    ben = await timetable.district.person("learner", at="school_elsewhere")
    guardian = await timetable.district.person("guardian", wards=[maya.person_id, ben.person_id])
    items = (await weeks_of(guardian, query=""))["items"]
    own = [(await guardian.get(f"/v1/people/{one['person_id']}/week"))["week"] for one in items]
    assert [one["week"] for one in items] == own
    assert len(set(own)) == 1


async def test_the_week_of_a_district_nobody_has_heard_of_is_told_so(timetable: Timetable) -> None:
    guardian = await timetable.district.person("guardian", wards=[(await timetable.student()).person_id])
    assert (await weeks_of(guardian, query="")).codes == {"district-unknown"}


async def test_nobody_reads_the_weeks_of_another_familys_children(timetable: Timetable) -> None:
    maya = await timetable.student()
    guardian = await timetable.district.person("guardian", wards=[maya.person_id])
    for role in ("guardian", "educator", "administrator"):
        other = await timetable.district.person(role, wards=[maya.person_id] if role == "guardian" else [])
        assert (await weeks_of(other, guardian)).status == 403, role
    assert (await weeks_of(maya, guardian)).status == 403
    elsewhere = await guardian.stage.district().person("guardian", wards=[maya.person_id])
    assert (await weeks_of(elsewhere, guardian)).status == 404
    assert (await weeks_of(elsewhere))["items"][0]["places"] == [], "ids of another district's children lead nowhere"


async def test_a_child_who_is_a_guardians_no_more_is_out_of_the_answer(timetable: Timetable) -> None:
    maya, ben = await timetable.student(), await timetable.student()
    guardian = await timetable.district.person("guardian", wards=[maya.person_id, ben.person_id])
    await listed(timetable, guardian, wards=(ben.person_id,))
    assert [one["person_id"] for one in (await weeks_of(guardian))["items"]] == [ben.person_id]
    await listed(timetable, guardian, wards=(ben.person_id,), active=False)
    assert (await weeks_of(guardian))["items"] == [], "whoever has left answers for nobody"


async def test_however_many_children_it_is_one_indexed_query_for_places_and_one_for_waits(
    timetable: Timetable, profiled: Profiled
) -> None:
    children = [await timetable.student() for _ in range(5)]
    session = await timetable.session(1)
    await book(children[0], session)
    await wait(children[1], session)
    guardian = await timetable.district.person("guardian", wards=[one.person_id for one in children])
    async with profiled(timetable.district.district_id) as asked:
        assert len((await weeks_of(guardian))["items"]) == 5
    assert {name: len(plans) for name, plans in asked.items()} == {"people": 1, "weeks": 1, "occurrences": 1}
    assert all("IXSCAN" in plan for name in ("weeks", "occurrences") for plan in asked[name]), asked
