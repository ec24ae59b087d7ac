"""Write paths: every way in which people change something, each ready to be taken again and again."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count, cycle

from cli.demo.arriving import clerk_of
from tests.faults import errands
from tests.faults.asking import Client, Reply
from tests.faults.clerk import import_one
from tests.faults.errands import Errand
from tests.faults.history import Phase
from tests.faults.load import Person
from tests.faults.poison import dose, give, put_aside
from tests.faults.rounds import Run
from tests.faults.school import Known

MOST_SECONDS = 300.0
Walk = Callable[[], object]
"""Takes the path to its acknowledged end, however often it has to ask."""


@dataclass
class Paths:
    """Prepares each path, so that what is walked afterwards is the path alone, and is allowed."""

    run: Run
    revive: Callable[[], None]
    number: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        school = self.run.school
        self.client = Client(school.base_url)
        self.person = Person(school, self.run.history, random.Random(1), "paths")
        self._seats = iter([(host, block) for block in school.district.blocks for host in school.educators])
        self._learners = cycle(school.district.learners)
        self._attendances = cycle(("present", "absent"))
        self._locked: set[str] = set()
        self._rolled: list[tuple[str, Known, str]] = []
        self._others = self._second_school()
        self._read = cycle(("scheduler-placements", "profile-people"))  # between them all four services read these

    def prepare(self, name: str) -> Walk:
        """The path of this name, with all that comes before it already done."""
        prepare: Callable[[], Walk] = getattr(self, f"_{name}")
        return prepare()

    def do(self, errand: Errand | None) -> Reply:
        """Ask until it is acknowledged; what dies meanwhile is started again."""
        assert errand is not None
        op_id, deadline = f"path-{next(self.number)}", time.monotonic() + MOST_SECONDS
        while True:
            reply = self.person.once(self.client, errand, op_id)
            if reply.phase is Phase.OK:
                errand.learn(reply)
                return reply
            assert reply.phase is Phase.UNKNOWN or reply.status in (429, 503), (errand.kind, reply)
            assert time.monotonic() < deadline, f"{errand.kind} was never acknowledged; last: {reply}"
            self.revive()
            threading.Event().wait(0.1)

    def close(self) -> None:
        """Let the connection go."""
        self.client.close()

    def _simple(self, make: errands.Make) -> Walk:
        errand = make(self.run.school, self.person.luck, f"path-{next(self.number)}")
        return lambda: self.do(errand)

    def _goal(self) -> Walk:
        return self._simple(errands.goal)

    def _project(self) -> Walk:
        return self._simple(errands.project)

    def _hours(self) -> Walk:
        return self._simple(errands.hours)

    def _publish(self) -> Walk:
        return self._simple(errands.publish)

    def _schedule(self) -> Walk:
        return lambda: self.do(self._scheduling())

    def _scheduling(self) -> Errand:
        """An offer of somebody who has nothing else in that block, yet to be scheduled."""
        host, block = next((host, block) for host, block in self._seats if block["block_id"] not in self._locked)
        school, title = self.run.school, f"seat {next(self.number)}"
        offer = {"title": title, "cap": 1}
        made = self.do(Errand("publish", host, "POST", f"/v1/schools/{school.school_id}/offers", offer, offer))
        body = {"block_ids": [block["block_id"]], "title": title}
        path = f"/v1/offers/{made.body['offer_id']}/occurrences"
        return Errand("schedule", host, "POST", path, body, body)

    def _seat(self) -> tuple[str, str, Known]:
        """A fresh occurrence with one seat: its id, its block and its host."""
        errand = self._scheduling()
        assert errand.body is not None
        return self.do(errand).body[0]["occurrence_id"], errand.body["block_ids"][0], errand.who

    def open_seat(self) -> str:
        """A fresh occurrence with one seat."""
        return self._seat()[0]

    def booking(self, occurrence_id: str, kind: str = "book") -> Errand:
        """The next learner books a place there, or waits for one."""
        learner = next(self._learners)
        asked = {"student_id": learner["person_id"], "occurrence_id": occurrence_id}
        end = "placements" if kind == "book" else "waitlist"
        path = f"/v1/occurrences/{occurrence_id}/{end}"
        return Errand(kind, learner, "POST", path, {"student_id": learner["person_id"]}, asked)

    def _book(self) -> Walk:
        errand = self.booking(self._seat()[0])
        return lambda: self.do(errand)

    def _wait(self) -> Walk:
        occurrence_id, _, _ = self._seat()
        self.do(self.booking(occurrence_id))
        errand = self.booking(occurrence_id, "wait")
        return lambda: self.do(errand)

    def _cancel(self) -> Walk:
        """Given back while somebody waits: the seat goes on in the same act."""
        occurrence_id, _, _ = self._seat()
        booking = self.booking(occurrence_id)
        placement_id = self.do(booking).body["placement_id"]
        self.do(self.booking(occurrence_id, "wait"))
        asked = {"placement_id": placement_id, "student_id": booking.who["person_id"]}
        errand = Errand("cancel", booking.who, "POST", f"/v1/placements/{placement_id}/cancel", {}, asked)
        return lambda: self.do(errand)

    def _lock(self) -> Walk:
        """Locked from the last block backwards, so that the first ones stay open for the others."""
        block = self.run.school.district.blocks.pop()
        self._locked.add(block["block_id"])
        path, asked = f"/v1/blocks/{block['block_id']}/lock", {"block_id": block["block_id"]}
        return lambda: self.do(Errand("lock", self.run.school.principal, "POST", path, {}, asked))

    def _roll(self) -> Walk:
        """Taken in one locked block; each time it says something else of the same place."""
        if not self._rolled:
            occurrence_id, block_id, host = self._seat()
            placement_id = self.do(self.booking(occurrence_id)).body["placement_id"]
            asked = {"block_id": block_id}
            self.do(Errand("lock", self.run.school.principal, "POST", f"/v1/blocks/{block_id}/lock", {}, asked))
            self._locked.add(block_id)
            self._rolled = [(f"/v1/occurrences/{occurrence_id}/roll", host, placement_id)]
        path, host, placement_id = self._rolled[0]
        attendance = next(self._attendances)
        body = {"entries": [{"placement_id": placement_id, "attendance": attendance}]}
        return lambda: self.do(Errand("retaken", host, "PUT", path, body, body))

    def _roster(self) -> Walk:
        mark = f"path-{next(self.number)}"
        return lambda: import_one(self.run.school, self.run.history, self.run.town.folder, mark, self.revive)

    def _forget(self) -> Walk:
        """A learner of the second school is forgotten."""
        person_id = next(self._others)
        path, body = f"/v1/people/{person_id}/forget", {"reason_code": "family-request"}
        office = self.run.school.district.day["office"].known
        return lambda: self.do(Errand("forget", office, "POST", path, body, {"person_id": person_id}))

    def _poison(self) -> Walk:
        """A record that nobody can handle is put among the facts; it is through when all who read it put it aside."""
        number = f"path-{next(self.number)}"
        poison = dose(self.person.luck, "bad-envelope", next(self._read))

        def walk() -> None:
            bootstrap, deadline = self.run.town.kafka.bootstrap, time.monotonic() + MOST_SECONDS
            give(bootstrap, self.run.history, poison, number)
            while not all(put_aside(bootstrap, service, number) for service in poison.takers):
                assert time.monotonic() < deadline, f"{number} was never put aside"
                self.revive()

        return walk

    def _second_school(self) -> Iterator[str]:
        """Learners whom no other path needs."""
        mine = {known["person_id"] for known in self.run.school.district.learners}
        people = clerk_of(self.run.school.district.day).pages("/v1/people", limit=200, role="learner")
        return iter([each["person_id"] for each in people if each["person_id"] not in mine])


NAMES = (
    "book", "cancel", "forget", "goal", "hours", "lock", "poison", "project", "publish", "roll", "roster", "schedule",
    "wait",
)  # fmt: skip
