"""Whether a broker answers: asked anew by each readiness check."""

import asyncio
from contextlib import suppress


async def reachable(bootstrap: str, seconds: float = 1.0) -> bool:
    """Whether any of the addresses (`host:port`, several with commas) takes a connection."""
    answers = await asyncio.gather(*(_answers(address, seconds) for address in bootstrap.split(",")))
    return any(answers)


async def _answers(address: str, seconds: float) -> bool:
    host, _, port = address.strip().rpartition(":")
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, int(port))
    except (OSError, TimeoutError):
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True
