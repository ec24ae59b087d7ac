"""A person is forgotten: asked twice, then seen through to the certificate."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from services.web.asking.gateway import Query
from services.web.asking.problems import Refused
from services.web.asking.reading import required
from services.web.looks.languages import gettext
from services.web.pages.office.school import OFFICE, AtSchool, is_district_office, read_school
from services.web.visiting.failures import NOT_FOUND
from services.web.visiting.forms import EMPTY, Fault, Form
from services.web.visiting.live import live
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
ONE = "/office/schools/{school_id}/people/{person_id}/forget"
_LOOK_SECONDS = 1.0


@pages.get(ONE, roles=OFFICE)
async def ask_forget(visit: Visit, form: Form = EMPTY) -> Response:
    """What goes for good, why it is asked, and whose name has to be written to be sure."""
    return _asked(await _read(visit), form)


@pages.post(ONE, roles=OFFICE, again=ask_forget)
async def forget(visit: Visit, form: Form) -> Response:
    """Only with the name written as it stands: nobody is forgotten by one press too many."""
    school = await _read(visit)
    faults = faults_of(form, called(school["person"]))
    if faults:
        return _asked(school, form.with_faults(*faults))
    path = f"/v1/people/{visit.path['person_id']}/forget"
    erasure = await visit.send("POST", path, {"reason_code": form.text("reason_code")}, form=form)
    return visit.go(f"/office/erasures/{erasure['erasure_id']}")


@pages.get("/office/erasures", roles=OFFICE)
async def certificates(visit: Visit) -> Response:
    """All of the district's certificates, the newest first."""
    asked: Query = {"limit": 20, "cursor": visit.query.get("cursor")}
    page = (await visit.read(erasures=required("/v1/erasures", asked)))["erasures"]
    return visit.show("office/forgetting/all.html", page=page, reason_names=dict(reason_choices()))


@pages.get("/office/erasures/{erasure_id}", roles=OFFICE)
async def certificate(visit: Visit) -> Response:
    """What each part of the town removed, and who has not answered yet."""
    return visit.show("office/forgetting/certificate.html", **await _certificate(visit))


@pages.get("/office/erasures/{erasure_id}/live", roles=OFFICE)
async def certificate_live(visit: Visit) -> Response:
    """The same, as the answers come."""

    async def render() -> str:
        return visit.render("office/forgetting/answers.html", **await _certificate(visit))

    return live(visit, render, every_seconds=_LOOK_SECONDS)


def reason_choices() -> list[tuple[str, str]]:
    """Why somebody is forgotten: a code alone stands on record."""
    return [
        ("family-request", gettext("The family asked for it")),
        ("own-request", gettext("They asked for it themselves")),
        ("left-the-district", gettext("They left, and the time for keeping records is over")),
        ("entered-by-mistake", gettext("They were entered by mistake")),
    ]


def called(person: Mapping[str, Any]) -> str:
    """The name under which the office knows somebody."""
    return person["called"] or f"{person['given_name']} {person['family_name']}"


def faults_of(form: Form, name: str) -> list[Fault]:
    """What keeps the form from counting: no reason of ours, or not the name."""
    faults = []
    if form.text("reason_code") not in dict(reason_choices()):
        faults.append(Fault(gettext("Say why."), "reason_code"))
    if _plain(form.text("name")) != _plain(name):
        faults.append(Fault(gettext("Write the name as it stands above: %(name)s", name=name), "name"))
    return faults


def removed_by(erasure: Mapping[str, Any]) -> list[tuple[str, str, int | None]]:
    """Each part of the town: its name, what it keeps of people, and how much it removed (None: no answer yet)."""
    keepers = [
        ("profile", gettext("People and growth"), gettext("name, goals, evidence, interests")),
        ("scheduler", gettext("Timetable"), gettext("places, waiting, rolls, rankings")),
        ("community", gettext("Projects"), gettext("words, hours, reflections")),
        ("gateway", gettext("Sign-in"), gettext("sign-ins, notices")),
    ]
    removed = erasure["removed"]
    return [
        (words, what, sum(removed[service].values()) if service in removed else None)
        for service, words, what in keepers
    ]


def _asked(school: AtSchool, form: Form) -> Response:
    person = school["person"]
    return school.show(
        "office/forgetting/ask.html", form=form, person=person, name=called(person), reasons=reason_choices()
    )


async def _certificate(visit: Visit) -> dict[str, Any]:
    found = (await visit.read(erasure=required(f"/v1/erasures/{visit.path['erasure_id']}")))["erasure"]
    answers = removed_by(found)
    done = sum(count is not None for _, _, count in answers)
    return {"erasure": found, "answers_of": answers, "done": done, "reason_names": dict(reason_choices())}


async def _read(visit: Visit) -> AtSchool:
    """The school and the person. Raises: Refused (404) for whoever does not look after the district."""
    if not is_district_office(visit):
        raise Refused(NOT_FOUND)
    return await read_school(visit, person=required(f"/v1/people/{visit.path['person_id']}"))


def _plain(name: str) -> str:
    """A name without what typing it may change: width, case and spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
