"""Sockets: the client's own way to connect, except that a socket which could not connect is closed."""

from typing import Any

from kafka.net.inet import KafkaNetSocket

DIRECT = "direct://"
"""The client chooses its kind of socket by the scheme of its `proxy_url`; this one means no proxy."""


class DirectSocket(KafkaNetSocket):  # type: ignore[misc]
    """While a broker is away, the client tries several times a second, leaving each failed socket open."""

    SCHEMES = ("direct",)

    async def sock_connect(self, net: Any, sock: Any, sockaddr: Any, timeout_at: float | None = None) -> Any:
        try:
            return await super().sock_connect(net, sock, sockaddr, timeout_at=timeout_at)
        except BaseException:
            sock.close()
            raise
