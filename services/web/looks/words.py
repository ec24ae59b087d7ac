"""Words: what a district calls things, in place of what Trellis calls them."""

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from services.web.looks.languages import Language, coded, marked, plain
from services.web.looks.renaming import Renaming, renaming
from services.web.looks.times import when

TERMS: Mapping[str, tuple[str, str]] = {
    "block": (marked("block"), marked("blocks")),
    "goal": (marked("goal"), marked("goals")),
    "partner": (marked("partner"), marked("partners")),
    "project": (marked("project"), marked("projects")),
    "round": (marked("round"), marked("rounds")),
    "space": (marked("space"), marked("spaces")),
    "step": (marked("step"), marked("steps")),
    "student": (marked("student"), marked("students")),
    "target": (marked("target"), marked("targets")),
    "teacher": (marked("teacher"), marked("teachers")),
}
"""What a district may call otherwise: one of it, and several. Our texts use these words for nothing else."""


def ours(tag: str) -> tuple[str, str]:
    """What Trellis calls it in the reader's language: one, and several. Raises: KeyError for none of these."""
    one, many = TERMS[tag]
    return plain(one), plain(many)


def own_words(vocabulary: Mapping[str, Any] | None, language: Language) -> Renaming | None:
    """What the district calls things in this language; None where it calls them as we do."""
    terms = [each for each in (vocabulary or {}).get("terms", ()) if each["tag"] in TERMS]
    pairs = [pair for each in terms if each["language"] == language.code for pair in _pairs(each)]
    return renaming(frozenset(pairs), articles=language.code == "en")


def _pairs(term: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return zip(ours(term["tag"]), (term["label"], term["plural"]), strict=True)


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
