"""Screenshots for the README, of a district that has lived its first school day: `make screenshots`."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from deploy.local.town import Town, start_town
from tests.browser import chromium, lived
from tests.browser.crawling import crawl
from tests.browser.looking import look
from tests.browser.signing_in import Visitor

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
MOST_BYTES = 1_000_000
_DESK: dict[str, Any] = {"viewport": {"width": 1000, "height": 700}}
_PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 700}}
SHOWN: dict[str, tuple[str, str, dict[str, Any]]] = {
    "student-today": ("maya", "/today", _PHONE),
    "student-open": ("ben", "/open", _DESK),
    "student-week": ("maya", "/week", _DESK),
    "student-today-dark": ("maya", "/today", {**_PHONE, "color_scheme": "dark"}),
    "teacher-roll": ("teacher", "/rolls/{occurrence_id}", _PHONE),
    "office": ("principal", "/office/schools/{school_id}", _DESK),
    "office-spaces": ("principal", "/office/schools/{school_id}/spaces/week", _DESK),
    "partner": ("partner", "/partner", {**_PHONE, "locale": "es-US"}),
}
"""By file: who looks, at which route, in which window."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, start_town(Path(folder) / "town") as town:
        asyncio.run(_take(town, lived.live(town, Path(folder))))
    weight = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    sys.stdout.write(f"{len(SHOWN)} screenshots in {FOLDER}, {weight / 1000:.0f} kB together\n")
    if weight > MOST_BYTES:
        raise SystemExit("they are too heavy for the repository")


async def _take(town: Town, day: lived.Lived) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    visitors = {part: Visitor(town.base_url) for part in {part for part, _, _ in SHOWN.values()}}
    for part, visitor in visitors.items():
        visitor.sign_in(lived.SLUG, day.person(part).person_id)
    found = crawl({part: visitor for part, visitor in visitors.items() if part != "maya"}, day.left.first)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        for name, (part, route, window) in SHOWN.items():
            address = route if "{" not in route else found.addresses[route][part][0]
            seen = await look(browser, town.base_url, visitors[part], **window)
            page = await seen.at(address)
            await page.evaluate("document.fonts.ready")
            await page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
            await seen.close()
        await browser.close()


if __name__ == "__main__":
    main()
