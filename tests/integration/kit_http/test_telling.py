"""Telling: one log line and two metrics a request, under one id, without a secret or a name."""

import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from tests.integration.kit_http.gateway_keys import GatewayKeys
from tests.integration.kit_http.running import IDA, MAYA, Library, codes, running_library
from tests.support.eventually import AT_ONCE_SECONDS

XENIA = replace(MAYA, caller_id="person_xenia")


async def test_one_line_tells_of_a_request_under_the_id_that_came_with_it(library: Library) -> None:
    answer = await library.lend(caller=XENIA, x_correlation_id="story-0123456789")
    assert answer.headers["x-correlation-id"] == "story-0123456789"
    [line] = await library.lines("story-0123456789")
    assert line.pop("took_ms") > 0
    assert line.pop("timestamp")
    assert line == {
        "event": "request_answered",
        "level": "info",
        "service": "library",
        "method": "POST",
        "route": "/v1/loans",
        "status": 201,
        "caller_id": "person_xenia",
        "district_id": "district_north",
        "correlation_id": "story-0123456789",
    }
    assert answer.json()["correlation_id"] == "story-0123456789"


async def test_a_malformed_correlation_id_is_replaced(library: Library) -> None:
    for malformed in ("short", "x" * 65, "a b c d e f g h", 'quote"and\\brace}', "line%0abreak"):
        answer = await library.get("/v1/gate", headers={"x-correlation-id": malformed})
        given = answer.headers["x-correlation-id"]
        assert re.fullmatch(r"corr_[0-9a-f]{32}", given)


async def test_a_refused_request_is_told_with_its_codes(library: Library) -> None:
    answer = await library.get("/v1/loans", MAYA)
    [line] = await library.lines(answer.headers["x-correlation-id"])
    assert (line["status"], line["codes"]) == (403, ["not-permitted"])


async def test_the_facts_of_a_request_carry_its_trace(library: Library) -> None:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await library.lend(caller=XENIA, x_correlation_id="story-of-a-fact", traceparent=traceparent)
    with MongoClient[dict[str, Any]](library.mongo_url) as client:
        row = client["trellis_library"]["outbox"].find_one({"trace.correlation_id": "story-of-a-fact"})
    assert row is not None
    assert row["trace"]["traceparent"] == traceparent


async def test_metrics_speak_of_templates_never_of_paths(library: Library) -> None:
    loan = (await library.lend(caller=XENIA)).headers["location"]
    await library.get(loan, XENIA)
    await library.get("/v1/person_maya/nothing", XENIA)
    await library.ask("PROPFIND", "/v1/loans", XENIA)
    said = (await library.get("/metrics", None)).text
    assert re.search(
        r'http_requests_total{method="GET",route="/v1/loans/{loan_id}",service="library",status="200"} [1-9]', said
    )
    assert 'http_request_seconds_count{method="POST",route="/v1/loans",service="library"}' in said
    assert 'route="unmatched"' in said
    assert 'method="other"' in said
    for private in (loan, "person_", "PROPFIND"):
        assert private not in said


async def test_health_and_readiness_and_the_document_need_no_token(library: Library) -> None:
    assert (await library.get("/health", None)).json() == {"status": "alive"}
    assert (await library.get("/ready", None)).json() == {"status": "ready", "missing": []}
    document = (await library.get("/openapi.json", None)).json()
    lending = document["paths"]["/v1/loans"]["post"]
    assert lending["x-policy"] == {"grants": [["reader", "own"]], "scope": "loans", "apps": False}
    assert lending["responses"]["409"]["x-codes"] == ["request-in-progress", "too-many-loans"]
    assert "application/problem+json" in lending["responses"]["422"]["content"]
    assert all("x-policy" in operation for path in document["paths"].values() for operation in path.values())
    [_, condition] = document["paths"]["/v1/loans/{loan_id}"]["patch"]["parameters"]
    assert condition["schema"]["pattern"].startswith("^")
    assert document["paths"]["/v1/loans/{loan_id}"]["patch"]["responses"]["412"]["x-codes"] == ["stale-version"]
    assert "stale-cursor" in document["paths"]["/v1/loans"]["get"]["responses"]["422"]["x-codes"]
    assert (await library.get("/docs", None)).status_code == 404


async def test_no_line_holds_a_token_a_password_or_an_address(library: Library) -> None:
    token = library.token(XENIA)
    await library.get("/v1/broken", XENIA)
    await library.ask("POST", "/v1/loans", XENIA, json={"copy_id": "maya@example.org", "password": "hunter2"})
    await library.get(f"/v1/loans?reader_id=maya@example.org&token={token}", IDA)
    last = await library.ask("GET", "/v1/maya@example.org", XENIA, {"authorization": f"Bearer {token}"})
    await library.lines(last.headers["x-correlation-id"])
    said = library.log()
    password = re.search(r"://[^:]+:([^@]+)@", library.mongo_url)
    assert password is not None
    for private in (token, token.split(".")[2], "hunter2", "maya@", "example.org", password.group(1), "cursors"):
        assert private not in said


async def test_answers_name_no_server_and_are_kept_by_no_cache(library: Library) -> None:
    answer = await library.get("/v1/gate")
    assert "server" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


async def test_the_answer_comes_by_the_deadline_or_says_that_it_does_not(library: Library) -> None:
    soon = str(int((time.time() + 0.3) * 1000))
    answer = await library.get("/v1/slow", headers={"x-trellis-deadline": soon})
    assert (answer.status_code, codes(answer)) == (504, {"deadline-passed"})
    assert answer.elapsed.total_seconds() < AT_ONCE_SECONDS
    [line] = await library.lines(answer.headers["x-correlation-id"])
    assert line["status"] == 504


async def test_a_deadline_that_has_passed_already_is_told_at_once(library: Library) -> None:
    answer = await library.get("/v1/slow", headers={"x-trellis-deadline": "1000"})
    assert (answer.status_code, codes(answer)) == (504, {"deadline-passed"})


async def test_a_service_has_a_deadline_of_its_own(library: Library, gateway: GatewayKeys, tmp_path: Path) -> None:
    async with running_library(library.mongo_url, gateway, tmp_path, LIBRARY_DEADLINE_SECONDS="0.5") as hasty:
        answer = await hasty.get("/v1/slow", headers={"x-trellis-deadline": "99999999999999"})
        assert answer.status_code == 504
        assert answer.elapsed.total_seconds() < AT_ONCE_SECONDS
        assert (await hasty.get("/v1/slow", headers={"x-trellis-deadline": "soon"})).status_code == 504
