"""The catalogues of a language: brought up to the texts that stand in the pages; translations are kept, gaps named."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).resolve().parents[1]
AREAS = ("web", "everyone", "student", "growth", "teacher", "office", "partner")
"""A catalogue each, so that those who write pages side by side do not meet in one file; `web` is what all share."""
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_JINJA = {
    "extensions": "jinja2.ext.i18n, jinja2.ext.do",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None}
_HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def texts() -> dict[str, Catalog]:
    """Every text of the pages' templates and code, in English, by area. What all share stands there alone."""
    found = {area: Catalog() for area in AREAS}
    for file, _line, message, _comments, _context in extract_from_dir(
        WEB, method_map=_METHODS, options_map={"templates/**.html": _JINJA}, keywords=_KEYWORDS
    ):
        found[_area(file)].add(message)
    for area in AREAS[1:]:
        for shared in [message.id for message in found[area] if message.id in found["web"]]:
            found[area].delete(shared)
    return found


def path_of(language: str, area: str) -> Path:
    """Where a catalogue is."""
    return WEB / "locale" / language / "LC_MESSAGES" / f"{area}.po"


def catalogue(language: str, area: str) -> Catalog:
    """A catalogue as it is; an empty one where there is none yet."""
    path = path_of(language, area)
    return read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)


def missing(found: Catalog) -> list[str]:
    """The texts that a catalogue has no translation of, or only a guess."""
    return [str(message.id) for message in found if message.id and (message.fuzzy or not _is_said(message.string))]


def bring_up(language: str) -> list[str]:
    """Write the catalogues anew, each in the order of its texts; returns what is still to be translated."""
    wanted, known = texts(), {area: catalogue(language, area) for area in AREAS}
    return [gap for area in AREAS for gap in _bring_up(language, area, wanted[area], known)]


def _bring_up(language: str, area: str, wanted: Catalog, known: dict[str, Catalog]) -> Iterator[str]:
    written = Catalog(locale=language, fuzzy=False)
    for message in sorted((each for each in wanted if each.id), key=lambda each: str(each.id)):
        written.add(message.id, _said(message, [known[area], *known.values()]))
    body = io.BytesIO()
    write_po(body, written, width=0, omit_header=True, no_location=True)
    header = _HEADER.format(language=language, plurals=written.plural_forms)
    path_of(language, area).write_text(header + body.getvalue().decode().strip() + "\n")
    yield from missing(written)


def _said(message: Any, known: list[Catalog]) -> Any:
    name = message.id if isinstance(message.id, str) else message.id[0]
    found = next((before for each in known if (before := each.get(name)) and _is_said(before.string)), None)
    return found.string if found else ("", "") if message.pluralizable else ""


def _is_said(said: Any) -> bool:
    return all(said) if isinstance(said, (tuple, list)) else bool(said)


def _area(file: str) -> str:
    parts = Path(file).parts
    return parts[1] if parts[0] in ("pages", "templates") and parts[1] in AREAS else "web"


if __name__ == "__main__":
    for one in bring_up(sys.argv[1] if len(sys.argv) > 1 else "es"):
        sys.stdout.write(f"to be translated: {one}\n")
