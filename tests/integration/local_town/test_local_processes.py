"""Processes on one machine: ready, stopped, killed, and never left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from deploy.local.processes import DidNotStart, free_port, start_process, wait_free, wait_ready
from tests.support.eventually import eventually

ROOT = str(Path(__file__).parents[3])
SERVER = """
import sys, http.server as h
h.HTTPServer(("127.0.0.1", int(sys.argv[1])), h.SimpleHTTPRequestHandler).serve_forever()
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
PARENT = """
import sys, time
from pathlib import Path
from deploy.local.processes import start_process
argv = [sys.executable, "-c", "import time; time.sleep(600)"]
print(start_process("child", argv, {}, Path(sys.argv[1])).pid, flush=True)
time.sleep(600)
"""


def running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_server_is_ready_when_its_url_answers_200_and_gone_after_stop(tmp_path: Path) -> None:
    port = free_port()
    process = start_process("web", [sys.executable, "-c", SERVER, str(port)], {}, tmp_path, port)
    wait_ready(f"http://127.0.0.1:{port}/", 20, process)
    wait_ready(port, 20, process)
    process.stop()
    assert not process.alive
    wait_free(port, 5)
    assert "GET / HTTP" in process.log_path.read_text()


def test_a_server_that_ends_is_reported_at_once_with_its_last_words(tmp_path: Path) -> None:
    process = start_process("web", [sys.executable, "-c", "raise SystemExit('no settings')"], {}, tmp_path)
    with pytest.raises(DidNotStart, match=r"(?s)web: ended while we waited for port.*web\.log:\nno settings"):
        wait_ready(free_port(), 600, process)


def test_only_the_last_words_of_this_start_are_reported(tmp_path: Path) -> None:
    for words in ("first", "second"):
        process = start_process("web", [sys.executable, "-c", f"raise SystemExit('{words}')"], {}, tmp_path)
        with pytest.raises(DidNotStart) as refused:
            wait_ready(free_port(), 600, process)
    assert "second" in str(refused.value)
    assert "first" not in str(refused.value)


async def test_a_process_deaf_to_sigterm_is_killed_after_its_grace(tmp_path: Path) -> None:
    process = start_process("deaf", [sys.executable, "-c", DEAF], {}, tmp_path)
    await eventually(lambda: "deaf" in process.log_tail())
    process.stop(grace_seconds=0.2)
    assert not process.alive
    assert not running(process.pid)


def test_a_child_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    started = []
    argv = [sys.executable, "-c", "import time; time.sleep(600)"]
    thread = threading.Thread(target=lambda: started.append(start_process("child", argv, {}, tmp_path)))
    thread.start()
    thread.join()
    # The kernel delivers a death signal before the thread's end is seen by others; a second look is then final.
    assert running(started[0].pid)
    assert started[0].alive
    started[0].kill()


async def test_children_die_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    parent = start_process("parent", [sys.executable, "-c", PARENT, str(tmp_path)], {"PYTHONPATH": ROOT}, tmp_path)
    child = int(await eventually(parent.log_tail))
    assert running(child)
    os.kill(parent.pid, signal.SIGKILL)  # the parent alone, not its group
    await eventually(lambda: not running(child))
    parent.kill()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    port = free_port()
    process = start_process("web", [sys.executable, "-c", SERVER, str(port)], {}, tmp_path, port)
    wait_ready(port, 20, process)
    with pytest.raises(DidNotStart, match=f"port {port} is taken"):
        wait_free(port, 0.1)
    process.kill()
