"""Spawning: children that die with this process, whatever thread asked for them."""

from __future__ import annotations

import ctypes
import functools
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def spawn(argv: Sequence[str], env: Mapping[str, str], folder: Path, log_path: Path) -> subprocess.Popen[bytes]:
    """Start `argv` in `folder` with exactly `env`, output appended to `log_path`, in a session of its own.

    On Linux the kernel kills the child (SIGKILL) when its parent *thread* ends, not its parent process. All forks are
    therefore made by one thread that lives as long as this process. Elsewhere a killed parent leaves its children.
    The session of its own keeps a terminal's Ctrl-C from the servers, so that the town stops them in order.
    Raises: OSError when the program cannot be run.
    """
    done: Future[subprocess.Popen[bytes]] = Future()
    _forking_thread().put(lambda: _fulfil(done, functools.partial(_popen, argv, env, folder, log_path)))
    return done.result()


@functools.cache
def _forking_thread() -> queue.SimpleQueue[Callable[[], None]]:
    orders: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    threading.Thread(target=_serve, args=(orders,), name="spawner", daemon=True).start()
    return orders


def _serve(orders: queue.SimpleQueue[Callable[[], None]]) -> None:
    while True:
        orders.get()()


def _fulfil(done: Future[subprocess.Popen[bytes]], start: Callable[[], subprocess.Popen[bytes]]) -> None:
    try:
        done.set_result(start())
    except BaseException as error:  # the asker raises it; this thread must live on
        done.set_exception(error)


def _popen(argv: Sequence[str], env: Mapping[str, str], folder: Path, log_path: Path) -> subprocess.Popen[bytes]:
    with log_path.open("ab") as log:
        return subprocess.Popen(
            list(argv),
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent(os.getpid()) if sys.platform == "linux" else None,
        )


def _die_with_parent(parent: int) -> Callable[[], None]:
    # Loaded here, before the fork: between fork and exec as little as possible may happen.
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent ended before the kernel knew
            os._exit(1)

    return ask_the_kernel
