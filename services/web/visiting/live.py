"""Live: a part of a page that follows what happens, as server-sent events; the page works without it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.responses import Response, StreamingResponse

from kit.deadline import deadline_scope
from services.web.asking.problems import Refused
from services.web.visiting import cookies
from services.web.visiting.visit import Visit

LONGEST_SECONDS = 540.0
"""Below the gateway's limit for a stream; the browser then comes again by itself."""
_SILENCE_SECONDS = 15.0
Render = Callable[[], Awaitable[str]]


def live(visit: Visit, render: Render, every_seconds: float = 5.0) -> Response:
    """Send what `render` gives whenever it has changed, until the browser leaves.

    `render` asks the gateway as this person, each time anew. When the person may not see it any more, it ends.
    """
    visit.request.scope["trellis.visit"].extend(LONGEST_SECONDS + _SILENCE_SECONDS)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_events(visit, render, every_seconds), headers=headers, media_type="text/event-stream")


async def _events(visit: Visit, render: Render, every_seconds: float) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    ends_at, shown, spoke_at = loop.time() + LONGEST_SECONDS, "", loop.time()
    while loop.time() < ends_at and not await visit.request.is_disconnected():
        try:
            text = await _render(visit, render)
        except Refused as refused:
            if not refused.problem.passes:
                yield "event: over\ndata:\n\n"
                return
            text = shown
        if text != shown:
            shown, spoke_at = text, loop.time()
            yield event(text)
        elif loop.time() - spoke_at > _SILENCE_SECONDS:
            spoke_at = loop.time()
            yield ": still here\n\n"
        await asyncio.sleep(every_seconds)


async def _render(visit: Visit, render: Render) -> str:
    """Ask with a token that is good now: a stream outlives the one it began with. Raises: Refused."""
    with deadline_scope(time.time() + visit.desk.settings.deadline_seconds):
        cookie = cookies.read(visit.request.cookies, cookies.SESSION)
        visit.session = await visit.desk.sessions.open(cookie)
        return await render()


def event(text: str) -> str:
    """A text as one event; each of its lines is a field of its own (HTML Standard, 9.2.5)."""
    return "".join(f"data: {line}\n" for line in text.splitlines() or [""]) + "\n"
