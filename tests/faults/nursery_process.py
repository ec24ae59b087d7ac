"""The nursery's process: it has loaded all that services need, and forks itself into whichever is asked for.

It must stay a process of one thread: what is forked has that thread alone.
"""

import ctypes
import json
import os
import runpy
import signal
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def main(modules: list[str]) -> None:
    """Load the modules, then start what each line of the input asks for, and answer with its number."""
    for module in modules:
        import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever has ended is gone at once
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            _become(json.loads(line))
        with suppress(OSError):  # a group of its own before anybody knows its number; it may have ended already
            os.setpgid(pid, pid)
        print(pid, flush=True)


def _become(order: Mapping[str, Any]) -> None:
    """Be the process that was asked for, until it ends."""
    os.setpgid(0, 0)
    os.chdir(order["folder"])
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv = [order["module"]]
    sys.modules.pop(order["module"])  # it is run anew, as the program that it is
    code = _run(order["module"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(module: str) -> int:
    """Run it to its end; what it says at its end goes where a process's last words go, and so does its code."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main(sys.argv[1:])
