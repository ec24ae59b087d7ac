"""The district's words: the interests, skills and levels that people choose from."""

from typing import Any

from starlette.responses import Response

from services.web.asking.problems import Refused
from services.web.asking.reading import required
from services.web.looks.languages import gettext
from services.web.pages.office.school import OFFICE, if_match
from services.web.pages.office.tags import read_words, written
from services.web.visiting.failures import NOT_FOUND
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
KINDS = ("interests", "skills", "levels")


@pages.get("/office/words", roles=OFFICE)
async def words(visit: Visit) -> Response:
    """All lists."""
    found = (await visit.read(words=required("/v1/vocabulary")))["words"]
    return visit.show("office/words/all.html", found=found, kinds=KINDS)


@pages.get("/office/words/{kind}", roles=OFFICE)
async def one_list(visit: Visit, form: Form = EMPTY) -> Response:
    """One list, to be changed as a whole."""
    kind = _kind(visit)
    found = (await visit.read(words=required("/v1/vocabulary")))["words"]
    return visit.show(
        "office/words/one.html", form=form, kind=kind, text=written(found[kind]), version=str(found["version"])
    )


@pages.post(
    "/office/words/{kind}",
    roles=OFFICE,
    again=one_list,
    fields={**dict.fromkeys(KINDS, "words"), "word-twice": "words"},
)
async def change_list(visit: Visit, form: Form) -> Response:
    """The list as it was written; what learners chose before stays theirs."""
    kind = _kind(visit)
    wanted, faults = read_words(form.text("words"), "words")
    if faults:
        return await one_list(visit, form.with_faults(*faults))
    matching = if_match(form.text("version"))
    saved: dict[str, Any] = await visit.send("PUT", "/v1/vocabulary", {kind: wanted}, form=form, if_match=matching)
    visit.me.about["vocabulary"] = saved
    return visit.go("/office/words", gettext("The list is saved."))


def _kind(visit: Visit) -> str:
    """The list that the address names. Raises: Refused (404) for none of ours."""
    kind = visit.path["kind"]
    if kind not in KINDS:
        raise Refused(NOT_FOUND)
    return kind
