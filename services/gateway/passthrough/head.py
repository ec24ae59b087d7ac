"""The head of a request: which headers may travel on, how the body is framed, and what is refused at once."""

from collections.abc import Iterable
from typing import Final

from services.gateway.passthrough import terms
from services.gateway.passthrough.terms import Failed, Header, Limits, Scope, Upstream

# RFC 9110, 7.6.1: these speak of one connection, so they end here. `expect` is met by the server in front of us.
HOP_BY_HOP: Final = frozenset(
    {b"connection", b"expect", b"http2-settings", b"keep-alive", b"proxy-authenticate", b"proxy-authorization"}
    | {b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)
# What a service might take for the gateway's word, or for a credential that is ours alone to judge.
NEVER_FROM_OUTSIDE: Final = frozenset({b"authorization", b"cookie", b"forwarded", b"x-real-ip"})
NEVER_PREFIXES: Final = (b"x-trellis-", b"x-forwarded-")
SPECIAL: Final = frozenset({b"host", b"content-length", b"transfer-encoding", b"connection", b"expect"})

_TOKEN: Final = b"!#$%&'*+-.^`|~0123456789abcdefghijklmnopqrstuvwxyz"  # RFC 9110, 5.6.2, without `_`
_HOST: Final = b"-.:[]0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TARGET: Final = bytes(byte for byte in range(0x21, 0x7F) if byte != ord("#"))
_PLAIN: Final = frozenset({b"keep-alive", b"close"})
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_MOST_REMEMBERED: Final = 1024


def opening(name: bytes) -> bytes:
    """How the line of a header from outside begins on its way to the service; empty when it may not travel.

    Raises: Failed (400) when it is no lower-case header name at all.
    """
    # Some frameworks read `_` as `-`, which would let `x_trellis_token` through the door.
    if name in HOP_BY_HOP or name in NEVER_FROM_OUTSIDE or name.startswith(NEVER_PREFIXES) or b"_" in name:
        return b""
    if not name or name.translate(None, _TOKEN):
        raise Failed(terms.MALFORMED)
    return name + b": "


class Heads:
    """Reads heads, remembering what comes with every request; bounded, so that no client can fill the memory.

    A name that the gateway itself has ever sent is never taken from outside afterwards.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._openings: dict[bytes, bytes] = {}
        self._forwarded: dict[tuple[bytes, str, str], bytes] = {}

    def read(
        self, scope: Scope, upstream: Upstream, own: Iterable[Header], path: bytes | None
    ) -> tuple[bytes, int | None]:
        """The head to send to `upstream` for the request in `scope`, and its body's length; None for chunks.

        `own` is the gateway's word. `path` is the raw target without its query; None keeps the request's.
        Raises: Failed (400, 413, 417, 431, 501).
        """
        opening_of = self._openings.get
        last: list[bytes] = []
        for name, value in own:
            if opening_of(name) != b"":
                self._openings[name] = b""
            last.append(name + b": " + value)
        lines: list[bytes] = []
        special: list[Header] = []
        for name, value in scope["headers"]:
            start = opening_of(name)
            if start:
                lines.append(start + value)
            elif start is None:
                special.append((name, value))
        length: int | None = 0
        if len(special) == 1 and special[0][0] == b"host":
            host = special[0][1]
        else:
            lines, host, length = self._look_closer(scope, lines, special)
            if length is None:
                last.append(b"transfer-encoding: chunked")
            elif length or scope["method"] in _WITH_BODY:
                last.append(b"content-length: %d" % length)
        target = scope["method"].encode("ascii") + b" " + _target(scope, path) + b" HTTP/1.1"
        return self._seal([target, upstream.host_line, self._from(scope, host), *lines, *last]), length

    def _look_closer(
        self, scope: Scope, lines: list[bytes], special: list[Header]
    ) -> tuple[list[bytes], bytes, int | None]:
        """The lines that may pass, the host and the length, where there is more than a host to see. Raises: Failed."""
        for name, value in special:
            if name not in SPECIAL:
                start = opening(name)
                if len(self._openings) < _MOST_REMEMBERED:
                    self._openings[name] = start
                if start:
                    lines.append(start + value)
        length = _framing(scope["http_version"], special)
        if length is not None and length > self._limits.max_request_bytes:
            raise Failed(terms.BODY_TOO_LARGE)
        return _without_nominated(lines, special), _host(scope["http_version"], special), length

    def _from(self, scope: Scope, host: bytes) -> bytes:
        """Who asked, over what, under which name: our word alone. Raises: Failed (400) for a malformed host."""
        client = scope.get("client")
        key = (host, client[0] if client else "", scope["scheme"])
        lines = self._forwarded.get(key)
        if lines is None:
            lines = _forwarded(*key)
            if len(self._forwarded) >= _MOST_REMEMBERED:
                self._forwarded.clear()
            self._forwarded[key] = lines
        return lines

    def _seal(self, lines: list[bytes]) -> bytes:
        """The lines as one head; a line break or NUL inside any of them is refused, so none can grow a second line.

        The third of them, which `_forwarded` made, is three lines already.
        """
        lines += (b"", b"")
        head = b"\r\n".join(lines)
        if len(head) > self._limits.max_header_bytes:
            raise Failed(terms.HEAD_TOO_LARGE)
        breaks = len(lines) + 1
        if head.count(b"\n") != breaks or head.count(b"\r") != breaks or b"\0" in head:
            raise Failed(terms.MALFORMED)
        return head


def _framing(http_version: str, special: list[Header]) -> int | None:
    """The body's length, None for chunks; whatever two readers could understand differently is refused.

    Source: RFC 9112, 6.1 to 6.3. Raises: Failed.
    """
    lengths = [value for name, value in special if name == b"content-length"]
    codings = [value for name, value in special if name == b"transfer-encoding"]
    if any(value.strip().lower() != b"100-continue" for name, value in special if name == b"expect"):
        raise Failed(terms.EXPECTATION)
    if codings:
        if lengths or http_version != "1.1":
            raise Failed(terms.MALFORMED)
        if len(codings) > 1 or codings[0].lower() != b"chunked":
            raise Failed(terms.UNKNOWN_CODING)
        return None
    if not lengths:
        return 0
    # isdigit() alone keeps out signs, blanks, lists and hexadecimal.
    if len(lengths) > 1 or not lengths[0].isdigit() or len(lengths[0]) > 18:
        raise Failed(terms.MALFORMED)
    return int(lengths[0])


def _host(http_version: str, special: list[Header]) -> bytes:
    """The one host asked for; HTTP/1.0 may leave it out (RFC 9112, 3.2). Raises: Failed (400)."""
    hosts = [value for name, value in special if name == b"host"]
    if len(hosts) > 1 or (not hosts and http_version != "1.0"):
        raise Failed(terms.MALFORMED)
    return hosts[0] if hosts else b""


def _without_nominated(lines: list[bytes], special: list[Header]) -> list[bytes]:
    """Without the headers that `connection` names as meant for one hop. Our own are added later, so none can go."""
    named = [value.lower() for name, value in special if name == b"connection"]
    if all(value in _PLAIN for value in named):
        return lines
    gone = {token.strip() for value in named for token in value.split(b",")}
    return [line for line in lines if line.partition(b":")[0] not in gone]


def _target(scope: Scope, path: bytes | None) -> bytes:
    """The request target in origin form. Raises: Failed (400)."""
    target: bytes = scope["raw_path"] if path is None else path
    if query := scope["query_string"]:
        target = target + b"?" + query
    if target[:1] != b"/" or target.translate(None, _TARGET):
        raise Failed(terms.MALFORMED)
    return target


def _forwarded(host: bytes, client: str, scheme: str) -> bytes:
    """Three lines in one. Raises: Failed (400) for a host that is no host."""
    if host.translate(None, _HOST):
        raise Failed(terms.MALFORMED)
    lines = (b"x-forwarded-host: " + host, f"x-forwarded-for: {client}\r\nx-forwarded-proto: {scheme}".encode("ascii"))
    return b"\r\n".join(lines)
