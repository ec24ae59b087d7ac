"""Backup and restore: stores come back empty, are filled from files, catch up from the topics, and are as before."""

import random
import shutil
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from deploy.local.mongo_users import SERVICES
from deploy.local.town import Town, start_town
from tests.faults.evidence import read_stores, reading_url
from tests.faults.poison import Dose, give
from tests.faults.quiet import Quiet
from tests.faults.rounds import Run
from tests.faults.school import PATIENT

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

PLUMBING = {"inbox", "leases", "outbox", "idempotency"}
LAGGARDS = ("scheduler.worker", "gateway.worker", "profile.worker")


def command(town: Town, *words: str) -> str:
    """What a command of the operator says. Raises: AssertionError where it fails."""
    done = CliRunner().invoke(app, [*words, "--folder", str(town.folder)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def stores(town: Town) -> dict[str, dict[str, Any]]:
    """What the services know, without the moments at which they came to know it."""
    return {
        f"{service}.{name}": {row["_id"]: _timeless(row) for row in rows}
        for service, collections in read_stores(reading_url(town)).items()
        for name, rows in collections.items()
        if name not in PLUMBING
    }


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(inner) for name, inner in value.items() if not isinstance(inner, datetime)}
    return [_timeless(inner) for inner in value] if isinstance(value, list) else value


def become_quiet(town: Town) -> None:
    quiet = Quiet(town)
    for _ in range(600):
        if quiet.reached():
            quiet.close()
            return
        threading.Event().wait(0.2)
    raise AssertionError("the town does not become quiet")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with start_town(tmp_path / "town", extra_env=PATIENT) as town:
        running = Run.begin(town, tmp_path, lambda _: None)
        yield running
        running.close()


def lose_the_stores(town: Town) -> None:
    """Everything stops, and the machine with the stores is gone; an empty one takes its place."""
    for service in SERVICES:
        town.stop_service(service)
    town.kill("mongo")
    shutil.rmtree(town.folder / "mongo" / "store")
    town.start_service("mongo")


def test_empty_stores_are_restored_and_catch_up_with_what_the_topics_hold(run: Run, tmp_path: Path) -> None:
    town, kept = run.town, tmp_path / "kept"

    def fall_behind(pace: Any) -> None:
        pace.wait_for(60)
        for name in LAGGARDS:
            town.kill(name)
        # What is no fact stands in nobody's way: not in a backup's, not in a restore's.
        give(town.kafka.bootstrap, run.history, Dose("bad-envelope", "profile-people", "", 0), "backup-poison")

    run.round("backup", 160, fall_behind)
    said = command(town, "backup", str(kept))
    assert all(f"{service}: " in said for service in SERVICES)
    for name in LAGGARDS:
        town.start_service(name)
    become_quiet(town)
    before = stores(town)
    lose_the_stores(town)
    command(town, "restore", str(kept))
    refused = CliRunner().invoke(app, ["restore", str(kept), "--folder", str(town.folder)])
    assert refused.exit_code != 0
    for service in SERVICES:
        town.start_service(service)
    become_quiet(town)
    after = stores(town)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == set()
    _, findings = run.check()
    assert [str(finding) for finding in findings] == []


def test_a_file_that_changed_is_not_restored_and_who_was_forgotten_since_is_named(run: Run, tmp_path: Path) -> None:
    town, kept = run.town, tmp_path / "kept"
    command(town, "backup", str(kept), "--service", "scheduler", "--service", "profile")
    gone = run.school.district.learners[-1]["person_id"]
    forget = {"reason_code": "family-request"}
    run.school.district.day["office"].api.post(f"/v1/people/{gone}/forget", forget)
    become_quiet(town)
    lose_the_stores(town)
    path = kept / "scheduler" / "people.bson"
    content = bytearray(path.read_bytes())
    content[random.Random(3).randrange(len(content))] ^= 1
    path.write_bytes(content)
    refused = CliRunner().invoke(app, ["restore", str(kept), "--service", "scheduler", "--folder", str(town.folder)])
    assert refused.exit_code != 0
    assert "people: the file is not what was written" in " ".join(f"{refused.output} {refused.exception}".split())
    assert read_stores(reading_url(town))["scheduler"] == {}
    restored = CliRunner().invoke(app, ["restore", str(kept), "--service", "profile", "--folder", str(town.folder)])
    assert restored.exit_code != 0
    assert "after the backup profile.person.forgotten.v1: 1" in restored.output
    assert gone in f"{restored.output} {restored.exception}"
