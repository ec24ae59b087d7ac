"""What is left to do after the first school day, so that every page has something to show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cli.demo.arriving import clerk_of
from cli.demo.day import TIME_ZONE, Day
from cli.demo.telling import until
from cli.rosters import send_roster, settled
from cli.sample import write_sample

PATIENCE = 400.0
"""The engine compiles itself when it runs for the first time after installing."""
_WAITING = 10
Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Left:
    """The hours that wait for the partner, and what is looked at first, where pages of one kind are many."""

    hours: list[str]
    first: frozenset[str]


def leave(day: Day, folder: Path) -> Left:
    """All of it."""
    blocks = _later_blocks(day)
    _project_to_approve(day)
    _weaving(day)
    shown = {day["maya"].person_id, _line(day, blocks[0]), _cancelled(day, blocks[1]), *_teams(day)}
    _evidence(day)
    _open_round(day, blocks[2])
    _previewed_round(day, blocks[3])
    _roster_to_decide(day, folder)
    hours = _repair_night(day)
    _paper_to_see(day)
    day["partner"].api.post(f"/v1/hours/{hours[0]}/verify", {"outcome": "confirm"})
    return Left(hours[1:], frozenset(shown))


def _later_blocks(day: Day) -> Sequence[Block]:
    """Blocks after those of the story."""
    last = max(block["day"] for block in day.blocks.values())
    span = {"from": last, "to": (date.fromisoformat(last) + timedelta(days=20)).isoformat()}
    found: list[Block] = day["principal"].api.get("/v1/blocks", school_id=day.ids["school"], **span)["items"]
    return sorted((each for each in found if each["day"] > last), key=lambda block: str(block["starts_at"]))


def _project_to_approve(day: Day) -> None:
    asked = {"title": "A pond", "question": "What lives here?", "skills": ["curiosity"]}
    day["maya"].api.post("/v1/projects", {"school_id": day.ids["school"], **asked})


def _weaving(day: Day) -> None:
    """An offer in blocks of the story: beside a place that the learner has, and without any."""
    blocks = [day.blocks[each]["block_id"] for each in ("studio 1", "studio 2")]
    _occurrences(day, "teacher", {"title": "Weaving", "cap": 2, "tags": ["textiles"]}, blocks)


def _line(day: Day, block: Block) -> str:
    """Two full occurrences: in one the learner waits, for the other she could; returns that one."""
    for host, title in (("teacher", "Baking"), ("other teacher", "Choir")):
        [made] = _occurrences(day, host, {"title": title, "cap": 1}, [block["block_id"]])
        seats = f"/v1/occurrences/{made}"
        taker = day["ben" if host == "teacher" else "eli"]
        until(partial(taker.api.post, f"{seats}/placements", {"student_id": taker.person_id}), f"a seat in {title}")
        if host == "teacher":
            day["maya"].api.post(f"{seats}/waitlist", {"student_id": day["maya"].person_id})
    return made


def _teams(day: Day) -> list[str]:
    """A project to join, and one whose team is together and may begin."""
    found = []
    for proposer, title in (("ben", "Bird count"), ("maya", "Bike bus")):
        asked = {"title": title, "question": "Who comes along?", "skills": ["curiosity"], "team_min": 1}
        made = day[proposer].api.post("/v1/projects", {"school_id": day.ids["school"], **asked})
        found.append(str(made["project_id"]))
        day["teacher"].api.post(f"/v1/projects/{found[-1]}/approve")
    day["maya"].api.post(f"/v1/projects/{found[-1]}/members", {"person_id": day["maya"].person_id})
    return found


def _cancelled(day: Day, block: Block) -> str:
    [made] = _occurrences(day, "teacher", {"title": "Kites"}, [block["block_id"]])
    day["teacher"].api.post(f"/v1/occurrences/{made}/cancel", {"reason": "The wind is too strong."})
    return made


def _evidence(day: Day) -> None:
    maya = day["maya"]
    asked = {"kind": "text", "skill": "empathy", "text": "I asked what the neighbours need."}
    maya.api.post(f"/v1/people/{maya.person_id}/evidence", asked)
    steps = [{"words": "Choose a song"}, {"words": "Sing to one friend"}]
    goal = {"words": "Sing in front of others", "why": "It scares me.", "steps": steps}
    made = maya.api.post(f"/v1/people/{maya.person_id}/goals", goal)
    maya.api.post(f"/v1/goals/{made['goal_id']}/steps/{made['steps'][0]['step_id']}/done")
    proposed = {"target_id": day.ids["target"], "reason": "A stage is built as well."}
    day["teacher"].api.post(f"/v1/goals/{made['goal_id']}/target-proposals", proposed)


def _open_round(day: Day, block: Block) -> None:
    _round(day, block, "Studio week")


def _previewed_round(day: Day, block: Block) -> None:
    """A round that is closed, with two previews to look at side by side."""
    round_id, wanted = _round(day, block, "Club week")
    ben = day["ben"]
    ranked = {"blocks": [{"block_id": block["block_id"], "ranked": [{"occurrence_id": wanted}]}]}
    ben.api.put(f"/v1/people/{ben.person_id}/rounds/{round_id}/ranking", ranked)
    day["principal"].api.post(f"/v1/rounds/{round_id}/close")
    for _ in range(2):
        asked = day["principal"].api.post(f"/v1/rounds/{round_id}/runs")
        until(partial(_finished, day, f"/v1/rounds/{round_id}/runs/{asked['run_id']}"), "a preview", PATIENCE)


def _finished(day: Day, path: str) -> bool:
    return bool(day["principal"].api.get(path)["state"] == "finished")


def _round(day: Day, block: Block, title: str) -> tuple[str, str]:
    [wanted] = _occurrences(day, "teacher", {"title": f"{title}: glass", "cap": 3}, [block["block_id"]])
    asked = {"title": title, "block_ids": [block["block_id"]], "closes_at": block["locks_at"], "seed": 7}
    opened = day["principal"].api.post(f"/v1/schools/{day.ids['school']}/rounds", asked)
    return str(opened["round_id"]), wanted


def _roster_to_decide(day: Day, folder: Path) -> None:
    """A file that is no roster, and another district's roster, by which nearly everybody would leave."""
    clerk = clerk_of(day)
    (folder / "letter.zip").write_text("Dear office, here is no roster.")
    settled(clerk, send_roster(clerk, folder / "letter.zip"))
    write_sample(folder / "other.zip", schools=1, learners=60, seed=12)
    settled(clerk, send_roster(clerk, folder / "other.zip"))


