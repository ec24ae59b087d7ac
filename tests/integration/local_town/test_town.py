"""The town: its processes start ready, stop in order, and come back on the same port."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.topics import TOPICS
from deploy.local.kafka import Kafka
from deploy.local.mongo import Mongo
from deploy.local.processes import DidNotStart, free_port, wait_free
from deploy.local.town import Town, start_town
from deploy.local.town_orders import Order, town_orders

ANSWER = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/ready" else 404)
        self.end_headers()
        self.wfile.write(os.environ["GREETING"].encode())
HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""
NOWHERE = Mongo(0, "", 0, {"gateway": "mongodb://g", "profile": "mongodb://p"}), Kafka("127.0.0.1:1", 0)


def order(name: str) -> Order:
    port = free_port()
    return Order(name, (sys.executable, "-c", ANSWER, str(port)), port, {"GREETING": name})


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    orders = [order("library.api"), order("library.worker"), order("gateway.api")]
    with Town(tmp_path, *NOWHERE, {each.name: each for each in orders}) as town:
        for name in ("library", "gateway"):
            town.start_service(name)
        yield town


def greeting(url: str) -> str:
    with urllib.request.urlopen(f"{url}/ready") as answer:
        return str(answer.read().decode())


def test_a_killed_service_comes_back_on_its_port_and_the_others_never_stopped(town: Town) -> None:
    before = dict(town.processes)
    town.kill("library")
    assert [name for name, process in before.items() if process.alive] == ["gateway.api"]
    town.start_service("library.worker")
    assert greeting(town.url_of("library", "worker")) == "library.worker"
    assert town.processes["library.worker"].port == before["library.worker"].port
    assert not town.processes["library.api"].alive


def test_after_stop_no_process_and_no_port_is_left(town: Town) -> None:
    assert greeting(town.base_url) == "gateway.api"
    town.stop()
    assert not any(process.alive for process in town.processes.values())
    for process in town.processes.values():
        wait_free(process.port, 1)


def test_a_name_that_is_not_in_the_town_is_answered_with_those_that_are(town: Town) -> None:
    with pytest.raises(KeyError, match=r"bakery is not in this town.*mongo, kafka, library\.api"):
        town.kill("bakery")


def test_a_service_that_does_not_get_up_is_reported_with_its_log(tmp_path: Path) -> None:
    broken = Order("library.api", (sys.executable, "-c", "raise SystemExit('no shelf')"), free_port(), {})
    town = Town(tmp_path, *NOWHERE, {"library.api": broken})
    with town, pytest.raises(DidNotStart, match=r"(?s)library\.api: ended.*no shelf"):
        town.start_service("library")


def test_each_process_is_told_its_own_and_no_administrator_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRELLIS_MONGO_URL", "mongodb://root:secret@far")
    orders = town_orders(tmp_path, *NOWHERE, ("profile", "gateway"), True, {"PROFILE_LOG_LEVEL": "debug"})
    profile, gateway = orders["profile.api"].env, orders["gateway.worker"].env
    assert (profile["PROFILE_MONGO_URL"], gateway["GATEWAY_MONGO_URL"]) == ("mongodb://p", "mongodb://g")
    assert gateway["GATEWAY_PROFILE_URLS"] == f"http://127.0.0.1:{profile['PROFILE_PORT']}"
    assert profile["PROFILE_LOG_LEVEL"] == "debug"
    assert gateway["GATEWAY_DEV_PROVIDER"] == "1"
    assert profile["TRELLIS_CURSOR_KEY"] == gateway["TRELLIS_CURSOR_KEY"]
    assert not [name for order in orders.values() for name, value in order.env.items() if "root:secret" in value]


def test_the_signing_key_is_kept_and_the_development_provider_is_off_unless_asked_for(tmp_path: Path) -> None:
    first = town_orders(tmp_path, *NOWHERE, ("gateway",), True, {})["gateway.api"].env["GATEWAY_SIGNING_KEY_FILE"]
    key = Path(first).read_text()
    again = town_orders(tmp_path, *NOWHERE, ("gateway",), False, {})["gateway.api"].env
    assert Path(again["GATEWAY_SIGNING_KEY_FILE"]).read_text() == key
    assert "GATEWAY_DEV_PROVIDER" not in again


def test_a_town_whose_service_fails_stops_its_servers_and_its_topics_were_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TRELLIS_MONGO_URL", "TRELLIS_KAFKA"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(DidNotStart, match=r"(?s)bakery\.(api|worker): ended.*No module named .?services\.bakery"):
        start_town(tmp_path, services=("bakery",))
    wait_free(int((tmp_path / "mongo" / "port").read_text()), 1)
    made = {folder.name.rpartition("-")[0] for folder in (tmp_path / "kafka" / "topics").iterdir() if folder.is_dir()}
    assert {topic.name for topic in TOPICS} <= made
