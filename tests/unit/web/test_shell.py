"""The shell: sealed cookies, addresses to come back to, static files within their weight, and who may see what."""

import gzip
import io
import re

import pytest

from services.web.asking.reading import people_in
from services.web.looks.static_files import StaticFiles
from services.web.pages import PAGES
from services.web.pages.everyone.front import HOMES, home_of
from services.web.pages.everyone.signing_in import challenge_of, local
from services.web.pages.student.today import later_today, next_step, now_and_next
from services.web.sessions.sealing import Seal
from services.web.visiting.live import event
from services.web.visiting.navigation import entries_for
from tests.unit.web.stories import at, goal, place, step

STYLE_BYTES, SCRIPT_BYTES = 60 * 1024, 40 * 1024


def test_a_seal_opens_for_its_own_purpose_and_time_alone() -> None:
    seal = Seal("s" * 32)
    sealed = seal.close("session", {"grant": "district_1.grant_1.secret"})
    assert "secret" not in sealed
    assert seal.open("session", sealed, 60) == {"grant": "district_1.grant_1.secret"}
    assert seal.open("flash", sealed, 60) is None
    assert seal.open("session", sealed, -1) is None
    assert Seal("o" * 32).open("session", sealed, 60) is None
    for broken in ("", "x", sealed[:-4], sealed[:-2] + "AA", "ÿ"):
        assert seal.open("session", broken, 60) is None


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example", "", "today", "/\r\nx: y", "/a b"]
)
def test_nobody_is_led_to_another_host_after_signing_in(address: str) -> None:
    assert local(address) == "/"


def test_a_page_of_ours_is_come_back_to_with_its_query() -> None:
    assert local("/open?tag=art&from=2031-03-03") == "/open?tag=art&from=2031-03-03"


def test_the_challenge_is_the_one_of_the_rfcs_example() -> None:
    # RFC 7636, appendix B.
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_style_and_script_stay_within_their_weight() -> None:
    weight = {".css": 0, ".js": 0}
    for file in StaticFiles().files.values():
        suffix = file.name[file.name.rindex(".") :]
        if suffix in weight:
            assert file.squeezed is not None
            assert gzip.GzipFile(fileobj=io.BytesIO(file.squeezed)).read() == file.content
            weight[suffix] += len(file.squeezed)
    assert 0 < weight[".css"] <= STYLE_BYTES
    assert 0 < weight[".js"] <= SCRIPT_BYTES


def test_the_style_speaks_of_letters_by_the_names_they_are_given_out_under() -> None:
    static = StaticFiles()
    style = next(file for file in static.files.values() if file.name.endswith(".css")).content.decode()
    for name in static.files:
        if name.endswith(".woff2"):
            assert name in style
    fetched = re.findall(r"url\(([^)]*)\)|@import", style)
    assert fetched
    assert all(address.strip('"').removeprefix("./") in static.files for address in fetched), "nothing from elsewhere"


def test_every_page_says_for_whom_it_is_and_no_address_is_declared_twice() -> None:
    declared = [(page.method, page.path) for page in PAGES.pages]
    assert len(declared) == len(set(declared))
    open_to_all = {path for (_, path), page in zip(declared, PAGES.pages, strict=True) if page.roles is None}
    assert open_to_all == {"/sign-in", "/sign-in/link", "/signed-in", "/sign-out", "/appearance", "/parts"}


def test_a_static_segment_stands_before_a_parameter_in_the_same_place() -> None:
    """Routes are looked at in order: `/offers/{offer_id}` before `/offers/new` would take it."""
    for rank, page in enumerate(PAGES.pages):
        pattern = page.path.split("/")
        for later in PAGES.pages[rank + 1 :]:
            taken = page.method == later.method and len(pattern) == len(later.path.split("/"))
            same = all(
                mine.startswith("{") or mine == theirs
                for mine, theirs in zip(pattern, later.path.split("/"), strict=False)
            )
            assert not (taken and same), f"{page.path} takes {later.path}"


def test_the_navigation_shows_what_a_role_may_open_in_its_order() -> None:
    learner = entries_for(PAGES.entries, {"learner"})
    assert learner[0].path == "/today"
    assert all("learner" in entry.roles for entry in learner)
    assert entries_for(PAGES.entries, set()) == ()


def test_everybody_begins_on_a_page_of_their_own() -> None:
    assert home_of(frozenset({"learner"})) == "/today"
    assert home_of(frozenset({"guardian", "educator"})) == HOMES["educator"]  # type: ignore[index]  # a role is its text
    assert home_of(frozenset()) == "/about-me"


def test_now_and_next_are_told_apart_to_the_minute() -> None:
    first, second, third = place("09:00", "09:45"), place("10:00", "10:45"), place("11:00", "11:45")
    places = [first, second, third]
    assert now_and_next(places, at("08:59")) == {"now": None, "next": first}
    assert now_and_next(places, at("09:00")) == {"now": first, "next": second}
    assert now_and_next(places, at("09:45")) == {"now": None, "next": second}
    assert now_and_next([], at("09:00")) == {"now": None, "next": None}
    assert later_today(places, at("09:00"), at("09:00").date()) == [third]


def test_the_next_step_is_the_one_due_first_of_open_goals() -> None:
    soon, later, undated = step("soon", "2031-03-05"), step("later", "2031-04-05"), step("undated", None)
    found = next_step([goal("active", undated, later), goal("agreed", soon)])
    assert found is not None
    assert found["step"]["words"] == "soon"
    assert (
        next_step([goal("set-aside", soon), goal("active", {**later, "done_at": "2031-03-01T10:00:00+00:00"})]) is None
    )


def test_the_people_in_an_answer_are_found_once_each() -> None:
    answer = {"items": [{"host_ids": ["person_1", "person_2"], "title": "x"}, {"person_id": "person_1"}]}
    assert people_in(answer, ["person_3"]) == ["person_1", "person_2", "person_3"]


def test_an_event_holds_every_line_of_its_text() -> None:
    assert event("<p>one</p>\n<p>two</p>") == "data: <p>one</p>\ndata: <p>two</p>\n\n"
