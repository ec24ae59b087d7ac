"""A roll: everybody is present until the teacher says otherwise; it may be sent late, and corrected."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.problems import Problem, Reason, Refused
from services.web.asking.reading import required
from services.web.looks.languages import gettext, marked, ngettext
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
EDUCATOR = (Role.EDUCATOR,)
MARK, MINUTES, WAS = "mark_", "minutes_", "was"
MARKS = (("present", marked("Present")), ("absent", marked("Absent")), ("late", marked("Late")))
"""In this order each exception is one press of an arrow key away from `present`: absent right, late left."""
_MOST_UNDONE = 12
"""What takes a roll back travels in a cookie, which holds about so many lines."""
Line = Mapping[str, Any]


@pages.get("/rolls/{occurrence_id}", roles=EDUCATOR)
async def roll(visit: Visit, form: Form = EMPTY) -> Response:
    """The roll as it stands, or as it was filled in."""
    found = (await visit.read(roll=required(_address(visit))))["roll"]
    names = await visit.names(found["lines"])
    lines = sorted(found["lines"], key=lambda line: names.get(line["student_id"], "").casefold())
    return visit.show(
        "teacher/roll.html", roll=found, lines=lines, names=names, form=form, marks=MARKS, was=state_of(lines)
    )


@pages.post("/rolls/{occurrence_id}", roles=EDUCATOR, again=roll)
async def take_roll(visit: Visit, form: Form) -> Response:
    """Take the roll, unless somebody changed it since the page was opened. Raises: Refused.

    No key goes with it: a roll says the same however often it is sent, and may have been mended since it was kept.
    """
    entries = list(entries_in(form))
    if not entries:
        raise Refused(Problem(422, (Reason("nothing-marked", gettext("Mark at least one student.")),)))
    before = (await visit.read(roll=required(_address(visit))))["roll"]
    if not may_take(before["lines"], form.text(WAS), entries):
        raise Refused(Problem(409, (Reason("roll-changed", _changed()),)))
    await visit.send("PUT", _address(visit), {"entries": entries})
    return visit.go("/rolls", said(before["title"], entries), undo=_undo(visit, before["lines"], entries))


def entries_in(form: Form) -> Iterator[dict[str, Any]]:
    """What a form says of each place; minutes count for those who came late alone."""
    for name in form.values:
        if name.startswith(MARK):
            place, mark = name.removeprefix(MARK), form.text(name)
            minutes = form.number(MINUTES + place) if mark == "late" else None
            yield {"placement_id": place, "attendance": mark} | ({} if minutes is None else {"minutes": minutes})


def state_of(lines: Sequence[Line]) -> str:
    """A short text that differs when the roll differs."""
    told = sorted(f"{line['placement_id']} {line['attendance']} {line['minutes']}" for line in lines)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def may_take(lines: Sequence[Line], was: str, entries: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a roll may be written over the one that stands.

    It may where nothing changed since `was` (empty: an undo, which asks nothing), or where it says what stands already,
    as one does that is sent again after a lost answer.
    """
    stands = {line["placement_id"]: line["attendance"] for line in lines}
    says_the_same = all(stands.get(entry["placement_id"]) == entry["attendance"] for entry in entries)
    return not was or was == state_of(lines) or says_the_same


def said(title: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """What was just done, in numbers."""
    count = Counter(entry["attendance"] for entry in entries)
    return gettext(
        "The roll of %(title)s is sent: %(present)s, %(absent)s, %(late)s.",
        title=title,
        present=ngettext("%(num)d present", "%(num)d present", count["present"]),
        absent=ngettext("%(num)d absent", "%(num)d absent", count["absent"]),
        late=ngettext("%(num)d late", "%(num)d late", count["late"]),
    )


def undone(lines: Sequence[Line], entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The fields that take a correction back: what stood before, where it was something else.

    Empty where some of it was not marked before (a mark can be changed, not taken away), or where it is too much.
    """
    before = {line["placement_id"]: line for line in lines}
    changed = [
        before[entry["placement_id"]]
        for entry in entries
        if before.get(entry["placement_id"], entry)["attendance"] != entry["attendance"]
    ]
    if len(changed) > _MOST_UNDONE or any(line["attendance"] is None for line in changed):
        return {}
    marks = {MARK + line["placement_id"]: str(line["attendance"]) for line in changed}
    late = {MINUTES + line["placement_id"]: str(line["minutes"]) for line in changed if line["attendance"] == "late"}
    return marks | late


def _undo(visit: Visit, lines: Sequence[Line], entries: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    fields = undone(lines, entries)
    action = f"/rolls/{visit.path['occurrence_id']}"
    return {"action": action, "label": gettext("Undo"), "fields": fields} if fields else None


def _changed() -> str:
    return gettext("Somebody changed this roll since you opened it. Look at your marks, then send them again.")


def _address(visit: Visit) -> str:
    return f"/v1/occurrences/{visit.path['occurrence_id']}/roll"
