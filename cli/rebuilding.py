"""Rebuilding: a service makes a view anew from its topics, or fills a topic again; run as a process of that service."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from cli.trouble import Trouble
from cli.whereabouts import FOLDER, FolderOption, Whereabouts, town_in
from contracts.registry import SERVICES
from contracts.topics import TOPICS

console = Console(highlight=False)


def rebuild(
    service: Annotated[str, typer.Argument(help="Whose view: " + ", ".join(SERVICES))],
    view: Annotated[str | None, typer.Argument(help="Which view; without one, the views there are.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put the new view in the live one's place; stop the workers first.")
    ] = False,
    folder: FolderOption = FOLDER,
) -> None:
    """Make a view anew from its topics, beside the live one, and say whether they are equal."""
    if service not in SERVICES:
        raise Trouble(f"There is no service {service}; there are {', '.join(SERVICES)}.")
    told = ["--list"] if view is None else [view, *(["--replace"] if replace else [])]
    result = run_archive(service, told, folder, "records read")
    if view is None:
        console.print(f"{service} can rebuild: {', '.join(result['views'])}.")
    else:
        _show(result)


def refill(
    topic: Annotated[str, typer.Argument(help="The topic to fill again.")], folder: FolderOption = FOLDER
) -> None:
    """Send a topic's whole archive again, in order per key; consumers settle what they know as duplicates."""
    owner = next((declared.owner for declared in TOPICS if declared.name == topic), None)
    if owner is None:
        raise Trouble(f"There is no topic {topic}; `trellis topics list` shows them.")
    result = run_archive(owner, ["--refill", topic], folder, "facts marked")
    console.print(f"{result['marked']} facts of {topic} will be sent again by {owner}'s worker.")


def run_archive(service: str, arguments: list[str], folder: Path, counted: str) -> Mapping[str, Any]:
    """Run the service's archive command with the service's own settings; its last word. Raises: Trouble."""
    environment = Whereabouts("", town_in(folder)).environment_of(service)
    command = [sys.executable, "-m", f"services.{service}.rebuild", *arguments]
    with (
        subprocess.Popen(
            command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process,
        Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as bar,
    ):
        assert process.stdout is not None
        assert process.stderr is not None
        task, last = bar.add_task(f"0 {counted}"), {}
        for last in _told(process.stdout):
            if "progress" in last:
                bar.update(task, description=f"{last['progress']:,} {counted}")
        complaint = process.stderr.read().strip()
    if not last or "progress" in last:
        raise Trouble(f"{service} could not do that: {complaint.splitlines()[-1] if complaint else 'it said nothing'}")
    if "cannot" in last:
        raise Trouble(last["cannot"])
    return last


def _told(lines: Iterator[str] | Any) -> Iterator[dict[str, Any]]:
    """The lines that are JSON objects without a log's `event`."""
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict) and "event" not in told:
            yield told


def _show(result: Mapping[str, Any]) -> None:
    console.print(f"{result['records']:,} records read.")
    table = Table("Collection", "Equal", "Differing", "Only live", "Only rebuilt", box=None)
    for found in result["collections"]:
        counts = (found[name] for name in ("equal", "differing", "only_live", "only_rebuilt"))
        table.add_row(found["collection"], *(f"{count:,}" for count in counts))
    console.print(table)
    if result["replaced"]:
        console.print("The rebuilt view stands in the live one's place.")
    elif all(found["is_equal"] for found in result["collections"]):
        console.print("[green]The rebuilt view equals the live one.[/]")
    else:
        raise Trouble("The rebuilt view differs from the live one. With --replace it takes its place.")
