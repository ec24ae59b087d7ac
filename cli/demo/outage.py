"""Step 9: the home page in one call; with community away it still answers, and says what is missing."""

from collections.abc import Callable, Mapping
from typing import Any

from cli.demo.day import Day
from cli.demo.telling import check, until


def see_home(day: Day) -> None:
    """Profile, week and projects in one answer."""
    home = until(lambda: _home(day, missing=set()), "the home page is whole")
    check(home["person"]["person_id"] == day["maya"].person_id, "it is her page")
    check(any(goal["goal_id"] == day.ids["goal"] for goal in home["goals"]["items"]), "her goal is on it")
    check(any(each["project_id"] == day.ids["project"] for each in home["projects"]["items"]), "her project is on it")
    day.tell.says(f"{day['maya'].name}'s home page, one call: {_summary(home)}.")
    day.link("Look at it", "/v1/home")


def see_home_without(day: Day, stop: Callable[[], None], start: Callable[[], None]) -> None:
    """Community stops; the page says so; community comes back; the page is whole."""
    stop()
    day.tell.says("Community's API is stopped.")
    try:
        home = until(lambda: _home(day, missing={"projects"}), "the page answers without community")
        check(home["projects"] is None and home["week"] is not None, "only the projects are missing")
        [missing] = home["missing"]
        day.tell.says(f"The page still answers: {_summary(home)}.")
        day.tell.says(f"It says what is missing: {missing['part']} ({missing['code']}). {missing['why']}")
    finally:
        start()
    until(lambda: _home(day, missing=set()), "the page is whole again")
    day.tell.says("Community is started again; the page is whole.")


def _home(day: Day, missing: set[str]) -> Mapping[str, Any] | None:
    home: Mapping[str, Any] = day["maya"].api.get("/v1/home")
    return home if {each["part"] for each in home["missing"]} == missing else None


def _summary(home: Mapping[str, Any]) -> str:
    places = len(home["week"]["places"]) if home["week"] else "no"
    projects = len(home["projects"]["items"]) if home["projects"] else "no"
    return f"{len(home['goals']['items'])} goal, {places} places this week, {projects} project"
