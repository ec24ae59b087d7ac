"""A lean client: keep-alive connections that send one GET after the other, and read all of each answer."""

import asyncio
import time

READY_SECONDS = 60
_Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Asker:
    """Asks one server on loopback, with one token."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self._free: list[_Ends] = []

    async def get(self, path: str) -> bytes:
        """The body of the answer. A server that is not at work yet is waited for. Raises: AssertionError, OSError."""
        until = time.monotonic() + READY_SECONDS
        while True:
            try:
                status, body = await self._once(path)
            except (OSError, EOFError):  # not there yet; or a connection that rested, and that the server has closed
                status, body = 503, b""
            if status < 500 or time.monotonic() > until:
                assert status == 200, (status, path, body[:200])
                return body
            await asyncio.sleep(0.1)

    async def _once(self, path: str) -> tuple[int, bytes]:
        reader, writer = self._free.pop() if self._free else await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(f"GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {self._token}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        self._free.append((reader, writer))
        return int(head[9:12]), body

    async def close(self) -> None:
        for _, writer in self._free:
            writer.close()
            await writer.wait_closed()
