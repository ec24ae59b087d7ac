"""Tags: the short words that programs compare, and the words that people read beside them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from services.web.looks.languages import gettext
from services.web.visiting.forms import Fault

_BETWEEN = re.compile(r"[^a-z0-9]+")
_TAG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 60


def tag_of(label: str) -> str:
    """A tag for words in any script that has plain letters below its marks; empty where it has none."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return _BETWEEN.sub("-", plain).strip("-")[:_LONGEST].strip("-")


def written(words: Sequence[Mapping[str, Any]]) -> str:
    """A list as people edit it: one word a line, its tag behind it only where it does not follow from the word."""
    return "\n".join(
        each["label"] if tag_of(each["label"]) == each["tag"] else f"{each['label']} = {each['tag']}" for each in words
    )


def read_words(text: str, field: str) -> tuple[list[dict[str, str]], list[Fault]]:
    """The list in an edited text, and what is wrong with its lines."""
    words: list[dict[str, str]] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        label, _, tag = (part.strip() for part in line.rpartition("=")) if "=" in line else (line.strip(), "", "")
        tag = tag or tag_of(label)
        if not label or not _TAG.fullmatch(tag) or len(tag) > _LONGEST:
            wish = gettext("Line %(number)d: write a word, then = and a tag such as bike-repair.", number=number)
            faults.append(Fault(wish, field))
        else:
            words.append({"tag": tag, "label": label})
    return words, faults
