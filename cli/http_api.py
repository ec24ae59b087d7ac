"""The public API as a client calls it: JSON over one kept connection, with bounded waits and plain errors."""

import http.client
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from cli.trouble import Refused, Trouble

_SECONDS = 30.0
_UPLOAD_BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        """The body as JSON; None where there is none."""
        return json.loads(self.body) if self.body else None


@dataclass
class Api:
    """One caller of one town. `token` is fetched when it is first needed, and again when it has run out."""

    base_url: str
    token: Callable[[], str] | None = None
    correlation_id: str | None = None
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def get(self, path: str, **query: Any) -> Any:
        """Read. Raises: Refused, Trouble."""
        return self.call("GET", path, query=query).content

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a paged list. Raises: Refused, Trouble."""
        cursor: str | None = None
        while True:
            found = self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            yield from found["items"]
            cursor = found["next_cursor"]
            if cursor is None:
                return

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Make something happen. Raises: Refused, Trouble."""
        return self.call("POST", path, {} if body is None else body, headers=headers).content

    def put(self, path: str, body: Any, **headers: str) -> Any:
        """Replace something. Raises: Refused, Trouble."""
        return self.call("PUT", path, body, headers=headers).content

    def delete(self, path: str) -> Any:
        """Take something away. Raises: Refused, Trouble."""
        return self.call("DELETE", path).content

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request with a JSON body. Raises: Refused for a status of 400 or more, Trouble when nobody answers.

        A POST carries an idempotency key, so that it may be sent again where its connection was lost.
        """
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if method == "POST":
            sent.setdefault("idempotency-key", uuid.uuid4().hex)
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            sent["content-type"] = "application/json"
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        return self.send(method, f"{path}?{urlencode(asked)}" if asked else path, content, sent)

    def upload(self, path: str, file: Path, content_type: str, progress: Callable[[int], None] | None) -> Reply:
        """Send a file, a block at a time; `progress` hears the bytes sent. Raises: Refused, Trouble."""
        self.close()  # on a fresh connection: an upload cannot be begun again
        headers = {"content-type": content_type, "content-length": str(file.stat().st_size)}
        return self.send("POST", path, _blocks(file, progress), headers)

    def send(self, method: str, path: str, content: Any, headers: Mapping[str, str]) -> Reply:
        """One request as it is. Raises: Refused, Trouble."""
        sent = {**headers, **({"x-correlation-id": self.correlation_id} if self.correlation_id else {})}
        if self.token is not None:
            sent["authorization"] = f"Bearer {self.token()}"
        reply = self._exchange(method, path, content, sent)
        if reply.status >= 400:
            raise Refused(reply.status, _problem(reply))
        return reply

    def _exchange(self, method: str, path: str, content: Any, headers: Mapping[str, str]) -> Reply:
        """Send it; once more on a fresh connection where the kept one is gone: the town closes those that stood idle.

        What is sent block by block is not sent again: its blocks are spent.
        """
        again = self._connection is not None and (content is None or isinstance(content, bytes))
        try:
            return self._once(method, path, content, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if again:
                return self._exchange(method, path, content, headers)
            raise _unreachable(self.base_url, error) from error

    def _once(self, method: str, path: str, content: Any, headers: Mapping[str, str]) -> Reply:
        if self._connection is None:
            self._connection = connection_to(self.base_url)
        self._connection.request(method, path, content, dict(headers))
        answer = self._connection.getresponse()
        body = answer.read()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def connection_to(url: str) -> http.client.HTTPConnection:
    """A connection to the host of `url`. Raises: Trouble for an address that is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Trouble(f"{url} is no address of a town; expected http://… or https://…")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, parts.port, timeout=_SECONDS)


def _unreachable(url: str, error: Exception) -> Trouble:
    return Trouble(f"The town at {url} does not answer ({error}). Is it up? `trellis doctor` looks.")


def _problem(reply: Reply) -> Mapping[str, Any]:
    try:
        document = reply.content
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return {"code": str(reply.status), "detail": f"The town answered with status {reply.status} and no reason."}
    if "error" in document:  # OAuth's own form, RFC 6749 section 5.2
        return {"code": document["error"], "detail": document.get("error_description", document["error"])}
    return document


def _blocks(file: Path, progress: Callable[[int], None] | None) -> Iterable[bytes]:
    sent = 0
    with file.open("rb") as opened:
        while block := opened.read(_UPLOAD_BLOCK):
            yield block
            sent += len(block)
            if progress:
                progress(sent)
