"""Hands: how somebody uses a page, with a pointer or with a keyboard alone; every press is counted."""

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page

from tests.browser.looking import Look

_MOST_TABS = 250
_HAS_FOCUS = "each => document.activeElement === each"


@dataclass
class Hands:
    """One person at one page. `presses`: clicks, or keys that decide something (the way by Tab is not counted)."""

    look: Look
    by_keyboard: bool = False
    presses: int = 0

    @property
    def page(self) -> Page:
        return self.look.page

    async def go(self, path: str) -> None:
        """To another page, by its address."""
        await self.look.at(path)

    async def press(self, role: str, name: str | re.Pattern[str], *, exact: bool = False) -> None:
        """A link or a button, by its role and its name."""
        target = self.page.get_by_role(role, name=name, exact=exact).first  # type: ignore[arg-type]  # a role as text
        await self.press_on(target)

    async def press_on(self, target: Locator) -> None:
        """This link or button."""
        self.presses += 1
        if not self.by_keyboard:
            await target.click()
            return
        await self.reach(target)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_load_state()

    async def write(self, label: str, text: str) -> None:
        """A text into the field with this label."""
        target = self.page.get_by_label(label)
        if not self.by_keyboard:
            await target.fill(text)
            return
        await self.reach(target)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.type(text)

    async def set_to(self, label: str, value: str) -> None:
        """A day or a time: reached like any field, then set, since the keys for it differ by the browser's language."""
        target = self.page.get_by_label(label)
        if self.by_keyboard:
            await self.reach(target)
        await target.fill(value)

    async def tick(self, target: Locator) -> None:
        """A box."""
        self.presses += 1
        if not self.by_keyboard:
            await target.check()
            return
        await self.reach(target)
        await self.page.keyboard.press("Space")

    async def reach(self, target: Locator) -> None:
        """Tab until it has the focus. Raises: AssertionError where it is never reached."""
        await target.wait_for()
        for _ in range(_MOST_TABS):
            if await target.evaluate(_HAS_FOCUS):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard never reaches {target}")
