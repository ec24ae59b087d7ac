"""OneRoster 1.1: roles stand in the users, and a delta's user replaces all roles of that user."""

from typing import Any

import pytest

from tests.integration.profile_people.office import Office
from tests.support.stage import Stage
from tests.unit.rosters.sets import SOUND_1_1, members_of, packed

pytestmark = pytest.mark.usefixtures("worker")
MINA = SOUND_1_1["users"][0]
DATED = {"status": "active", "dateLastModified": "2026-09-02T08:00:00.000Z"}
TWO_SCHOOLS = {
    **SOUND_1_1,
    "orgs": [*SOUND_1_1["orgs"], {"sourcedId": "o2", "name": "Elm School", "type": "school"}],
    "users": [{**MINA, "orgSourcedIds": "o1,o2"}],
}


@pytest.fixture
def office(stage: Stage) -> Office:
    return Office(stage)


def bulk(files: Any) -> bytes:
    return packed(members_of(files, version="1.1")).read()


def delta(*users: dict[str, str]) -> bytes:
    return packed(members_of({"users": users}, "delta", "1.1")).read()


async def test_a_user_has_a_role_at_each_of_their_schools(office: Office) -> None:
    roster = await office.take(bulk(TWO_SCHOOLS))
    assert roster["oneroster_version"] == "1.1"
    assert roster["files"]["roles"]["added"] == 2
    mina = await office.who("mina")
    assert [held.role for held in mina.roles] == ["learner", "learner"]
    assert len(mina.class_ids) == 1


async def test_a_user_in_a_delta_keeps_only_the_schools_it_names(office: Office) -> None:
    await office.take(bulk(TWO_SCHOOLS))
    roster = await office.take(delta({**MINA, **DATED, "orgSourcedIds": "o2"}), accept_leaving=True)
    assert roster["files"]["roles"]["leaving"] == 1
    mina = await office.who("mina")
    assert len(mina.roles) == 1
    assert len(mina.class_ids) == 1


async def test_a_user_deleted_by_a_delta_leaves_with_all_roles(office: Office) -> None:
    await office.take(bulk(TWO_SCHOOLS))
    gone = {**MINA, **DATED, "status": "tobedeleted", "orgSourcedIds": "o1"}
    roster = await office.take(delta(gone), accept_leaving=True)
    assert (roster["files"]["users"]["leaving"], roster["files"]["roles"]["leaving"]) == (1, 2)
    assert not (await office.who("mina")).active


async def test_a_school_that_leaves_and_returns_keeps_its_id(office: Office) -> None:
    await office.take(bulk(TWO_SCHOOLS))
    before = (await office.who("mina")).roles
    await office.take(bulk(SOUND_1_1), accept_leaving=True)
    assert len((await office.who("mina")).roles) == 1
    await office.take(bulk(TWO_SCHOOLS), accept_leaving=True)
    assert (await office.who("mina")).roles == before
