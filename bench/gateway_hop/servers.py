"""Starting what is measured: nginx and uvicorn processes, each pinned to its core, each stopped by its id."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 15.0
PROXY_CORE = -1  # the last core there is; everything else runs on the others

_NGINX = """
worker_processes 1;
daemon off;
error_log stderr error;
pid {folder}/pid;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  keepalive_requests 100000000;
  {body}
}}
"""
_ANSWERING = """
  server {{ listen 127.0.0.1:{port} backlog=1024; default_type application/json;
    location / {{ return 200 '{answer}'; }} }}
"""
_PROXYING = """
  upstream there {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{ proxy_pass http://there; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme; }}
  }}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens; `pid` is the process that does the work."""

    port: int
    pid: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cores() -> tuple[set[int], set[int]]:
    """The core of what is measured, and those of the rest. On a machine with one core they share it."""
    every = sorted(os.sched_getaffinity(0))
    return {every[PROXY_CORE]}, set(every[:PROXY_CORE]) or set(every)


@contextmanager
def uvicorn(app: str, *, factory: bool, upstream_port: int) -> Iterator[Server]:
    """An ASGI application behind uvicorn (uvloop, httptools), alone on the measured core."""
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error", "--no-access-log"]
    options += [
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--lifespan",
        "off",
        "--no-server-header",
        "--no-proxy-headers",
    ]
    command = [sys.executable, "-m", "uvicorn", app, *options, *(["--factory"] if factory else [])]
    with _running(command, cores()[0], {"HOP_UPSTREAM_PORT": str(upstream_port)}) as process:
        _await_port(port, process)
        yield Server(port, process.pid)


@contextmanager
def answering_nginx(folder: Path, answer: str) -> Iterator[Server]:
    """The service behind the hop: nginx with a fixed answer, so that it is never what is waited for."""
    port = free_port()
    with _nginx(folder, _ANSWERING.format(port=port, answer=answer), port, cores()[1]) as server:
        yield server


@contextmanager
def proxying_nginx(folder: Path, upstream_port: int) -> Iterator[Server]:
    """nginx as the hop, with kept connections to the service."""
    port = free_port()
    with _nginx(folder, _PROXYING.format(port=port, upstream=upstream_port), port, cores()[0]) as server:
        yield server


@contextmanager
def _nginx(folder: Path, body: str, port: int, on: set[int]) -> Iterator[Server]:
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    folder.mkdir()
    settings = folder / "nginx.conf"
    settings.write_text(_NGINX.format(folder=folder, body=body))
    with _running([program, "-p", str(folder), "-c", str(settings)], on, {}) as process:
        _await_port(port, process)
        yield Server(port, _worker_of(process))


def _worker_of(master: "subprocess.Popen[bytes]") -> int:
    """nginx's one worker: the port is open a moment before it is there."""
    children = Path(f"/proc/{master.pid}/task/{master.pid}/children")
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if found := children.read_text().split():
            return int(found[0])
        time.sleep(0.02)
    raise RuntimeError("nginx started no worker")


@contextmanager
def _running(command: list[str], on: set[int], more: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, env={**os.environ, **more})
    os.sched_setaffinity(process.pid, on)
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()


def _await_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode} before it listened")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} does not listen on {port}")
