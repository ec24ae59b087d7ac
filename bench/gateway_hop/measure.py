"""One measurement: a load for some seconds, and what it cost the process under it."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.gateway_hop.servers import Server, cores

_UNITS = {"us": 1.0, "ms": 1_000.0, "s": 1_000_000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked for, by how many connections at once, for how long."""

    path: str
    connections: int
    seconds: float
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Requests a second, the middle latency, processor time of the server for one request, and what failed."""

    per_second: float
    p50_us: float
    p99_us: float
    cpu_us: float
    failed: int


def run(server: Server, load: Load) -> Figures:
    """Put `load` on `server` with wrk. Raises: RuntimeError when wrk is missing or nothing was answered."""
    before = _cpu_seconds(server.pid)
    text = _wrk(server.port, load)
    spent = _cpu_seconds(server.pid) - before
    answered, seconds = _found(r"(\d+) requests in ([\d.]+)(m?s)", text)[:2]
    if int(answered) == 0:
        raise RuntimeError(f"nothing was answered:\n{text}")
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return Figures(
        per_second=int(answered) / float(seconds),
        p50_us=_latency("50%", text),
        p99_us=_latency("99%", text),
        cpu_us=spent / int(answered) * 1e6,
        failed=int(failed[1]) if failed else 0,
    )


def peak_memory_mb(server: Server) -> float:
    """The most memory that the server's process has held, in MB."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(_found(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def machine() -> str:
    """The processor, how many cores of it, and the kernel: what the figures belong to."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    count = len(os.sched_getaffinity(0))
    return f"{model[1] if model else os.uname().machine}, {count} cores, Linux {os.uname().release}"


def _wrk(port: int, load: Load) -> str:
    program = shutil.which("wrk")
    if program is None:
        raise RuntimeError("the load comes from wrk: install the package `wrk`")
    headers = [part for header in load.headers for part in ("-H", header)]
    command = [program, "-t1", f"-c{load.connections}", f"-d{load.seconds:.0f}s", "--latency", *headers]
    done = subprocess.run(
        ["taskset", "-c", ",".join(map(str, cores()[1])), *command, f"http://127.0.0.1:{port}{load.path}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _cpu_seconds(pid: int) -> float:
    """Time on a processor, user and system, of all threads.

    From the scheduler's own count in nanoseconds: the ticks of /proc/PID/stat are samples, and miss a process that
    sleeps and wakes between two of them.
    """
    counts = [(task / "schedstat").read_text().split()[0] for task in Path(f"/proc/{pid}/task").iterdir()]
    return sum(map(int, counts)) / 1e9


def _latency(percentile: str, text: str) -> float:
    value, unit = _found(rf"{percentile}\s+([\d.]+)(us|ms|s)", text)
    return float(value) * _UNITS[unit]


def _found(pattern: str, text: str) -> tuple[str, ...]:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"no {pattern} in:\n{text}")
    return match.groups()
