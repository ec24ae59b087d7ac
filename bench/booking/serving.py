"""The whole HTTP path: the scheduler's own application in processes of their own, and a lean client for it."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path

import orjson
from joserfc.jwk import KeySet, OKPKey
from pydantic import SecretStr

from bench.booking.load import Book
from bench.booking.school import School
from deploy.local.processes import free_port
from kit.auth import Caller, OwnKeys, RoleAt, mint
from kit.clock import now
from kit.serve import serve
from kit.telemetry import configure
from services.scheduler.api import API

READY_SECONDS = 60


@contextmanager
def servers(folder: Path, mongo_url: str, key: OKPKey, count: int) -> Iterator[list[int]]:
    """So many processes that serve the scheduler; their ports."""
    settings = folder / "serving.json"
    settings.write_bytes(orjson.dumps({"mongo_url": mongo_url, "key": key.as_dict(private=False)}))
    ports = [free_port() for _ in range(count)]
    command = [sys.executable, "-m", "bench.booking.serving", str(settings)]
    with (folder / "serving.log").open("ab") as log:
        started = [subprocess.Popen([*command, str(port)], stdout=log, stderr=log) for port in ports]
    try:
        yield ports
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(10)


def main(settings_path: str, port: str) -> None:
    """Serve on this port until told to stop."""
    given = orjson.loads(Path(settings_path).read_bytes())
    settings = API.settings(
        mongo_url=SecretStr(given["mongo_url"]),
        kafka="127.0.0.1:1",
        port=int(port),
        worker_port=0,
        jwks_url="http://127.0.0.1:1",
        cursor_key=SecretStr("0" * 32),
        log_level="warning",
        deadline_seconds=timedelta(seconds=30).total_seconds(),
    )
    configure(settings.service, level=settings.log_level)
    serve(API.assemble(settings, OwnKeys(KeySet([OKPKey.import_key(given["key"])]))), "127.0.0.1", int(port))


class Connection:
    """One keep-alive connection that sends one request after the other."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, token: str, body: bytes) -> int:
        """Send a POST, read all of its answer; the status."""
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = (
            f"POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answered = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answered.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await self._reader.readexactly(length)
        return int(answered[9:12])

    async def ready(self, token: str) -> bool:
        """Whether the server does what it is asked by now; until its store is prepared, it answers 503."""
        try:
            return await self.post("/v1/occurrences/none/placements", token, b"{}") < 500
        except OSError:
            self._reader = self._writer = None
            return False

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            await self._writer.wait_closed()


class HttpBooking:
    """Books over HTTP as the gateway would send it: each session's requests to the process that owns it."""

    def __init__(self, school: School, key: OKPKey, ports: Sequence[int]) -> None:
        self._ports = ports
        self._free: dict[int, list[Connection]] = {port: [] for port in ports}
        self._owner = {key: owner_of(key, ports) for key in school.occurrence_ids}
        self._tokens = {student: _token(school, student, key) for student in school.student_ids}

    async def ready(self) -> Book:
        """Wait until every process is at work. Raises: TimeoutError."""
        ends_at, token = time.monotonic() + READY_SECONDS, next(iter(self._tokens.values()))
        for port in self._ports:
            connection = Connection(port)
            while not await connection.ready(token):
                if time.monotonic() > ends_at:
                    raise TimeoutError(f"nothing is at work on {port}")
                await asyncio.sleep(0.1)
            self._free[port].append(connection)
        return self.book

    async def book(self, occurrence_id: str, student_id: str) -> bool:
        port = self._owner[occurrence_id]
        connection = self._free[port].pop() if self._free[port] else Connection(port)
        body = orjson.dumps({"student_id": student_id})
        status = await connection.post(f"/v1/occurrences/{occurrence_id}/placements", self._tokens[student_id], body)
        self._free[port].append(connection)
        return status == 201

    async def close(self) -> None:
        for connections in self._free.values():
            for connection in connections:
                await connection.close()


def owner_of(occurrence_id: str, ports: Sequence[int]) -> int:
    """The process that owns a session, by rendezvous hash: highest digest of (process, session) wins."""
    return max(ports, key=lambda port: blake2b(f"{port}:{occurrence_id}".encode(), digest_size=8).digest())


def _token(school: School, student_id: str, key: OKPKey) -> str:
    roles = (RoleAt("learner", school.school_id),)
    caller = Caller(student_id, "person", school.district_id, roles, frozenset({"*"}))
    return mint(key, caller, "scheduler", 3600, now())


if __name__ == "__main__":
    main(*sys.argv[1:])
