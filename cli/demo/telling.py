"""Telling: the story as it is printed, and the claims that must hold for it to go on."""

import time
from collections.abc import Callable
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule

from cli.trouble import Refused, Trouble

T = TypeVar("T")
_LOOK_SECONDS = 0.05
_MOST_SECONDS = 60.0


class Untrue(Trouble):
    """The story claimed something that did not hold: the demo fails rather than lies."""


class Teller:
    """Prints the story, a line at a time."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)

    def chapter(self, number: int, title: str) -> None:
        """A new step begins."""
        self.console.print()
        self.console.print(Rule(f"[bold]{number}. {escape(title)}[/]", align="left"))

    def says(self, text: str) -> None:
        """Something happened."""
        self.console.print(f"  {escape(text)}", soft_wrap=True)

    def link(self, what: str, address: str) -> None:
        """Where it can be looked at."""
        self.console.print(f"    [dim]{escape(what)}[/] {escape(address)}", soft_wrap=True)

    def refusal(self, who: str, refused: Refused) -> None:
        """The town said no, with every reason."""
        count = len(refused.reasons)
        many = "" if count == 1 else f", {count} reasons at once"
        self.console.print(f"  {escape(who)} is refused ({refused.status}{many}):")
        for code, detail in refused.reasons:
            self.console.print(f"    [yellow]{code}[/]  {escape(detail)}", soft_wrap=True)


def check(holds: bool, claim: str) -> None:
    """Raises: Untrue with the claim, unless it holds."""
    if not holds:
        raise Untrue(f"The demo stops, because this did not hold: {claim}.")


def refused(act: Callable[[], object], *codes: str) -> Refused:
    """The refusal that `act` must meet, with all these codes. Raises: Untrue where it does not."""
    try:
        act()
    except Refused as said_no:
        named = ", ".join(sorted(said_no.codes))
        check(said_no.codes.issuperset(codes), f"the refusal names {', '.join(codes)} (it named {named})")
        return said_no
    raise Untrue(f"The demo stops: this should have been refused with {', '.join(codes)}, and was not.")


def until(ask: Callable[[], T | None], claim: str, seconds: float = _MOST_SECONDS) -> T:
    """The first answer that counts as true: facts take a moment to travel. A refusal means not yet.

    Raises: Untrue with the claim after `seconds`.
    """
    deadline, last = time.monotonic() + seconds, "nothing"
    while time.monotonic() < deadline:
        try:
            if found := ask():
                return found
        except Refused as said_no:
            last = str(said_no)
        time.sleep(_LOOK_SECONDS)
    raise Untrue(f"The demo stops, because this did not come true in {seconds:.0f} s: {claim} (last: {last}).")
