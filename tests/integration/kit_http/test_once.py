"""Once: a repeated request gets the same answer, and a change needs the version it was made for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx

from tests.integration.kit_http.running import IDA, MAYA, Library, codes
from tests.support.eventually import eventually

NILS = replace(MAYA, caller_id="person_nils")
KEY = "6f1c2a34-once"


async def loans_of(library: Library, reader_id: str) -> list[str]:
    page = (await library.get("/v1/loans", IDA, params={"reader_id": reader_id})).json()
    return [loan["loan_id"] for loan in page["items"]]


def entering(library: Library) -> Callable[[], Awaitable[bool]]:
    """Asks whether the action that is held at the gate has got there."""

    async def entered() -> bool:
        return (await library.get("/v1/gate")).json() is True

    return entered


async def test_the_same_key_and_body_get_the_same_answer_and_one_effect(library: Library) -> None:
    first = await library.lend(caller=NILS, idempotency_key=KEY)
    again = await library.lend(caller=NILS, idempotency_key=KEY)
    assert (again.status_code, again.json()) == (201, first.json())
    assert await loans_of(library, NILS.caller_id) == [first.json()["loan_id"]]


async def test_the_same_key_with_another_body_is_refused(library: Library) -> None:
    caller = replace(MAYA, caller_id="person_otto")
    await library.lend("copy_a", caller, idempotency_key=KEY)
    answer = await library.lend("copy_b", caller, idempotency_key=KEY)
    assert (answer.status_code, codes(answer)) == (422, {"idempotency-key-reused"})
    assert len(await loans_of(library, caller.caller_id)) == 1


async def test_a_key_is_the_callers_own_and_the_routes_own(library: Library) -> None:
    caller = replace(MAYA, caller_id="person_pia")
    await library.lend(caller=replace(MAYA, caller_id="person_quinn"), idempotency_key=KEY)
    answer = await library.lend(caller=caller, idempotency_key=KEY)
    assert answer.json()["reader_id"] == "person_pia"


async def test_a_malformed_key_is_refused(library: Library) -> None:
    for key in ("short", "with space in it", "x" * 200):
        answer = await library.lend(caller=NILS, idempotency_key=key)
        assert (answer.status_code, codes(answer)) == (422, {"idempotency-key-malformed"})


async def test_a_request_that_is_still_running_answers_409_and_then_the_same(library: Library) -> None:
    caller = replace(MAYA, caller_id="person_ravi")

    async def ask() -> httpx.Response:
        headers = {"idempotency-key": KEY}
        return await library.ask("POST", "/v1/held-loans", caller, headers, json={"copy_id": "copy_a"})

    running = asyncio.create_task(ask())

    held: bool = await eventually(entering(library))
    assert held
    meanwhile = await ask()
    assert (meanwhile.status_code, codes(meanwhile)) == (409, {"request-in-progress"})
    await library.ask("POST", "/v1/gate")
    first = await running
    assert first.status_code == 200
    assert (await ask()).json() == first.json()


async def test_a_refused_request_leaves_its_key_free(library: Library) -> None:
    caller = replace(MAYA, caller_id="person_sam")
    for number in range(5):
        assert (await library.lend(f"copy_{number}", caller)).status_code == 201
    for _ in range(2):
        assert codes(await library.lend(caller=caller, idempotency_key=KEY)) == {"too-many-loans"}


async def test_a_change_for_a_version_that_moved_on_is_refused(library: Library) -> None:
    caller = replace(MAYA, caller_id="person_tim")
    loan = (await library.lend(caller=caller)).headers["location"]
    changed = await library.ask("PATCH", loan, caller, {"if-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    stale = await library.ask("PATCH", loan, caller, {"if-match": '"1"'})
    assert (stale.status_code, codes(stale)) == (412, {"stale-version"})
    assert (await library.get(loan, caller)).headers["etag"] == '"2"'
    assert (await library.ask("PATCH", loan, caller)).status_code == 200
    nonsense = await library.ask("PATCH", loan, caller, {"if-match": "three"})
    assert (nonsense.status_code, codes(nonsense)) == (422, {"condition-malformed"})


async def test_what_the_reader_has_already_is_not_sent_again(library: Library) -> None:
    caller = replace(MAYA, caller_id="person_uma")
    loan = (await library.lend(caller=caller)).headers["location"]
    answer = await library.ask("GET", loan, caller, {"if-none-match": '"1"'})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')
    assert (await library.ask("GET", loan, caller, {"if-none-match": '"9"'})).status_code == 200
