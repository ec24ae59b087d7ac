"""What everybody may read: keys, metadata, the merged API, problems and schemas."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from kit.problems import all_refusals
from tests.integration.gateway.gate import Gate, operator, refused
from tests.integration.gateway.places import CONTRACTS

OUTSIDE_ADDRESS = re.compile(r"(?:https?:)?//[a-z0-9]", re.IGNORECASE)


class Loaded(HTMLParser):
    """What a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.links: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script" or any(name.startswith("on") or name == "style" for name, _ in attrs)
        for name, value in attrs:
            if name in ("src", "href", "action"):
                (self.links if tag == "a" else self.addresses).append(value or "")


def references(part: Any) -> list[str]:
    """Every `$ref` below."""
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [found for value in part.values() for found in references(value)]
    return [found for value in part for found in references(value)] if isinstance(part, list) else []


async def merged(gate: Gate) -> dict[str, Any]:
    return dict((await gate.http.get("/openapi.json")).json())


async def test_the_merged_document_is_valid(gate: Gate) -> None:
    document = await merged(gate)
    assert not list(OPENAPI_31_VALIDATOR.iter_errors(document))
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)
    assert {reference.removeprefix("#/components/schemas/") for reference in references(document)} <= set(schemas)
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))


async def test_the_merged_document_holds_every_open_address_and_no_other(gate: Gate) -> None:
    paths = (await merged(gate))["paths"]
    assert {"/v1/me", "/v1/occurrences/{occurrence_id}/placements", "/v1/projects", "/v1/districts", "/v1/home"} <= set(
        paths
    )
    assert not [path for path in paths if not path.startswith("/v1/") or "sign-ins" in path]
    for path in paths.values():
        for operation in path.values():
            assert operation["security"] == [{"trellis": [operation["x-policy"]["scope"]]}]


async def test_the_readable_pages_run_no_script_and_ask_no_other_host(gate: Gate) -> None:
    for path in ("/", "/docs", "/problems/slug-taken", "/problems/upstream-late"):
        answer = await gate.http.get(path)
        loaded = Loaded()
        loaded.feed(answer.text)
        assert loaded.scripts == 0
        assert not [address for address in loaded.addresses + loaded.links if OUTSIDE_ADDRESS.match(address)]
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
    assert (await gate.http.get("/docs/style.css")).headers["content-type"].startswith("text/css")


async def test_every_address_stands_on_the_readable_page(gate: Gate) -> None:
    page = (await gate.http.get("/docs")).text
    for path in (await merged(gate))["paths"]:
        assert f'<span class="path">{path}</span>' in page


async def test_every_code_that_any_address_may_refuse_with_has_a_page(gate: Gate) -> None:
    loaded = Loaded()
    loaded.feed((await gate.http.get("/docs")).text)
    codes = {link.removeprefix("/problems/") for link in loaded.links if link.startswith("/problems/")}
    ours = set(all_refusals()) & {
        "slug-taken",
        "too-many-requests",
        "headers-too-large",
        "no-such-app",
        "deadline-passed",
    }
    assert len(ours) == 5
    hop = {"upstream-unreachable", "upstream-busy", "upstream-timeout", "malformed-request", "client-gone"}
    assert len(codes) > 50
    for code in codes | ours | hop:
        answer = await gate.http.get(f"/problems/{code}")
        assert answer.status_code == 200, code
        assert f"<code>{code}</code>" in answer.text
    assert "POST /v1/goals/{goal_id}/agree" in (await gate.http.get("/problems/no-such-goal")).text


@pytest.mark.parametrize("code", ["nothing", "%3Cscript%3E", "..%2f..%2fetc", "Slug-Taken"])
async def test_an_unknown_problem_has_no_page_and_echoes_nothing(gate: Gate, code: str) -> None:
    answer = await gate.http.get(f"/problems/{code}")
    assert answer.status_code == 404
    assert "script" not in answer.text


async def test_the_schema_of_every_fact_can_be_had(gate: Gate) -> None:
    paths = sorted((CONTRACTS / "schemas").glob("*.v*.json"))
    assert len(paths) > 20
    for path in paths:
        for name in (path.name, path.stem):
            answer = await gate.http.get(f"/schemas/{name}")
            assert answer.headers["content-type"] == "application/schema+json"
        assert answer.content == path.read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "../openapi/profile.json",
        "..%2fopenapi%2fprofile",
        "%2e%2e%2f%2e%2e%2fpyproject.toml",
        "..%5c..%5cREADME",
        "%2fetc%2fpasswd",
        "profile.goal.set.v1%00.json",
        "a.b.c.v999",
    ],
)
async def test_no_name_of_a_schema_leads_out_of_their_folder(gate: Gate, name: str) -> None:
    answer = await gate.http.get(f"/schemas/{name}")
    assert refused(answer) == (404, "no-such-address")


async def test_the_keys_are_public_and_nothing_else(gate: Gate) -> None:
    [key] = (await gate.http.get("/.well-known/jwks.json")).json()["keys"]
    assert key["kid"] == gate.key.kid
    assert set(key) <= {"kty", "crv", "x", "kid", "use", "alg"}


async def test_the_metadata_says_what_is_there(gate: Gate) -> None:
    told = (await gate.http.get("/.well-known/oauth-authorization-server")).json()
    assert told == (await gate.http.get("/.well-known/openid-configuration")).json()
    assert told["issuer"] == gate.url
    assert told["code_challenge_methods_supported"] == ["S256"]
    for name in ("token_endpoint", "revocation_endpoint", "introspection_endpoint"):
        answer = await gate.http.post(told[name])
        assert answer.json()["error"] == "invalid_request"
    assert (await gate.http.get(told["jwks_uri"])).status_code == 200


async def test_every_answer_of_ours_is_framed_by_nobody_and_taken_for_nothing_else(gate: Gate) -> None:
    for path in (
        "/",
        "/nothing",
        "/v1/nothing",
        "/health",
        "/openapi.json",
        "/oauth/authorize",
        "/schemas/x",
        "/problems/x",
    ):
        headers = (await gate.http.get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers.get_list("x-correlation-id")[1:] == []
        assert "server" not in headers


async def test_health_readiness_and_metrics_answer(gate: Gate) -> None:
    assert (await gate.http.get("/health")).json() == {"status": "alive"}
    ready = await gate.http.get("/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    await gate.ask("GET", "/v1/districts", operator())
    said = (await gate.http.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/health",service="gateway",status="200"}' in said
    assert 'route="/v1/districts",service="gateway"' in said
    assert "district_" not in said
