"""Bad requests: each is refused with a code, with all reasons together, and changes nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from kit.auth import RoleAt
from tests.integration.kit_http.running import IDA, MAYA, Library, codes, faults


async def test_a_good_request_is_answered_with_its_place_and_version(library: Library) -> None:
    made = await library.lend()
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/v1/loans/{made.json()['loan_id']}"
    seen = await library.get(made.headers["location"])
    assert seen.json() == made.json()
    assert seen.headers["etag"] == '"1"'


async def test_every_fault_of_a_body_is_told_with_its_place_and_never_with_its_value(library: Library) -> None:
    body = {"copy_id": "hunter2!", "notes": ["a", 7], "weight_kg": "heavy", "colour": "hunter2!"}
    answer = await library.ask("POST", "/v1/loans", json=body)
    assert answer.status_code == 422
    told = faults(answer)
    assert set(told) == {"body.copy_id", "body.notes.1", "body.weight_kg", "body.colour"}
    assert told["body.colour"] == "no field of this name"
    assert "hunter2" not in answer.text


async def test_a_missing_body_and_a_missing_field_are_told_apart(library: Library) -> None:
    assert set(faults(await library.ask("POST", "/v1/loans"))) == {"body"}
    assert set(faults(await library.ask("POST", "/v1/loans", json={}))) == {"body.copy_id"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"copy_id": "copy_a", "weight_kg": NaN}',
        b'{"copy_id": "copy_a"',
        b'{"copy_id": "copy_\xff"}',
        b'{"copy_id": "copy_a", "\\ud800": 1}',
        b"[" * 100_000,
    ],
    ids=["nan", "cut off", "not utf-8", "half a surrogate", "too deep"],
)
async def test_what_is_not_json_is_refused(library: Library, body: bytes) -> None:
    answer = await library.ask("POST", "/v1/loans", headers={"content-type": "application/json"}, content=body)
    assert answer.status_code == 422
    assert codes(answer) == {"invalid-request"}


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""])
async def test_another_content_type_is_refused(library: Library, content_type: str) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = await library.ask("POST", "/v1/loans", headers=headers, content=b'{"copy_id": "copy_a"}')
    assert answer.status_code == 415
    assert codes(answer) == {"unsupported-content-type"}
    assert "application/json" in answer.json()["detail"]


async def test_an_oversized_body_is_refused_before_it_is_read(library: Library) -> None:
    answer = await library.ask("POST", "/v1/loans", json={"copy_id": "x" * 1_100_000})
    assert answer.status_code == 413
    assert codes(answer) == {"request-too-large"}


async def test_an_oversized_body_without_a_length_is_refused_while_it_is_read(library: Library) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"copy_id": "'
        for _ in range(20):
            yield b"x" * 100_000

    headers = {"content-type": "application/json"}
    answer = await library.ask("POST", "/v1/loans", headers=headers, content=pieces())
    assert answer.status_code == 413
    assert codes(answer) == {"request-too-large"}


async def test_an_upload_route_has_its_own_limit(library: Library) -> None:
    headers = {"content-type": "text/csv"}
    allowed = await library.ask("POST", "/v1/shelf-lists", headers=headers, content=b"x" * 2_000_000)
    assert allowed.json() == {"bytes": 2_000_000}
    refused = await library.ask("POST", "/v1/shelf-lists", headers=headers, content=b"x" * 5_000_000)
    assert refused.status_code == 413
    assert refused.json()["refusals"][0]["details"] == {"most_bytes": 4 * 1024 * 1024}


async def test_unknown_and_malformed_query_parameters_are_refused(library: Library) -> None:
    assert set(faults(await library.get("/v1/loans?limit=5&colour=red", IDA))) == {"query.colour"}
    assert set(faults(await library.get("/v1/loans?limit=many", IDA))) == {"query.limit"}
    assert set(faults(await library.get("/v1/loans?limit=100000", IDA))) == {"query.limit"}


async def test_an_unknown_address_and_an_unknown_method_are_problems_too(library: Library) -> None:
    unknown = await library.get("/v1/nothing")
    assert (unknown.status_code, codes(unknown)) == (404, {"no-such-address"})
    method = await library.ask("DELETE", "/v1/loans", MAYA)
    assert (method.status_code, codes(method)) == (405, {"method-not-allowed"})
    assert method.headers["allow"] == "GET, POST"


async def test_an_unexpected_fault_says_nothing_but_the_correlation_id(library: Library) -> None:
    answer = await library.get("/v1/broken")
    assert (answer.status_code, codes(answer)) == (500, {"internal-error"})
    assert "hunter2" not in answer.text
    assert "maya" not in answer.text
    [line] = await library.lines(answer.headers["x-correlation-id"])
    assert line["error"] == ["ValueError"]
    assert "library.py" in line["places"][-1]


async def test_staff_alone_hear_the_staff_text(library: Library) -> None:
    reader = replace(MAYA, caller_id="person_wim")
    both = replace(reader, roles=(*reader.roles, RoleAt("librarian", "branch_leith")))
    for _ in range(5):
        await library.lend(caller=reader)
    told, told_staff = await library.lend(caller=reader), await library.lend(caller=both)
    assert codes(told) == codes(told_staff) == {"too-many-loans"}
    assert told.json()["detail"] == "You have 5 books at home; bring one back first."
    assert "staff_detail" not in told.json()["refusals"][0]
    assert "allows no more" in told_staff.json()["refusals"][0]["staff_detail"]


async def test_a_stale_cursor_is_refused(library: Library) -> None:
    await library.lend("copy_b")
    await library.lend("copy_c")
    first = (await library.get("/v1/loans?limit=1", IDA)).json()
    assert len(first["items"]) == 1
    cursor = first["next_cursor"]
    second = (await library.get(f"/v1/loans?limit=1&cursor={cursor}", IDA)).json()
    assert second["items"][0]["loan_id"] != first["items"][0]["loan_id"]
    for stale in (cursor[:-1], "abc", f"/v1/loans?cursor={cursor}"):
        answer = await library.get("/v1/loans", IDA, params={"cursor": stale})
        assert (answer.status_code, codes(answer)) == (422, {"stale-cursor"})
    other = await library.get("/v1/loans", IDA, params={"cursor": cursor, "reader_id": "person_maya"})
    assert codes(other) == {"stale-cursor"}
