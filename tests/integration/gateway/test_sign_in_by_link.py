"""A partner's contact signs in by a link that the office made: once, for a while, and as a contact alone."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from deploy.local.mongo import Mongo
from kit.auth import Caller, RoleAt
from kit.ids import new_id
from tests.integration.gateway.gate import Gate, refused
from tests.integration.gateway.store import documents

LINKS, PEOPLE = "sign_in_links", "people"


@dataclass
class Office:
    """A school's office, and a contact of one of its partners."""

    gate: Gate
    mongod: Mongo
    district_id: str
    caller: Caller
    contact_id: str

    async def know(self, *roles: str) -> str:
        """Somebody whom the gateway has heard of."""
        person_id = new_id("person")
        held = [{"role": role, "organisation_id": "school_a"} for role in roles]
        nothing: dict[str, list[str]] = {name: [] for name in ("groups", "leads", "wards", "grades")}
        row = {"_id": person_id, "district_id": self.district_id, "roles": held, "organisations": ["school_a"]}
        client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(self.mongod.url_for("gateway"))
        await client["trellis_gateway"][PEOPLE].insert_one(row | nothing | {"active": True, "sequence": 1})
        client.close()
        self.gate.profile.enrol(self.district_id, person_id, roles[0])
        return person_id

    async def make(self, person_id: str = "", key: str = "", **body: Any) -> httpx.Response:
        path = f"/v1/people/{person_id or self.contact_id}/sign-in-links"
        headers = {"idempotency-key": key} if key else {}
        return await self.gate.ask("POST", path, self.caller, headers=headers, json=body)

    async def link(self, **body: Any) -> str:
        answer = await self.make(**body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["link_token"])

    async def use(self, token: str, client_id: str = "trellis", **more: str) -> httpx.Response:
        form = {"grant_type": "urn:trellis:sign-in-link", "client_id": client_id, "link_token": token, **more}
        return await self.gate.form("/oauth/token", form)


@pytest.fixture
async def office(gate: Gate, mongod: Mongo) -> Office:
    district_id = await gate.open_district()
    held = (RoleAt("administrator", "school_a"),)
    office = Office(gate, mongod, district_id, Caller("", "person", district_id, held, frozenset({"*"})), "")
    administrator = await office.know("administrator")
    office.caller = Caller(administrator, "person", district_id, held, frozenset({"*"}))
    office.contact_id = await office.know("partner")
    return office


async def test_a_contact_signs_in_by_the_link_and_stays_signed_in(office: Office) -> None:
    made = (await office.make()).json()
    assert made["link"] == f"{office.gate.url}/sign-in/link?token={made['link_token']}"
    assert datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC) > timedelta(hours=71)
    tokens = (await office.use(made["link_token"])).json()
    assert (tokens["token_type"], tokens["person_id"]) == ("Bearer", office.contact_id)
    await office.gate.http.get("/v1/me", headers={"authorization": f"Bearer {tokens['access_token']}"})
    caller = office.gate.profile.seen[-1].caller
    assert (caller.caller_id, caller.role_names()) == (office.contact_id, frozenset({"partner"}))
    form = {"grant_type": "refresh_token", "client_id": "trellis", "refresh_token": tokens["refresh_token"]}
    assert (await office.gate.form("/oauth/token", form)).status_code == 200


async def test_used_replaced_expired_unknown_and_malformed_links_are_answered_alike(office: Office) -> None:
    used, replaced = await office.link(), ""
    assert (await office.use(used)).status_code == 200
    replaced, current = await office.link(), await office.link()
    stranger = f"{office.district_id}.{new_id('person')}.{'x' * 43}"
    wrong = f"{current.rpartition('.')[0]}.{'x' * 43}"
    answers = [await office.use(token) for token in (used, replaced, stranger, wrong, "nothing", "")]
    assert (await office.use(current)).status_code == 200
    expired = await office.link(hours=1)
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(office.mongod.url_for("gateway"))
    past = {"$set": {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}}
    await client["trellis_gateway"][LINKS].update_one({"_id": office.contact_id}, past)
    client.close()
    answers.append(await office.use(expired))
    assert {(answer.status_code, answer.text) for answer in answers} == {(400, answers[0].text)}
    assert answers[0].json()["error"] == "invalid_grant"


async def test_of_many_who_use_one_link_at_once_one_gets_in(office: Office) -> None:
    token = await office.link()
    answers = await asyncio.gather(*(office.use(token) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5


async def test_the_link_is_kept_as_a_hash_and_told_without_it(office: Office) -> None:
    token = await office.link()
    secret = token.rpartition(".")[2]
    [kept] = await documents(office.mongod, LINKS, {"_id": office.contact_id})
    facts = await documents(office.mongod, "outbox", {"key": office.contact_id})
    assert [fact["type"] for fact in facts] == ["gateway.sign_in_link.made.v1"]
    assert facts[0]["data"]["made_by"] == office.caller.caller_id
    assert secret not in repr(kept) + repr(facts)
    await office.use(token)
    facts = await documents(office.mongod, "outbox", {"key": office.contact_id})
    assert [fact["type"] for fact in facts][1:] == ["gateway.sign_in_link.used.v1"]


async def test_a_link_is_shown_once_even_when_the_request_is_repeated(office: Office) -> None:
    first = await office.make(key="link-for-ana-01")
    assert first.status_code == 201
    assert refused(await office.make(key="link-for-ana-01")) == (409, "link-shown-before")
    assert (await office.use(first.json()["link_token"])).status_code == 200


async def test_links_are_for_contacts_of_partners_alone(office: Office) -> None:
    for roles in (["educator"], ["partner", "administrator"], ["learner"]):
        assert refused(await office.make(await office.know(*roles))) == (409, "only-partner-contacts")
    assert refused(await office.make(new_id("person"))) == (404, "no-such-member")


async def test_who_became_more_than_a_contact_signs_in_another_way_and_no_link_grows_with_them(office: Office) -> None:
    token = await office.link()
    tokens = (await office.use(token)).json()
    office.gate.profile.enrol(office.district_id, office.contact_id, "administrator")
    form = {"grant_type": "refresh_token", "client_id": "trellis", "refresh_token": tokens["refresh_token"]}
    renewed = (await office.gate.form("/oauth/token", form)).json()
    answer = await office.gate.http.get("/v1/me", headers={"authorization": f"Bearer {renewed['access_token']}"})
    assert refused(answer) == (403, "not-permitted"), "a contact no more, and nothing else by this grant"
    assert (await office.use(await office.link())).json()["error"] == "invalid_grant"


async def test_an_app_redeems_no_link_and_a_school_makes_none_for_anothers_contact(office: Office) -> None:
    token, thief = await office.link(), await office.gate.register_app(office.district_id)
    answer = await office.use(token, thief["app_id"], client_secret=thief["client_secret"])
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    elsewhere = Caller(new_id("person"), "person", office.district_id, (RoleAt("administrator", "school_b"),))
    path = f"/v1/people/{office.contact_id}/sign-in-links"
    assert (await office.gate.ask("POST", path, elsewhere, json={})).status_code == 403
    assert (await office.use(token)).status_code == 200
