"""Step 4: teachers publish, the learner sees what is open to her and why, books, and hears every reason against."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from cli.demo.day import Day, said
from cli.demo.telling import check, refused, until

Reasons = list[Mapping[str, Any]]


def publish(day: Day) -> None:
    """Four offers, each in a block."""
    robotics = {
        "title": "Robotics workshop",
        "tags": ["robotics"],
        "target_ids": [day.ids["target"]],
        "cap": 12,
        "equipment": [{"pool_id": day.ids["robot kits"], "each_seat": 1}],
    }
    chess = {"title": "Chess", "eligibility": {"grades": day["eli"].known["grades"]}, "cap": 1}
    repair = {"title": "Repair café", "skills": ["collaboration"], "cap": 20}
    _offer(day, "robotics", "teacher", robotics, "win 1", {"space_id": day.ids["maker space"]})
    _offer(day, "chess", "other teacher", chess, "win 1")
    _offer(day, "repair", "other teacher", repair, "studio 2")
    _offer(day, "pottery", "teacher", {"title": "Pottery", "cap": 1}, "win 2")
    asked = {"student_id": day["eli"].person_id}
    seat = partial(day["other teacher"].api.post, f"/v1/occurrences/{day.ids['chess']}/placements", asked)
    until(seat, "a teacher can place a student of theirs")
    day.tell.says(f"{day['other teacher'].name} places {day['eli'].name} in Chess, which is full with that.")


def _offer(
    day: Day, name: str, host: str, terms: Mapping[str, Any], block: str, where: Mapping[str, Any] | None = None
) -> None:
    api = day[host].api
    make = partial(api.post, f"/v1/schools/{day.ids['school']}/offers", terms)
    offer = until(make, f"{day[host].name} can publish")
    asked = {"block_ids": [day.blocks[block]["block_id"]], **(where or {})}
    day.ids[name] = api.post(f"/v1/offers/{offer['offer_id']}/occurrences", asked)[0]["occurrence_id"]
    when = said(day.blocks[block]["starts_at"])
    day.tell.says(f"{day[host].name} offers {offer['title']}: {when} ({day.ids[name]}).")


def see_openings(day: Day) -> None:
    """What is open to me? Each with its reason; what fits the goal stands first."""
    maya = day["maya"]

    def fits() -> list[Mapping[str, Any]] | None:
        found: list[Mapping[str, Any]] = maya.api.get(f"/v1/people/{maya.person_id}/openings")["openings"]
        codes = {reason["code"] for reason in reasons_for(found, day.ids["robotics"])}
        return found if {"for-your-goal", "interest"} <= codes else None

    found = until(fits, "what is open to the learner says why it fits")
    check(found[0]["occurrence_id"] == day.ids["robotics"], "what works towards her goal stands first")
    check(day.ids["chess"] not in {each["occurrence_id"] for each in found}, "what is not open to her is not shown")
    check(not reasons_for(found, day.ids["repair"]), "nothing speaks for the repair café yet")
    day.tell.says(f"{maya.name} asks: what is open to me?")
    for each in found:
        why = " ".join(dict.fromkeys(reason["text"] for reason in each["reasons"])) or "It is simply there."
        day.tell.says(f"  {each['title']:<18} {said(each['starts_at'])}  {each['state']:<5} {why}")


def reasons_for(openings: list[Mapping[str, Any]], occurrence_id: str) -> Reasons:
    """The reasons given for one occurrence."""
    return [reason for each in openings if each["occurrence_id"] == occurrence_id for reason in each["reasons"]]


def book(day: Day) -> None:
    """A place for a step of the goal, and a quiet space on her own."""
    maya = day["maya"]
    for_step = {"student_id": maya.person_id, "goal_id": day.ids["goal"], "step_id": day.ids["step"]}
    placement = maya.api.post(f"/v1/occurrences/{day.ids['robotics']}/placements", for_step)
    day.ids["placement"] = placement["placement_id"]
    check(placement["cause"] == "chosen", "the place is her own choice")
    day.tell.says(f"{maya.name} books {placement['title']} for the first step of her goal.")
    day.link("Look at it", f"/v1/placements/{placement['placement_id']}")
    quiet = {**for_step, "block_id": day.blocks["studio 1"]["block_id"]}
    alone = maya.api.post(f"/v1/spaces/{day.ids['quiet room']}/placements", quiet)
    day.tell.says(f"She books the Quiet room for herself, without a teacher: {said(alone['starts_at'])}.")


def be_refused(day: Day) -> None:
    """Seats, time and eligibility say no: every reason at once."""
    maya = day["maya"]
    asked = {"student_id": maya.person_id}
    act = partial(maya.api.post, f"/v1/occurrences/{day.ids['chess']}/placements", asked)
    day.tell.refusal(f"{maya.name}, who tries Chess as well,", refused(act, "session-full", "not-eligible", "overlaps"))


def goal_knows(day: Day) -> None:
    """The goal shows that time is planned for its step."""
    goal = until(lambda: _planned(day), "the goal shows the planned place")
    day.tell.says(f"Her goal shows it: time is planned for “{goal['steps'][0]['words']}”.")


def _planned(day: Day) -> Mapping[str, Any] | None:
    goal: Mapping[str, Any] = day["maya"].api.get(f"/v1/goals/{day.ids['goal']}")
    return goal if goal["steps"][0]["planned"] else None
