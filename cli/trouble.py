"""Trouble: what a command says when it cannot go on, in one clear line and without a traceback."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from deploy.local.kafka_jars import JarNotFetched, JarRefused
from deploy.local.processes import DidNotStart

complaints = Console(stderr=True, highlight=False)


class Trouble(Exception):
    """Something the user can act on; the message says what is wrong and what to do."""


class Refused(Trouble):
    """The town said no: the status, and each reason with its code, as its problem document tells."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.document = document
        reasons = document.get("refusals") or [document]
        self.codes = frozenset(str(reason.get("code", "")) for reason in reasons)
        super().__init__(" ".join(str(reason.get("detail", "no reason given")) for reason in reasons))

    @property
    def told_as(self) -> str:
        """The correlation id, where the fault is the town's own."""
        instance = self.document.get("instance")
        return f" Correlation id: {instance}." if self.status >= 500 and instance else ""

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """Code and sentence of every reason."""
        found = self.document.get("refusals") or [self.document]
        return [(str(reason.get("code", "?")), str(reason.get("detail", ""))) for reason in found]


EXPECTED = (Trouble, DidNotStart, JarRefused, JarNotFetched)


class Plainly(TyperGroup):
    """A group of commands whose expected failures are told and end with exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            complaints.print(f"[bold red]Refused ({refused.status}).[/] {escape(str(refused))}{refused.told_as}")
        except EXPECTED as trouble:
            complaints.print(f"[bold red]{escape(str(trouble))}[/]")
        except KeyboardInterrupt:
            complaints.print("Interrupted.")
        ctx.exit(1)
        return None
