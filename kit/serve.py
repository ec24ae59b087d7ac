"""Serving: one application on one port, with uvicorn's fast parts and a clean end."""

from collections.abc import Callable
from typing import Any

import uvicorn

from kit.memory import settle_memory

_GRACE_SECONDS = 10
_BACKLOG = 2048


def serve(
    app: Any | Callable[[], Any], host: str, port: int, *, factory: bool = False, grace_seconds: int = _GRACE_SECONDS
) -> None:
    """Serve an ASGI application (or what a factory makes) until SIGTERM or SIGINT; running requests may finish."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        factory=factory,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=grace_seconds,
    )
    config.load()
    settle_memory()
    uvicorn.Server(config).run()
