"""Crowding: more processes of a service beside the first, and a look at what each of them costs."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from deploy.local.processes import Process, free_port, start_process, wait_ready
from deploy.local.town import Town

_PORT_OF = {"api": "PORT", "worker": "WORKER_PORT"}
_READY_SECONDS = 90


def start_beside(town: Town, name: str, number: int, port: int | None = None) -> Process:
    """One more process like `name`, on a port of its own, once it is ready. Raises: DidNotStart."""
    order, (service, _, role) = town.order_of(name), name.partition(".")
    port = port or free_port()
    env: Mapping[str, str] = {**order.env, f"{service.upper()}_{_PORT_OF[role]}": str(port)}
    own = replace(order, env=env, port=port)
    process = start_process(f"{name}.{number}", own.argv, own.env, town.folder, port)
    wait_ready(own.ready_url, _READY_SECONDS, process)
    return process


def resident_bytes(pid: int) -> int:
    """How much memory a process holds."""
    fields = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in fields if line.startswith("VmRSS:"))
