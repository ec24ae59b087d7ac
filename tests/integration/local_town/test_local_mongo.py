"""MongoDB on one machine: rights, restarts, and a clean end."""

from __future__ import annotations

import os
import signal
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from deploy.local.mongo import Mongo, mongod_command, start_mongo
from deploy.local.processes import DidNotStart

Client = MongoClient[dict[str, Any]]


def test_a_service_writes_its_own_database_in_a_transaction(standing_mongo: Mongo) -> None:
    with Client(standing_mongo.url_for("profile")) as client, client.start_session() as session:
        with session.start_transaction():
            client["trellis_profile"].notes.insert_one({"_id": "kept"}, session=session)
        assert client.get_default_database().name == "trellis_profile"
        assert client["trellis_profile"].notes.find_one() == {"_id": "kept"}


@pytest.mark.parametrize("other", ["trellis_scheduler", "trellis_gateway", "admin", "elsewhere"])
def test_a_service_can_neither_read_nor_write_another_database(standing_mongo: Mongo, other: str) -> None:
    with Client(standing_mongo.url_for("profile")) as client:
        with pytest.raises(OperationFailure, match="not authorized"):
            client[other].notes.find_one()
        with pytest.raises(OperationFailure, match="not authorized"):
            client[other].notes.insert_one({})


def test_nobody_enters_without_a_password(standing_mongo: Mongo) -> None:
    stranger = Client("127.0.0.1", standing_mongo.port, directConnection=True)
    with stranger, pytest.raises(OperationFailure, match="requires authentication"):
        stranger["trellis_profile"].notes.find_one()


def test_an_unknown_service_has_no_url(standing_mongo: Mongo) -> None:
    with pytest.raises(KeyError):
        standing_mongo.url_for("library")


def test_a_slow_operation_is_not_logged_with_its_documents(mongo: Mongo, tmp_path: Path) -> None:
    with Client(mongo.admin_url, directConnection=True) as client:
        client["trellis_profile"].command({"profile": 0, "slowms": -1})  # from here on everything is slow
        client["trellis_profile"].notes.insert_one({"_id": "Amelie Fontaine"})
        assert client["trellis_profile"].notes.find_one({"_id": "Amelie Fontaine"}) is not None
    log = (tmp_path / "logs" / "mongod.log").read_text()
    assert "Fontaine" not in log
    assert "Waiting for connections" in log


def test_what_mongo_acknowledged_survives_kill_9_and_restart(mongo: Mongo, tmp_path: Path) -> None:
    with Client(mongo.url_for("scheduler"), w="majority") as client:
        client["trellis_scheduler"].notes.insert_many({"_id": number} for number in range(1_000))
        os.kill(mongo.pid, signal.SIGKILL)
    again = start_mongo(tmp_path, port=mongo.port)
    try:
        assert again.url_for("scheduler") == mongo.url_for("scheduler")
        with Client(again.url_for("scheduler")) as client:
            assert client["trellis_scheduler"].notes.count_documents({}) == 1_000
    finally:
        again.stop()


def test_a_restart_adds_a_service_and_refuses_another_port(mongo: Mongo, tmp_path: Path) -> None:
    mongo.stop()
    with pytest.raises(DidNotStart, match=f"lives on port {mongo.port}, not {mongo.port + 1}"):
        start_mongo(tmp_path, port=mongo.port + 1)
    again = start_mongo(tmp_path, services=["profile", "web"])
    try:
        assert again.port == mongo.port
        with Client(again.url_for("web")) as client:
            assert client["trellis_web"].notes.insert_one({"_id": 1}).acknowledged
    finally:
        again.stop()


def test_after_stop_no_process_and_no_port_is_left(mongo: Mongo) -> None:
    mongo.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(mongo.pid, 0)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", mongo.port)) != 0
    mongo.stop()  # harmless twice


def test_secrets_are_readable_by_their_owner_alone_and_never_shown(mongo: Mongo, tmp_path: Path) -> None:
    kept = list((tmp_path / "secrets").iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    shown = repr(mongo) + (tmp_path / "logs" / "mongod.log").read_text()
    assert len(kept) == 6
    assert not [path.name for path in kept if path.read_text() in shown]


def test_a_broken_store_is_reported_with_the_log(tmp_path: Path) -> None:
    (tmp_path / "mongo" / "store").mkdir(parents=True)
    (tmp_path / "mongo" / "store" / "WiredTiger.turtle").write_text("not a catalogue")
    with pytest.raises(DidNotStart, match=r"(?s)mongod: ended while.*mongod\.log.*WiredTiger"):
        start_mongo(tmp_path)


def test_a_missing_mongod_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRELLIS_MONGOD", str(tmp_path / "nowhere" / "mongod"))
    with pytest.raises(DidNotStart, match=r"mongod cannot be run.*nowhere/mongod"):
        start_mongo(tmp_path)


def test_the_dead_hold_their_locks_no_longer_than_15_seconds(tmp_path: Path) -> None:
    command = mongod_command(tmp_path, 27017)
    assert "transactionLifetimeLimitSeconds=15" in command
