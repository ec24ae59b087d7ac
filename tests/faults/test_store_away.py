"""The store away, or standing still: every service says so in time, and goes on by itself once it is back."""

import random
import threading
import time
from itertools import count

import pytest

from tests.faults import errands
from tests.faults.asking import Client, Reply
from tests.faults.history import Phase
from tests.faults.injecting import stopped
from tests.faults.load import Person
from tests.faults.rounds import Run

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

NUMBERS = count(1)
DEADLINE_SECONDS = 12.0
"""The gateway's own deadline of ten seconds, and the way there and back."""


def ask(run: Run) -> list[tuple[Reply, float]]:
    """An errand of each service behind the gateway, and how long its answer took."""
    person, client, answers = Person(run.school, run.history, random.Random(5), "away"), Client(run.school.base_url), []
    for make in (errands.goal, errands.publish, errands.project):
        op_id = f"away-{next(NUMBERS)}"
        errand = make(run.school, person.luck, op_id)
        assert errand is not None
        began = time.monotonic()
        answers.append((person.once(client, errand, op_id), time.monotonic() - began))
    client.close()
    return answers


def pids(run: Run) -> dict[str, int]:
    return {name: process.pid for name, process in run.town.processes.items() if process.alive}


def works_again(run: Run) -> None:
    for _ in range(200):
        if all(reply.phase is Phase.OK for reply, _ in ask(run)):
            return
        threading.Event().wait(0.2)
    raise AssertionError("the town does not work again")


def test_a_store_that_is_gone_is_said_in_time_and_nothing_needs_a_restart(run: Run) -> None:
    before = pids(run)
    run.town.kill("mongo")
    for reply, seconds in ask(run):
        assert (reply.status, "retry-after" in reply.headers) == (503, True), reply
        assert seconds < DEADLINE_SECONDS
    run.town.start_service("mongo")
    works_again(run)
    assert pids(run) == before
    assert [str(finding) for finding in run.check(views=False)[1]] == []


def test_a_store_that_stands_still_keeps_nobody_waiting_without_an_end(run: Run) -> None:
    before = pids(run)
    process = run.town.mongo.process
    assert process is not None
    with stopped(process.pid):
        for reply, seconds in ask(run):
            assert reply.status in (503, 504), reply
            assert seconds < DEADLINE_SECONDS
    works_again(run)
    assert pids(run) == before
    assert [str(finding) for finding in run.check(views=False)[1]] == []
