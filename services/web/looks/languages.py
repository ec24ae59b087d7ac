"""Languages: which one a reader gets, and its words; English is the source, every other a catalogue."""

import gettext as catalogues
import html
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services.web.looks.renaming import Quote, Renaming, as_it_is, for_braces, for_percent

FOLDER = Path(__file__).resolve().parents[1] / "locale"
MIRRORED = "en-x-mirror"
_PLACEHOLDER = re.compile(r"(%\(\w+\)[a-z]|<[^>]+>|&\w+;|%%)")
_ODD = str.maketrans("aceinorstuyAEINOU", "áçéíñóřšţúýÁÉÍÑÓÚ")


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages. `locale` is Babel's, for dates and numbers; `words` and `codes` are its catalogues.

    `long_day`: how a day without its year is written out, which CLDR has no pattern for.
    """

    code: str
    name: str
    locale: str
    long_day: str = "EEEE, MMMM d"
    direction: str = "ltr"
    words: catalogues.NullTranslations = field(default_factory=catalogues.NullTranslations, repr=False, compare=False)
    codes: catalogues.NullTranslations = field(default_factory=catalogues.NullTranslations, repr=False, compare=False)


class Mirrored(catalogues.NullTranslations):
    """The pseudo-language: every text odd and a third longer, so that what escapes translation is seen at once."""

    def gettext(self, message: str) -> str:
        parts = _PLACEHOLDER.split(message)
        odd = "".join(part if place % 2 else part.translate(_ODD) for place, part in enumerate(parts))
        return f"[{odd} {'~' * (len(message) // 3)}]" if message else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def known() -> dict[str, Language]:
    """Every language, by code; read once."""
    spanish = Language(
        "es", "Español", "es_US", "EEEE, d 'de' MMMM", words=_catalogue("es"), codes=_catalogue("es", "codes")
    )
    mirrored = Language(MIRRORED, "Mirrored", "en_US", direction="rtl", words=Mirrored())
    return {each.code: each for each in (Language("en", "English", "en_US"), spanish, mirrored)}


def offered(development: bool) -> list[Language]:
    """The languages to choose from."""
    return [each for each in known().values() if development or each.code != MIRRORED]


def choose(cookie: str, accepts: str, development: bool) -> Language:
    """The reader's choice, else the first of the browser's wishes that we have, else English."""
    have = {each.code: each for each in offered(development)}
    wishes = [cookie, *(_wish(part) for part in accepts.split(",")[:20])]
    return next((have[wish] for wish in wishes if wish in have), have["en"])


def _wish(part: str) -> str:
    return part.partition(";")[0].strip().partition("-")[0].lower()


_current: ContextVar[Language | None] = ContextVar("language", default=None)
_renaming: ContextVar[Renaming | None] = ContextVar("renaming", default=None)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Inside, every text is in this language, and things are called as Trellis calls them."""
    token, before = _current.set(language), _renaming.set(None)
    try:
        yield
    finally:
        _current.reset(token)
        _renaming.reset(before)


def call_things(own: Renaming | None) -> None:
    """From here on, inside `speaking`, things are called so."""
    _renaming.set(own)


def current() -> Language:
    """The language spoken now; English outside any request."""
    return _current.get() or known()["en"]


def gettext(message: str, /, **values: Any) -> str:
    """The message in the reader's language, with `%(name)s` filled in."""
    text = _called(plain(message), for_percent if values else as_it_is)
    return text % values if values else text


def ngettext(one: str, many: str, count: int, /, **values: Any) -> str:
    """The message for so many, in the reader's language; `%(num)d` is the count."""
    return _called(current().words.ngettext(one, many, count), for_percent) % {"num": count, **values}


def unfilled(message: str) -> str:
    """The message in the reader's language as it stands: templates fill placeholders in by themselves, and take it
    for markup."""
    return _called(plain(message), _for_templates)


def unfilled_many(one: str, many: str, count: int) -> str:
    """The message for so many as it stands, for templates."""
    return _called(current().words.ngettext(one, many, count), _for_templates)


def plain(message: str) -> str:
    """The message in the reader's language in Trellis's own words, whatever the district calls things."""
    return current().words.gettext(message)


def _called(text: str, quote: Quote, keep: Iterable[str] = ()) -> str:
    """The text in the district's own words."""
    own = _renaming.get()
    return text if own is None else own.of(text, quote, keep)


def _for_templates(own: str) -> str:
    return for_percent(html.escape(own))


def marked(message: str) -> str:
    """Says that this message is to be translated where it is shown; the extraction looks for it."""
    return message


def coded(code: str, text: str, details: Mapping[str, Any] | None = None) -> str:
    """A sentence of the API in the reader's language, where its code has one; else as the API says it."""
    values = {name: value for name, value in (details or {}).items() if isinstance(value, (str, int, float))}
    said = _called(text, as_it_is, [value for value in values.values() if isinstance(value, str)])
    known_as = current().codes.gettext(code)
    if known_as == code:
        return said
    found = _called(known_as, for_braces)
    names = {name.partition(".")[0].partition("[")[0] for _, name, _, _ in Formatter().parse(found) if name}
    return found.format(**values) if names <= values.keys() else said


def _catalogue(code: str, kind: str = "") -> catalogues.NullTranslations:
    """All catalogues of a language as one: those of `codes`, or those of words."""
    whole = Catalog(locale=code)
    for path in sorted((FOLDER / code / "LC_MESSAGES").glob("*.po")):
        if path.stem.startswith("codes") == bool(kind):
            for message in read_po(io.BytesIO(path.read_bytes()), locale=code):
                if message.id:
                    whole[message.id] = message
    written = io.BytesIO()
    write_mo(written, whole)
    written.seek(0)
    return catalogues.GNUTranslations(written)
