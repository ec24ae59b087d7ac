"""Me: what a student says of themselves, who sees each entry, and how it came to be so."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.problems import Problem, Reason, Refused
from services.web.asking.reading import required
from services.web.looks.languages import gettext, marked
from services.web.looks.words import label
from services.web.pages.growth.who_sees import as_told, seen_by
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
LEARNER = (Role.LEARNER,)
A_PAGE = 30
WAYS = {
    "with-a-class": marked("With a class"),
    "with-a-mentor": marked("With a mentor"),
    "with-an-outside-mentor": marked("With a mentor from outside"),
    "alone": marked("Alone"),
    "in-a-group": marked("In a group of two to five"),
}
KINDS = {
    "interests": marked("What I am drawn to"),
    "strength": marked("What I am good at"),
    "need": marked("What I need"),
    "ways-of-learning": marked("How I like to learn"),
}
ACTS = {
    "added": marked("Written"),
    "changed": marked("Changed"),
    "shared": marked("Shown to others than before"),
    "removed": marked("Taken out"),
}
Field = Mapping[str, Any]


@pages.get("/me", roles=LEARNER, nav=(marked("Me"), 50))
async def me(visit: Visit) -> Response:
    """The four parts of a profile."""
    answers = await visit.read(profile=required(f"/v1/people/{visit.me.person_id}/profile"))
    fields = answers["profile"]["fields"]
    names = await visit.names([each["written_by"] for each in fields], [each["named_ids"] for each in fields])
    return visit.show("growth/me.html", of_kind=by_kind(fields), names=names, **sayings(visit))


@pages.get("/me/history", roles=LEARNER)
async def history(visit: Visit) -> Response:
    """Every change, latest first: who, when and why."""
    asked = {"limit": A_PAGE, "cursor": visit.query.get("cursor")}
    answers = await visit.read(turns=required(f"/v1/people/{visit.me.person_id}/profile/history", asked))
    turns = answers["turns"]
    names = await visit.names([each["by"] for each in turns["items"]])
    return visit.show(
        "growth/me_history.html",
        turns=turns["items"],
        next_cursor=turns["next_cursor"],
        names=names,
        as_told=as_told,
        ACTS=ACTS,
        **sayings(visit),
    )


def sayings(visit: Visit) -> dict[str, Any]:
    """What templates of a profile ask: the words of kinds, ways and tags, and who sees an entry."""
    vocabulary = visit.me.about.get("vocabulary")
    return {
        "KINDS": KINDS,
        "said": lambda field: _said(field["kind"], field["tags"], vocabulary),
        "seen_by": lambda field: seen_by(field["circles"], len(field["named_ids"])),
    }


def by_kind(fields: Iterable[Field]) -> dict[str, list[Field]]:
    """The entries of each kind, in the order of the page."""
    found: dict[str, list[Field]] = {kind: [] for kind in KINDS}
    for field in fields:
        found.setdefault(field["kind"], []).append(field)
    return found


async def entry_of(visit: Visit, field_id: str) -> Field:
    """One entry of the student's own profile. Raises: Refused (404) where there is none."""
    answers = await visit.read(profile=required(f"/v1/people/{visit.me.person_id}/profile"))
    found = next((each for each in answers["profile"]["fields"] if each["field_id"] == field_id), None)
    if found is None:
        raise Refused(Problem(404, (Reason("no-such-field", ""),)))
    return dict(found)


def _said(kind: str, tags: Iterable[str], vocabulary: Mapping[str, Any] | None) -> list[str]:
    if kind == "ways-of-learning":
        return [gettext(WAYS[tag]) if tag in WAYS else tag for tag in tags]
    return [label("interests", tag, vocabulary) for tag in tags]
