"""The demo as a stranger runs it: nine steps that hold, a summary, and nothing left after Ctrl-C."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.description import FILE

TRELLIS = str(Path(sys.executable).with_name("trellis"))
STAYS_UP = "Ctrl-C stops it."


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`trellis demo` in a folder of its own, as a terminal would run it."""
    with subprocess.Popen(
        [TRELLIS, "demo", "--folder", str(tmp_path / "demo")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
    ) as running:
        yield running
        if running.poll() is None:
            running.terminate()


@pytest.mark.long
@pytest.mark.timeout(300)
def test_the_demo_tells_nine_steps_stays_up_and_leaves_nothing_after_ctrl_c(
    demo: subprocess.Popen[str], tmp_path: Path
) -> None:
    told = _until_it_stays_up(demo)
    assert [int(number) for number in re.findall(r"^(\d)\. ", told, re.MULTILINE)] == list(range(1, 10))
    assert "All nine steps held" in told
    assert told.count("trellis trace step") == 3  # steps 4 and 7, and the summary
    assert "3 reasons at once" in told
    description = json.loads((tmp_path / "demo" / FILE).read_text())
    assert (tmp_path / "demo" / FILE).stat().st_mode & 0o077 == 0
    demo.send_signal(signal.SIGINT)
    rest, _ = demo.communicate(timeout=60)
    assert "Everything is stopped" in rest
    assert demo.returncode == 0
    assert not (tmp_path / "demo" / FILE).exists()
    ports = [*description["processes"].values(), int(description["kafka"].rpartition(":")[2])]
    assert [port for port in ports if _answers(port)] == []


def _until_it_stays_up(demo: subprocess.Popen[str]) -> str:
    assert demo.stdout is not None
    told = []
    for line in demo.stdout:
        told.append(line)
        if STAYS_UP in line:
            return "".join(told)
    raise AssertionError(f"the demo ended early:\n{''.join(told)}")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
