"""Running mutants: a process that has collected the tests forks for each mutant, and the fork runs what reaches it.

A plugin of pytest (`-p tests.mutants.forking`) in the place of its usual loop. Nothing is imported or collected anew,
and one mongod and one Kafka serve all forks, so that a mutant costs what its tests cost and no more.
"""

import json
import os
import random
import selectors
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

from deploy.local.kafka import start_kafka
from deploy.local.mongo import start_mongo
from tests.mutants.fates import Fate, Fates
from tests.mutants.making import Mutant
from tests.support.servers import STANDING

SAME_TIME = int(os.environ.get("MUTANTS_AT_ONCE", "4"))
CONTROL_EVERY = 25
"""Every so many mutants the same tests run with no mutant at all: they must be green, or a kill says nothing."""


@dataclass(slots=True)
class Reach:
    """What the tests reach when nothing is changed: function -> tests, and each test's seconds."""

    tests: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def note(self, test: str, seconds: float, functions: Iterable[str]) -> None:
        """What a test reached this time, in place of what it reached before."""
        self.seconds[test] = seconds
        for tests in self.tests.values():
            if test in tests:
                tests.remove(test)
        for function in functions:
            self.tests.setdefault(function, []).append(test)

    def of(self, mutant: Mutant) -> list[str]:
        """The tests that reach the mutant, the quickest first."""
        reached = [test for test in self.tests.get(mutant.function, ()) if test in self.seconds]
        return sorted(reached, key=lambda test: (self.seconds[test], test))


def pytest_configure() -> None:
    """Before any test is collected: examples are the same each time, and nothing fails for being slow."""
    checks = list(HealthCheck)
    settings.register_profile("mutants", deadline=None, derandomize=True, database=None, suppress_health_check=checks)
    settings.load_profile("mutants")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run every mutant that is still to be run."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers and forks end with us, whoever ends us
    items = {item.nodeid: item for item in session.items}
    with tempfile.TemporaryDirectory() as folder, lent_servers(Path(folder), session.items):
        reach = _reach(session, list(items.values()))
        run = _Run(session, items, reach, Fates.load())
        try:
            run.all()
        finally:
            run.end()
    return True


@contextmanager
def lent_servers(folder: Path, items: Sequence[pytest.Item]) -> Iterator[None]:
    """One mongod and one Kafka, where a test asks for them: every fork's fixtures get these in place of their own."""
    wanted = {name for item in items for name in getattr(item, "fixturenames", ())}
    with ExitStack() as servers:
        # Lent without their processes: whoever borrows them cannot stop them.
        if "mongod" in wanted:
            mongod = start_mongo(folder)
            servers.callback(mongod.stop)
            STANDING.mongod = replace(mongod, process=None)
        if "kafka" in wanted:
            kafka = start_kafka(folder)
            servers.callback(kafka.stop)
            STANDING.kafka = replace(kafka, process=None)
        yield


def _reach(session: pytest.Session, items: Sequence[pytest.Item]) -> Reach:
    """Let a fork run the tests once, with nothing changed, and write down which functions each of them reached.

    Tests that were run so before, and have not been touched since, are not run again.
    """
    answer = Path("reach.json")
    known = Reach(**json.loads(answer.read_text())) if answer.exists() else Reach()
    since = answer.stat().st_mtime if answer.exists() else 0.0
    fresh = [item for item in items if item.nodeid not in known.seconds or item.path.stat().st_mtime > since]
    if fresh:
        os.waitpid(_fork(lambda: _note_reach(session, fresh, known, answer), "reach.log"), 0)
        known = Reach(**json.loads(answer.read_text()))
    if left_out := [item.nodeid for item in items if item.nodeid not in known.seconds]:
        print("left out, as they are not green without mutants (see mutants/reach.log):", *left_out, sep="\n  ")
    return known


def _note_reach(session: pytest.Session, items: Sequence[pytest.Item], known: Reach, answer: Path) -> bool:
    set_mutant_under_test("stats")
    for item in items:
        known.seconds.pop(item.nodeid, None)
        began = time.monotonic()
        state()._stats.clear()
        if _passes(session, item):
            known.note(item.nodeid, time.monotonic() - began, state()._stats)
    answer.write_text(json.dumps({"tests": known.tests, "seconds": known.seconds}))
    return True


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """In a fork there is no summary at the end: say at once why a test failed."""
    if report.failed:
        print(f"\n{report.nodeid}\n{report.longreprtext}", flush=True)


