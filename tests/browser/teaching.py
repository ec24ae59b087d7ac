"""What teachers' pages need to show something: a class whose roll is open, evidence that waits, goals, targets."""

from dataclasses import dataclass
from typing import Any

from cli.demo.day import Somebody
from tests.e2e.district import District
from tests.support.eventually import eventually

CLASS = 24


@dataclass(frozen=True)
class Lesson:
    """An occurrence with its students, in a block of its own."""

    occurrence_id: str
    block: Any
    title: str

    @property
    def roll(self) -> str:
        return f"/v1/occurrences/{self.occurrence_id}/roll"


def lesson(district: District, title: str, students: int = CLASS, *, locked: bool = True) -> Lesson:
    """A lesson with so many students; the office locks its block, so that the roll is open."""
    block = district.block()
    occurrence_id = district.occurrence(max(students, 1), block, title)
    for number in range(students):
        body = {"student_id": district.learners[number]["person_id"]}
        district.teacher.api.post(f"/v1/occurrences/{occurrence_id}/placements", body)
    if locked:
        district.day["principal"].api.post(f"/v1/blocks/{block['block_id']}/lock")
    return Lesson(occurrence_id, block, title)


def marks(district: District, of: Lesson) -> dict[str, str]:
    """What the roll says of each student."""
    lines = district.teacher.api.get(of.roll)["lines"]
    return {line["student_id"]: line["attendance"] for line in lines}


async def learner_of_teacher(district: District) -> Somebody:
    """A learner whom the teacher teaches."""
    found: dict[str, Any] = {}

    def taught() -> bool:
        page = district.teacher.api.get(f"/v1/people/{district.teacher.person_id}/learners", limit=200)
        found.update(page)
        return bool(page["items"])

    await eventually(taught)
    ids = [each["person_id"] for each in district.learners]
    mine = next(each["person_id"] for each in found["items"] if each["person_id"] in ids)
    return district.learner(ids.index(mine))


def evidence(learner: Somebody, words: str) -> str:
    """A piece of work that waits for an answer."""
    body = {"kind": "text", "skill": "empathy", "text": words}
    return str(learner.api.post(f"/v1/people/{learner.person_id}/evidence", body)["evidence_id"])


def goal(learner: Somebody, words: str) -> str:
    """A goal of the learner's own."""
    body = {"words": words, "why": "Because it matters to me.", "steps": [{"words": "Begin"}]}
    return str(learner.api.post(f"/v1/people/{learner.person_id}/goals", body)["goal_id"])


def target(district: District, code: str, text: str) -> str:
    """One of the district's targets."""
    office = district.day["office"].api
    return str(office.post("/v1/targets", {"code": code, "text": text})["target_id"])
