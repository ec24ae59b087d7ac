"""A browser that asks for a page gets words in place of a problem document; a program gets the document."""

from typing import Any

import orjson
import pytest

from services.gateway.answers import send_problem
from services.gateway.plain_page import for_people

BROWSER = b"text/html,application/xhtml+xml,*/*;q=0.8"


async def answered(accept: bytes, status: int, instance: str = "corr_1") -> tuple[dict[bytes, bytes], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    document = {"status": status, "code": "x", "instance": instance}
    await send_problem(for_people(send, accept), document, [(b"retry-after", b"7")])
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == status
    return dict(sent[0]["headers"]), sent[1]["body"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (429, "Wait a minute"),
        (503, "away just now"),
        (504, "away just now"),
        (413, "too large"),
        (400, "try once more"),
    ],
)
async def test_a_browser_reads_what_to_do_in_both_languages(status: int, words: str) -> None:
    headers, body = await answered(BROWSER, status)
    assert headers[b"content-type"] == b"text/html; charset=utf-8"
    assert headers[b"content-length"] == b"%d" % len(body)
    assert headers[b"retry-after"] == b"7"
    assert b"script-src" not in headers[b"content-security-policy"]
    assert words in body.decode()
    assert 'lang="es"' in body.decode()
    assert "corr_1" in body.decode()


async def test_a_program_gets_the_document_itself() -> None:
    headers, body = await answered(b"application/json", 503)
    assert headers[b"content-type"] == b"application/problem+json"
    assert orjson.loads(body)["code"] == "x"


async def test_what_a_client_sent_as_its_correlation_id_is_no_markup() -> None:
    _, body = await answered(BROWSER, 503, "<script>x</script>")
    assert b"<script" not in body


async def test_a_problem_without_a_body_as_head_requests_have_it_becomes_a_page_too() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    answer = for_people(send, BROWSER)
    headers = [(b"content-type", b"application/problem+json")]
    await answer({"type": "http.response.start", "status": 503, "headers": headers})
    await answer({"type": "http.response.body", "body": b""})
    assert sent[0]["status"] == 503
    assert b"away just now" in sent[1]["body"]
