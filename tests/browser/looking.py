"""Looking at a page as a checker does: its faults by axe, who was asked for it, how large things to press are."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page

from tests.browser.signing_in import SESSION, Visitor

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
HARDEST: dict[str, Any] = {"color_scheme": "dark", "viewport": PHONE, "locale": "es-US"}
"""Dark, on a phone, in Spanish: how pages in states of their own are looked at. Each look by itself, with every page in
its usual states, is `test_every_page`'s."""
_PRESSED = "a[href], button, input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea, summary"
_LEAST_TARGET = """pressed => [...document.querySelectorAll(pressed)]
  .filter(each => each.checkVisibility() && !each.closest('.govuk-skip-link'))
  .filter(each => getComputedStyle(each).display !== 'inline')
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.height < 24 || box.width < 24))
  .map(([each, box]) => `${each.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""


_UNSEEN = """pressed => {
  const looks = each => { const style = getComputedStyle(each), parts = [style.outlineStyle, style.outlineWidth,
    style.outlineColor, style.boxShadow, style.backgroundColor, style.borderColor, style.textDecoration]
    return style.outlineStyle === 'none' || style.outlineWidth === '0px' ? parts.slice(3).join() : parts.join() }
  const besides = each => each.type === 'radio' || each.type === 'checkbox' 
    ? [each, each.nextElementSibling, each.closest('label')] : [each]
  const all = each => besides(each).filter(one => one).map(one => looks(one) + getComputedStyle(one, '::before').outline
    + getComputedStyle(one, '::before').boxShadow + getComputedStyle(one, '::before').borderWidth).join('|')
  return [...document.querySelectorAll(pressed)].filter(each => each.checkVisibility() && !each.disabled)
    .filter(each => { document.activeElement?.blur(); const before = all(each); each.focus({focusVisible: true})
      return document.activeElement !== each || all(each) === before })
    .map(each => each.outerHTML.slice(0, 120)) }"""


@dataclass
class Look:
    """One browser window of one person, and every host it asked."""

    context: BrowserContext
    page: Page
    base_url: str
    asked: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    async def at(self, path: str) -> Page:
        """Go to a page."""
        await self.page.goto(self.base_url + path)
        return self.page

    async def window(self) -> Page:
        """One more window of the same person, watched like the first."""
        page = await self.context.new_page()
        self.watch(page)
        return page

    def watch(self, page: Page) -> None:
        """Remember whom a window asks, and what fails in it."""
        page.on("request", lambda request: self.asked.add(urlsplit(request.url).netloc))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)

    async def close(self) -> None:
        await self.context.close()


async def look(browser: Browser, base_url: str, visitor: Visitor | None = None, **options: Any) -> Look:
    """A window, signed in as this visitor is. Options are Playwright's: `viewport`, `color_scheme`, `locale`…"""
    context = await browser.new_context(**{"viewport": DESKTOP, "locale": "en-US", **options})
    if visitor is not None:
        # This machine counts as safe, and yet a `Secure` cookie is only taken for an address that says so.
        safe = base_url.replace("http://", "https://")
        await context.add_cookies(
            [
                {"name": name, "value": value, "url": safe, "secure": True, "httpOnly": True, "sameSite": "Lax"}
                for name, value in visitor.kept.items()
            ]
        )
    page = await context.new_page()
    seen = Look(context, page, base_url)
    seen.watch(page)
    return seen


async def violations(page: Page) -> list[str]:
    """What axe finds against the rules named in TAGS, with the places."""
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]})
    return [
        f"{each['id']} at {node['target']}: {node['failureSummary']}"
        for each in found.response["violations"]
        for node in each["nodes"]
    ]


async def small_targets(page: Page) -> list[str]:
    """What is pressed and is smaller than 24 by 24 pixels; links in running text may be (WCAG 2.2, 2.5.8)."""
    found: list[str] = await page.evaluate(_LEAST_TARGET, _PRESSED)
    return found


async def focus_unseen(page: Page) -> list[str]:
    """What takes the focus and looks as before, by its computed style (WCAG 2.2, 2.4.7)."""
    found: list[str] = await page.evaluate(
        _UNSEEN, "a[href], button, input:not([type=hidden]), select, textarea, summary"
    )
    return found


async def overflows(page: Page) -> bool:
    """Whether the page is wider than its window, so that it scrolls sideways (WCAG 2.2, 1.4.10)."""
    wider: bool = await page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    return wider


__all__ = [
    "DESKTOP",
    "HARDEST",
    "PHONE",
    "SESSION",
    "Look",
    "focus_unseen",
    "look",
    "overflows",
    "small_targets",
    "violations",
]