def _repair_night(day: Day) -> list[str]:
    """A second project with the partner, under way, and hours in it that nobody has confirmed."""
    maya, asked = day["maya"].api, {"title": "Repair night", "question": "Who mends with us?", "team_min": 1}
    proposed = {"school_id": day.ids["school"], "skills": ["collaboration"], **asked}
    project = f"/v1/projects/{maya.post('/v1/projects', proposed)['project_id']}"
    day["partner"].api.post(f"{project}/partner", {"partner_id": _partner_id(day)})
    day["teacher"].api.post(f"{project}/approve")
    maya.post(f"{project}/members", {"person_id": day["maya"].person_id})
    maya.post(f"{project}/start")
    return [_hours(day, project, days) for days in range(3, 3 + _WAITING)]


def _partner_id(day: Day) -> str:
    return str(day["principal"].api.get("/v1/partners", school_id=day.ids["school"])["items"][0]["partner_id"])


def _paper_to_see(day: Day) -> None:
    expires = (datetime.now(ZoneInfo(TIME_ZONE)).date() + timedelta(days=300)).isoformat()
    asked = {"kind": "insurance", "expires_on": expires}
    day["partner"].api.post(f"/v1/partners/{_partner_id(day)}/papers", asked)


def _hours(day: Day, project: str, days: int) -> str:
    """Maya's 45 minutes of so many days ago."""
    ends = datetime.now(ZoneInfo(TIME_ZONE)).replace(hour=17, minute=0, second=0, microsecond=0) - timedelta(days=days)
    asked = {"what": "Sorted screws", "where": "Fix-it Workshop", "ends_at": ends.isoformat()}
    asked["starts_at"] = (ends - timedelta(minutes=45)).isoformat()
    logged: Mapping[str, Any] = until(partial(day["maya"].api.post, f"{project}/hours", asked), "hours can be logged")
    return str(logged["hours_id"])


def _occurrences(day: Day, host: str, terms: Mapping[str, Any], block_ids: Sequence[str]) -> list[str]:
    offer = day[host].api.post(f"/v1/schools/{day.ids['school']}/offers", terms)
    made = day[host].api.post(f"/v1/offers/{offer['offer_id']}/occurrences", {"block_ids": list(block_ids)})
    return [str(each["occurrence_id"]) for each in made]
