"""Callers: only the gateway's tokens count, and only for what the policy grants."""

import base64
from dataclasses import replace
from typing import Any

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from kit.auth import ALGORITHM, RoleAt, mint
from kit.clock import now
from tests.integration.kit_http.gateway_keys import GatewayKeys, new_key
from tests.integration.kit_http.running import APP, IDA, MAYA, OPERATOR, Library, codes, elsewhere
from tests.support.eventually import eventually


async def refused(library: Library, authorization: str | None) -> str:
    """Why this header is no sign-in."""
    headers = {"authorization": authorization} if authorization else {}
    answer = await library.ask("POST", "/v1/loans", None, headers, json={"copy_id": "copy_a"})
    assert (answer.status_code, codes(answer)) == (401, {"unauthenticated"})
    assert answer.headers["www-authenticate"] == "Bearer"
    reason: str = answer.json()["refusals"][0]["details"]["reason"]
    return reason


async def test_nobody_gets_in_without_a_token(library: Library) -> None:
    assert await refused(library, None) == "no token"
    assert await refused(library, "Basic bWF5YTpodW50ZXIy") == "no bearer token"
    assert await refused(library, "Bearer gibberish") == "malformed"
    assert await refused(library, "Bearer " + "a" * 9000) == "no bearer token"


async def test_an_expired_token_is_refused_even_if_it_was_seen_before(library: Library) -> None:
    assert await refused(library, f"Bearer {library.token(MAYA, seconds=-6)}") == "expired"


async def test_a_token_for_another_service_or_of_another_issuer_is_refused(library: Library) -> None:
    other = mint(library.key, MAYA, "archive", 300, now())
    assert await refused(library, f"Bearer {other}") == "for another service"
    claims = {**claims_of(library.token(MAYA)), "iss": "somebody"}
    assert await refused(library, f"Bearer {signed(claims, library.key)}") == "another issuer"


async def test_a_token_that_is_not_yet_valid_is_refused(library: Library) -> None:
    claims = claims_of(library.token(MAYA))
    claims["nbf"] += 60
    assert await refused(library, f"Bearer {signed(claims, library.key)}") == "not yet valid"


async def test_a_token_signed_by_somebody_else_under_a_known_key_id_is_refused(library: Library) -> None:
    forged = mint(new_key("first"), MAYA, "library", 300, now())
    assert await refused(library, f"Bearer {forged}") == "bad signature"


async def test_swapping_the_algorithm_does_not_help(library: Library) -> None:
    claims = claims_of(library.token(MAYA))
    public = OctKey.import_key(orjson.dumps(library.key.as_dict(private=False)))
    hmac = jwt.encode({"alg": "HS256", "kid": "first"}, claims, public, algorithms=["HS256"])
    assert await refused(library, f"Bearer {hmac}") == "wrong algorithm"
    header = base64.urlsafe_b64encode(b'{"alg":"none","kid":"first"}').rstrip(b"=").decode()
    unsigned = f"{header}.{library.token(MAYA).split('.')[1]}."
    assert await refused(library, f"Bearer {unsigned}") in {"wrong algorithm", "malformed"}


async def test_a_changed_claim_breaks_the_signature(library: Library) -> None:
    head, _, signature = library.token(MAYA).split(".")
    claims = orjson.dumps({**claims_of(library.token(MAYA)), "sub": "person_ida"})
    payload = base64.urlsafe_b64encode(claims).rstrip(b"=").decode()
    assert await refused(library, f"Bearer {head}.{payload}.{signature}") == "bad signature"


@pytest.mark.parametrize("claim", ["sub", "kind", "district_id", "roles", "scopes", "exp"])
async def test_a_token_that_lacks_a_claim_is_refused(library: Library, claim: str) -> None:
    claims = claims_of(library.token(MAYA))
    del claims[claim]
    assert await refused(library, f"Bearer {signed(claims, library.key)}") == "malformed"


