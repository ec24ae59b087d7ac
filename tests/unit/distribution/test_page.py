"""The page of a report: whole in itself, the same without pictures, and honest about every name in it."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from bench.distribution.district import District, build
from bench.distribution.named import prepared_from
from services.scheduler.distribution_checker import check
from services.scheduler.distribution_files.page import page
from services.scheduler.distribution_files.prepare import prepare
from services.scheduler.distribution_files.report import report
from services.scheduler.domain.distribution.evening import distribute_evenly
from services.scheduler.domain.distribution.solve import Effort
from tests.unit.distribution.small_rounds import small_round

OUTSIDE = {"src", "href", "xlink:href", "action", "data", "poster", "srcset", "background"}
WEEKS = [
    {"gini_without": 0.01 * week, "gini_with": 0.006 * week, "loss": 0.0004 * week, "wrong": []}
    for week in range(1, 11)
]


class _Seen(HTMLParser):
    """What stands on a page: tags with their attributes, and for each figure the tags within."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.figures: list[list[tuple[str, dict[str, str | None]]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "figure":
            self.figures.append([])
        if "figure" in self.open:
            self.figures[-1].append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    prepared = prepared_from(build(District(60, 5, 12, 1, 0.95)))
    return {**report(prepared, distribute_evenly(prepared.problem, 1, Effort(40))), "weeks": WEEKS}


def test_the_page_has_no_script_and_asks_nobody_for_anything(document: dict[str, Any]) -> None:
    text = page(document)
    seen = _Seen(text)
    assert not {tag for tag, _ in seen.tags} & {"script", "link", "iframe", "img", "object", "embed", "form", "base"}
    assert not [a for _, attrs in seen.tags for a in attrs if a in OUTSIDE or a.startswith("on")]
    assert not re.search(r"url\(|@import|https?:|//", text)


def test_every_chart_says_what_it_shows_and_has_its_figures_beside_it(document: dict[str, Any]) -> None:
    seen = _Seen(page(document))
    assert len(seen.figures) == 6
    assert sum(tag == "svg" for tag, _ in seen.tags) == len(seen.figures)
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for inside in seen.figures:
        (svg,) = [attrs for tag, attrs in inside if tag == "svg"]
        named = {attrs.get("id") for tag, attrs in inside if tag in ("title", "desc")}
        assert svg["role"] == "img"
        assert set((svg["aria-labelledby"] or "").split()) == named
        assert len(named) == 2
        tags = [tag for tag, _ in inside]
        assert tags.count("table") == 1
        assert tags.count("td") >= 2


def test_everything_opened_is_closed_and_headings_follow_one_another(document: dict[str, Any]) -> None:
    seen = _Seen(page(document))
    assert not seen.open
    headings = [tag for tag, _ in seen.tags if re.fullmatch(r"h\d", tag)]
    assert headings[0] == "h1"
    assert set(headings[1:]) == {"h2"}


def test_names_that_look_like_markup_stay_names() -> None:
    ranked_round = small_round(5)
    ranked_round.title = '<b>Tuesday</b> & "more"'
    for o in ranked_round.occurrences:
        o.title = "<i>Art</i>"
    prepared = prepare(ranked_round)
    text = page(report(prepared, distribute_evenly(prepared.problem, 1, Effort(40))))
    assert "<b>Tuesday" not in text
    assert "<i>Art" not in text
    assert "&lt;i&gt;Art" in text


@pytest.mark.parametrize("missing", [["students"], ["occurrences"], ["students", "occurrences"]])
def test_a_round_without_people_or_offers_still_has_an_answer_and_a_page(missing: list[str]) -> None:
    ranked_round = small_round(5)
    for part in (*missing, "choices", "requests", "friends", "keep_apart"):
        setattr(ranked_round, part, [])
    prepared = prepare(ranked_round)
    found = report(prepared, distribute_evenly(prepared.problem, 1, Effort(40)))
    assert not check(ranked_round, found).wrong
    assert ("Nothing is offered" in page(found)) == ("occurrences" in missing)


def test_an_offer_without_a_limit_is_not_said_to_have_seats_left(document: dict[str, Any]) -> None:
    ranked_round = small_round(5)
    for o in ranked_round.occurrences:
        o.space, o.seats = "", None
    prepared = prepare(ranked_round)
    found = report(prepared, distribute_evenly(prepared.problem, 1, Effort(40)))
    assert {o["seats_left"] for o in found["occurrences"]} == {None}
    assert "no limit" in page(found)
