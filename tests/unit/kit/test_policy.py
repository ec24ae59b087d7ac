"""Policy: who stands how to whom, and what a set of grants makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from kit.auth import Caller, Member, RoleAt, Subject
from kit.edge import Reader
from kit.mongo import Mongo
from kit.policy import (
    CLASS,
    DISTRICT,
    FAMILY,
    OWN,
    SCHOOL,
    Grant,
    Policy,
    myself,
    organisation_in,
    person_in,
    relations,
)
from kit.refusals import Refusals

READER = Reader(Mongo("mongodb://127.0.0.1:1/?connect=false", "nowhere"), "district_north")  # never connects
EVERYTHING = frozenset({"*"})
MAYA = Caller("maya", "person", "district_north", (RoleAt("reader", "leith"),), EVERYTHING)
IDA = Caller("ida", "person", "district_north", (RoleAt("librarian", "leith"),), EVERYTHING)
CHIEF = Caller("chief", "person", "district_north", (RoleAt("librarian", "district_north"),), EVERYTHING)
PARENT = Caller("parent", "person", "district_north", (RoleAt("guardian", "leith"),), EVERYTHING)
APP = Caller("app", "app", "district_north", (), frozenset({"loans"}))
OPS = Caller("ops", "operator", "district_north", (), EVERYTHING)


class People:
    """The directory of these tests; it tells whether it was asked."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    async def members(self, _reader: Reader, ids: Sequence[str]) -> dict[str, Member]:
        self.asked.append(ids)
        everybody = (
            Member("maya", organisations=frozenset({"leith"}), groups=frozenset({"chess"})),
            Member("ida", organisations=frozenset({"leith"}), leads=frozenset({"chess"})),
            Member("ben", organisations=frozenset({"portobello"})),
            Member("parent", wards=frozenset({"maya"})),
            Member("chief"),
        )
        return {member.member_id: member for member in everybody if member.member_id in ids}


async def allowed(policy: Policy, caller: Caller, **asked: str) -> bool:
    try:
        await policy.check(caller, READER, People(), asked)
    except Refusals as refused:
        if refused.codes <= {"not-permitted", "no-such-member"}:
            return False
        raise
    return True


def about(*grants: tuple[str, str], apps: bool = False) -> Policy:
    return Policy(*grants, scope="loans", subject=person_in("reader_id"), apps=apps)


@pytest.mark.parametrize(
    ("grant", "caller", "subject", "expected"),
    [
        (("reader", OWN), MAYA, "maya", True),
        (("reader", OWN), MAYA, "ben", False),
        (("librarian", OWN), MAYA, "maya", False),
        (("guardian", FAMILY), PARENT, "maya", True),
        (("guardian", FAMILY), PARENT, "ben", False),
        (("librarian", CLASS), IDA, "maya", True),
        (("librarian", CLASS), IDA, "ben", False),
        (("librarian", CLASS), CHIEF, "maya", False),
        (("librarian", SCHOOL), IDA, "maya", True),
        (("librarian", SCHOOL), IDA, "ben", False),
        (("librarian", SCHOOL), CHIEF, "ben", True),
        (("reader", SCHOOL), IDA, "maya", False),
        (("librarian", DISTRICT), IDA, "ben", True),
        (("operator", DISTRICT), OPS, "ben", True),
        (("operator", DISTRICT), IDA, "ben", False),
        (("librarian", SCHOOL), IDA, "nobody", False),
    ],
)
async def test_each_grant_opens_to_its_relation_alone(
    grant: tuple[str, str], caller: Caller, subject: str, expected: bool
) -> None:
    assert await allowed(about(grant), caller, reader_id=subject) is expected


async def test_any_one_grant_is_enough() -> None:
    policy = about(("reader", OWN), ("librarian", SCHOOL))
    assert await allowed(policy, MAYA, reader_id="maya")
    assert await allowed(policy, IDA, reader_id="maya")
    assert not await allowed(policy, PARENT, reader_id="maya")


