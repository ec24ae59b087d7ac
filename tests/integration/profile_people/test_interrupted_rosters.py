"""A worker stops in the middle: whoever takes the roster up ends where it would have ended anyway."""

import asyncio
import itertools
from pathlib import Path
from typing import Any

import pytest

from cli.sample import write_sample
from contracts.profile import PersonListed
from kit.envelope import Trace
from kit.signals import StopSignal
from services.profile.actions.apply_roster import apply_roster
from services.profile.actions.read_roster import read_roster
from services.profile.actions.roster_desk import RosterDesk, WorkEnded
from services.profile.actions.work_on_rosters import work_on_rosters
from services.profile.store.people import PEOPLE
from services.profile.store.rosters import ROSTER_CHUNKS, ROSTERS
from tests.integration.profile_people.office import Office, rows_of
from tests.support.eventually import eventually
from tests.support.stage import Stage


@pytest.fixture
def office(stage: Stage) -> Office:
    return Office(stage)


@pytest.fixture(scope="module")
def larger_set(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A set whose people take several transactions."""
    path: Path = tmp_path_factory.mktemp("larger") / "sample.zip"
    write_sample(path, schools=2, learners=700, seed=9)
    return path.read_bytes()


def desk(office: Office, roster_id: str, steps: int | None = None) -> RosterDesk:
    """A worker's desk; with `steps` the worker is told to stop after so many of them."""
    count = itertools.count()
    goes_on = (lambda: True) if steps is None else (lambda: next(count) < steps)
    return RosterDesk(office.stage.store, office.district_id, roster_id, Trace("corr_test"), goes_on)


async def state_of(office: Office, roster_id: str) -> str:
    found = await office.stage.store.reader(office.district_id)[ROSTERS].get(roster_id)
    assert found is not None
    return str(found["state"])


async def test_a_worker_that_is_stopped_at_every_step_still_applies_all_of_it(
    office: Office, larger_set: bytes
) -> None:
    roster_id = (await office.upload(larger_set))["roster_id"]
    with pytest.raises(WorkEnded):
        await read_roster(desk(office, roster_id, steps=3))
    assert await state_of(office, roster_id) == "reading"
    await read_roster(desk(office, roster_id))
    assert (await office.apply(roster_id)).status == 202
    stops = 0
    while await state_of(office, roster_id) == "applying":
        try:
            await apply_roster(desk(office, roster_id, steps=1 + stops))
        except WorkEnded:
            stops += 1
    assert stops > 3
    users = len(rows_of(larger_set, "users"))
    facts = await office.district.facts(PersonListed)
    assert len({fact["key"] for fact in facts}) == len(facts) == users
    assert await office.stage.store.reader(office.district_id)[PEOPLE].count({"active": True}) == users


async def test_a_worker_that_dies_in_the_middle_is_followed_by_another(office: Office, larger_set: bytes) -> None:
    roster_id = (await office.upload(larger_set))["roster_id"]
    await read_roster(desk(office, roster_id))
    assert (await office.apply(roster_id)).status == 202
    dying = asyncio.create_task(apply_roster(desk(office, roster_id)))
    people = office.stage.store.reader(office.district_id)[PEOPLE]
    await eventually(lambda: people.count({}), every=0.002)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert await state_of(office, roster_id) == "applying"
    await apply_roster(desk(office, roster_id))
    assert await state_of(office, roster_id) == "applied"
    assert len(await office.district.facts(PersonListed)) == len(rows_of(larger_set, "users")) == await people.count({})


async def test_a_discarded_roster_stops_its_reader_and_leaves_nothing(office: Office, larger_set: bytes) -> None:
    roster_id = (await office.upload(larger_set))["roster_id"]
    with pytest.raises(WorkEnded):
        await read_roster(desk(office, roster_id, steps=4))
    assert (await office.clerk.post(f"/v1/rosters/{roster_id}/discard"))["state"] == "discarded"
    await read_roster(desk(office, roster_id))
    left = {name for name, rows in (await office.documents()).items() if rows}
    assert left == {"rosters"}


async def test_two_workers_share_the_districts_and_hand_them_over(stage: Stage, sample_set: bytes) -> None:
    offices = [Office(stage) for _ in range(3)]
    first, second = StopSignal(), StopSignal()
    workers = [asyncio.create_task(work_on_rosters(stage.store, 0.05, stop)) for stop in (first, second)]
    rosters: list[Any] = [await office.upload(sample_set) for office in offices]
    first.set()
    await workers[0]
    for office, roster in zip(offices, rosters, strict=True):
        assert (await office.until_ended(roster["roster_id"]))["state"] == "ready"
    second.set()
    await workers[1]


async def test_a_roster_that_cannot_be_worked_on_harms_nobody_and_holds_nobody_up(
    stage: Stage, sample_set: bytes
) -> None:
    unlucky, other = Office(stage), Office(stage)
    roster_id = (await unlucky.upload(sample_set))["roster_id"]
    await read_roster(desk(unlucky, roster_id))
    assert (await unlucky.apply(roster_id)).status == 202
    await stage.store.mongo.database[ROSTER_CHUNKS.name].delete_many({"roster_id": roster_id})
    stop = StopSignal()
    worker = asyncio.create_task(work_on_rosters(stage.store, 0.05, stop))
    assert (await other.dry_run(sample_set))["state"] == "ready"
    stop.set()
    await worker
    assert await state_of(unlucky, roster_id) == "applying"
    assert await unlucky.district.facts() == []
