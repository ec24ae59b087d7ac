"""The herd: at eight o'clock a thousand clients come at once; who cannot be served is told when to come again."""

import asyncio
import json
import random
import threading
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.faults import errands
from tests.faults.asking import Client
from tests.faults.crowding import resident_bytes
from tests.faults.history import Phase
from tests.faults.load import Person
from tests.faults.rounds import Run

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

CLIENTS = 1_000
GROWN_BYTES = 250 * 1024 * 1024
SERVED, TURNED_AWAY = {200, 201, 409}, {429, 503, 504}


async def one(run: Run, number: int, occurrence_id: str, luck: random.Random) -> int:
    """One client: a connection, one request, and the status of its answer (0: none)."""
    learner, looks = luck.choice(run.school.district.learners), luck.random() < 0.5
    address = urlsplit(run.school.base_url)
    if not looks:  # whether it was done stays open: the checker has to allow for both
        asked = {"student_id": learner["person_id"], "occurrence_id": occurrence_id}
        run.history.note(f"herd-{number}", Phase.INVOKE, "book", asked)
    try:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(_request(run, learner, occurrence_id, looks=looks))
        line = await asyncio.wait_for(reader.readline(), 120)
        writer.close()
        return int(line.split()[1])
    except (OSError, IndexError):
        return 0


def _request(run: Run, learner: Any, occurrence_id: str, *, looks: bool) -> bytes:
    head = f"host: trellis\r\nauthorization: Bearer {run.school.district.token(learner)}\r\nconnection: close\r\n"
    if looks:
        return f"GET /v1/people/{learner['person_id']}/openings HTTP/1.1\r\n{head}\r\n".encode()
    body = json.dumps({"student_id": learner["person_id"]})
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return f"POST /v1/occurrences/{occurrence_id}/placements HTTP/1.1\r\n{head}\r\n{body}".encode()


async def test_a_thousand_at_once_are_served_or_told_when_to_come_again(run: Run) -> None:
    await asyncio.to_thread(run.round, "herd", 100, lambda _: None)
    board = run.school.board
    occurrence_ids = [each["occurrence_id"] for each in board.occurrences if each["block_id"] not in board.locked][-5:]
    watched = {name: run.town.processes[name].pid for name in ("gateway.api", "scheduler.api")}
    before = {name: resident_bytes(pid) for name, pid in watched.items()}
    luck = random.Random(8)
    clients = [one(run, number, luck.choice(occurrence_ids), luck) for number in range(CLIENTS)]
    statuses = Counter(await asyncio.gather(*clients))
    print(f"herd: {dict(statuses)}", flush=True)
    assert set(statuses) <= SERVED | TURNED_AWAY, statuses
    assert statuses.total() == CLIENTS
    for name, pid in watched.items():
        assert resident_bytes(pid) - before[name] < GROWN_BYTES, name
    await asyncio.to_thread(served_again, run)
    findings = await asyncio.to_thread(run.check, views=False)
    assert [str(finding) for finding in findings[1]] == []


def served_again(run: Run) -> None:
    """An ordinary request is answered as usual once they are gone."""
    person, client = Person(run.school, run.history, random.Random(9), "after"), Client(run.school.base_url)
    for number in range(200):
        errand = errands.goal(run.school, person.luck, f"after-{number}")
        assert errand is not None
        if person.once(client, errand, f"after-{number}").phase is Phase.OK:
            client.close()
            return
        threading.Event().wait(0.2)
    raise AssertionError("nobody is served after the herd")
