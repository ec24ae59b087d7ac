"""Looking at a page as a checker does: its faults by axe, who was asked for it, how large things to press are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, BrowserContext, Page

from services.web.visiting.cookies import LANGUAGE
from tests.browser.signing_in import SESSION, Visitor

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
PRESSED = "a[href], button, input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea, summary"
FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary"
LEAST_TARGET = """pressed => [...document.querySelectorAll(pressed)]
  .filter(each => each.checkVisibility() && !each.closest('.govuk-skip-link'))
  .filter(each => getComputedStyle(each).display !== 'inline')
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.height < 24 || box.width < 24))
  .map(([each, box]) => `${each.outerHTML.slice(0, 120)} ${box.width}x${box.height}`)"""


UNSEEN = """pressed => {
  const looks = each => { const style = getComputedStyle(each), parts = [style.outlineStyle, style.outlineWidth,
    style.outlineColor, style.boxShadow, style.backgroundColor, style.borderColor, style.textDecoration]
    return style.outlineStyle === 'none' || style.outlineWidth === '0px' ? parts.slice(3).join() : parts.join() }
  const besides = each => each.type === 'radio' || each.type === 'checkbox' 
    ? [each, each.nextElementSibling, each.closest('label')] : [each]
  const all = each => besides(each).filter(one => one).map(one => looks(one) + getComputedStyle(one, '::before').outline
    + getComputedStyle(one, '::before').boxShadow + getComputedStyle(one, '::before').borderWidth).join('|')
  return [...document.querySelectorAll(pressed)].filter(each => each.checkVisibility() && !each.disabled)
    .filter(each => { document.activeElement?.blur(); const before = all(each)
      each.focus({focusVisible: true, preventScroll: true})
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


async def look(
    browser: Browser, base_url: str, visitor: Visitor | None = None, *, language: str = "", **options: Any
) -> Look:
    """A window, signed in as this visitor is, in the language that was chosen there.

    Options are Playwright's: `viewport`, `color_scheme`, `locale`…
    """
    context = await browser.new_context(**{"viewport": DESKTOP, "locale": "en-US", **options})
    kept = (visitor.kept if visitor else {}) | ({LANGUAGE: language} if language else {})
    if kept:
        # This machine counts as safe, and yet a `Secure` cookie is only taken for an address that says so.
        safe = base_url.replace("http://", "https://")
        await context.add_cookies(
            [
                {"name": name, "value": value, "url": safe, "secure": True, "httpOnly": True, "sameSite": "Lax"}
                for name, value in kept.items()
            ]
        )
    page = await context.new_page()
    seen = Look(context, page, base_url)
    seen.watch(page)
    return seen


async def prepare_axe(page: Page) -> None:
    """Bring axe into this page, where it is not yet."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)


async def violations(page: Page) -> list[str]:
    """What axe finds against the rules named in TAGS, with the places."""
    await prepare_axe(page)
    return told(await page.evaluate("async options => (await axe.run(options)).violations", axe_options()))


def axe_options(rules: Sequence[str] = (), spared: Sequence[str] = ()) -> dict[str, Any]:
    """How axe is asked for these rules, else for all that are named in TAGS, but for those that are spared."""
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": TAGS}
    off = {rule: {"enabled": False} for rule in spared}
    return {"runOnly": only, "rules": off, "resultTypes": ["violations"]}


def told(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """What axe found, with the places."""
    return [f"{each['id']} at {node['target']}: {node['failureSummary']}" for each in found for node in each["nodes"]]


async def small_targets(page: Page) -> list[str]:
    """What is pressed and is smaller than 24 by 24 pixels; links in running text may be (WCAG 2.2, 2.5.8)."""
    found: list[str] = await page.evaluate(LEAST_TARGET, PRESSED)
    return found


async def focus_unseen(page: Page) -> list[str]:
    """What takes the focus and looks as before, by its computed style (WCAG 2.2, 2.4.7)."""
    found: list[str] = await page.evaluate(UNSEEN, FOCUSABLE)
    return found


async def overflows(page: Page) -> bool:
    """Whether the page is wider than its window, so that it scrolls sideways (WCAG 2.2, 1.4.10)."""
    wider: bool = await page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
    return wider


__all__ = [
    "DESKTOP",
    "PHONE",
    "SESSION",
    "Look",
    "focus_unseen",
    "look",
    "overflows",
    "small_targets",
    "violations",
]
