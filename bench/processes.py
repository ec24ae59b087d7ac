"""Processes under measure: started on a free port, asked for the CPU time and the memory they have used."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.processes import free_port

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """A process that serves on a port of loopback."""

    pid: int
    port: int

    @property
    def cpu_seconds(self) -> float:
        """CPU time of all its threads so far, the kernel's for it included."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    @property
    def peak_memory_mb(self) -> float:
        """The most memory that it ever had resident."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        (peak,) = [line for line in lines if line.startswith("VmHWM")]
        return int(peak.split()[1]) / 1024


@contextmanager
def serving(module: str, folder: Path, *options: str) -> Iterator[Served]:
    """`python -m module options… port` until left; what it says goes into `folder`."""
    port = free_port()
    with (folder / f"{module}.log").open("ab") as log:
        command = [sys.executable, "-m", module, *options, str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield Served(process.pid, port)
    finally:
        process.terminate()
        process.wait(20)
