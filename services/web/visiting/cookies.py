"""Cookies: what a browser keeps for the pages, each of this host alone and out of reach of scripts."""

from collections.abc import Mapping
from typing import Literal

from starlette.responses import Response

SESSION = "__Host-trellis"
FLOW = "__Host-trellis-flow"
"""A sign-in under way, sealed."""
FLASH = "__Host-trellis-flash"
"""What the next page says first, sealed."""
LANGUAGE = "__Host-trellis-language"
THEME = "__Host-trellis-theme"
DISTRICT = "__Host-trellis-district"
"""The short name of the district somebody signed in to last on this machine."""
A_YEAR = 365 * 24 * 3600
_SameSite = Literal["lax"]


def put(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Let the browser keep a value; without a time, until it is closed."""
    same_site: _SameSite = "lax"
    response.set_cookie(name, value, seconds, path="/", secure=True, httponly=True, samesite=same_site)


def take(response: Response, name: str) -> None:
    """Let the browser forget a value."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def read(cookies: Mapping[str, str], name: str) -> str:
    """A cookie's value; empty where there is none."""
    return cookies.get(name, "")
