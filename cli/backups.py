"""Backups: every service's store in files of its own, and back into empty stores."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.rebuilding import run_archive
from cli.trouble import Trouble
from cli.whereabouts import FOLDER, FolderOption
from contracts.registry import SERVICES
from contracts.topics import TOPICS

FORGOTTEN = "profile.person.forgotten.v1"
console = Console(highlight=False)

ServiceOption = Annotated[list[str] | None, typer.Option("--service", help="Whose store; without it, everybody's.")]


def backup(
    into: Annotated[Path, typer.Argument(help="A new folder, which its owner alone can read.")],
    service: ServiceOption = None,
    folder: FolderOption = FOLDER,
) -> None:
    """Keep each service's whole store in files, each as it was at one moment, while everybody goes on working."""
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in _services(service):
        told = run_archive(name, ["--backup", str((into / name).resolve())], folder, "documents kept")
        console.print(f"{name}: {told['kept']:,} documents of {told['collections']} collections kept.")
    console.print("These files hold what the stores hold, names of minors too: keep them encrypted, and not for ever.")


def restore(
    out_of: Annotated[Path, typer.Argument(help="The folder of a backup.", exists=True, file_okay=False)],
    service: ServiceOption = None,
    folder: FolderOption = FOLDER,
) -> None:
    """Put a backup into empty stores; the services' processes must be stopped. They catch up from their topics."""
    forgotten: list[str] = []
    for name in _services(service):
        owned = [topic.name for topic in TOPICS if topic.owner == name and not topic.compacted]
        arguments = ["--restore", str((out_of / name).resolve()), "--owned", *owned]
        told = run_archive(name, arguments, folder, "documents restored")
        console.print(f"{name}: {told['restored']:,} documents restored, as they were at {told['taken_at']}.")
        _tell_since(told["told_since"])
        forgotten += told["told_since"].get(FORGOTTEN, ())
    if forgotten:
        ids = ", ".join(forgotten)
        raise Trouble(f"Forgotten after this backup was taken, and now back in profile: {ids}. Forget them again.")


def _services(named: list[str] | None) -> list[str]:
    strangers = sorted(set(named or ()) - set(SERVICES))
    if strangers:
        raise Trouble(f"There is no service {', '.join(strangers)}; there are {', '.join(SERVICES)}.")
    return named or list(SERVICES)


def _tell_since(since: dict[str, Any]) -> None:
    """What others have heard of this service, and it does not know itself any more."""
    for fact, keys in since.items():
        console.print(f"  [yellow]after the backup[/] {fact}: {len(keys)}, whose state is not in it")
