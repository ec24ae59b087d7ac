"""Same site: a form counts only when our own page sent it, in the session that it was made for."""

from collections.abc import Mapping
from typing import Protocol

_OWN = frozenset({"same-origin", "none"})


class Marks(Protocol):
    """Whoever can tell our own marks."""

    def mark(self, *parts: str) -> str: ...

    def is_mark(self, mark: str, *parts: str) -> bool: ...


def token_for(marks: Marks, grant: str, path: str) -> str:
    """What a form to this address carries, in this session (empty: nobody's)."""
    return marks.mark("form", grant, path.partition("?")[0])


def is_ours(marks: Marks, grant: str, path: str, token: str, headers: Mapping[str, str], origin: str) -> bool:
    """Whether this form came from a page of ours: by its token, and by what the browser says of where it was sent."""
    site, given = headers.get("sec-fetch-site"), headers.get("origin")
    from_here = site in _OWN if site is not None else given in (None, origin)
    return from_here and marks.is_mark(token, "form", grant, path)
