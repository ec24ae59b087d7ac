"""A visit: one request of one person for a page, and all that a page needs to answer it."""

import re
import time
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kit.http import Answer
from services.web.asking.problems import Problem, Reason, Refused
from services.web.asking.reading import Answers, Part, people_in, read
from services.web.looks.languages import Language, offered
from services.web.sessions.session import UTC, Session, over
from services.web.visiting import cookies
from services.web.visiting.desk import Desk
from services.web.visiting.forms import EMPTY, ONCE, TOKEN, Form, changed_meanwhile, fresh_key
from services.web.visiting.navigation import Entry
from services.web.visiting.same_site import token_for

FLASH_SECONDS = 300
_FLASH = "flash"
_TAG = re.compile(r'\*|(W/)?"[0-9]{1,18}"')


@dataclass(slots=True)
class Visit:
    """Made by the routing for each request; handlers read, send and answer through it."""

    desk: Desk
    request: Request
    language: Language
    theme: str = ""
    session: Session | None = None
    navigation: tuple[Entry, ...] = ()
    took_ms: dict[str, float] = field(default_factory=dict)
    _sent: int = 0

    @property
    def me(self) -> Session:
        """Who is visiting. Raises: Refused (401) where nobody is signed in."""
        if self.session is None:
            raise over()
        return self.session

    @property
    def path(self) -> Mapping[str, str]:
        """The parameters in the page's address."""
        return self.request.path_params

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters behind the page's address."""
        return self.request.query_params

    @property
    def zone(self) -> ZoneInfo:
        """The clock that times are shown by."""
        return self.session.zone if self.session else UTC

    @property
    def vocabulary(self) -> Mapping[str, Any] | None:
        """The district's own words, where they are known."""
        return self.session.about.get("vocabulary") if self.session else None

    # Asking

    async def read(self, **parts: Part) -> Answers:
        """Ask for all parts at once, as this person. Raises: Refused with the problem of a required part."""
        token = self.me.access_token
        answers = await read(lambda path, query: self.desk.gateway.get(path, token, query), parts)
        for name, took in answers.took_ms.items():
            self.took(name, took)
        return answers

    async def names(self, *answers: Any) -> dict[str, str]:
        """What the person may call everybody whose id stands in these answers; nobody where profile is away."""
        ids = people_in(*answers)
        if not ids:
            return {}
        began = time.perf_counter()
        try:
            found = await self.desk.gateway.send("POST", "/v1/names", self.me.access_token, {"ids": ids})
        except Refused:
            return {}
        finally:
            self.took("names", (time.perf_counter() - began) * 1000)
        return {each["person_id"]: each["name"] for each in found.json()["names"]}

    async def send(
        self, method: str, path: str, body: Any = None, *, form: Form = EMPTY, if_match: str | None = None
    ) -> Any:
        """Make something happen, as this person; returns the answer's content, None where it has none.

        With the form that asked for it, it happens once, however often that form is sent. Several calls for one form
        are told apart by their order. Raises: Refused.
        """
        headers: dict[str, str] = {} if if_match is None else {"if-match": checked_tag(if_match)}
        if form.once:
            self._sent += 1
            headers["idempotency-key"] = f"{form.once}-{self._sent}"
        began = time.perf_counter()
        answer = await self.desk.gateway.send(method, path, self.me.access_token, body, headers)
        self.took("send", (time.perf_counter() - began) * 1000)
        return answer.json() if answer.body else None

    async def upload(self, path: str, content: AsyncIterable[bytes], headers: Mapping[str, str]) -> Answer:
        """Hand a large body on as it comes. Raises: Refused."""
        return await self.desk.gateway.upload(path, self.me.access_token, content, headers)

    def took(self, name: str, milliseconds: float) -> None:
        """Remember what something cost, for `Server-Timing`; the same name adds up."""
        self.took_ms[name] = self.took_ms.get(name, 0.0) + milliseconds

    # Answering

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page. What stands in `values` is what its template knows beside `visit` and the parts."""
        flash = self._flash()
        response = HTMLResponse(self.render(template, flash=flash, **values), status)
        if flash is not None:
            cookies.take(response, cookies.FLASH)
        return response

    def render(self, template: str, **values: Any) -> str:
        """A template's text: of a whole page, or of a piece that a live part shows."""
        began = time.perf_counter()
        text = self.desk.rendering.render(template, {**self._usual(), **values})
        self.took("render", (time.perf_counter() - began) * 1000)
        return text

    def go(self, path: str, notice: str = "", *, undo: Mapping[str, Any] | None = None) -> Response:
        """On to another page, which says `notice` first.

        `undo`: what takes it back, as `{"action": "/…", "label": "…", "fields": {…}}`; the notice then has a button.
        """
        response = RedirectResponse(path, 303)
        if notice:
            content = {"notice": notice, "undo": undo}
            cookies.put(response, cookies.FLASH, self.desk.seal.close(_FLASH, content), FLASH_SECONDS)
        return response

    def hidden(self, action: str, form: Form = EMPTY) -> dict[str, str]:
        """The hidden fields of a form to this address: that it is ours, and under which key it counts once."""
        grant = self.session.grant if self.session else ""
        return {TOKEN: token_for(self.desk.seal, grant, action), ONCE: form.once or fresh_key()}

    def _flash(self) -> dict[str, Any] | None:
        sealed = cookies.read(self.request.cookies, cookies.FLASH)
        return self.desk.seal.open(_FLASH, sealed, FLASH_SECONDS) if sealed else None

    def _back_here(self) -> str:
        """This page's address, to come back to; a form's own address is none."""
        url = self.request.url
        if self.request.method != "GET":
            return "/"
        return f"{url.path}?{url.query}" if url.query else url.path

    def _usual(self) -> dict[str, Any]:
        return {
            "visit": self,
            "zone": self.zone,
            "vocabulary": self.vocabulary,
            "language": self.language,
            "languages": offered(self.desk.settings.development),
            "theme": self.theme,
            "here": self.request.url.path,
            "back_here": self._back_here(),
            "form": EMPTY,
            "names": {},
        }


def checked_tag(tag: str) -> str:
    """An ETag that a form brought back. What is none matches no version. Raises: Refused (412)."""
    if not _TAG.fullmatch(tag):
        raise Refused(Problem(412, (Reason("stale-version", changed_meanwhile()),)))
    return tag
