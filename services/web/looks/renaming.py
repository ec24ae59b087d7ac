"""Renaming: a district's own words in place of ours, wherever a text of the pages says them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_FILLED_IN = r"%\(\w+\)[a-z]|%%|<[^>]+>|&#?\w+;|\{[^}]*\}"
"""What a text is filled in with later, and its markup: it stays as it is."""
_ARTICLE = r"(?:\b(an?) )?"
_VOWELS = tuple("aeiouAEIOU")
Quote = Callable[[str], str]


def as_it_is(own: str) -> str:
    """For a text that nothing is filled into any more."""
    return own


def for_percent(own: str) -> str:
    """For a text that `%` fills in later."""
    return own.replace("%", "%%")


def for_braces(own: str) -> str:
    """For a text that `format` fills in later."""
    return own.replace("{", "{{").replace("}", "}}")


@dataclass(frozen=True, slots=True)
class Renaming:
    """What one district calls things in one language: its words by ours, as our texts write them in lower case."""

    own: Mapping[str, str]
    sought: re.Pattern[str]

    def of(self, text: str, quote: Quote = as_it_is, keep: Iterable[str] = ()) -> str:
        """The text with the district's words in it. `quote` makes a word fit for what is done with the text next;
        `keep`: parts of the text that are somebody's own words, and stay."""
        stays = "|".join([*(re.escape(part) for part in keep if part), _FILLED_IN])
        parts = re.split(f"({stays})", text)
        parts[::2] = [self.sought.sub(lambda found: self._instead(found, quote), part) for part in parts[::2]]
        return "".join(parts)

    def _instead(self, found: re.Match[str], quote: Quote) -> str:
        article, ours = found[1], found[2]
        own = self.own[ours.lower()]
        if not article:
            return quote(_begun_like(ours, own))
        fitting = article[0] + ("n" if own.startswith(_VOWELS) else "")
        return f"{fitting} {quote(_begun_like(ours, own))}"


@lru_cache(maxsize=512)
def renaming(words: frozenset[tuple[str, str]], *, articles: bool) -> Renaming | None:
    """What is made of pairs of our word and theirs; None where there are none.

    `articles`: whether the language has an article that goes by the next word's first letter, as English has.
    """
    if not words:
        return None
    ours = sorted((our for our, _ in words), key=len, reverse=True)
    before = _ARTICLE if articles else "()"
    sought = re.compile(rf"{before}\b({'|'.join(map(re.escape, ours))})\b", re.IGNORECASE)
    return Renaming({our.lower(): own for our, own in words}, sought)


def _begun_like(ours: str, own: str) -> str:
    """Their word with a capital where ours has one."""
    return own[0].upper() + own[1:] if ours[0].isupper() else own
