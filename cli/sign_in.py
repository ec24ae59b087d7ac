"""Signing in: clients by their secret, people through the district's own sign-in page, as a browser would."""

import base64
import hashlib
import http.client
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from cli.http_api import Api, Reply, connection_to
from cli.trouble import Refused, Trouble

PAGES = "trellis"
BACK = "http://127.0.0.1:1/signed-in"
"""Where the browser would be sent back to; nobody listens there, the code is read from the address."""
_RENEW_SECONDS = 60
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_MOST_REDIRECTS = 5


@dataclass
class Token:
    """An access token that is fetched on first use, and again a minute before it runs out."""

    fetch: Callable[[], dict[str, Any]]
    _value: str = field(default="", repr=False)
    _good_until: float = 0.0

    def __call__(self) -> str:
        if time.monotonic() > self._good_until - _RENEW_SECONDS:
            answer = self.fetch()
            self._value = answer["access_token"]
            self._good_until = time.monotonic() + answer["expires_in"]
        return self._value


def client_token(base_url: str, client_id: str, secret: str, district: str | None = None) -> Token:
    """A token for an app, or for the operator (of one district where it is named)."""

    def fetch() -> dict[str, Any]:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        if district is not None:
            form["district"] = district
        return _token(base_url, form)

    return Token(fetch)


def person_token(base_url: str, district: str, person_id: str) -> Token:
    """A token for a person, signed in at the built-in provider, which believes everybody."""
    return Token(lambda: sign_in(base_url, district, person_id))


def sign_in(base_url: str, district: str, person_id: str) -> dict[str, Any]:
    """Go the whole way: authorize, the provider's page, its form, back with a code, tokens for the code.

    Raises: Refused, Trouble.
    """
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    state = secrets.token_urlsafe(16)
    asked = {
        "response_type": "code",
        "client_id": PAGES,
        "redirect_uri": BACK,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "district": district,
    }
    page_url, page = _follow("GET", f"{base_url}/oauth/authorize?{urlencode(asked)}")
    form = Form.of(page.body.decode(), page_url)
    came_back, _ = _follow("POST", form.action, urlencode({**form.fields, "person_id": person_id}))
    answer = parse_qs(urlsplit(came_back).query)
    if answer.get("state") != [state]:
        raise Trouble("The sign-in came back with another state than it began with; it was stopped.")
    if "code" not in answer:
        code, detail = (answer.get(name, ["it was refused"])[0] for name in ("error", "error_description"))
        raise Refused(403, {"code": code, "detail": detail})
    redeemed = {"grant_type": "authorization_code", "client_id": PAGES, "redirect_uri": BACK}
    return _token(base_url, {**redeemed, "code": answer["code"][0], "code_verifier": verifier})


class Form(HTMLParser):
    """The one form of the provider's page: where it goes, and its hidden fields."""

    def __init__(self, page_url: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self._page_url = page_url

    @classmethod
    def of(cls, page: str, page_url: str) -> "Form":
        """The form in this page. Raises: Trouble where there is none."""
        form = cls(page_url)
        form.feed(page)
        if not form.action:
            raise Trouble("The sign-in page holds no form. Is the built-in sign-in of this town switched on?")
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = urljoin(self._page_url, given.get("action", ""))
        elif tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value", "")


def _follow(method: str, url: str, form: str | None = None) -> tuple[str, Reply]:
    """Follow redirects as a browser does, until a page answers or the client's own address is reached."""
    for _ in range(_MOST_REDIRECTS):
        reply = _exchange(method, url, form)
        location = reply.headers.get("location")
        if reply.status >= 400:
            raise Refused(reply.status, _described(reply))
        if location is None:
            return url, reply
        url, method, form = urljoin(url, location), "GET", None
        if url.startswith(BACK):
            return url, reply
    raise Trouble("The sign-in was sent from page to page without an end.")


def _exchange(method: str, url: str, form: str | None) -> Reply:
    connection = connection_to(url)
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    try:
        connection.request(method, path, form, _FORM if form is not None else {})
        answer = connection.getresponse()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    except (OSError, http.client.HTTPException) as error:
        raise Trouble(f"The sign-in page at {parts.scheme}://{parts.netloc} does not answer ({error}).") from error
    finally:
        connection.close()


def _described(reply: Reply) -> dict[str, Any]:
    try:
        told = json.loads(reply.body)
    except ValueError:
        told = {}
    return {
        "code": told.get("error", told.get("code", "?")),
        "detail": told.get("error_description", told.get("detail")),
    }


def _token(base_url: str, form: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = Api(base_url).send("POST", "/oauth/token", urlencode(form).encode(), _FORM).content
    return answer
