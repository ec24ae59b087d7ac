"""Step 2: a principal sets up time and space."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from cli.demo.day import TIME_ZONE, Day, said
from cli.demo.telling import check, until

WEEKS = 3


def set_calendar(day: Day) -> None:
    """The school's clock, and when sign-up opens."""
    principal, school = day["principal"].api, f"/v1/schools/{day.ids['school']}"
    asked = {"time_zone": TIME_ZONE, "opens_days_ahead": 7 * WEEKS}
    until(lambda: principal.put(f"{school}/calendar", asked), "the scheduler has heard of the school")
    day.tell.says(f"{day['principal'].name}, the principal: sign-up opens {WEEKS} weeks ahead, by {TIME_ZONE}.")


def draw_days(day: Day) -> None:
    """Two periods, days A and B by turns, a late start on Wednesdays, a holiday; blocks for three weeks."""
    principal, school = day["principal"].api, f"/v1/schools/{day.ids['school']}"
    today = datetime.now(ZoneInfo(TIME_ZONE)).date()
    holiday = _weekday_after(today + timedelta(days=8))
    win, studio = (
        principal.post(f"{school}/periods", {"name": name, "from_on": today.isoformat()})["period_id"]
        for name in ("Wildcat Time", "Studio")
    )
    pattern = principal.post(f"{school}/day-patterns", pattern_of(win, studio, today, holiday))
    span = {"from": today.isoformat(), "to": (today + timedelta(days=7 * WEEKS - 1)).isoformat()}
    made = principal.post(f"{school}/blocks", {"pattern_id": pattern["pattern_id"], **span})
    blocks = made["blocks"]
    check(not [block for block in blocks if block["day"] == holiday.isoformat()], "a holiday has no blocks")
    check(_late_on_wednesdays(blocks, win), "Wednesdays start late")
    again = principal.post(f"{school}/blocks", {"pattern_id": pattern["pattern_id"], **span})
    check(again["added"] == again["changed"] == 0, "generating again changes nothing")
    day.tell.says(f"Days go A, B, A, … with a late start on Wednesdays; {holiday:%A %d %B} is a holiday.")
    day.tell.says(f"{made['added']} blocks are generated for {WEEKS} weeks; once more: nothing new.")
    _choose(day, blocks, win, studio, today)


def pattern_of(win: str, studio: str, starts_on: date, holiday: date) -> dict[str, Any]:
    """The day pattern: regular days, and late ones."""
    return {
        "name": "A and B",
        "rotation": "cycle",
        "rotation_days": ["A", "B"],
        "starts_on": starts_on.isoformat(),
        "regular": "regular",
        "bells": [
            {
                "name": "regular",
                "entries": [
                    {"period_id": win, "starts": "10:00", "ends": "10:45"},
                    {"period_id": studio, "starts": "13:00", "ends": "14:00", "on": ["A"]},
                    {"period_id": studio, "starts": "14:15", "ends": "15:15", "on": ["B"]},
                ],
            },
            {
                "name": "late start",
                "weekdays": ["wednesday"],
                "entries": [
                    {"period_id": win, "starts": "11:00", "ends": "11:40"},
                    {"period_id": studio, "starts": "14:00", "ends": "15:00"},
                ],
            },
        ],
        "exceptions": [{"day": holiday.isoformat(), "holiday": True}],
    }


def furnish(day: Day) -> None:
    """Spaces with their seat numbers, and a pool of equipment."""
    principal, school = day["principal"].api, f"/v1/schools/{day.ids['school']}"
    maker = {"name": "Maker space", "features": ["3d-printer"], "legal_limit": 30, "target": 24, "accessible": 2}
    quiet = {"name": "Quiet room", "features": ["calm"], "legal_limit": 10, "target": 8, "accessible": 1}
    quiet |= {"own_work": True, "own_work_seats": 6}
    day.ids["maker space"] = principal.post(f"{school}/spaces", maker)["space_id"]
    day.ids["quiet room"] = principal.post(f"{school}/spaces", quiet)["space_id"]
    pool = principal.post(f"{school}/equipment-pools", {"name": "Robot kits", "kind": "robot-kit", "count": 10})
    day.ids["robot kits"] = pool["pool_id"]
    day.tell.says("Spaces: Maker space (30 by law, 24 aimed at, 2 accessible), Quiet room (10, 8, 1). 10 robot kits.")


def _choose(day: Day, blocks: list[Mapping[str, Any]], win: str, studio: str, today: date) -> None:
    """The blocks that the story happens in: two days' Wildcat Time and Studio, from tomorrow on."""
    coming = sorted({block["day"] for block in blocks if block["day"] > today.isoformat()})
    names = {win: "win", studio: "studio"}
    for number, chosen in enumerate(islice(coming, 2), start=1):
        for block in blocks:
            if block["day"] == chosen:
                day.blocks[f"{names[block['period_id']]} {number}"] = block
    day.tell.says(f"The story happens from {said(day.blocks['win 1']['starts_at'])} on.")
    day.link("Look at them", f"/v1/blocks?school_id={day.ids['school']}&from={coming[0]}&to={coming[-1]}")


def _weekday_after(first: date) -> date:
    """That day, or the Thursday after it where it is a Wednesday or no school day: late starts are shown elsewhere."""
    return next(found for found in (first + timedelta(days=n) for n in range(7)) if found.weekday() in (0, 1, 3, 4))


def _late_on_wednesdays(blocks: list[Mapping[str, Any]], win: str) -> bool:
    starts = {
        datetime.fromisoformat(block["starts_at"]).astimezone(ZoneInfo(TIME_ZONE)).strftime("%a %H:%M")
        for block in blocks
        if block["period_id"] == win
    }
    return "Wed 11:00" in starts and "Wed 10:00" not in starts and "Thu 10:00" in starts
