"""A district's own words: in every text of the pages, in the reader's language, and never as markup."""

import html
from collections.abc import Iterator

import pytest
from jinja2 import Environment

from services.profile.domain.vocabulary import Renamed
from services.web.looks.languages import call_things, coded, gettext, known, ngettext, plain, speaking
from services.web.looks.rendering import Rendering
from services.web.looks.static_files import StaticFiles
from services.web.looks.words import TERMS, ours, own_words
from services.web.pages.office.naming import written
from services.web.visiting.forms import Form


def term(tag: str, label: str, plural: str, language: str = "en") -> dict[str, str]:
    return {"tag": tag, "language": language, "label": label, "plural": plural}


@pytest.fixture
def renamed() -> Iterator[None]:
    own = {"terms": [term("goal", "adventure", "adventures"), term("block", "Wildcat Time", "Wildcat Times")]}
    with speaking(known()["en"]):
        call_things(own_words(own, known()["en"]))
        yield


def test_what_may_be_called_otherwise_is_what_the_rule_names() -> None:
    assert set(TERMS) == {each.value for each in Renamed}


@pytest.mark.usefixtures("renamed")
def test_a_districts_word_stands_wherever_our_texts_say_ours_with_its_capital_and_article() -> None:
    assert gettext("Goals") == "Adventures"
    assert gettext("Write a goal") == "Write an adventure"
    assert gettext("A goal is a goal.") == "An adventure is an adventure."
    assert gettext("In which block?") == "In which Wildcat Time?"
    assert gettext("All blocks") == "All Wildcat Times"
    assert gettext("The goalkeeper waits.") == "The goalkeeper waits."
    assert plain("Goals") == "Goals"


@pytest.mark.usefixtures("renamed")
def test_what_a_text_is_filled_in_with_is_nobody_elses_word() -> None:
    assert gettext("Your goal “%(goal)s” waits", goal="My goal") == "Your adventure “My goal” waits"
    assert ngettext("%(num)d block", "%(num)d blocks", 2) == "2 Wildcat Times"
    said = coded("no-such-code", "Goal club is in another block.", {"title": "Goal club", "seats": 3})
    assert said == "Goal club is in another Wildcat Time."


def test_a_word_holds_for_its_language_alone_and_outside_a_district_nothing_is_renamed() -> None:
    own = {"terms": [term("goal", "reto", "retos", "es"), term("locker", "box", "boxes", "es")]}
    with speaking(known()["es"]):
        call_things(own_words(own, known()["es"]))
        assert gettext("Goals") == "Retos"
        assert ours("goal") == ("meta", "metas")
    with speaking(known()["en"]):
        assert gettext("Goals") == "Goals", "what one visit is told does not reach the next"
        call_things(own_words(own, known()["en"]))
        assert gettext("Goals") == "Goals"
    assert own_words(None, known()["en"]) is None


@pytest.fixture(scope="module")
def templates() -> Environment:
    return Rendering(StaticFiles())._environment


@pytest.mark.parametrize("word", ["<b>100% {x} & more</b>", "%(num)s", "&amp;", "\\1"])
def test_odd_words_are_shown_as_they_are_and_never_become_markup(templates: Environment, word: str) -> None:
    own = {"terms": [term("goal", word, word)]}
    with speaking(known()["en"]):
        call_things(own_words(own, known()["en"]))
        assert gettext("My goal") == f"My {word}"
        assert gettext("My goal, %(name)s", name="Maya") == f"My {word}, Maya"
        shown = templates.from_string("{{ _('My goal') }}|{{ ngettext('%(num)d goal', '%(num)d goals', 2) }}").render()
        assert html.unescape(shown) == f"My {word}|2 {word}"
        assert "<b>" not in shown
    with speaking(known()["es"]):
        call_things(own_words({"terms": [term("block", word, word, "es")]}, known()["es"]))
        assert word in coded("block-cancelled-already", "This block is cancelled.")


def test_the_words_of_a_form_are_those_that_were_filled_in() -> None:
    form = Form({"label.goal": [" quest "], "plural.goal": ["quests"], "label.step": [""]})
    assert written(form, "en") == [term("goal", "quest", "quests")]
