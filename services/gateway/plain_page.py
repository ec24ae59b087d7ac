"""A plain page for people: what a browser gets where the pages themselves could not answer."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.types import Message, Send

from kit.problems import MEDIA_TYPE
from services.gateway.passthrough.terms import Header
from services.gateway.reading import PAGE_HEADERS, page

_HTML = b"text/html; charset=utf-8"
_WORDS: Mapping[int, tuple[tuple[str, str], tuple[str, str]]] = {
    413: (
        ("This is too large", "Go back, and send less at once."),
        ("Es demasiado grande", "Vuelve atrás y envía menos de una vez."),
    ),
    429: (
        ("Too much at once", "This connection asked for very many pages. Wait a minute, then load this page again."),
        (
            "Demasiado a la vez",
            "Desde esta conexión se pidieron muchas páginas. Espera un minuto y carga otra vez esta.",
        ),
    ),
    503: (
        ("The pages are away just now", "They come back by themselves. Wait a moment, then load this page again."),
        ("Las páginas no responden ahora", "Vuelven solas. Espera un momento y carga otra vez esta página."),
    ),
}
_OTHERWISE = (
    ("This page could not be shown", "Go back, and try once more. If it stays, tell your school the code below."),
    (
        "Esta página no se pudo mostrar",
        "Vuelve atrás e inténtalo otra vez. Si sigue igual, di a tu escuela este código:",
    ),
)


class PlainPage:
    """Passes an answer on; a problem document becomes a page with the same status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_problem(message["headers"]):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._show(self._start)

    async def _show(self, start: Message) -> None:
        body = plain_page(start["status"], orjson.loads(self._body or b"{}")).encode()
        dropped = {b"content-type", b"content-length", b"content-security-policy"}
        headers = [(name, value) for name, value in start["headers"] if name.lower() not in dropped]
        headers += [(name.encode(), value.encode()) for name, value in PAGE_HEADERS.items()]
        headers += [(b"content-type", _HTML), (b"content-length", b"%d" % len(body))]
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def for_people(send: Send, accept: bytes) -> Send:
    """`send` for a request with this `Accept`: whoever asks for a page gets one, programs get the document."""
    return PlainPage(send) if b"text/html" in accept else send


def plain_page(status: int, document: Mapping[str, Any]) -> str:
    """What is wrong and what to do, in both languages, with the code under which it is told of."""
    said = _WORDS.get(503 if status in (502, 504) else status, _OTHERWISE)
    (title, advice), (titulo, consejo) = said
    code = "".join(each for each in str(document.get("instance", "")) if each.isalnum() or each in "_-")
    return page(
        title,
        f"<h1>{title}</h1><p>{advice}</p>"
        f'<div lang="es"><h2>{titulo}</h2><p>{consejo}</p></div><p><code>{code}</code></p>',
    )


def _is_problem(headers: list[Header]) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(MEDIA_TYPE.encode()) for name, value in headers)
