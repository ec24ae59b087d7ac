"""Barriers: what stands in somebody's way on a page, on every screen that it takes without being loaded again."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from playwright.async_api import Browser, Page, Route

from services.web.looks.languages import MIRRORED
from tests.browser.looking import FOCUSABLE, LEAST_TARGET, PRESSED, UNSEEN, axe_options, look, prepare_axe, told
from tests.browser.signing_in import Visitor

AT_ONCE = 3
LANGUAGES = {"en": "en", "es": "es", "rtl": MIRRORED}
LOCALES = {"es": "es-US"}
_NOT_200 = "Failed to load resource: the server responded with a status of"

COLOURS = ("color-contrast", "link-in-text-block")
"""What axe can find anew where colours alone are others."""
ROOM = ("target-size", "scrollable-region-focusable")
"""What axe can find anew where the same things have less room."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What a page is shown on. `rules`: all that axe asks there (none: everything), `spared`: what it need not ask."""

    name: str
    width: int = 1280
    height: int = 900
    dark: bool = False
    rules: Sequence[str] = ()
    spared: Sequence[str] = ()


LIGHT, PHONE = Screen("light"), Screen("phone", 320, 640)
DARK = Screen("dark", dark=True, rules=COLOURS)
# 200 % zoom of a window of 1,280 by 900 shows what fits into half of it.
ZOOMED = Screen("zoomed", 640, 450, rules=ROOM)
WORDS = Screen("words", spared=COLOURS)
WORDS_ON_A_PHONE = Screen("phone", 320, 640, rules=ROOM)
SCREENS = {
    "en": (LIGHT, DARK, ZOOMED, PHONE),
    "es": (WORDS, WORDS_ON_A_PHONE),
    "rtl": (WORDS, WORDS_ON_A_PHONE),
}
"""By language: other words and another direction change no colour, and nothing of what a phone shows and hides."""
_CHECKS = f"""async ([options, pressed, focusable]) => ({{
  width: innerWidth, wide: document.documentElement.scrollWidth, small: ({LEAST_TARGET})(pressed),
  violations: (await axe.run(options)).violations, unseen: ({UNSEEN})(focusable) }})"""


async def barriers(page: Page, screens: Sequence[Screen]) -> list[str]:
    """What is wrong with this page on each of these screens."""
    await prepare_axe(page)
    found = []
    for screen in screens:
        await page.set_viewport_size({"width": screen.width, "height": screen.height})
        await page.emulate_media(color_scheme="dark" if screen.dark else "light")
        seen = await page.evaluate(_CHECKS, [axe_options(screen.rules, screen.spared), PRESSED, FOCUSABLE])
        assert seen["width"] == screen.width
        found += [f"{screen.name}: {fault}" for fault in _faults(seen)]
    return found


def _faults(seen: Mapping[str, Any]) -> list[str]:
    faults = [*told(seen["violations"]), *(f"small: {each}" for each in seen["small"])]
    faults += [f"focus unseen: {each}" for each in seen["unseen"]]
    return faults + (["wider than its window"] if seen["wide"] > seen["width"] else [])


@dataclass(frozen=True, slots=True)
class State:
    """A page as somebody sees it at this address; with a text where that came as an answer to a form."""

    part: str
    address: str
    text: str = ""


async def look_at_all(
    browser: Browser,
    base_url: str,
    visitors: Mapping[str, Visitor],
    states: Sequence[State],
    language: str,
    screens: Sequence[Screen],
) -> list[str]:
    """What is wrong with these pages, each loaded once and looked at on each screen; a few windows side by side."""
    windows = {
        part: await look(browser, base_url, visitors[part], language=language, locale=LOCALES.get(language, "en-US"))
        for part in {each.part for each in states}
    }
    waiting, faults = sorted(states, key=lambda state: state.part), list[str]()

    async def take() -> None:
        pages: dict[str, Page] = {}
        while waiting:
            state = waiting.pop()
            page = pages[state.part] = pages.get(state.part) or await windows[state.part].window()
            faults.extend(await _of_state(page, base_url, state, screens))

    await asyncio.gather(*[take() for _ in range(AT_ONCE)])
    for each in windows.values():
        await each.close()
        assert each.asked <= {base_url.partition("//")[2], ""}, "a page asked another host"
        faults += [fault for fault in each.faults if not fault.startswith(_NOT_200)]
    return faults


async def in_every_look(browser: Browser, base_url: str, visitor: Visitor, addresses: Sequence[str]) -> list[str]:
    """What is wrong with the pages at these addresses, in any language and on any screen."""
    states, faults = [State("page", address) for address in addresses], list[str]()
    for language, screens in SCREENS.items():
        code = LANGUAGES[language]
        faults += await look_at_all(browser, base_url, {"page": visitor}, states, code, screens)
    return faults


async def _of_state(page: Page, base_url: str, state: State, screens: Sequence[Screen]) -> list[str]:
    if state.text:
        await page.route(base_url + state.address, partial(_answer, state.text))
    await page.goto(base_url + state.address)
    await page.unroute_all()
    return [f"{state.part} at {state.address}, {fault}" for fault in await barriers(page, screens)]


async def _answer(text: str, route: Route) -> None:
    await route.fulfill(body=text, content_type="text/html; charset=utf-8")
