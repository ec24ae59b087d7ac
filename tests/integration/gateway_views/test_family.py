"""A family's home: every child with this week in one call, and honest about what is missing."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kit.clock import now
from kit.envelope import Trace
from kit.ids import new_id
from kit.transaction import Transaction
from services.scheduler.domain.weeks import Cause, Place, Week
from services.scheduler.store.weeks import WEEK, WEEKS
from services.scheduler.views.my_week import week_named
from tests.integration.gateway_views.conftest import TownDistrict
from tests.support.stage import Someone


async def has_places(district: TownDistrict, student: Someone, *hours: float) -> None:
    """Places of an hour each in the student's week, that many hours from now."""
    week = Week(
        version=0,
        district_id=district.district_id,
        student_id=student.person_id,
        week=week_named(now().astimezone(ZoneInfo("America/Denver")).date()),
        places=tuple(a_place(district, hour) for hour in hours),
    )

    async def keep(tx: Transaction) -> None:
        tx[WEEKS].save(WEEK.pack(week))

    await district.town.behind["scheduler"].store.transact(district.district_id, Trace(new_id("corr")), keep)


def a_place(district: TownDistrict, hour: float) -> Place:
    starts_at = now() + timedelta(hours=hour)
    return Place(
        placement_id=new_id("place"),
        occurrence_id=new_id("occurrence"),
        offer_id=new_id("offer"),
        space_id=None,
        block_id=new_id("block"),
        school_id=district.school_id,
        day=starts_at.date(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        title="Pottery" if hour < 0 else "Choir",
        cause=Cause.CHOSEN,
        goal_id=None,
        step_id=None,
        replaced=None,
        made_at=now(),
        made_by="",
    )


async def test_a_family_sees_all_its_children_with_their_weeks_in_one_call(district: TownDistrict) -> None:
    maya, ben = await district.person("learner"), await district.person("learner", given_name="Ben")
    await has_places(district, maya, 2, -0.5)
    family = await district.person("guardian", wards=[maya.person_id, ben.person_id])
    home = await family.get("/v1/family")
    first, second = home["children"]
    assert (first["person_id"], second["person_id"]) == (maya.person_id, ben.person_id)
    assert (first["now"]["title"], first["next"]["title"], len(first["week"]["places"])) == ("Pottery", "Choir", 2)
    assert (second["now"], second["next"], second["week"]["places"]) == (None, None, [])
    assert home["names"] == {maya.person_id: "Maya Okafor", ben.person_id: "Ben Okafor"}
    assert home["missing"] == []
    assert [part.split(";")[0] for part in sorted(home.headers["server-timing"].split(", "))] == [
        "me",
        "names",
        "weeks",
    ]
    assert first["week"] == {
        **(await district.at("scheduler", family).get(f"/v1/people/{maya.person_id}/week")).body,
        "as_of": first["week"]["as_of"],
    }


async def test_a_family_without_children_gets_an_empty_list(district: TownDistrict) -> None:
    home = await (await district.person("guardian")).get("/v1/family")
    assert (home["children"], home["names"], home["missing"]) == ([], {}, [])


async def test_without_the_scheduler_the_children_are_there_and_their_weeks_are_named_as_missing(
    district: TownDistrict, without: Any
) -> None:
    maya = await district.person("learner")
    family = await district.person("guardian", wards=[maya.person_id])
    await without("scheduler")
    home = await family.get("/v1/family")
    assert home["children"] == [{"person_id": maya.person_id, "week": None, "now": None, "next": None}]
    assert home["names"] == {maya.person_id: "Maya Okafor"}
    [told] = home["missing"]
    assert (told["part"], told["code"], told["retry_after"]) == ("weeks", "peer-unavailable", 2)


async def test_without_profile_there_is_no_family_page(district: TownDistrict, without: Any) -> None:
    family = await district.person("guardian", wards=[(await district.person("learner")).person_id])
    await without("profile")
    home = await family.get("/v1/family")
    assert (home.status, home.codes) == (503, {"peer-unavailable"})
    assert int(home.headers["retry-after"]) > 0


async def test_a_child_of_whom_the_scheduler_has_not_heard_is_shown_without_a_week(district: TownDistrict) -> None:
    maya, ben = await district.person("learner"), await district.person("learner")
    family = await district.person("guardian", wards=[maya.person_id])
    await district.roster_says(family, wards=[maya.person_id, ben.person_id])
    _, newer = (await family.get("/v1/family"))["children"]
    assert newer == {"person_id": ben.person_id, "week": None, "now": None, "next": None}
    await district.roster_says(family, wards=[])
    assert (await family.get("/v1/family"))["children"] == [], "whose child it is, profile says"


async def test_the_page_is_for_families_alone(district: TownDistrict) -> None:
    for role in ("learner", "educator", "administrator"):
        assert (await (await district.person(role)).get("/v1/family")).status == 403, role
