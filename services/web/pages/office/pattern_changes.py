"""Changes of a day pattern: what is to be sent for it when one piece is added, changed or taken out."""

from collections.abc import Mapping, Sequence
from typing import Any

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FACTS = ("name", "rotation", "rotation_days", "starts_on", "school_weekdays", "regular")
Pattern = Mapping[str, Any]
Wanted = dict[str, Any]


def wanted(pattern: Pattern) -> Wanted:
    """What the API takes for a pattern that it gave."""
    return {
        **{name: pattern[name] for name in _FACTS},
        "bells": [_bell(each) for each in pattern["bells"]],
        "exceptions": [dict(each) for each in pattern["exceptions"]],
    }


def with_facts(pattern: Pattern, facts: Mapping[str, Any]) -> Wanted:
    """The same with another name, rotation, first day or school days."""
    return wanted(pattern) | {name: facts[name] for name in facts if name in _FACTS}


def with_bell(pattern: Pattern, place: int | None, name: str, weekdays: Sequence[str]) -> Wanted:
    """The same with a bell schedule more, or with the one at `place` called and used otherwise.

    Whatever spoke of the old name speaks of the new one. Raises: IndexError where no bell schedule has that place.
    """
    changed = wanted(pattern)
    if place is None:
        changed["bells"].append({"name": name, "entries": [], "weekdays": list(weekdays)})
        return changed
    before = changed["bells"][place]["name"]
    changed["bells"][place] |= {"name": name, "weekdays": list(weekdays)}
    if changed["regular"] == before:
        changed["regular"] = name
    changed["exceptions"] = [
        each | ({"bell": name} if each.get("bell") == before else {}) for each in changed["exceptions"]
    ]
    return changed


def without_bell(pattern: Pattern, place: int) -> Wanted:
    """The same without the bell schedule at this place, and without the one-off days that use it."""
    changed = wanted(pattern)
    gone = changed["bells"].pop(place)["name"]
    changed["exceptions"] = [each for each in changed["exceptions"] if each.get("bell") != gone]
    return changed


def with_entry(pattern: Pattern, place: int, entry: Mapping[str, Any]) -> Wanted:
    """The same with a period more in the bell schedule at this place. Raises: IndexError where there is none."""
    changed = wanted(pattern)
    changed["bells"][place]["entries"].append(dict(entry))
    return changed


def without_entry(pattern: Pattern, place: int, number: int) -> tuple[Wanted, dict[str, Any]]:
    """The same without one period of a bell schedule, and what was taken out. Raises: IndexError."""
    changed = wanted(pattern)
    gone: dict[str, Any] = changed["bells"][place]["entries"].pop(number)
    return changed, gone


def with_day(pattern: Pattern, exception: Mapping[str, Any]) -> Wanted:
    """The same with a one-off day; it takes the place of what stood for that day."""
    changed = wanted(pattern)
    others = [each for each in changed["exceptions"] if each["day"] != exception["day"]]
    changed["exceptions"] = sorted([*others, dict(exception)], key=lambda each: str(each["day"]))
    return changed


def without_day(pattern: Pattern, day: str) -> tuple[Wanted, dict[str, Any] | None]:
    """The same without the one-off day, and what stood for it."""
    changed = wanted(pattern)
    gone = next((each for each in changed["exceptions"] if each["day"] == day), None)
    changed["exceptions"] = [each for each in changed["exceptions"] if each["day"] != day]
    return changed, gone


def listed(text: str) -> list[str]:
    """Names that stand one a line, or with commas between them."""
    return [name.strip() for line in text.splitlines() for name in line.split(",") if name.strip()]


def _bell(bell: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": bell["name"],
        "weekdays": list(bell["weekdays"]),
        "entries": [
            {"period_id": each["period_id"], "starts": each["starts"], "ends": each["ends"], "on": list(each["on"])}
            for each in bell["entries"]
        ],
    }
