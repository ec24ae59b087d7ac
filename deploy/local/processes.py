"""Processes: one child with a log, a port and a clean end."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from deploy.local.spawning import spawn

_reserved: dict[int, int] = {}

# Below Linux's ephemeral range (32768 and up): an outgoing connection can never take a port while its server restarts.
_FIRST_PORT, _LAST_PORT = 15_000, 32_000
_POLL_SECONDS = 0.02
_TAIL_LINES = 25


class DidNotStart(RuntimeError):
    """A server that did not get up; the message names it, its log and the log's last lines."""


class Child(Protocol):
    """What is asked of a child: a `subprocess.Popen`, or whoever answers like one."""

    def poll(self) -> int | None: ...

    def terminate(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


@dataclass(eq=False)
class Process:
    """One child process; `port` is the one it was told to listen on (0: none)."""

    name: str
    pid: int
    port: int
    log_path: Path
    log_offset: int = 0
    _popen: Child = field(repr=False, kw_only=True)
    _gone: bool = field(default=False, repr=False, kw_only=True)

    @property
    def alive(self) -> bool:
        """Whether it runs; a child that has ended is also reaped here."""
        return self._popen.poll() is None

    def stop(self, grace_seconds: float = 10) -> None:
        """End it with SIGTERM, and after `grace_seconds` with SIGKILL; harmless when it has ended."""
        if self.alive:
            self._popen.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(grace_seconds)
        self.kill()

    def kill(self) -> None:
        """End it at once with SIGKILL, with all that it started; harmless when it has ended."""
        if not self._gone:  # once only: later the number may belong to somebody else
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self._popen.wait()
            self._gone = True

    def log_tail(self, lines: int = _TAIL_LINES) -> str:
        """The last lines it wrote since this start."""
        with self.log_path.open("rb") as log:
            log.seek(self.log_offset)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])


def start_process(name: str, argv: Sequence[str], env: Mapping[str, str], folder: Path, port: int = 0) -> Process:
    """Start `argv` with exactly `env`; its output goes to `folder/logs/<name>.log`.

    The child dies with this process (see `deploy.local.spawning`).
    Raises: DidNotStart when the program cannot be run at all.
    """
    log_path = folder / "logs" / f"{name}.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    offset = log_path.stat().st_size if log_path.exists() else 0
    try:
        popen = spawn(argv, env, folder, log_path)
    except OSError as error:
        raise DidNotStart(f"{name} cannot be run: {error}") from error
    return Process(name, popen.pid, port, log_path, offset, _popen=popen)


def free_port() -> int:
    """A loopback port that nobody listens on, from a range that outgoing connections never use.

    It is ours until this process ends: a lock on a file of its name keeps towns that start at the same time apart.
    """
    while True:
        port = random.randint(_FIRST_PORT, _LAST_PORT)
        if _can_bind(port) and _reserve(port):
            return port


def _reserve(port: int) -> bool:
    folder = Path(tempfile.gettempdir()) / "trellis-ports"
    folder.mkdir(mode=0o777, exist_ok=True)
    descriptor = os.open(folder / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return False
    _reserved[port] = descriptor
    return True


def wait_free(port: int, deadline_seconds: float = 10) -> None:
    """Wait until `port` can be bound: a server just killed may hold it a moment longer. Raises: DidNotStart."""
    if not _true_within(lambda: _can_bind(port), deadline_seconds):
        raise DidNotStart(f"port {port} is taken by another process; stop that process or choose another port")


def wait_ready(target: str | int, deadline_seconds: float, process: Process | None = None) -> None:
    """Wait until `target` answers: a URL with status 200, or a loopback port with a connection.

    Raises: DidNotStart at the deadline, or at once when `process` ends, with the tail of its log.
    """
    if isinstance(target, int):
        wait_until(lambda: _connects(target), f"port {target} to answer", deadline_seconds, process)
    else:
        wait_until(lambda: _answers(target), f"{target} to answer", deadline_seconds, process)


def wait_until(ready: Callable[[], bool], what: str, deadline_seconds: float, process: Process | None = None) -> None:
    """Wait for `ready()`. Raises: DidNotStart at the deadline, or at once when `process` ends."""
    if _true_within(lambda: _ended(process) or ready(), deadline_seconds) and not _ended(process):
        return
    if process is None:
        raise DidNotStart(f"waited {deadline_seconds:g} s for {what}")
    fate = f"waited {deadline_seconds:g} s for {what}" if process.alive else f"ended while we waited for {what}"
    raise DidNotStart(f"{process.name}: {fate}; the end of {process.log_path}:\n{process.log_tail()}")


def _ended(process: Process | None) -> bool:
    return process is not None and not process.alive


def _true_within(ready: Callable[[], bool], deadline_seconds: float) -> bool:
    deadline = time.monotonic() + deadline_seconds
    while not (yes := ready()) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return yes


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do: a connection in TIME_WAIT does not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


def _connects(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
        return bool(answer.status == 200)
    return False
