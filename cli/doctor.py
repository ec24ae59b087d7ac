"""The doctor: looks at this machine and at the town, and says what is wrong and what to do."""

import asyncio
from collections.abc import Iterable, Iterator

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.examinations import Finding, broker, clock, machine, processes
from cli.whereabouts import FOLDER, FolderOption, town_in
from contracts.registry import SERVICES
from deploy.local.description import Description
from kit.bus import reachable

console = Console(highlight=False)
_STYLES = {"well": "[green]well[/]", "look": "[yellow]look[/]", "wrong": "[bold red]wrong[/]"}


def doctor(folder: FolderOption = FOLDER) -> None:
    """Look at this machine and the town in a folder, and say what is wrong and what to do about it."""
    findings = list(examine(town_in(folder)))
    show(findings)
    wrong = sum(finding.verdict == "wrong" for finding in findings)
    console.print(f"{wrong} things are wrong." if wrong else "Nothing is wrong.")
    raise typer.Exit(1 if wrong else 0)


def examine(town: Description | None) -> Iterator[Finding]:
    """Everything there is to look at."""
    yield from machine()
    if town is None:
        yield Finding("Town", "look", "none runs in this folder", "Start one with `trellis up`.")
        return
    yield from processes(town)
    if asyncio.run(reachable(town.kafka)):
        yield from broker(town.kafka, iter(SERVICES))
    else:
        advice = "Facts wait in the outboxes until it is back. Its log is logs/kafka.log."
        yield Finding("Kafka", "wrong", f"{town.kafka} does not answer", advice)
    yield clock(town.base_url)


def show(findings: Iterable[Finding]) -> None:
    """The findings as a table."""
    table = Table("", "What", "Seen", "What to do", box=None)
    for finding in findings:
        table.add_row(_STYLES[finding.verdict], finding.what, escape(finding.seen), escape(finding.advice))
    console.print(table)
