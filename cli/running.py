"""A town on this machine: started with a word on each step, kept until Ctrl-C, stopped in order."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from cli.whereabouts import FOLDER, FolderOption
from deploy.local.town import Town, start_town

console = Console(highlight=False)


def up(folder: FolderOption = FOLDER) -> None:
    """Start a town on this machine and keep it until Ctrl-C. Started again in the same folder, it has its data back."""
    with running_town(folder) as town:
        tell_addresses(town)
        wait_for_ctrl_c()


@contextmanager
def running_town(folder: Path) -> Iterator[Town]:
    """A town in `folder`, stopped at the end whatever happens. Raises: DidNotStart, JarRefused, JarNotFetched."""
    began = time.monotonic()
    console.print("Starting MongoDB, Apache Kafka and the services …")
    with _ended_in_order(), start_town(folder) as town:
        console.print(f"All are up after {time.monotonic() - began:.1f} s.")
        try:
            yield town
        finally:
            console.print("Stopping everything …")
    console.print("Everything is stopped; no process and no port is left.")


def tell_addresses(town: Town) -> None:
    """Where to look."""
    console.print(f"\n[bold]Trellis is at {town.base_url}[/]")
    console.print(f"  Pages          {town.base_url}/sign-in")
    console.print(f"  Documentation  {town.base_url}/docs")
    console.print(f"  Metrics        {town.base_url}/metrics")
    console.print(f"  Logs           {town.folder / 'logs'}")


def wait_for_ctrl_c() -> None:
    """Stay until Ctrl-C, or until asked to end."""
    try:
        console.print("\nCtrl-C stops it.")
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print()


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Inside, SIGTERM ends things as Ctrl-C does, also where a shell in the background had Ctrl-C ignored."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
