"""Me, written: interests and ways of learning said anew, strengths and needs added or taken out, and who sees each."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.gateway import Query
from services.web.asking.problems import Problem, Reason, Refused
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext, marked
from services.web.looks.times import day_of
from services.web.pages.growth.choices import choices_of
from services.web.pages.growth.me import KINDS, WAYS, Field, by_kind, entry_of, sayings
from services.web.pages.growth.who_sees import CIRCLES, shared
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
LEARNER = (Role.LEARNER,)
SINGLE = {"interests": "interests", "ways-of-learning": "ways-of-learning"}
MANY = {"strengths": "strength", "needs": "need"}
"""The words of addresses, and the kinds of entries they are of."""
AHEAD, MOST_OPENINGS = timedelta(days=13), 200
WRITTEN = {"strengths": marked("Your strength is written down."), "needs": marked("Your need is written down.")}


@pages.get("/me/change/{kind}", roles=LEARNER)
async def change_page(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for interests, or for ways of learning."""
    kind = _among(SINGLE, visit)
    answers = await visit.read(profile=required(f"/v1/people/{visit.me.person_id}/profile"))
    entry = next(iter(by_kind(answers["profile"]["fields"])[kind]), None)
    ways = [(way, gettext(text)) for way, text in WAYS.items()]
    choices = choices_of(visit, "interests") if kind == "interests" else ways
    about = {"kind": kind, "entry": entry, **sayings(visit)}
    return visit.show("growth/me_change.html", choices=choices, form=form, **about)


@pages.post("/me/change/{kind}", roles=LEARNER, again=change_page)
async def change(visit: Visit, form: Form) -> Response:
    """Interests or ways of learning are said anew; who sees them stays as it is."""
    kind = _among(SINGLE, visit)
    person = f"/v1/people/{visit.me.person_id}"
    answers = await visit.read(profile=required(f"{person}/profile"))
    entry = next(iter(by_kind(answers["profile"]["fields"])[kind]), None)
    chosen = {"tags": form.texts("tags")} if kind == "interests" else {"ways": form.texts("ways")}
    body = {**chosen, "own_words": form.text("own_words") or None, "why": form.text("why") or None, **_as_before(entry)}
    await visit.send("PUT", f"{person}/{kind}", body, form=form)
    return visit.go("/me", gettext("Written down."))


@pages.get("/me/new/{kind}", roles=LEARNER)
async def new_page(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for a strength or a need."""
    return visit.show("growth/me_new.html", kind=_among(MANY, visit), many=visit.path["kind"], KINDS=KINDS, form=form)


@pages.post("/me/new/{kind}", roles=LEARNER, again=new_page)
async def add(visit: Visit, form: Form) -> Response:
    """A strength or a need is added; whoever wrote a need then chooses who sees it."""
    kind, many = _among(MANY, visit), visit.path["kind"]
    body = {"text": form.text("text")}
    entry = await visit.send("POST", f"/v1/people/{visit.me.person_id}/{many}", body, form=form)
    if kind == "need":
        said = gettext("Your need is written down. Only you see it so far: choose who else may.")
        return visit.go(f"/me/who/{entry['field_id']}", said)
    return visit.go("/me", gettext(WRITTEN[many]))


@pages.get("/me/who/{field_id}", roles=LEARNER)
async def who_page(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for who sees an entry: circles, and adults by name."""
    entry = await entry_of(visit, visit.path["field_id"])
    adults = dict.fromkeys([*entry["named_ids"], *await _adults(visit)])
    names = await visit.names([*adults])
    return visit.show(
        "growth/me_who.html",
        entry=entry,
        adults=[(each, names[each]) for each in adults if each in names],
        circles=[(each, gettext(text)) for each, text in CIRCLES.items()],
        form=form,
        **sayings(visit),
    )


@pages.post("/me/who/{field_id}", roles=LEARNER, again=who_page)
async def choose_who(visit: Visit, form: Form) -> Response:
    """Who sees an entry is chosen; the next page offers to take that back."""
    field_id = visit.path["field_id"]
    before = await entry_of(visit, field_id)
    body = {**shared(form.texts("circles"), form.texts("visible_to")), "why": form.text("why") or None}
    await visit.send("PUT", f"/v1/people/{visit.me.person_id}/profile/fields/{field_id}/visibility", body, form=form)
    fields = {"circles": ",".join(before["circles"]), "visible_to": ",".join(before["named_ids"])}
    undo = {"action": f"/me/who/{field_id}/back", "label": gettext("As before"), "fields": fields}
    return visit.go("/me", gettext("Who sees it is changed."), undo=undo)


@pages.post("/me/who/{field_id}/back", roles=LEARNER, again=who_page)
async def choose_who_back(visit: Visit, form: Form) -> Response:
    """Who sees an entry is as it was before."""
    field_id = visit.path["field_id"]
    body = shared(form.text("circles").split(","), [each for each in form.text("visible_to").split(",") if each])
    await visit.send("PUT", f"/v1/people/{visit.me.person_id}/profile/fields/{field_id}/visibility", body, form=form)
    return visit.go("/me", gettext("It is as it was before."))


@pages.get("/me/{kind}/{field_id}/remove", roles=LEARNER)
async def remove_page(visit: Visit, form: Form = EMPTY) -> Response:
    """The question whether an entry is to go."""
    _among(MANY, visit)
    entry = await entry_of(visit, visit.path["field_id"])
    return visit.show("growth/me_remove.html", entry=entry, many=visit.path["kind"], form=form, **sayings(visit))


@pages.post("/me/{kind}/{field_id}/remove", roles=LEARNER, again=remove_page)
async def remove(visit: Visit, form: Form) -> Response:
    """A strength or a need is taken out; the history keeps that there was one."""
    _among(MANY, visit)
    path = f"/v1/people/{visit.me.person_id}/{visit.path['kind']}/{visit.path['field_id']}"
    await visit.send("DELETE", path, form=form)
    return visit.go("/me", gettext("Taken out."))


async def _adults(visit: Visit) -> list[str]:
    """Adults whom the student may know: hosts of what is open to them. Nobody where that is away."""
    today = day_of(now(), visit.zone)
    asked: Query = {"from": today.isoformat(), "to": (today + AHEAD).isoformat(), "limit": MOST_OPENINGS}
    found = (await visit.read(openings=optional(f"/v1/people/{visit.me.person_id}/openings", asked))).get("openings")
    rows = found["openings"] if found else []
    return [host for row in rows for host in row.get("host_ids", ())][:MOST_OPENINGS]


def _as_before(entry: Field | None) -> dict[str, Any]:
    """Who saw an entry before sees it in its new words as well."""
    return shared(entry["circles"], entry["named_ids"]) if entry else {}


def _among(known: Mapping[str, str], visit: Visit) -> str:
    """The kind that the address names. Raises: Refused (404) for one that is none of these."""
    if visit.path["kind"] not in known:
        raise Refused(Problem(404, (Reason("no-such-page", ""),)))
    return known[visit.path["kind"]]
