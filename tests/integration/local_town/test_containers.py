"""In containers: secrets from files, a store's first start, and checks that catch what is wrong."""

from __future__ import annotations

import importlib.util
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from deploy import consistency
from deploy.containers.entrypoint import with_secrets
from deploy.containers.mongo_first_start import first_start
from deploy.local.mongo import mongod_command
from deploy.local.processes import Process, free_port, start_process

ROOT = Path(__file__).parents[3]
Client = MongoClient[dict[str, Any]]


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Process]:
    """A `mongod` that was never initiated, as in a new container."""
    port = free_port()
    (tmp_path / "mongo").mkdir()
    process = start_process("mongod", mongod_command(tmp_path, port), {"PATH": os.defpath}, tmp_path, port)
    yield process
    process.stop()


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    folder = tmp_path / "passwords"
    folder.mkdir()
    (folder / "admin").write_text("admin-password")
    (folder / "service").write_text("first-password")
    return folder


def test_a_first_start_makes_one_user_and_can_be_repeated_with_a_new_password(mongod: Process, passwords: Path) -> None:
    member = f"127.0.0.1:{mongod.port}"
    first_start("profile", member, mongod.port, passwords)
    (passwords / "service").write_text("second-password")
    first_start("profile", member, mongod.port, passwords)
    where = f"@{member}/trellis_profile?replicaSet=trellis&authSource=trellis_profile"
    with Client(f"mongodb://profile:second-password{where}") as client:
        assert client["trellis_profile"].notes.insert_one({}).acknowledged
        with pytest.raises(OperationFailure, match="not authorized"):
            client["trellis_scheduler"].notes.find_one()
    late = Client(f"mongodb://profile:first-password{where}")
    with late, pytest.raises(OperationFailure, match="Authentication failed"):
        late["trellis_profile"].notes.find_one()


def test_a_setting_from_a_file_replaces_its_pointer(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("mongodb://store\n")
    env = {"FROM_FILE_PROFILE_MONGO_URL": str(tmp_path / "url"), "PROFILE_PORT": "8000"}
    assert with_secrets(env) == {"PROFILE_MONGO_URL": "mongodb://store", "PROFILE_PORT": "8000"}


def test_a_secret_that_is_not_there_stops_the_start_and_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"FROM_FILE_PROFILE_MONGO_URL: .*nowhere.*make-secrets"):
        with_secrets({"FROM_FILE_PROFILE_MONGO_URL": str(tmp_path / "nowhere")})


def test_the_entrypoint_becomes_the_process_that_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("a key")
    env = {"FROM_FILE_KEY": str(tmp_path / "key"), "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        "-m",
        "deploy.containers.entrypoint",
        sys.executable,
        "-c",
        "import os; print(os.environ)",
    ]
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert "'KEY': 'a key'" in said
    assert "FROM_FILE" not in said


def test_secrets_are_made_once_and_every_one_that_compose_mounts_is_there(tmp_path: Path) -> None:
    specification = importlib.util.spec_from_file_location("make_secrets", ROOT / "deploy" / "make-secrets.py")
    assert specification
    assert specification.loader
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    made = {path.name: path.read_text() for path in script.make_secrets(tmp_path)}
    assert {path.name: path.read_text() for path in script.make_secrets(tmp_path)} == made
    assert len(set(made.values())) == len(made)
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert set(compose["secrets"]) == set(made)


def test_alerts_pages_figures_and_pins_agree() -> None:
    assert consistency.findings() == []


def test_a_figure_that_nobody_publishes_a_page_without_alert_and_a_drifted_pin_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy = tmp_path / "deploy"
    for file in ("prometheus/alerts.yml", "grafana/dashboards/town.json", "runtime.lock", "runbooks/process-down.md"):
        (deploy / file).parent.mkdir(parents=True, exist_ok=True)
        (deploy / file).write_text((ROOT / "deploy" / file).read_text())
    alerts = (deploy / "prometheus" / "alerts.yml").read_text()
    (deploy / "prometheus" / "alerts.yml").write_text(alerts.replace("outbox_oldest_seconds", "outbox_age_seconds"))
    (deploy / "runbooks" / "old.md").write_text("# Old\n")
    (tmp_path / "requirements.lock").write_text("pymongo==0.1\n")
    monkeypatch.setattr(consistency, "HERE", deploy)
    found = "\n".join(consistency.findings())
    assert "outbox_age_seconds is asked for, but not published" in found
    assert "DeadLetters has no page" in found
    assert "ProcessDown" not in found
    assert "old.md belongs to no alert" in found
    assert "requirements.lock has 0.1" in found
