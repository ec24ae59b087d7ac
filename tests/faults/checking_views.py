"""Checking views: each is made anew from its topics, and equals the one that stands."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from deploy.local.town import Town
from tests.faults.verdict import Finding, diverged

ARCHIVES = {
    "profile": ("districts",),
    "scheduler": ("people", "learners", "schools"),
    "community": ("people", "busy"),
    "gateway": ("people",),
}
COUNTS = ("differing", "only_live", "only_rebuilt")
LONGEST_SECONDS = 300
TRIES, REST_SECONDS = 3, 5.0


def check_views(town: Town) -> Iterator[Finding]:
    """Every view of every service, by the same command that an operator uses; a service at a time by itself."""
    with ThreadPoolExecutor(2) as pool:
        for findings in pool.map(lambda service: _of_service(town, service), ARCHIVES):
            yield from findings


def _of_service(town: Town, service: str) -> list[Finding]:
    return [finding for view in ARCHIVES[service] for finding in _rebuilt(town, service, view)]


def _rebuilt(town: Town, service: str, view: str) -> Iterator[Finding]:
    result: dict[str, Any] = {}
    for result in _tries(town, service, view):
        if "collections" in result:
            break
    else:
        yield diverged("view", f"{service} {view} cannot be rebuilt: {result}")
    for found in result.get("collections", ()):
        if not found["is_equal"]:
            counts = ", ".join(f"{found[name]} {name}" for name in COUNTS)
            ids = [each for name in COUNTS for each in found[f"{name}_ids"]][:3]
            yield diverged("view", f"{service} {view} {found['collection']}: {counts}: {ids}")


def _tries(town: Town, service: str, view: str) -> Iterator[dict[str, Any]]:
    """As an operator would: once more, after a rest, where a broker or a store had just no leader."""
    for number in range(TRIES):
        threading.Event().wait(REST_SECONDS * number)
        yield rebuild(town, service, view)


def rebuild(town: Town, service: str, view: str) -> dict[str, Any]:
    """Rebuild one view beside the live one; the command's last word."""
    environment = os.environ | json.loads((town.folder / "secrets" / f"env-{service}.json").read_text())
    command = [sys.executable, "-m", f"services.{service}.rebuild", view]
    done = subprocess.run(
        command, env=environment, cwd=Path.cwd(), capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("{") and '"event"' not in line]
    return dict(json.loads(told[-1])) if told else {"said": done.stderr[-500:]}
