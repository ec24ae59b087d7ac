"""The nursery: starts a process of the town in a moment, as all that it needs is loaded already.

A walk over the crash points starts hundreds of processes, and each would spend more than a second on loading its code.
What is started here runs the same code with the same environment; only how it came into memory differs.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from deploy.local.processes import Process, wait_free
from deploy.local.town import Town


@dataclass(eq=False)
class Nursling:
    """A process that is not our own child: what `Process` asks of it, answered by looking for its number."""

    pid: int
    _gone: bool = field(default=False, repr=False)

    def poll(self) -> int | None:
        """None while it runs."""
        if not self._gone:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                self._gone = True  # once only: later the number may belong to somebody else
        return 0 if self._gone else None

    def terminate(self) -> None:
        """Ask it to end."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended. Raises: subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0)
            threading.Event().wait(0.01)
        return 0


class Nursery:
    """Starts processes of one town. It lives as long as the test does, and what it started ends with it."""

    def __init__(self, town: Town, env: Mapping[str, str]) -> None:
        """`env` is what is looked at while the code is loaded."""
        self.town = town
        modules = sorted(town.order_of(name).argv[-1] for name in town.processes)
        command = [sys.executable, "-m", "tests.faults.nursery_process", *modules]
        self._process = subprocess.Popen(
            command, env={**os.environ, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, name: str) -> None:
        """Start a process that has ended, on the same port, and do not wait until it is ready. Raises: DidNotStart."""
        order, log = self.town.order_of(name), self.town.folder / "logs" / f"{name}.log"
        wait_free(order.port)
        offset = log.stat().st_size if log.exists() else 0
        nursling = Nursling(self._fork(order.argv[-1], order.env, log))
        self.town.processes[name] = Process(name, nursling.pid, order.port, log, offset, _popen=nursling)

    def _fork(self, module: str, env: Mapping[str, str], log: Path) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"module": module, "env": dict(env), "log": str(log), "folder": str(self.town.folder)}
        self._process.stdin.write(f"{json.dumps(asked)}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate(timeout=60)
