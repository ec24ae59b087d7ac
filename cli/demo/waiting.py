"""Steps 5 and 6: a seat comes free and finds its next student; the roll is taken and shows on the goal."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from cli.demo.day import Day, said
from cli.demo.setting_out import notice_of
from cli.demo.telling import check, refused, until


def fill_and_wait(day: Day) -> None:
    """The last seat goes; the next student waits."""
    maya, ben, pottery = day["maya"], day["ben"], f"/v1/occurrences/{day.ids['pottery']}"
    seat = maya.api.post(f"{pottery}/placements", {"student_id": maya.person_id})
    day.ids["pottery seat"] = seat["placement_id"]
    day.tell.says(f"{maya.name} books Pottery, which has one seat.")
    asked = {"student_id": ben.person_id}
    day.tell.refusal(f"{ben.name}", refused(lambda: ben.api.post(f"{pottery}/placements", asked), "session-full"))
    entry = ben.api.post(f"{pottery}/waitlist", asked)
    check(entry["position"] == 1, "he is first in line")
    day.tell.says(f"{ben.name} waits, at position {entry['position']}.")


def give_back(day: Day) -> None:
    """The first gives the seat back; in the same transaction the second has it, and is told."""
    maya, ben = day["maya"], day["ben"]
    given = maya.api.post(f"/v1/placements/{day.ids['pottery seat']}/cancel", {"reason": "changed-mind"})
    check(given["promoted"] == 1, "the cancellation itself promoted one student")
    week = ben.api.get(f"/v1/people/{ben.person_id}/week", of=day.blocks["win 2"]["day"])
    promoted = [place for place in week["places"] if place["cause"] == "promoted"]
    check(len(promoted) == 1, "the promoted student has the place at once")
    day.tell.says(f"{maya.name} gives the seat back; in the same transaction it is {ben.name}'s.")
    notice = until(lambda: notice_of(day, "ben", "seat-came-free"), "he is told")
    check(notice["params"]["placement_id"] == promoted[0]["placement_id"], "the notice is about that place")
    day.tell.says(f"{ben.name}'s inbox: “{notice['text']}”")
    day.tell.link("The fact that caused it", notice["fact_id"])


def take_roll(day: Day) -> None:
    """The block locks; nothing changes in it any more; the teacher takes the roll."""
    teacher, robotics = day["teacher"], f"/v1/occurrences/{day.ids['robotics']}"
    day["principal"].api.post(f"/v1/blocks/{day.blocks['win 1']['block_id']}/lock")
    day.tell.says(f"The block of {said(day.blocks['win 1']['starts_at'])} is locked.")
    late = partial(day["ben"].api.post, f"{robotics}/placements", {"student_id": day["ben"].person_id})
    day.tell.refusal(f"{day['ben'].name}, who comes too late,", refused(late, "locked"))
    roll = teacher.api.get(f"{robotics}/roll")
    check([line["student_id"] for line in roll["lines"]] == [day["maya"].person_id], "the roll lists her")
    entries = [{"placement_id": line["placement_id"], "attendance": "present"} for line in roll["lines"]]
    teacher.api.put(f"{robotics}/roll", {"entries": entries})
    day.tell.says(f"{teacher.name} takes the roll: {day['maya'].name} is present.")


def see_attended(day: Day) -> None:
    """The attended placement shows on the goal."""
    step = until(lambda: _attended(day), "the attended place shows on the goal")
    day.tell.says(f"Her goal shows it: {step['minutes_attended']} minutes for “{step['words']}”.")
    day.link("Look at it", f"/v1/goals/{day.ids['goal']}")


def _attended(day: Day) -> Mapping[str, Any] | None:
    step: Mapping[str, Any] = day["maya"].api.get(f"/v1/goals/{day.ids['goal']}")["steps"][0]
    return step if step["minutes_attended"] > 0 else None
