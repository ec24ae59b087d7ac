"""Two processes book at once, each with its own group commit: the store decides, and nothing is lost or doubled."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest

from contracts.pack import pack
from contracts.scheduler import PlacementMade
from deploy.local.mongo import Mongo as Mongod
from kit.edge import OnceKey, Store
from kit.envelope import Trace
from kit.group_commit import Asked, GroupCommit
from kit.ids import new_id
from kit.mongo import Mongo
from kit.refusals import Refusals
from services.scheduler.actions.book_places import BookPlace, Placement, book_places
from services.scheduler.domain.weeks import Cause
from tests.integration.scheduler_placements.timetable import Timetable

Group = GroupCommit[BookPlace, Placement]


@pytest.fixture
def groups(mongod: Mongod) -> Iterator[list[Group]]:
    """As two processes have them: each with a client and a queue of its own."""
    stores = [Store(Mongo(mongod.url_for("scheduler"), "trellis_scheduler"), pack, "scheduler") for _ in range(2)]
    yield [GroupCommit(store, book_places, Placement) for store in stores]
    for store in stores:
        store.mongo.close()


async def ask(group: Group, timetable: Timetable, session: str, student: str, once: OnceKey | None = None) -> str:
    """The placement's id, or the codes of the refusal."""
    order = BookPlace(
        placement_id=new_id("place"),
        occurrence_id=session,
        student_id=student,
        caller_id=student,
        cause=Cause.CHOSEN,
    )
    try:
        placement = await group.act(Asked(timetable.district.district_id, Trace(new_id("corr")), order, once))
    except Refusals as refusals:
        return " ".join(sorted(refusals.codes))
    return placement.placement_id


async def test_two_processes_share_the_seats_of_one_session(timetable: Timetable, groups: list[Group]) -> None:
    session = await timetable.session(30, space=await timetable.space(30))
    students = [(await timetable.student()).person_id for _ in range(60)]
    answers = await asyncio.gather(
        *(ask(groups[number % 2], timetable, session, student) for number, student in enumerate(students))
    )
    assert Counter(answer.startswith("place_") for answer in answers) == {True: 30, False: 30}
    # Session and space are read side by side: a loser may have seen the last seat go in one of them alone.
    reasons = {code for answer in answers if not answer.startswith("place_") for code in answer.split()}
    assert reasons <= {"session-full", "space-full"}
    assert len(await timetable.seated(session)) == 30
    assert (await timetable.occurrence(session)).taken == 30
    (day,) = await timetable.days()
    assert [use.taken for use in day.uses] == [30]
    facts = await timetable.district.facts(PlacementMade)
    assert {row["key"] for row in facts} == {answer for answer in answers if answer.startswith("place_")}


async def test_one_student_asking_both_processes_gets_one_place(timetable: Timetable, groups: list[Group]) -> None:
    first, second = await timetable.session(5), await timetable.session(5)
    maya = (await timetable.student()).person_id
    answers = await asyncio.gather(ask(groups[0], timetable, first, maya), ask(groups[1], timetable, second, maya))
    assert sorted(answer.startswith("place_") for answer in answers) == [False, True]
    assert "overlaps" in answers


async def test_one_key_at_both_processes_is_one_booking(timetable: Timetable, groups: list[Group]) -> None:
    session, maya = await timetable.session(5), (await timetable.student()).person_id
    once = OnceKey(new_id("key"), "digest")
    answers = await asyncio.gather(*(ask(group, timetable, session, maya, once) for group in groups))
    assert len(set(answers)) == 1
    assert len(await timetable.district.facts(PlacementMade)) == 1
