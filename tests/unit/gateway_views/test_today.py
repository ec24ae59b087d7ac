"""Today: where a student is now and next, and the step to do next."""

from datetime import UTC, datetime
from typing import Any

from services.gateway.composition.today import next_step, now_and_next


def at(hour: int) -> str:
    return datetime(2031, 3, 4, hour, tzinfo=UTC).isoformat()


def a_place(title: str, starts: int, ends: int) -> dict[str, Any]:
    return {"title": title, "starts_at": at(starts), "ends_at": at(ends)}


WEEK = {"places": [a_place("Later", 13, 14), a_place("Welding", 9, 10), a_place("Chess", 10, 11)]}


def titles(hour: int, minute: int = 0) -> tuple[str | None, ...]:
    found = now_and_next(WEEK, datetime(2031, 3, 4, hour, minute, tzinfo=UTC))
    return tuple(place["title"] if place else None for place in found)


def test_a_place_is_now_from_its_start_until_just_before_its_end() -> None:
    assert titles(8) == (None, "Welding")
    assert titles(9, 30) == ("Welding", "Chess")
    assert titles(10) == ("Chess", "Later")
    assert titles(11) == (None, "Later")
    assert titles(14) == (None, None)


def a_step(words: str, due_on: str | None = None, done_at: str | None = None) -> dict[str, Any]:
    return {"words": words, "due_on": due_on, "done_at": done_at}


def a_goal(words: str, *steps: dict[str, Any], state: str = "active") -> dict[str, Any]:
    return {"goal_id": f"goal_{words}", "words": words, "state": state, "steps": list(steps)}


def test_the_next_step_is_the_earliest_by_the_learners_own_dates_and_of_an_open_goal() -> None:
    undated, late = a_step("Draw it"), a_step("Weld it", "2031-05-01")
    early, done = a_step("Read", "2031-03-01"), a_step("Ask", "2031-01-01", at(8))
    goals = [a_goal("trailer", undated, late), a_goal("book", done, early)]
    step = next_step(goals)
    assert step is not None
    assert (step["words"], step["goal_words"]) == ("Read", "book")
    over = [a_goal("old", early, state="reached"), a_goal("trailer", undated)]
    assert (next_step(over) or {})["words"] == "Draw it"
    assert next_step([a_goal("done", done), a_goal("asked", early, state="proposed")]) is None
