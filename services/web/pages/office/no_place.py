"""Who has no place in a block, and the form that gives several of them one at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from kit.clock import now
from services.web.asking.gateway import Query
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext, ngettext
from services.web.looks.times import day_of
from services.web.pages.office.calendar import by_day
from services.web.pages.office.school import (
    A_DAY,
    OFFICE,
    AtSchool,
    api_of,
    asked_day,
    path_of,
    read_school,
)
from services.web.pages.office.several import MOST, each_of, is_id
from services.web.visiting.forms import EMPTY, Fault, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
ALL = "/office/schools/{school_id}/no-place"
_DAYS = 5
_NO_LIMIT = -1_000_000
_IN_SPACE = "space_"


@pages.get(ALL, roles=OFFICE)
async def blocks(visit: Visit) -> Response:
    """The blocks of the next days, to choose from."""
    first = asked_day(visit.query, day_of(now(), visit.zone))
    last = first + (_DAYS - 1) * A_DAY
    asked: Query = {
        "school_id": visit.path["school_id"],
        "from": first.isoformat(),
        "to": last.isoformat(),
        "limit": 200,
    }
    school = await read_school(visit, blocks=required("/v1/blocks", asked))
    return school.show(
        "office/no_place/blocks.html",
        days=by_day(school["blocks"]["items"]),
        first=first,
        earlier=first - _DAYS * A_DAY,
        later=first + _DAYS * A_DAY,
    )


@pages.get(ALL + "/{block_id}", roles=OFFICE)
async def unplaced(visit: Visit, form: Form = EMPTY) -> Response:
    """The students without a place in this block, and where there is one for them."""
    return await _show(await _read(visit), form)


@pages.post(ALL + "/{block_id}", roles=OFFICE, again=unplaced)
async def assign(visit: Visit, form: Form) -> Response:
    """Those who were ticked get a place; who cannot is named, with the reason."""
    students, to = form.texts("student"), form.text("to")
    faults = _unfilled(students, to)
    if faults:
        return await _show(await _read(visit), form.with_faults(*faults))
    names = await visit.names(students)
    block_id = visit.path["block_id"]

    async def place(student_id: str) -> Any:
        path, body = asked_for(to, block_id, student_id)
        return await visit.send("POST", path, body, form=form)

    done, faulty = await each_of(students, place, names, form)
    if faulty.faults:
        return await _show(await _read(visit), faulty, done=len(done))
    text = ngettext("%(num)d student has a place now.", "%(num)d students have a place now.", len(done))
    here = visit.request.url.path
    fields = {"placement": "\n".join(each["placement_id"] for each in done)}
    return visit.go(here, text, undo={"action": f"{here}/undo", "label": gettext("Take that back"), "fields": fields})


@pages.post(ALL + "/{block_id}/undo", roles=OFFICE)
async def undo(visit: Visit, form: Form) -> Response:
    """The places that were just given are given back."""
    placements = [each for each in form.text("placement").split() if is_id(each)]

    async def give_back(placement_id: str) -> Any:
        return await visit.send("POST", f"/v1/placements/{placement_id}/cancel", {}, form=form)

    done, faulty = await each_of(placements, give_back, {}, form)
    here = f"{path_of(visit)}/no-place/{visit.path['block_id']}"
    if faulty.faults:
        return await _show(await _read(visit), faulty, done=0)
    return visit.go(here, ngettext("%(num)d place is given back.", "%(num)d places are given back.", len(done)))


def asked_for(to: str, block_id: str, student_id: str) -> tuple[str, dict[str, str]]:
    """Where the API gives this place, and what it takes: an occurrence's seat, or one for own work in a space."""
    if to.startswith(_IN_SPACE):
        return f"/v1/spaces/{to}/placements", {"student_id": student_id, "block_id": block_id}
    return f"/v1/occurrences/{to}/placements", {"student_id": student_id}


def places_in(occurrences: Sequence[Mapping[str, Any]], block_id: str) -> list[Mapping[str, Any]]:
    """The occurrences of a block that have a seat, those with the most seats first."""
    found = [
        each
        for each in occurrences
        if each["block_id"] == block_id and not each["cancelled"] and each["seats_left"] != 0
    ]
    return sorted(found, key=_most_seats)


def _most_seats(occurrence: Mapping[str, Any]) -> tuple[int, str]:
    left = occurrence["seats_left"]
    return (_NO_LIMIT if left is None else -int(left), str(occurrence["title"]))


def _unfilled(students: Sequence[str], to: str) -> list[Fault]:
    faults = [] if students else [Fault(gettext("Tick at least one student."), "student")]
    if "_" not in to or not is_id(to):
        faults.append(Fault(gettext("Choose where they go."), "to"))
    return faults


async def _read(visit: Visit) -> AtSchool:
    block_id = visit.path["block_id"]
    asked: Query = {"limit": MOST, "cursor": visit.query.get("cursor")}
    return await read_school(
        visit,
        block=required(f"/v1/blocks/{block_id}"),
        unplaced=required(f"/v1/blocks/{block_id}/unplaced", asked),
        spaces=optional(f"{api_of(visit)}/spaces", {"limit": 200}),
    )


async def _show(school: AtSchool, form: Form, done: int = 0) -> Response:
    block, visit = school["block"], school.visit
    day = {"from": block["day"], "to": block["day"], "limit": 200}
    students = school["unplaced"]["items"]
    answers = await visit.read(occurrences=optional(f"{api_of(visit)}/occurrences", day))
    return school.show(
        "office/no_place/one.html",
        form=form,
        block=block,
        students=students,
        next_cursor=school["unplaced"]["next_cursor"],
        names=await visit.names([each["student_id"] for each in students]),
        places=places_in(answers.get("occurrences", {"items": []})["items"], block["block_id"]),
        gone=answers.gone.get("occurrences"),
        spaces=[each for each in school.get("spaces", {"items": []})["items"] if each["own_work"]],
        done=done,
    )
