"""Serving: from a request to a page's answer; whatever is raised on the way becomes a page too."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kit.auth import Caller
from kit.deadline import deadline_scope
from kit.telemetry import describe_fault
from services.web.asking.problems import Problem, Reason, Refused
from services.web.looks.languages import call_things, choose, gettext, speaking
from services.web.looks.words import own_words
from services.web.sessions.session import Session
from services.web.visiting import cookies
from services.web.visiting.desk import Desk
from services.web.visiting.failures import BROKEN, NOT_FOUND, NOT_OPEN, NOT_OURS, correlation_of, show_failure
from services.web.visiting.forms import EMPTY, TOKEN, Fault, Form
from services.web.visiting.headers import secure, server_timing
from services.web.visiting.navigation import Entry, entries_for
from services.web.visiting.pages import Page
from services.web.visiting.same_site import is_ours
from services.web.visiting.visit import Visit

THEMES = ("light", "dark")
_UPLOAD_SECONDS = 1_750.0
_UPLOAD_BYTES = 512 * 2**20
_GRACE_SECONDS = 0.5
"""What is left of the time after asking, to say what came of it."""
_AGAIN = frozenset({400, 403, 404, 409, 412, 422, 429, 502, 503, 504})
"""After these the form comes back with what was filled in."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Serving:
    """An ASGI endpoint for one page. `page` None: no such page."""

    desk: Desk
    entries: Sequence[Entry]
    page: Page | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        request = Request(scope, receive)
        scope["route"] = self.page
        visit = visit_of(self.desk, request)
        with ExitStack() as inside:
            inside.enter_context(speaking(visit.language))
            seconds = self._seconds(request)
            inside.enter_context(deadline_scope(time.time() + seconds - _GRACE_SECONDS))
            response = await self._answer(visit)
            secure(response.headers, forms_leave=self.page is not None and self.page.forms_leave)
            total = (time.perf_counter() - began) * 1000
            response.headers["server-timing"] = server_timing(visit.took_ms, total)
            await response(scope, receive, send)

    def _seconds(self, request: Request) -> float:
        if self.page is None or not self.page.streams:
            return self.desk.settings.deadline_seconds
        kit_visit = request.scope["trellis.visit"]
        kit_visit.extend(_UPLOAD_SECONDS)
        kit_visit.most_bytes = _UPLOAD_BYTES
        return _UPLOAD_SECONDS

    async def _answer(self, visit: Visit) -> Response:
        form = EMPTY
        try:
            await self._admit(visit)
            if self.page is None:
                return show_failure(visit, NOT_FOUND)
            if self.page.method == "GET":
                return await self.page.answer(visit)
            form = await self._form(visit)
            return await self._act(visit, self.page, form)
        except (Refused, HTTPException) as refused:
            return show_failure(visit, _problem(refused), form)
        except ClientDisconnect:
            raise
        except Exception as error:
            types, places = describe_fault(error)
            _log.error("page_failed", correlation_id=correlation_of(visit), error=types, places=places)
            return show_failure(visit, BROKEN, form)

    async def _admit(self, visit: Visit) -> None:
        """Know who is visiting, where the page is not for everybody. Raises: Refused (401, 403)."""
        cookie = cookies.read(visit.request.cookies, cookies.SESSION)
        sessions = self.desk.sessions
        if self.page is None or self.page.roles is None:
            found = sessions.find(cookie)
            visit.session = found if found is not None and found.access_token else None
        else:
            began = time.perf_counter()
            visit.session = await sessions.open(cookie)
            visit.took("session", (time.perf_counter() - began) * 1000)
        if visit.session is not None:
            call_things(own_words(visit.vocabulary, visit.language))
            visit.navigation = entries_for(self.entries, visit.session.role_names)
            visit.request.scope["trellis.visit"].caller = _caller(visit.session)
        if self.page is not None and self.page.roles is not None:
            self._permit(visit, self.page.roles)

    def _permit(self, visit: Visit, roles: frozenset[str]) -> None:
        _check_path(visit.path)
        if self.page is not None and not visit.me.role_names & roles:
            raise Refused(NOT_OPEN)

    async def _form(self, visit: Visit) -> Form:
        """The form as it came, of which nobody knows yet that it is ours. Raises: Refused, HTTPException."""
        if self.page is not None and self.page.streams:
            return EMPTY
        return Form.of(await visit.request.form())

    async def _act(self, visit: Visit, page: Page, form: Form) -> Response:
        if not await self._is_ours(visit, page):
            text = gettext("This page was open for long. Look at what you filled in, and send it again.")
            return await self._again(visit, page, form.with_faults(Fault(text)), Refused(NOT_OURS))
        try:
            return await page.answer(visit, form)
        except Refused as refused:
            if refused.problem.status not in _AGAIN:
                raise
            return await self._again(visit, page, form.refused(refused.problem, page.fields), refused)

    async def _is_ours(self, visit: Visit, page: Page) -> bool:
        request = visit.request
        grant = visit.session.grant if visit.session else ""
        token = request.query_params.get(TOKEN, "") if page.streams else str((await request.form()).get(TOKEN, ""))
        return is_ours(self.desk.seal, grant, request.url.path, token, request.headers, self.desk.settings.public_url)

    async def _again(self, visit: Visit, page: Page, form: Form, refused: Refused) -> Response:
        """The form once more, with its faults; without a page of its own, the page of the problem."""
        if page.again is None:
            return show_failure(visit, refused.problem, form)
        try:
            response = await page.again(visit, form)
        except Refused as once_more:
            return show_failure(visit, once_more.problem, form)
        response.status_code = refused.problem.status
        if refused.problem.retry_after is not None:
            response.headers["retry-after"] = str(refused.problem.retry_after)
        return response


def visit_of(desk: Desk, request: Request) -> Visit:
    """The visit of a request, by what its browser says."""
    kept = request.cookies
    accepts = request.headers.get("accept-language", "")
    language = choose(cookies.read(kept, cookies.LANGUAGE), accepts, desk.settings.development)
    theme = cookies.read(kept, cookies.THEME)
    return Visit(desk, request, language, theme if theme in THEMES else "")


def _problem(error: Refused | HTTPException) -> Problem:
    if isinstance(error, Refused):
        return error.problem
    return Problem(error.status_code, (Reason(f"status-{error.status_code}", ""),))


def _check_path(parameters: Any) -> None:
    """What stands in a page's address goes into addresses of the API: nothing but an id or a word may.

    Raises: Refused (404).
    """
    for value in parameters.values():
        text = str(value)
        if not (text.isascii() and text.replace("-", "").replace("_", "").isalnum() and len(text) <= 100):
            raise Refused(NOT_FOUND)


def _caller(session: Session) -> Caller:
    return Caller(session.person_id, "person", session.district_id, session.roles)
