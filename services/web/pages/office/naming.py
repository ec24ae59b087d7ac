"""Naming: what the district calls things on its pages, in the language in which the office reads them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from services.web.asking.reading import required
from services.web.looks.languages import gettext
from services.web.looks.words import TERMS, ours
from services.web.pages.office.school import OFFICE, if_match
from services.web.visiting.forms import EMPTY, Fault, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
Term = Mapping[str, Any]


@pages.get("/office/words/names", roles=OFFICE)
async def names(visit: Visit, form: Form = EMPTY) -> Response:
    """Each of our words with the district's beside it."""
    found = (await visit.read(words=required("/v1/vocabulary")))["words"]
    own = {each["tag"]: each for each in found["terms"] if each["language"] == visit.language.code}
    rows = [(tag, *ours(tag), own.get(tag, {"label": "", "plural": ""})) for tag in TERMS]
    return visit.show("office/words/names.html", form=form, rows=rows, version=str(found["version"]))


@pages.post("/office/words/names", roles=OFFICE, again=names)
async def change_names(visit: Visit, form: Form) -> Response:
    """The words as they were written, for this language; those of other languages stay."""
    faults = [*_faults(form)]
    if faults:
        return await names(visit, form.with_faults(*faults))
    found = (await visit.read(words=required("/v1/vocabulary")))["words"]
    terms = [*_of_others(found["terms"], visit.language.code), *written(form, visit.language.code)]
    matching = if_match(form.text("version"))
    saved = await visit.send("PUT", "/v1/vocabulary", {"terms": terms}, form=form, if_match=matching)
    visit.me.about["vocabulary"] = saved
    return visit.go("/office/words", gettext("The words are saved. Everybody else reads them in a few minutes."))


def written(form: Form, language: str) -> list[dict[str, str]]:
    """The words that were written; what was left empty is called as before."""
    said = ((tag, form.text(f"label.{tag}"), form.text(f"plural.{tag}")) for tag in TERMS)
    return [{"tag": tag, "language": language, "label": one, "plural": many} for tag, one, many in said if one]


def _faults(form: Form) -> Iterator[Fault]:
    for tag in TERMS:
        one, many = (bool(form.text(f"{name}.{tag}")) for name in ("label", "plural"))
        if one != many:
            empty = f"plural.{tag}" if one else f"label.{tag}"
            yield Fault(gettext("Write both: what one is called, and what several are."), empty)


def _of_others(terms: Sequence[Term], language: str) -> list[Term]:
    return [each for each in terms if each["language"] != language]
