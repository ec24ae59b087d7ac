"""Borrowed servers: used by URL, never started or stopped, and refused when half named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from deploy.local.borrowed import borrowed_kafka, borrowed_mongo
from deploy.local.mongo import Mongo
from deploy.local.processes import DidNotStart

Client = MongoClient[dict[str, Any]]


def test_an_administered_server_gives_each_service_a_user_of_its_own(standing_mongo: Mongo, tmp_path: Path) -> None:
    borrowed = borrowed_mongo(tmp_path / "guest", ["library"], {"TRELLIS_MONGO_URL": standing_mongo.admin_url})
    assert borrowed
    with Client(borrowed.url_for("library")) as client:
        assert client["trellis_library"].notes.insert_one({}).acknowledged
        with pytest.raises(OperationFailure, match="not authorized"):
            client["trellis_profile"].notes.find_one()
    borrowed.stop()
    assert standing_mongo.process
    assert standing_mongo.process.alive


def test_a_url_for_each_service_is_used_as_it_is(tmp_path: Path) -> None:
    env = {"TRELLIS_MONGO_URL_PROFILE": "mongodb://a/p", "TRELLIS_MONGO_URL_SCHEDULER": "mongodb://b/s"}
    borrowed = borrowed_mongo(tmp_path, ["profile", "scheduler"], env)
    assert borrowed
    assert (borrowed.url_for("profile"), borrowed.url_for("scheduler")) == ("mongodb://a/p", "mongodb://b/s")


def test_a_service_without_a_url_beside_one_that_has_is_refused_by_name(tmp_path: Path) -> None:
    env = {"TRELLIS_MONGO_URL_PROFILE": "mongodb://a/p"}
    with pytest.raises(DidNotStart, match="missing: TRELLIS_MONGO_URL_SCHEDULER"):
        borrowed_mongo(tmp_path, ["profile", "scheduler"], env)


def test_a_service_user_may_not_administer_and_no_password_is_told(standing_mongo: Mongo, tmp_path: Path) -> None:
    with pytest.raises(DidNotStart, match=r"TRELLIS_MONGO_URL cannot be used.*not authorized") as refused:
        borrowed_mongo(tmp_path / "guest", ["library"], {"TRELLIS_MONGO_URL": standing_mongo.url_for("profile")})
    password = standing_mongo.url_for("profile").partition("@")[0].rpartition(":")[2]
    assert password not in str(refused.value)


def test_kafka_is_borrowed_only_when_named() -> None:
    assert borrowed_kafka({}) is None
    assert borrowed_mongo(Path(), ["profile"], {}) is None
    named = borrowed_kafka({"TRELLIS_KAFKA": "broker:9092"})
    assert named
    assert (named.bootstrap, named.pid) == ("broker:9092", 0)
    named.stop()
