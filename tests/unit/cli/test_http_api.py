"""The client of the public API: refusals as one clear line, and no secret in anything it says."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.http_api import Api
from cli.trouble import Refused, Trouble

SEEN: list[tuple[str, dict[str, str], bytes]] = []


class Answering(http.server.BaseHTTPRequestHandler):
    """A real server that answers as the town would."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        SEEN.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        status, answer = _answer_to(self.path)
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _answer_to(path: str) -> tuple[int, object]:
    refusals = [{"code": "session-full", "detail": "It is full."}, {"code": "overlaps", "detail": "You are elsewhere."}]
    answers: dict[str, tuple[int, object]] = {
        "/v1/list": (200, {"items": [{"n": 1}], "next_cursor": "more"}),
        "/v1/list?cursor=more": (200, {"items": [{"n": 2}], "next_cursor": None}),
        "/v1/refused": (409, {"code": "session-full", "detail": "It is full.", "refusals": refusals}),
        "/v1/broken": (502, b"<html>"),
        "/oauth/token": (401, {"error": "invalid_client", "error_description": "unknown client or wrong secret"}),
    }
    return answers.get(path, (200, {}))


@pytest.fixture
def base_url() -> Iterator[str]:
    SEEN.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def api(base_url: str) -> Iterator[Api]:
    api = Api(base_url, lambda: "the-token", correlation_id="corr_12345678")
    yield api
    api.close()


def test_every_page_of_a_list_is_read(api: Api) -> None:
    assert [item["n"] for item in api.pages("/v1/list")] == [1, 2]


def test_all_reasons_of_a_refusal_are_told_together(api: Api) -> None:
    with pytest.raises(Refused) as refused:
        api.post("/v1/refused", {})
    assert refused.value.codes == {"session-full", "overlaps"}
    assert str(refused.value) == "It is full. You are elsewhere."


def test_oauths_own_refusals_read_the_same(api: Api) -> None:
    with pytest.raises(Refused, match="unknown client or wrong secret"):
        api.post("/oauth/token")


def test_an_answer_that_is_no_problem_document_is_told_by_its_status(api: Api) -> None:
    with pytest.raises(Refused, match="502"):
        api.get("/v1/broken")


def test_token_and_correlation_id_travel_and_the_token_is_in_no_text(api: Api) -> None:
    api.get("/v1/anything", limit=2, cursor=None)
    path, headers, _ = SEEN[-1]
    assert path == "/v1/anything?limit=2"
    assert (headers["authorization"], headers["x-correlation-id"]) == ("Bearer the-token", "corr_12345678")
    assert "the-token" not in repr(api)


def test_a_file_is_sent_whole_and_its_progress_is_told(api: Api, tmp_path: Path) -> None:
    file = tmp_path / "roster.zip"
    heard: list[int] = []
    file.write_bytes(b"x" * 600_000)
    api.upload("/v1/rosters", file, "application/zip", heard.append)
    _, headers, body = SEEN[-1]
    assert (len(body), headers["content-type"]) == (600_000, "application/zip")
    assert heard[-1] == 600_000
    assert len(heard) > 1


def test_a_town_that_does_not_answer_is_told_in_one_line() -> None:
    with pytest.raises(Trouble, match="does not answer"):
        Api("http://127.0.0.1:1").get("/v1/me")


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(Trouble, match="no address of a town"):
        Api("ftp://somewhere").get("/v1/me")