async def test_a_new_key_of_the_gateway_is_fetched_once_and_unknown_ones_do_not_flood_it(
    library: Library, gateway: GatewayKeys
) -> None:
    fresh = new_key("second")
    gateway.keys.append(fresh)
    headers = {"authorization": f"Bearer {mint(fresh, IDA, 'library', 300, now())}"}

    async def accepted() -> bool:
        return (await library.ask("GET", "/v1/loans", None, headers)).status_code == 200

    known: bool = await eventually(accepted)
    assert known
    asked = gateway.asked
    stranger = mint(new_key("stranger"), MAYA, "library", 300, now())
    for _ in range(30):
        assert await refused(library, f"Bearer {stranger}") == "unknown key"
    assert gateway.asked - asked < 10


async def test_a_role_that_may_not_hears_who_could(library: Library) -> None:
    answer = await library.get("/v1/loans", MAYA)
    assert (answer.status_code, codes(answer)) == (403, {"not-permitted"})
    assert answer.json()["refusals"][0]["details"]["open_to"] == "librarian (district), apps"


async def test_the_policy_speaks_before_the_body_is_looked_at(library: Library) -> None:
    for options in ({"json": {"nonsense": 1}}, {"content": b"{", "headers": {"content-type": "application/json"}}):
        answer = await library.ask("POST", "/v1/loans", IDA, **options)
        assert codes(answer) == {"not-permitted"}
    large = await library.ask("POST", "/v1/loans", IDA, content=b"x" * 2_000_000)
    assert codes(large) == {"not-permitted"}


async def test_a_person_needs_the_scope_too_and_an_app_needs_it_and_an_open_door(library: Library) -> None:
    unscoped = replace(IDA, scopes=frozenset({"shelves"}))
    assert codes(await library.get("/v1/loans", unscoped)) == {"not-permitted"}
    assert (await library.get("/v1/loans", replace(IDA, scopes=frozenset({"loans"})))).status_code == 200
    assert (await library.get("/v1/loans", APP)).status_code == 200
    assert codes(await library.get("/v1/loans", replace(APP, scopes=frozenset({"shelves"})))) == {"not-permitted"}
    assert codes(await library.lend(caller=APP)) == {"not-permitted"}


async def test_own_record_same_branch_and_other_branch(library: Library) -> None:
    rosa = library.enrol(replace(MAYA, caller_id="person_rosa"), "branch_leith")
    loan = (await library.lend(caller=rosa)).headers["location"]
    assert (await library.get(loan, rosa)).status_code == 200
    assert (await library.get(loan, IDA)).status_code == 200
    elsewhere_in_town = replace(IDA, roles=(RoleAt("librarian", "branch_portobello"),))
    for other in (MAYA, elsewhere_in_town):
        answer = await library.get(loan, other)
        assert (answer.status_code, codes(answer)) == (403, {"not-permitted"})
    chief = replace(IDA, roles=(RoleAt("librarian", IDA.district_id),))
    assert (await library.get(loan, chief)).status_code == 200


async def test_a_subject_whom_the_directory_does_not_know_is_nobody_here(library: Library) -> None:
    loan = (await library.lend(caller=replace(MAYA, caller_id="person_vera"))).headers["location"]
    answer = await library.get(loan, IDA)
    assert (answer.status_code, codes(answer)) == (404, {"no-such-member"})


async def test_another_district_finds_nothing_at_the_same_address(library: Library) -> None:
    loan = (await library.lend(caller=replace(MAYA, caller_id="person_ali"))).headers["location"]
    answer = await library.get(loan, elsewhere(IDA))
    assert (answer.status_code, codes(answer)) == (404, {"no-such-loan"})
    assert (await library.get("/v1/loans", elsewhere(IDA))).json()["items"] == []


async def test_operators_alone_follow_a_trace(library: Library) -> None:
    lent = await library.lend(caller=replace(MAYA, caller_id="person_noor"))
    address = f"/operations/trace/{lent.headers['x-correlation-id']}"
    assert codes(await library.get(address, IDA)) == {"not-permitted"}
    [hop] = (await library.get(address, OPERATOR)).json()
    assert hop["type"] == "library.copy.lent.v1"
    assert (await library.get(address, elsewhere(OPERATOR))).json() == []


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def signed(claims: dict[str, Any], key: OKPKey) -> str:
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])
