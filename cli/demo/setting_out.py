"""Step 3: a learner says who she is and sets out; a teacher proposes, the learner decides."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cli.demo.day import TIME_ZONE, Day
from cli.demo.telling import check, until


def write_profile(day: Day) -> None:
    """Interests, a strength, and a need that a named teacher alone sees."""
    maya, teacher = day["maya"], day["teacher"]
    mine = f"/v1/people/{maya.person_id}"
    maya.api.put(f"{mine}/interests", {"tags": ["robotics", "music"], "own_words": "Machines that help people"})
    maya.api.post(f"{mine}/strengths", {"text": "I keep at it until it works."})
    need = {"text": "I work best where it is quiet.", "visible_to": [teacher.person_id]}
    maya.api.post(f"{mine}/needs", need)
    check("need" in _kinds(day, "teacher"), "the named teacher sees the need")
    check("need" not in _kinds(day, "other teacher"), "a teacher who is not named does not see the need")
    day.tell.says(f"{maya.name} is drawn to robotics and music, and writes down a strength and a need.")
    day.tell.says(f"{teacher.name}, whom she named, sees the need; {day['other teacher'].name} does not.")


def _kinds(day: Day, part: str) -> set[str]:
    shown = day[part].api.get(f"/v1/people/{day['maya'].person_id}/profile")
    return {field["kind"] for field in shown["fields"]}


def write_goal(day: Day) -> None:
    """A goal of her own with two steps."""
    maya = day["maya"]
    today = datetime.now(ZoneInfo(TIME_ZONE)).date()
    due = [(today + timedelta(days=days)).isoformat() for days in (7, 21)]
    asked: dict[str, Any] = {
        "words": "Build a robot that sorts our recycling",
        "why": "So that less of it ends up in the bin.",
        "tags": ["robotics"],
        "ends_on": due[1],
        "steps": [
            {"words": "Learn how sensors work", "effort_minutes": 90, "due_on": due[0]},
            {"words": "Build the arm", "effort_minutes": 240, "due_on": due[1]},
        ],
    }
    goal = maya.api.post(f"/v1/people/{maya.person_id}/goals", asked)
    day.ids["goal"], day.ids["step"] = goal["goal_id"], goal["steps"][0]["step_id"]
    day.tell.says(f"{maya.name} sets out: “{goal['words']}”, in two steps.")
    day.link("Look at it", f"/v1/goals/{goal['goal_id']}")


def propose_target(day: Day) -> None:
    """The office lists a target, the teacher proposes it, the learner is told and accepts."""
    maya, teacher = day["maya"], day["teacher"]
    target = day["office"].api.post("/v1/targets", {"code": "ENG.9.2", "text": "Design, build and test a machine."})
    day.ids["target"] = target["target_id"]
    asked = {"target_id": target["target_id"], "reason": "Your robot is just that."}
    proposal = teacher.api.post(f"/v1/goals/{day.ids['goal']}/target-proposals", asked)
    notice = until(lambda: notice_of(day, "maya", "target-proposed"), "the learner is told of the proposal")
    day.tell.says(f"{teacher.name} proposes the target {target['code']}. {maya.name} reads: “{notice['text']}”")
    maya.api.post(f"/v1/target-proposals/{proposal['proposal_id']}/answer", {"accepted": True})
    goal = maya.api.get(f"/v1/goals/{day.ids['goal']}")
    check(target["target_id"] in goal["target_ids"], "the accepted target is on the goal")
    day.tell.says(f"{maya.name} accepts; the target is on her goal.")


def notice_of(day: Day, part: str, code: str) -> dict[str, Any] | None:
    """The newest notice with this code in somebody's inbox."""
    return next((each for each in day[part].api.get("/v1/inbox")["items"] if each["code"] == code), None)
