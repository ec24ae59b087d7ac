"""A slow consumer: what it cannot do yet waits at the broker, its memory stays flat, and nobody takes it for stuck."""

import threading
import urllib.request
from pathlib import Path

import pytest

from cli.demo.arriving import import_roster, open_district
from cli.demo.day import Day
from cli.demo.telling import Teller
from cli.sample import write_sample
from deploy.local.processes import Process
from deploy.local.town import start_town
from tests.faults.copies import Change, copy_of_the_code, take_out
from tests.faults.crowding import resident_bytes
from tests.faults.quiet import Quiet
from tests.faults.school import PATIENT

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

SLOW = Change(
    "kit/consumer/batch.py",
    "                await run_handler(tx, event)\n",
    "                import asyncio\n"
    "                await asyncio.sleep(0.01)\n"
    "                await run_handler(tx, event)\n",
)
UNHURRIED = {"SCHEDULER_CONSUMER_SESSION_SECONDS": "60"}
"""However slow the machine is: what is looked for is a rebalance that the consumer itself brings about."""
LEARNERS = 700
GROWN_BYTES = 60 * 1024 * 1024


def metric(url: str, name: str) -> float:
    """The sum of a metric's series."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name}{{"))


def alive(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/health", timeout=10) as answer:
        return bool(answer.status == 200)


def test_a_slow_consumer_holds_its_place_its_memory_and_its_health(tmp_path: Path) -> None:
    env = copy_of_the_code(tmp_path / "copy")
    roster = tmp_path / "sample.zip"
    write_sample(roster, schools=2, learners=LEARNERS, seed=7)
    with start_town(tmp_path / "town", extra_env={**PATIENT, **UNHURRIED, **env}) as town:
        take_out(tmp_path / "copy", [SLOW])
        town.stop_service("scheduler.worker")
        town.start_service("scheduler.worker")
        process, url, quiet = town.processes["scheduler.worker"], town.url_of("scheduler", "worker"), Quiet(town)
        assigned = times_assigned(process)
        secret = (town.folder / "secrets" / "gateway-operator-secret").read_text().strip()
        day = Day(town.base_url, town.folder, roster, Teller(), secret, slug="slow-valley")
        open_district(day)
        import_roster(day)
        before, lags, grown = resident_bytes(process.pid), [0.0], 0
        while not quiet.reached():
            lags.append(metric(url, "consumer_lag_records"))
            grown = max(grown, resident_bytes(process.pid) - before)
            assert alive(url)
            threading.Event().wait(0.5)
        quiet.close()
        assert max(lags) > LEARNERS / 2, "the lag was to be seen"
        assert grown < GROWN_BYTES
        assert times_assigned(process) == assigned, "it never lost its partitions"


def times_assigned(process: Process) -> int:
    """How often the group has given it partitions, in all its lives."""
    return process.log_path.read_text().count('"partitions_assigned"')
