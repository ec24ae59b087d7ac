"""The load: several people at once, each with errands from a seed, who ask again when nobody could tell."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.asking import Client, Reply
from tests.faults.errands import Errand, next_errand
from tests.faults.history import History, Phase
from tests.faults.school import School

CLIENTS = 6
TRIES = 4
REPEATED = 0.08
"""How often an acknowledged request is sent once more: it must be answered the same, and change nothing."""
REST_SECONDS = 0.15
ROLLS = 0.03


class Pace:
    """Counts the operations of a round, and tells whoever waits for the n-th."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._begun = 0
        self._moved = threading.Condition()

    def begin(self) -> int | None:
        """The number of the next operation; None when the round has enough."""
        with self._moved:
            if self._begun >= self.most:
                return None
            self._begun += 1
            self._moved.notify_all()
            return self._begun

    def wait_for(self, number: int) -> None:
        """Wait until so many operations have begun."""
        with self._moved:
            self._moved.wait_for(lambda: self._begun >= number)


@dataclass
class Person:
    """One client: a connection, a seed, and errands one after the other."""

    school: School
    history: History
    luck: random.Random
    name: str

    def run(self, pace: Pace) -> None:
        """Errands until the round has enough."""
        client = Client(self.school.base_url)
        try:
            while (number := pace.begin()) is not None:
                op_id = f"{self.name}-{number}"
                errand = self._roll(client) if self.luck.random() < ROLLS else None
                self.do(client, errand or next_errand(self.school, self.luck, op_id), op_id)
        finally:
            client.close()

    def do(self, client: Client, errand: Errand, op_id: str) -> Reply:
        """One errand: asked until its end is known (or the tries are used up), now and then once more after it."""
        reply = self.once(client, errand, op_id)
        for _ in range(TRIES - 1):
            if reply.phase is not Phase.UNKNOWN:
                break
            threading.Event().wait(REST_SECONDS * self.luck.uniform(0.5, 2))
            reply = self.once(client, errand, op_id)
        errand.learn(reply)
        if reply.phase is Phase.OK and self.luck.random() < REPEATED:
            self.once(client, errand, op_id)
        if reply.status in (0, 429, 502, 503, 504):
            threading.Event().wait(REST_SECONDS)
        return reply

    def once(self, client: Client, errand: Errand, op_id: str) -> Reply:
        """One try, written down before and after."""
        self.history.note(op_id, Phase.INVOKE, errand.kind, errand.asked)
        key = f"{op_id}-fault-run" if errand.method == "POST" else None
        reply = client.ask(self.school.token(errand.who), errand.method, errand.path, errand.body, key)
        self.history.note(op_id, reply.phase, errand.kind, reply.what)
        return reply

    def _roll(self, client: Client) -> Errand | None:
        """The roll of something in a locked block: looked at, then taken, once."""
        board = self.school.board
        locked = [each for each in board.occurrences if each["block_id"] in board.locked]
        mine = [each for each in locked if each["occurrence_id"] not in board.rolled]
        if not mine:
            return None
        occurrence = self.luck.choice(mine)
        path = f"/v1/occurrences/{occurrence['occurrence_id']}/roll"
        seen = client.ask(self.school.token(occurrence["host"]), "GET", path)
        lines = seen.body["lines"] if seen.phase is Phase.OK else []
        if not lines or not board.claim(board.rolled, occurrence["occurrence_id"]):
            return None
        entries = [
            {"placement_id": line["placement_id"], "attendance": self.luck.choice(("present", "absent"))}
            for line in lines
        ]
        return Errand("roll", occurrence["host"], "PUT", path, {"entries": entries}, {"entries": entries})


def play(school: School, history: History, seed: str, operations: int, meanwhile: Callable[[Pace], None]) -> None:
    """One round: so many operations by all clients together, and whatever is done to the town `meanwhile`."""
    pace = Pace(operations)
    people = [Person(school, history, random.Random(f"{seed}:{n}"), f"{seed}.{n}") for n in range(CLIENTS)]
    threads = [threading.Thread(target=person.run, args=(pace,), name=person.name) for person in people]
    for thread in threads:
        thread.start()
    try:
        meanwhile(pace)
    finally:
        for thread in threads:
            thread.join()
