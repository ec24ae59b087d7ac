"""Crash points: named places at which a test may end this process at once, to look at what a crash there leaves."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

EXIT_CODE = 137
SETTING = "TRELLIS_CRASH_ORDERS"
_ORDERS = os.environ.get(SETTING)
"""A test's folder; None in any other process, and then a point is nothing but one comparison."""


def crash_point(name: str) -> None:
    """Pass the point `name`; a process that a test has armed for it ends here, as a power cut would end it."""
    if _ORDERS is not None:
        _pass(name, Path(_ORDERS))


def _pass(name: str, folder: Path) -> None:
    """Note the pass, where passes are noted, and carry out the order for this process and point, where there is one.

    An order is a file `<process>@<point>` that says `exit` or `stop`. It is taken away by whoever carries it out: a
    process that is started again passes unharmed, and of two that pass at once one alone is hit.
    """
    order = folder / f"{_process()}@{name}"
    _note(folder / "passes", order.name)
    with suppress(FileNotFoundError):
        _obey(order.rename(order.with_name(f"{order.name} taken")).read_text())


def _note(passes: Path, line: str) -> None:
    """One line, in one write; where there is no such file, nobody wants to know."""
    with suppress(FileNotFoundError):
        descriptor = os.open(passes, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, f"{line}\n".encode())
        finally:
            os.close(descriptor)


def _process() -> str:
    """Such as `scheduler.api`, for what was started with `python -m services.scheduler.api`."""
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    return spec.name.removeprefix("services.") if spec else ""


def _obey(order: str) -> None:
    if order == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    else:
        os._exit(EXIT_CODE)