async def test_the_directory_is_asked_once_and_only_where_it_decides() -> None:
    for policy, caller, times in (
        (about(("reader", OWN)), MAYA, 0),
        (about(("librarian", DISTRICT)), IDA, 0),
        (about(("librarian", SCHOOL)), IDA, 1),
    ):
        people = People()
        await policy.check(caller, READER, people, {"reader_id": "maya"})
        assert len(people.asked) == times


async def test_a_circle_opens_to_those_in_it_who_hold_the_role() -> None:
    async def team(_reader: Reader, _asked: Mapping[str, str], _caller: Caller) -> Subject:
        return Subject(circles={"team": frozenset({"maya", "ida"})})

    policy = Policy(("reader", "team"), scope="loans", subject=team)
    assert await allowed(policy, MAYA)
    assert not await allowed(policy, replace(MAYA, caller_id="ben"))
    assert not await allowed(policy, IDA)


async def test_a_group_that_is_the_subject_opens_to_who_leads_it() -> None:
    async def roll(_reader: Reader, asked: Mapping[str, str], _caller: Caller) -> Subject:
        return Subject(groups=frozenset({asked["group"]}))

    policy = Policy(("librarian", CLASS), scope="loans", subject=roll)
    assert await allowed(policy, IDA, group="chess")
    assert not await allowed(policy, IDA, group="cooking")


async def test_an_organisation_opens_to_roles_held_there_or_at_the_district() -> None:
    policy = Policy(("librarian", SCHOOL), scope="loans", subject=organisation_in("branch_id"))
    assert await allowed(policy, IDA, branch_id="leith")
    assert not await allowed(policy, IDA, branch_id="portobello")
    assert not await allowed(policy, IDA)
    assert await allowed(policy, CHIEF, branch_id="portobello")


async def test_apps_need_an_open_door_and_the_scope() -> None:
    assert await allowed(about(("reader", OWN), apps=True), APP, reader_id="ben")
    assert not await allowed(about(("reader", OWN)), APP, reader_id="ben")
    assert not await allowed(about(("reader", OWN), apps=True), replace(APP, scopes=EVERYTHING), reader_id="ben")


async def test_a_person_needs_the_scope_or_all_scopes() -> None:
    policy = about(("reader", OWN))
    assert await allowed(policy, replace(MAYA, scopes=frozenset({"loans"})), reader_id="maya")
    assert not await allowed(policy, replace(MAYA, scopes=frozenset({"shelves"})), reader_id="maya")


async def test_a_denial_says_which_roles_could_and_nothing_of_the_subject() -> None:
    with pytest.raises(Refusals) as refused:
        await about(("reader", OWN), ("librarian", SCHOOL), apps=True).check(
            MAYA, READER, People(), {"reader_id": "ben"}
        )
    details: dict[str, Any] = refused.value.reasons[0].details
    assert details == {"open_to": "librarian (school), reader (own), apps", "scope": "loans"}


async def test_a_body_names_a_subject_that_is_held_against_the_same_policy() -> None:
    policy = Policy(("librarian", SCHOOL), scope="loans", subject=myself)
    await policy.check_subject(Subject("maya"), IDA, READER, People())
    with pytest.raises(Refusals):
        await policy.check_subject(Subject("ben"), IDA, READER, People())


def test_a_policy_that_could_never_be_checked_cannot_be_written() -> None:
    with pytest.raises(TypeError):
        Policy(("reader", OWN), scope="loans")
    with pytest.raises(TypeError):
        Policy(scope="loans")
    with pytest.raises(TypeError):
        Policy(("reader", DISTRICT), scope="")
    assert Policy(Grant("reader", DISTRICT), scope="loans").describe()["grants"] == [["reader", "district"]]


def test_relations_are_told_together() -> None:
    caller = Member("ida", leads=frozenset({"chess"}), wards=frozenset({"maya"}))
    subject = Member("maya", organisations=frozenset({"leith"}), groups=frozenset({"chess"}))
    assert relations(caller, IDA, subject, Subject("maya"), "librarian") == {FAMILY, CLASS, SCHOOL, DISTRICT}
    assert relations(None, MAYA, None, Subject(), "reader") == {DISTRICT}
