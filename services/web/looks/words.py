"""Words: what a district calls things, in place of what Trellis calls them."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from services.web.looks.languages import coded, gettext, marked
from services.web.looks.times import when

TERMS: Mapping[str, tuple[str, str]] = {
    "block": (marked("block"), marked("blocks")),
    "offer": (marked("offer"), marked("offers")),
    "place": (marked("place"), marked("places")),
    "space": (marked("space"), marked("spaces")),
    "goal": (marked("goal"), marked("goals")),
    "step": (marked("step"), marked("steps")),
    "target": (marked("target"), marked("targets")),
    "check-in": (marked("check-in"), marked("check-ins")),
    "evidence": (marked("evidence"), marked("evidence")),
    "project": (marked("project"), marked("projects")),
    "partner": (marked("partner"), marked("partners")),
    "hours": (marked("hours"), marked("hours")),
    "roll": (marked("roll"), marked("rolls")),
    "round": (marked("round"), marked("rounds")),
    "student": (marked("student"), marked("students")),
    "teacher": (marked("teacher"), marked("teachers")),
    "school office": (marked("school office"), marked("school offices")),
}
"""What can be called otherwise: one of it, and several."""


def word(term: str, vocabulary: Mapping[str, Any] | None, *, many: bool = False) -> str:
    """What this district calls `term`: its own word where it set one, else ours in the reader's language.

    Raises: KeyError for a term that is none of ours.
    """
    ours = TERMS[term][many]
    own = {each["tag"]: each for each in (vocabulary or {}).get("terms", ())}.get(term)
    if own is None:
        return gettext(ours)
    return str(own["plural"] if many and own.get("plural") else own["label"])


def notice_text(notice: Mapping[str, Any], zone: ZoneInfo) -> str:
    """A notice of the inbox in the reader's language, with its times by the school's clock."""
    params = dict(notice["params"])
    if "starts_at" in params and "ends_at" in params:
        params["when"] = when(params["starts_at"], params["ends_at"], zone)
    return coded(f"notice:{notice['code']}", notice["text"], params)


def label(kind: str, tag: str, vocabulary: Mapping[str, Any] | None) -> str:
    """What the district calls a tag of one of its lists (`interests`, `skills`, `levels`)."""
    found = {each["tag"]: each["label"] for each in (vocabulary or {}).get(kind, ())}
    return str(found.get(tag, tag.replace("-", " ")))
