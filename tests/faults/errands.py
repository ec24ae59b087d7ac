"""Errands: each kind of operation that people do all day, what it asks, and what the others learn from its answer."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cli.demo.day import TIME_ZONE
from tests.faults.asking import Reply
from tests.faults.history import Phase
from tests.faults.school import Known, School

Learn = Callable[[Reply], None]
SLOT = timedelta(minutes=10)
LATE = 0.05


@dataclass(frozen=True, slots=True)
class Errand:
    """One operation, ready to be asked as often as it takes: each try is the same request."""

    kind: str
    who: Known
    method: str
    path: str
    body: Mapping[str, Any] | None
    asked: Mapping[str, Any]
    learn: Learn = field(default=lambda _reply: None, compare=False)


Make = Callable[[School, random.Random, str], Errand | None]


def book(school: School, luck: random.Random, op_id: str) -> Errand | None:
    """A learner books a place in something on offer; seldom in what is locked, which must be refused."""
    board = school.board
    chosen = [each for each in board.occurrences if each["block_id"] not in board.locked or luck.random() < LATE]
    if not chosen:
        return None
    occurrence, learner = luck.choice(chosen), luck.choice(school.district.learners)
    asked = {"student_id": learner["person_id"], "occurrence_id": occurrence["occurrence_id"]}

    def learn(reply: Reply) -> None:
        if reply.phase is Phase.OK:
            school.board.placements.append({**reply.body, "learner": learner})
        elif "session-full" in reply.codes:
            school.board.full.append(occurrence["occurrence_id"])

    path = f"/v1/occurrences/{occurrence['occurrence_id']}/placements"
    return Errand("book", learner, "POST", path, {"student_id": learner["person_id"]}, asked, learn)


def cancel(school: School, luck: random.Random, op_id: str) -> Errand | None:
    """A learner gives back a place that was acknowledged."""
    placement = school.board.take(school.board.placements, luck)
    if placement is None:
        return None
    asked = {"placement_id": placement["placement_id"], "student_id": placement["student_id"]}
    path = f"/v1/placements/{placement['placement_id']}/cancel"
    return Errand("cancel", placement["learner"], "POST", path, {}, asked)


def wait(school: School, luck: random.Random, op_id: str) -> Errand | None:
    """A learner waits for a seat in what was full; at times ready to leave another place for it."""
    if not school.board.full:
        return None
    occurrence_id, learner = luck.choice(school.board.full), luck.choice(school.district.learners)
    body = {"student_id": learner["person_id"]}
    held = next((each for each in school.board.placements if each["student_id"] == learner["person_id"]), None)
    if held is not None and luck.random() < 0.5:
        body["instead_of"] = held["placement_id"]
    asked = {"student_id": learner["person_id"], "occurrence_id": occurrence_id}
    return Errand("wait", learner, "POST", f"/v1/occurrences/{occurrence_id}/waitlist", body, asked)


def publish(school: School, luck: random.Random, op_id: str) -> Errand | None:
    """An educator publishes an offer."""
    host = luck.choice(school.educators)
    body = {"title": f"offer {op_id}", "cap": luck.randint(2, 5), "tags": ["robotics"]}

    def learn(reply: Reply) -> None:
        if reply.phase is Phase.OK:
            school.board.offers.append({"offer_id": reply.body["offer_id"], "host": host})

    return Errand("publish", host, "POST", f"/v1/schools/{school.school_id}/offers", body, body, learn)


def schedule(school: School, luck: random.Random, op_id: str) -> Errand | None:
    """An educator lets an offer take place in a block."""
    blocks = [block for block in school.district.blocks if block["block_id"] not in school.board.locked]
    if not school.board.offers or not blocks:
        return None
    offer, block = luck.choice(school.board.offers), luck.choice(blocks)
    body = {"block_ids": [block["block_id"]], "title": f"occurrence {op_id}"}

    def learn(reply: Reply) -> None:
        if reply.phase is Phase.OK:
            known = {"block_id": block["block_id"], "host": offer["host"]}
            school.board.occurrences.append({"occurrence_id": reply.body[0]["occurrence_id"], **known})

    return Errand("schedule", offer["host"], "POST", f"/v1/offers/{offer['offer_id']}/occurrences", body, body, learn)


def goal(school: School, luck: random.Random, op_id: str) -> Errand | None:
    """A learner writes a goal."""
    learner = luck.choice(school.district.learners)
    body = {"words": f"goal {op_id}", "why": "Because I want to.", "steps": [{"words": "Begin"}]}
    return Errand("goal", learner, "POST", f"/v1/people/{learner['person_id']}/goals", body, body)


def project(school: School, luck: random.Random, op_id: str) -> Errand | None:
    """A learner proposes a project."""
    learner = luck.choice(school.district.learners)
    body = {"school_id": school.school_id, "title": f"project {op_id}", "question": "Why not?", "skills": ["curiosity"]}
    return Errand("project", learner, "POST", "/v1/projects", body, body)


def hours(school: School, luck: random.Random, op_id: str) -> Errand | None:
    """A member of the team logs hours, in a stretch of time of their own."""
    learner = luck.choice(school.team)
    today = datetime.now(ZoneInfo(TIME_ZONE)).replace(minute=0, second=0, microsecond=0)
    ends = today - timedelta(days=1) - school.board.next_hour() * SLOT
    body = {
        "what": f"hours {op_id}",
        "where": "Workshop",
        "starts_at": (ends - SLOT).isoformat(),
        "ends_at": ends.isoformat(),
    }
    return Errand("hours", learner, "POST", f"/v1/projects/{school.project_id}/hours", body, body)


def lock(school: School, luck: random.Random, op_id: str) -> Errand | None:
    """The principal locks a block in which something takes place; at most a third of them all."""
    board = school.board
    if not board.occurrences or len(board.locked) >= len(school.district.blocks) // 4:
        return None
    block_id = luck.choice(board.occurrences)["block_id"]
    if not board.claim(board.locked, block_id):
        return None
    return Errand("lock", school.principal, "POST", f"/v1/blocks/{block_id}/lock", {}, {"block_id": block_id})


KINDS: Mapping[str, tuple[int, Make]] = {
    "book": (40, book),
    "cancel": (12, cancel),
    "wait": (10, wait),
    "publish": (8, publish),
    "schedule": (14, schedule),
    "goal": (8, goal),
    "project": (5, project),
    "hours": (6, hours),
    "lock": (1, lock),
}
"""Each kind's weight in the mix. The roll and the roster take several requests and stand in files of their own."""


def next_errand(school: School, luck: random.Random, op_id: str) -> Errand:
    """One errand of the mix; where it cannot be run yet, an offer is published instead."""
    names = list(KINDS)
    name = luck.choices(names, [KINDS[each][0] for each in names])[0]
    errand = KINDS[name][1](school, luck, op_id) or publish(school, luck, op_id)
    assert errand is not None
    return errand
