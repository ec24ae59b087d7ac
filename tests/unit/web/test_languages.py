"""Languages: every text has its translation, with the same placeholders; a reader gets the language they ask for."""

import re
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog

from services.web.locale.catalogue import AREAS, catalogue, missing, texts
from services.web.looks.languages import MIRRORED, choose, coded, gettext, known, ngettext, speaking
from services.web.looks.rendering import Rendering
from services.web.looks.static_files import StaticFiles
from services.web.looks.times import clock, day, when
from services.web.looks.words import label

PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")
DENVER = ZoneInfo("America/Denver")


@pytest.mark.parametrize("area", AREAS)
def test_every_text_of_the_pages_is_translated(area: str) -> None:
    wanted, have = texts()[area], catalogue("es", area)
    unknown = [message.id for message in wanted if message.id and message.id not in have]
    assert unknown == [], "run `make words`, then translate what it names"
    assert missing(have) == []


@pytest.mark.parametrize("area", AREAS)
def test_a_translation_has_the_placeholders_of_its_text(area: str) -> None:
    for message in catalogue("es", area):
        # A plural's second form says its count, and so does every translation of it.
        own = message.id if isinstance(message.id, str) else message.id[1]
        said = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert {name for text in said for name in PLACEHOLDER.findall(str(text))} == set(PLACEHOLDER.findall(str(own)))


def test_a_missing_translation_would_be_noticed() -> None:
    gap = Catalog(locale="es")
    gap.add("Hello", "")
    gap.add(("%(num)d day", "%(num)d days"), ("%(num)d día", ""))
    assert missing(gap) == ["Hello", "('%(num)d day', '%(num)d days')"]


def test_the_sentences_by_code_name_nothing_that_cannot_be_filled_in() -> None:
    codes = known()["es"].codes
    said = codes.gettext("notice:hours-wait")
    assert {name for _, name, _, _ in Formatter().parse(said) if name} == {"minutes"}


@pytest.mark.parametrize(
    ("cookie", "accepts", "code"),
    [
        ("", "", "en"),
        ("", "es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en", "es", "en"),
        ("xx", "fr, es", "es"),
        ("../../etc", "*", "en"),
        (MIRRORED, "", "en"),
    ],
)
def test_a_reader_gets_their_choice_else_the_first_wish_that_is_there(cookie: str, accepts: str, code: str) -> None:
    assert choose(cookie, accepts, development=False).code == code


def test_the_mirrored_language_leaves_placeholders_alone_and_is_for_development_alone() -> None:
    mirrored = choose(MIRRORED, "", development=True)
    with speaking(mirrored):
        assert "Maya" in gettext("Hello, %(name)s", name="Maya")
        assert gettext("Today") != "Today"
        assert "3" in ngettext("%(num)d place this week", "%(num)d places this week", 3)


def test_a_template_fills_in_other_values_beside_the_count(tmp_path: Path) -> None:
    said = '{{ ngettext("%(done)s of %(num)d step done", "%(done)s of %(num)d steps done", 3, done="<b>") }}'
    (tmp_path / "said.html").write_text(said)
    assert Rendering(StaticFiles(), tmp_path).render("said.html", {}) == "&lt;b&gt; of 3 steps done"


def test_the_apis_sentence_is_shown_where_its_code_has_no_translation_or_lacks_a_value() -> None:
    with speaking(known()["es"]):
        assert coded("no-such-code", "As the API says.") == "As the API says."
        assert coded("notice:hours-wait", "Hours wait.", {}) == "Hours wait."
        assert "90" in coded("notice:hours-wait", "Hours wait.", {"minutes": "90"})


def test_times_are_by_the_schools_clock_and_in_the_readers_language() -> None:
    assert clock("2031-03-03T16:05:00+00:00", DENVER).replace("\u202f", " ") == "9:05 AM"
    # Half past midnight in London is still the day before in Denver.
    assert day("2031-03-03T00:30:00+00:00", DENVER) == "Sunday, March 2"
    assert day("2031-03-03", DENVER, "short") == "Mon, Mar 3"
    assert day("2031-03-03", DENVER, "year") == "Mar 3, 2031"
    with speaking(known()["es"]):
        assert "lunes" in when("2031-03-03T16:05:00+00:00", "2031-03-03T16:50:00+00:00", DENVER)
    with pytest.raises(ValueError, match="without a time zone"):
        clock("2031-03-03T16:05:00", DENVER)


def test_what_a_district_does_not_list_is_called_as_its_tag() -> None:
    assert label("skills", "self-direction", {"skills": [{"tag": "self-direction", "label": "Leading yourself"}]}) == (
        "Leading yourself"
    )
