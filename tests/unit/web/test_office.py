"""The office's own rules: what is sent for a changed pattern, weeks, times, tags, rosters, and files as they come."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.web.asking.problems import Problem, Reason, Refused
from services.web.pages.office.blocks import moment_of, told_of, wall
from services.web.pages.office.calendar import by_day, span_of, weeks_of
from services.web.pages.office.front import one_next_step
from services.web.pages.office.no_place import asked_for, places_in
from services.web.pages.office.one_off_days import day_fields
from services.web.pages.office.pattern_changes import (
    listed,
    wanted,
    with_bell,
    with_day,
    with_entry,
    without_bell,
    without_day,
    without_entry,
)
from services.web.pages.office.previews import choice_bars, mean_share
from services.web.pages.office.roster import asked_to_accept, files_of, summed
from services.web.pages.office.school import asked_day, if_match
from services.web.pages.office.sent_file import file_in
from services.web.pages.office.several import MOST, each_of, is_id
from services.web.pages.office.space_week import days_shown
from services.web.pages.office.tags import read_words, tag_of, written
from services.web.pages.office.time import name_on
from services.web.visiting.forms import Form

DENVER = ZoneInfo("America/Denver")
HOLIDAY = {"day": "2031-03-05", "holiday": True, "bell": None, "rotation_day": None, "consumes": False}
LATE = {"day": "2031-03-06", "holiday": False, "bell": "late", "rotation_day": None, "consumes": False}
ENTRY = {"period_id": "period_1", "starts": "10:00:00", "ends": "10:45:00", "on": ["A"]}
PATTERN: dict[str, Any] = {
    "pattern_id": "pattern_1",
    "version": 3,
    "name": "A and B",
    "rotation": "cycle",
    "rotation_days": ["A", "B"],
    "starts_on": "2031-03-03",
    "school_weekdays": ["monday"],
    "regular": "usual",
    "bells": [
        {"name": "usual", "weekdays": [], "entries": [ENTRY]},
        {"name": "late", "weekdays": ["friday"], "entries": []},
    ],
    "exceptions": [HOLIDAY, LATE],
}


def test_a_pattern_is_sent_as_it_was_given_without_what_the_api_keeps() -> None:
    sent = wanted(PATTERN)
    assert sent == {name: PATTERN[name] for name in PATTERN if name not in ("pattern_id", "version")}


def test_a_renamed_bell_schedule_is_renamed_wherever_it_is_spoken_of() -> None:
    assert with_bell(PATTERN, 0, "plain", [])["regular"] == "plain"
    changed = with_bell(PATTERN, 1, "slow", ["monday"])
    assert changed["bells"][1] == {"name": "slow", "weekdays": ["monday"], "entries": []}
    assert changed["exceptions"][1]["bell"] == "slow"
    assert PATTERN["bells"][1]["name"] == "late", "what was given stays as it was"


def test_a_removed_bell_schedule_takes_its_one_off_days_with_it() -> None:
    assert without_bell(PATTERN, 1)["exceptions"] == [HOLIDAY]


def test_a_time_taken_out_and_put_back_is_as_before() -> None:
    changed, gone = without_entry(PATTERN, 0, 0)
    assert changed["bells"][0]["entries"] == []
    assert with_entry({**PATTERN, **changed}, 0, gone)["bells"] == wanted(PATTERN)["bells"]
    with pytest.raises(IndexError):
        without_entry(PATTERN, 0, 7)


def test_a_one_off_day_takes_the_place_of_what_stood_for_that_day() -> None:
    again = {**HOLIDAY, "day": "2031-03-06"}
    assert with_day(PATTERN, again)["exceptions"] == [HOLIDAY, again]
    changed, gone = without_day(PATTERN, "2031-03-05")
    assert (changed["exceptions"], gone) == ([LATE], HOLIDAY)
    assert without_day(PATTERN, "2031-03-09")[1] is None


def test_the_form_that_puts_a_one_off_day_back_says_all_of_it() -> None:
    assert day_fields({**HOLIDAY, "consumes": True})["consumes"] == "yes"
    assert day_fields(LATE) == {"day": "2031-03-06", "kind": "other", "bell": "late", "rotation_day": ""}


def test_names_are_listed_by_line_or_comma() -> None:
    assert listed(" A, B\n\nC ,") == ["A", "B", "C"]


def test_days_of_the_week_that_never_have_school_are_left_out_of_the_calendar() -> None:
    days = [
        {"day": f"2031-03-{number:02}", "kind": "no-school" if number in (8, 9, 15, 16) else "school"}
        for number in range(3, 17)
    ]
    assert [[each["day"][-2:] for each in week] for week in weeks_of(days)] == [
        ["03", "04", "05", "06", "07"],
        ["10", "11", "12", "13", "14"],
    ]
    called_in = [{**each, "kind": "school"} if each["day"].endswith("08") else each for each in days]
    assert len(weeks_of(called_in)[1]) == 6
    assert len(weeks_of([{**each, "kind": "no-school"} for each in days])[0]) == 5


def test_four_weeks_begin_on_a_monday() -> None:
    assert span_of(date(2031, 3, 5)) == (date(2031, 3, 3), date(2031, 3, 30))


def test_blocks_stand_under_their_day_in_order() -> None:
    blocks = [{"day": "2031-03-04", "n": 1}, {"day": "2031-03-03", "n": 2}, {"day": "2031-03-04", "n": 3}]
    assert [(day, [each["n"] for each in each_day]) for day, each_day in by_day(blocks)] == [
        ("2031-03-03", [2]),
        ("2031-03-04", [1, 3]),
    ]


def test_a_time_of_day_is_the_schools_on_either_side_of_a_clock_change() -> None:
    assert moment_of("2031-03-07", "09:05", DENVER) == "2031-03-07T16:05:00+00:00"
    assert moment_of("2031-03-10", "09:05", DENVER) == "2031-03-10T15:05:00+00:00"
    assert wall("2031-03-10T15:05:00Z", DENVER) == "09:05"


@pytest.mark.parametrize("clock", ["", "soon", "25:00", "09:05+01:00"])
def test_what_is_no_time_of_day_is_none(clock: str) -> None:
    assert moment_of("2031-03-07", clock, DENVER) is None


def test_what_came_of_making_blocks_is_said_without_what_did_not_happen() -> None:
    assert told_of({"added": 1, "changed": 0, "withdrawn": 0, "kept": 0}) == "1 block is new."
    assert told_of({"added": 0, "changed": 2, "withdrawn": 1, "kept": 3}).count(".") == 4


def test_a_day_that_no_school_could_mean_is_another() -> None:
    today = date(2031, 3, 3)
    assert asked_day({"from": "2031-04-01"}, today) == date(2031, 4, 1)
    for odd in ("", "tomorrow", "0001-01-01", "9999-12-31", "2031-02-30"):
        assert asked_day({"from": odd}, today) == today


def test_a_condition_is_made_of_a_version_alone() -> None:
    assert if_match("7") == '"7"'
    assert if_match("") is None
    assert if_match('7", "8') is None


def test_the_first_thing_to_do_is_what_keeps_others_waiting() -> None:
    assert "hours" in (one_next_step("/s", {"projects_proposed": 0, "hours_verified": 2}, [{}]) or {})["href"]
    assert (one_next_step("/s", None, [{}]) or {})["href"] == "/s/no-place"
    assert one_next_step("/s", {"projects_proposed": 0, "hours_verified": 0}, []) is None


def test_places_are_those_of_the_block_that_have_a_seat_with_the_most_first() -> None:
    def occurrence(title: str, left: int | None, block: str = "b", *, cancelled: bool = False) -> dict[str, Any]:
        return {"title": title, "seats_left": left, "block_id": block, "cancelled": cancelled}

    found = [occurrence("few", 2), occurrence("full", 0), occurrence("open", None), occurrence("other", 9, "c")]
    found += [occurrence("gone", 5, cancelled=True), occurrence("many", 7)]
    assert [each["title"] for each in places_in(found, "b")] == ["open", "many", "few"]


def test_a_seat_for_own_work_is_asked_for_at_its_space() -> None:
    assert asked_for("space_1", "block_1", "person_1")[0] == "/v1/spaces/space_1/placements"
    assert asked_for("occ_1", "block_1", "person_1") == ("/v1/occurrences/occ_1/placements", {"student_id": "person_1"})


def test_ids_in_forms_cannot_lead_to_another_address() -> None:
    assert is_id("place_01a2")
    for odd in ("", "../people", "a/b", "a?b", "a b", "é"):
        assert not is_id(odd)


async def test_of_several_those_who_were_refused_are_named_and_the_others_done() -> None:
    async def act(each: str) -> str:
        if each == "b":
            raise Refused(Problem(409, (Reason("session-full", "It is full."),)))
        return each.upper()

    done, form = await each_of(["a", "b", "c"], act, {"b": "Bea"}, Form(once="k" * 20))
    assert done == ["A", "C"]
    assert [fault.text for fault in form.faults] == ["Bea: It is full."]
    many, _ = await each_of([str(number) for number in range(99)], act, {}, Form())
    assert len(many) == MOST


async def test_a_part_that_is_away_ends_it_for_all() -> None:
    async def act(_: str) -> None:
        raise Refused(Problem(503, (Reason("away", "Away."),)))

    with pytest.raises(Refused):
        await each_of(["a"], act, {}, Form())


def test_the_weekend_is_shown_where_something_takes_place_then() -> None:
    assert len(days_shown([{"uses": []}], date(2031, 3, 3))) == 5
    assert days_shown([{"uses": [{"day": "2031-03-09"}]}], date(2031, 3, 3))[-1] == "2031-03-09"


def test_a_period_is_called_as_its_terms_of_the_day_say() -> None:
    terms = [{"name": "Win", "from_on": "2031-01-01"}, {"name": "Flex", "from_on": "2031-03-01"}]
    assert [name_on(terms, day) for day in ("2030-12-31", "2031-02-28", "2031-03-01")] == ["Win", "Win", "Flex"]


def test_a_tag_follows_from_a_word() -> None:
    assert tag_of("Réparer des vélos!") == "reparer-des-velos"
    assert tag_of("自転車") == ""


def test_a_list_is_read_back_as_it_was_written() -> None:
    words = [{"tag": "bike-repair", "label": "Cycling"}, {"tag": "music", "label": "Music"}]
    assert written(words) == "Cycling = bike-repair\nMusic"
    assert read_words(written(words), "words") == (words, [])


def test_a_line_that_has_no_tag_is_named() -> None:
    words, faults = read_words("Music\n自転車\n= x\nCooking = Not a tag", "words")
    assert [each["tag"] for each in words] == ["music"]
    assert [fault.text[:6] for fault in faults] == ["Line 2", "Line 3", "Line 4"]


def _roster(**more: Any) -> dict[str, Any]:
    diff = {"added": 2, "changed": 1, "leaving": 3, "unchanged": 9}
    return {"files": {"users": diff, "classes": diff}, "findings": [], "too_much_leaving": [], **more}


def test_a_rosters_files_carry_their_faults_and_what_leaves() -> None:
    finding = {"file": "users.csv", "code": "x", "severity": "row", "count": 4}
    found = _roster(findings=[finding, {**finding, "code": "y"}], too_much_leaving=["users"])
    assert summed(found) == {"added": 4, "changed": 2, "leaving": 6}
    assert [(each["name"], each["wrong"], each["much_leaves"]) for each in files_of(found)] == [
        ("classes", 0, False),
        ("users", 8, True),
    ]
    assert asked_to_accept(found) == ["accept_findings", "accept_leaving"]
    assert asked_to_accept(_roster()) == []


_SENT = (
    b'--xyz\r\nContent-Disposition: form-data; name="other"\r\n\r\nnot this\r\n'
    b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="r.zip"\r\nContent-Type: application/zip\r\n\r\n'
    b"PK\x03\x04\r\n--xy not the end\r\n\x00\r\n--xyz--\r\n"
)


async def _pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize("size", [1, 7, 64, 4096])
async def test_a_sent_file_is_taken_out_whole_however_it_comes(size: int) -> None:
    found = [piece async for piece in file_in(_pieces(_SENT, size), "multipart/form-data; boundary=xyz", "file")]
    assert b"".join(found) == b"PK\x03\x04\r\n--xy not the end\r\n\x00"


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "multipart/form-data; boundary=xyz"),
        (b"junk", "multipart/form-data; boundary=xyz"),
        (_SENT, "application/zip"),
        (_SENT, "multipart/form-data"),
        (_SENT.replace(b'"file"', b'"else"'), "multipart/form-data; boundary=xyz"),
    ],
)
async def test_without_a_file_it_says_so(content: bytes, content_type: str) -> None:
    with pytest.raises(Refused):
        [piece async for piece in file_in(_pieces(content, 9), content_type, "file")]


def test_choices_far_down_are_counted_together_and_none_is_shown_without_places() -> None:
    def figures(*profile: int) -> dict[str, Any]:
        return {"figures": {"rank_profile": [0, *profile], "share": {"mean": 0.874}}}

    assert choice_bars(figures(3, 1, 0, 0)) == [("Choice 1", 3), ("Choice 2", 1)]
    assert choice_bars(figures(1, 1, 1, 1, 1, 1, 2, 3))[-1] == ("Later choices", 5)
    assert choice_bars(None) == []
    assert mean_share(figures()) == "87 percent"
    assert mean_share({"figures": {"share": None}}) == ""
