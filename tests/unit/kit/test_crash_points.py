"""Crash points: nothing in a process that was not told, an end or a standstill in one that was."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from kit import crash_points
from kit.crash_points import EXIT_CODE, SETTING, crash_point
from tests.support.eventually import eventually

PASSES = "from kit.crash_points import crash_point\nfor _ in range(3): crash_point('here.now')\nprint('through')\n"
ORDER = "@here.now"
"""Of a process that is no service's: those have their name before the @."""


def run(folder: Path | None) -> subprocess.CompletedProcess[str]:
    env = {"PYTHONPATH": str(Path(__file__).parents[3])} | ({SETTING: str(folder)} if folder else {})
    return subprocess.run([sys.executable, "-c", PASSES], env=env, capture_output=True, text=True, check=False)


def test_a_process_that_was_not_told_passes_and_looks_at_nothing(tmp_path: Path) -> None:
    (tmp_path / ORDER).write_text("exit")
    assert crash_points._ORDERS is None
    crash_point("here.now")
    done = run(None)
    assert (done.returncode, done.stdout) == (0, "through\n")


def test_an_order_ends_the_process_once(tmp_path: Path) -> None:
    (tmp_path / ORDER).write_text("exit")
    first, second = run(tmp_path), run(tmp_path)
    assert (first.returncode, first.stdout) == (EXIT_CODE, "")
    assert (second.returncode, second.stdout) == (0, "through\n")


def test_an_order_for_another_point_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "@somewhere.else").write_text("exit")
    assert run(tmp_path).returncode == 0


def test_passes_are_noted_where_somebody_wants_to_know(tmp_path: Path) -> None:
    assert run(tmp_path).returncode == 0
    assert not (tmp_path / "passes").exists()
    (tmp_path / "passes").write_text("")
    assert run(tmp_path).returncode == 0
    assert (tmp_path / "passes").read_text() == f"{ORDER}\n" * 3


async def test_an_order_to_stop_lets_it_stand_until_it_is_woken(tmp_path: Path) -> None:
    (tmp_path / ORDER).write_text("stop")
    env = {"PYTHONPATH": str(Path(__file__).parents[3]), SETTING: str(tmp_path)}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PASSES, env=env, stdout=subprocess.PIPE)
    try:
        await eventually(lambda: "T" in Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0])
        os.kill(process.pid, signal.SIGCONT)
        assert (await process.communicate())[0] == b"through\n"
    finally:
        if process.returncode is None:
            process.kill()
