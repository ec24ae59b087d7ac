"""Saying: why something fits a student, and why something was refused, in plain words and the school's time."""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from services.web.asking.problems import Problem, Reason
from services.web.looks.languages import coded, gettext
from services.web.looks.times import clock, day
from services.web.looks.words import label
from services.web.visiting.forms import Fault, Form

OPEN_GOALS = frozenset({"proposed", "agreed", "active"})


def open_goals(goals: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The goals that are worked at, by id."""
    return {goal["goal_id"]: goal for goal in goals if goal["state"] in OPEN_GOALS}


def why(reason: Mapping[str, Any], goals: Mapping[str, Mapping[str, Any]], vocabulary: Mapping[str, Any] | None) -> str:
    """A reason in words: with the goal in the student's own words, and tags as the district says them."""
    params = reason["params"]
    goal = goals.get(params.get("goal_id", ""), {}).get("words", "")
    match reason["code"]:
        case "for-your-goal" if goal:
            return gettext("It helps with your goal “%(goal)s”.", goal=goal)
        case "goal-tag" if goal:
            tag = label("interests", params["tag"], vocabulary)
            return gettext("It is about %(tag)s, like your goal “%(goal)s”.", tag=tag, goal=goal)
        case "interest":
            return gettext("You are interested in %(tag)s.", tag=label("interests", params["tag"], vocabulary))
        case "builds-on-skill":
            return gettext("It builds on your skill: %(skill)s.", skill=label("skills", params["skill"], vocabulary))
        case _:
            return coded(f"reason:{reason['code']}", reason["text"], params)


def refusal(reason: Reason, zone: ZoneInfo) -> str:
    """Why it was refused; with its moment, if there is one, by the school's clock."""
    details = reason.details
    if reason.code == "not-yet-open" and "opens_at" in details:
        return gettext("You cannot choose this yet. Sign-up opens on %(when)s.", when=_said(details["opens_at"], zone))
    if reason.code == "closed" and "closes_at" in details:
        return gettext(
            "Sign-up closed on %(when)s. Ask the teacher: staff can still place you.",
            when=_said(details["closes_at"], zone),
        )
    if reason.code == "overlaps":
        return gettext("You have another place at that time. Change to this one, or choose another time.")
    return coded(reason.code, reason.detail, details)


def refused_form(form: Form, problem: Problem | None, place: str, zone: ZoneInfo) -> Form:
    """The form with each refusal in plain words, leading to the card it is about."""
    if problem is None or any("faults" in reason.details for reason in problem.reasons):
        return form
    faults = tuple(Fault(refusal(reason, zone), place) for reason in problem.reasons)
    return Form(form.values, faults, form.once, problem)


def _said(moment: str, zone: ZoneInfo) -> str:
    return f"{day(moment, zone)}, {clock(moment, zone)}"
