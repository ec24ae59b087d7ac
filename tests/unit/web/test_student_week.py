"""A student's week, rankings and words: what stands on a day, what is ranked, and how refusals are said."""

from datetime import date
from zoneinfo import ZoneInfo

from services.web.asking.problems import Problem, Reason
from services.web.looks.languages import known, speaking
from services.web.pages.student.booking import back_from
from services.web.pages.student.inbox import news
from services.web.pages.student.looking_closer import goal_choices
from services.web.pages.student.rounds import ranking_in, ranks_of
from services.web.pages.student.saying import open_goals, refusal, refused_form, why
from services.web.pages.student.week import asked_day, days_of
from services.web.visiting.forms import Form
from tests.unit.web.stories import at, goal, place, step
from tests.unit.web.test_student_choosing import block

DENVER = ZoneInfo("America/Denver")
TODAY = date(2031, 3, 3)


def test_a_day_shows_places_and_times_still_free_in_order_and_what_has_begun_cannot_be_given_back() -> None:
    rows = [place("07:00", "08:30"), place("11:00", "11:45")]
    free = {**block("b", "10:00", "10:45"), "day": "2031-03-03"}
    taken = {**block("c", "11:00", "11:45"), "day": "2031-03-03"}
    [(day, shown)] = days_of(rows, [free, taken], at("08:00"))
    assert day == "2031-03-03"
    assert [(each["starts_at"], each["free"], each["open"]) for each in shown] == [
        (at("07:00").isoformat(), False, False),
        (at("10:00").isoformat(), True, True),
        (at("11:00").isoformat(), False, True),
    ]


def test_a_day_in_the_address_that_is_none_means_today() -> None:
    assert asked_day("2031-03-10", TODAY) == date(2031, 3, 10)
    assert [asked_day(text, TODAY) for text in ("", "soon", "0001-01-01", "9999-12-31", "2031-13-01")] == [TODAY] * 5


def test_a_refusal_says_its_moment_by_the_schools_clock() -> None:
    reason = Reason("not-yet-open", "…", {"opens_at": "2031-03-03T16:05Z"})
    said = refusal(reason, DENVER).replace("\u202f", " ")
    assert said == "You cannot choose this yet. Sign-up opens on Monday, March 3, 9:05 AM."


def test_a_refusal_is_said_in_spanish_with_what_it_is_about() -> None:
    with speaking(known()["es"]):
        said = refusal(Reason("limit-a-week", "You can do this 2 times a week", {"most": 2}), DENVER)
    assert said == "Puedes hacer esto 2 veces por semana, y ya tienes esas plazas."


def test_every_refusal_leads_to_the_card_it_is_about() -> None:
    problem = Problem(409, (Reason("session-full", "Full."), Reason("overlaps", "At 10:00Z you have another.")))
    form = refused_form(Form(once="key"), problem, "occ_1", DENVER)
    assert [fault.field for fault in form.faults] == ["occ_1", "occ_1"]
    assert "Z" not in form.faults[1].text
    assert refused_form(form, None, "occ_1", DENVER) is form


def test_a_reason_names_the_goal_in_the_students_own_words() -> None:
    goals = {"goal_1": {"words": "Build a robot"}}
    vocabulary = {"interests": [{"tag": "robotics", "label": "Robots"}]}
    told = {"code": "goal-tag", "text": "…", "params": {"goal_id": "goal_1", "tag": "robotics"}}
    assert why(told, goals, vocabulary) == "It is about Robots, like your goal “Build a robot”."
    unknown = {
        "code": "goal-tag",
        "text": "It is about robotics, as your goal is.",
        "params": {"goal_id": "x", "tag": "y"},
    }
    assert why(unknown, {}, None) == "It is about robotics, as your goal is."


def test_a_place_can_be_for_an_open_goal_or_a_step_of_it_that_is_not_done() -> None:
    done = {**step("Done", None), "step_id": "step_1", "done_at": "2031-03-01T00:00:00Z"}
    left = {**step("Draw", None), "step_id": "step_2"}
    goals = open_goals([{**goal("active", done, left), "goal_id": "g"}, {**goal("reached"), "goal_id": "h"}])
    assert goal_choices(goals.values()) == [("", "No goal"), ("g/", "A goal"), ("g/step_2", "A goal: Draw")]


def test_a_form_goes_back_to_pages_of_places_and_nowhere_else() -> None:
    ways = ("/today", "/week?of=2031-03-03", "/open?block=b")
    assert [back_from(Form({"back": [way]}), "/week") for way in ways] == list(ways)
    for way in ("https://example.org/week", "//example.org", "/sign-out", "/week\r\nSet-Cookie: a=b", ""):
        assert back_from(Form({"back": [way]}), "/week") == "/week"


def test_a_ranking_is_taken_without_its_gaps_and_keeps_the_goal_of_what_was_saved() -> None:
    saved = {"blocks": [{"block_id": "b", "ranked": [{"occurrence_id": "x", "goal_id": "g", "step_id": None}]}]}
    form = Form({"block": ["b", "c"], "b-1": ["y"], "b-3": ["x"], "b-calm": ["yes"]})
    assert ranking_in(form, saved) == [
        {
            "block_id": "b",
            "ranked": [
                {"occurrence_id": "y", "goal_id": None, "step_id": None},
                {"occurrence_id": "x", "goal_id": "g", "step_id": None},
            ],
            "calm": True,
        },
        {"block_id": "c", "ranked": [], "calm": False},
    ]


def test_a_block_asks_for_a_few_choices_and_shows_all_that_were_saved() -> None:
    offered = {"block_id": "b", "choices": [{}] * 9}
    assert ranks_of(offered, {"blocks": []}) == {"chosen": [""] * 5, "calm": False}
    ranked = [{"occurrence_id": str(number)} for number in range(7)]
    found = ranks_of(offered, {"blocks": [{"block_id": "b", "ranked": ranked, "calm": True}]})
    assert found == {"chosen": [str(number) for number in range(7)], "calm": True}


def test_news_counts_what_came_after_the_newest_notice_known() -> None:
    notices = [{"notice_id": name} for name in ("c", "b", "a")]
    assert news(notices, "c") == ""
    assert news(notices, "a") == "2 new messages"
    assert news([], "none") == ""
