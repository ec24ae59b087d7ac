"""Rosters: a OneRoster set is sent, looked at, and applied when that was asked for."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from cli.http_api import Api
from cli.trouble import Trouble
from cli.whereabouts import FOLDER, FolderOption, UrlOption, Whereabouts

imports = typer.Typer(help="Bring data of other systems in.", no_args_is_help=True)
console = Console(highlight=False)
WORKING = ("uploaded", "reading", "applying")
_LOOK_SECONDS = 0.2
_MOST_FINDINGS = 20
Roster = dict[str, Any]
Told = Callable[[str, int, int], None]


@imports.command("oneroster")
def import_oneroster(
    file: Annotated[
        Path, typer.Argument(help="The ZIP of a OneRoster CSV set, 1.1 or 1.2.", exists=True, dir_okay=False)
    ],
    apply: Annotated[bool, typer.Option("--apply", help="Apply it after the dry run.")] = False,
    accept_findings: Annotated[bool, typer.Option(help="Apply in spite of findings.")] = False,
    accept_leaving: Annotated[bool, typer.Option(help="Apply though many people would leave.")] = False,
    url: UrlOption = None,
    folder: FolderOption = FOLDER,
) -> None:
    """Send a roster, show what it would change, and with --apply let it become what stands."""
    api = Whereabouts.find(url, folder).as_app()
    with Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=console) as bar:
        sending = bar.add_task("Sending", total=file.stat().st_size)
        roster = send_roster(api, file, lambda sent: bar.update(sending, completed=sent))
    roster = _watched(api, roster)
    show_diff(roster)
    show_findings(api, roster)
    if roster["state"] == "refused":
        raise Trouble("The roster cannot be applied. Nothing was changed.")
    if apply:
        applied = apply_roster(api, roster["roster_id"], accept_findings, accept_leaving)
        console.print(f"Applied: {escape(summary(_watched(api, applied)))}.")
    else:
        console.print("This was a dry run: nothing has changed. Add --apply to let it become what stands.")


def send_roster(api: Api, file: Path, progress: Callable[[int], None] | None = None) -> Roster:
    """Send the file; the answer is a roster that is yet to be read. Raises: Refused, Trouble."""
    sent: Roster = api.upload("/v1/rosters", file, "application/zip", progress).content
    return sent


def apply_roster(api: Api, roster_id: str, accept_findings: bool = False, accept_leaving: bool = False) -> Roster:
    """Ask for a roster that was read to be applied. Raises: Refused, Trouble."""
    accepted = {"accept_findings": accept_findings, "accept_leaving": accept_leaving}
    applying: Roster = api.post(f"/v1/rosters/{roster_id}/apply", accepted)
    return applying


def settled(api: Api, roster: Roster, told: Told | None = None) -> Roster:
    """The roster once no work is left on it; `told` hears stage, done and total meanwhile. Raises: Refused, Trouble."""
    while roster["state"] in WORKING:
        time.sleep(_LOOK_SECONDS)
        roster = api.get(f"/v1/rosters/{roster['roster_id']}")
        progress = roster["progress"]
        if told:
            told(progress["stage"], progress["done"], progress["total"])
    return roster


def summary(roster: Roster) -> str:
    """What a roster does, in one line."""
    totals = {name: sum(diff[name] for diff in roster["files"].values()) for name in ("added", "changed", "leaving")}
    return ", ".join(f"{count} {name}" for name, count in totals.items())


def _watched(api: Api, roster: Roster) -> Roster:
    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console) as bar:
        task = bar.add_task(roster["state"], total=None)
        return settled(
            api,
            roster,
            lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total or None),
        )


def show_diff(roster: Mapping[str, Any]) -> None:
    """What each file would do, as a table."""
    kinds = ("standing", "added", "changed", "unchanged", "leaving")
    table = Table("File", "Mode", *(kind.capitalize() for kind in kinds), box=None)
    for name, diff in sorted(roster["files"].items()):
        table.add_row(name, diff["mode"], *(f"{diff[kind]:,}" for kind in kinds))
    console.print(table)
    if roster["too_much_leaving"]:
        files = ", ".join(roster["too_much_leaving"])
        console.print(f"[yellow]Unusually many would leave: {files}. If that is meant, add --accept-leaving.[/]")


def show_findings(api: Api, roster: Mapping[str, Any]) -> None:
    """What is wrong with the roster: every kind with its count, and the first of them in full."""
    if not roster["findings"]:
        return
    for each in roster["findings"]:
        console.print(f"{each['severity']}: {each['code']} in {each['file']}, {each['count']} times")
    first = api.get(f"/v1/rosters/{roster['roster_id']}/findings", limit=_MOST_FINDINGS)
    table = Table("File", "Line", "Column", "What is wrong", "Expected", box=None)
    for finding in first["items"]:
        line = "" if finding["line"] is None else str(finding["line"])
        table.add_row(
            finding["file"], line, finding["column"] or "", escape(finding["message"]), escape(finding["expected"])
        )
    console.print(table)