def _passes(session: pytest.Session, item: pytest.Item) -> bool:
    """Run one test to its end, its fixtures included."""
    session.testsfailed = 0
    try:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
    except BaseException as error:  # such as the test's time limit, between its parts
        print(f"\n{item.nodeid}\n{error!r}", flush=True)
        return False
    return session.testsfailed == 0


def _fork(work: Any, log: str = os.devnull) -> int:
    """A child that does `work`, and ends with 0 where it returns true. Whatever it starts is in its process group."""
    pid = os.fork()
    if pid:
        return pid
    code = 3
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(target, 1)
        os.dup2(target, 2)
        random.seed(1)
        code = 0 if work() else 1
    finally:
        sys.stdout.flush()
        os._exit(code)


@dataclass(frozen=True, slots=True)
class _Fork:
    mutant: Mutant
    reader: int
    began: float
    longest: float
    """Seconds after which it is taken for one that hangs."""
    control: bool

    @property
    def left(self) -> float:
        return self.began + self.longest - time.monotonic()


@dataclass(slots=True)
class _Run:
    """All mutants, some at a time."""

    session: pytest.Session
    items: Mapping[str, pytest.Item]
    reach: Reach
    fates: Fates
    running: dict[int, _Fork] = field(default_factory=dict)
    killers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Function -> which tests noticed a change of it, and how often: those come first, for they may do it again."""

    def all(self) -> None:
        waiting = sorted(self.fates.still_to_run(), key=lambda mutant: self._worst(mutant))
        for number, mutant in enumerate(waiting):
            tests = self._in_turn(mutant)
            if not tests:
                self.fates.note(mutant, Fate("no test reaches it"))
                continue
            self._start(mutant, tests)
            if number % CONTROL_EVERY == 0:
                self._start(mutant, tests, control=True)
            self._tell(number + 1, len(waiting))
        while self.running:
            self._await_one()

    def end(self) -> None:
        """Keep what is known, and leave no fork behind."""
        self.fates.save()
        for pid in self.running:
            _kill_group(pid)

    def _in_turn(self, mutant: Mutant) -> list[str]:
        tests = [test for test in self.reach.of(mutant) if test in self.items]
        return sorted(tests, key=lambda test: -self.killers[mutant.function][test])

    def _worst(self, mutant: Mutant) -> float:
        return sum(self.reach.seconds[test] for test in self.reach.of(mutant) if test in self.items)

    def _start(self, mutant: Mutant, tests: Sequence[str], *, control: bool = False) -> None:
        while len(self.running) >= SAME_TIME:
            self._await_one()
        reader, writer = os.pipe()
        pid = _fork(lambda: self._live(None if control else mutant.name, tests, writer))
        os.close(writer)
        self.running[pid] = _Fork(mutant, reader, time.monotonic(), 60 + 5 * self._worst(mutant), control)

    def _live(self, name: str | None, tests: Sequence[str], writer: int) -> bool:
        """In the fork: be this mutant until a test notices; its name goes to the parent.

        A test has noticed when it fails twice: on a busy machine one may fail once by itself.
        """
        set_mutant_under_test(name or "")
        for test in tests:
            item = self.items[test]
            if not _passes(self.session, item) and not _passes(self.session, item):
                os.write(writer, test.encode())
                return False
        os.write(writer, b" ")
        return True

    def _await_one(self) -> None:
        with selectors.DefaultSelector() as ends:
            for pid, fork in self.running.items():
                ends.register(fork.reader, selectors.EVENT_READ, pid)
            patience = max(0.1, min(fork.left for fork in self.running.values()))
            ended = {key.data for key, _ in ends.select(patience)}
        for pid in [pid for pid, fork in self.running.items() if pid in ended or fork.left <= 0]:
            self._end(pid, self.running.pop(pid), hung=pid not in ended)

    def _end(self, pid: int, fork: _Fork, *, hung: bool) -> None:
        by = "" if hung else os.read(fork.reader, 4096).decode()
        os.close(fork.reader)
        _kill_group(pid)
        os.waitpid(pid, 0)
        fate = Fate(_what(by, hung), by.strip(), round(time.monotonic() - fork.began, 2))
        if fork.control:
            self.fates.note_control(fork.mutant, fate)
        else:
            self.fates.note(fork.mutant, fate)
            if fate.by:
                self.killers[fork.mutant.function][fate.by] += 1

    def _tell(self, number: int, of: int) -> None:
        if number % 20 == 0:
            self.fates.save()
            print(f"{number} of {of}: {self.fates.counts()}", flush=True)


def _what(by: str, hung: bool) -> str:
    """`by` is what the fork wrote at its end: the test that failed, a blank for none, nothing where it broke down."""
    if hung:
        return "hung"
    return {" ": "survived", "": "broke down"}.get(by, "killed")


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
