"""Remembering sessions: by what a browser shows, in this process, until they end or are the least used of too many."""

import hashlib
import time
from collections import OrderedDict
from typing import Any
from urllib.parse import urlencode

from services.web.asking.gateway import Gateway
from services.web.asking.problems import Refused
from services.web.asking.reading import Part, optional, read
from services.web.sessions.sealing import Seal
from services.web.sessions.session import Session

PURPOSE = "session"
_MOST_SECONDS = 14 * 24 * 3600
"""A seal that is older is none; the gateway ends a grant long before."""
_ASK_AGAIN_SECONDS = 10.0
_ENDED = frozenset({400, 401})


class Sessions:
    """The people signed in whom this process has met lately. Any process can take any request: what it does not
    remember it asks the gateway for, with the grant in the cookie."""

    def __init__(self, gateway: Gateway, seal: Seal, most: int) -> None:
        self._gateway, self._seal, self._most = gateway, seal, most
        self._known: OrderedDict[bytes, Session] = OrderedDict()

    def begin(self, told: dict[str, Any]) -> tuple[Session, str]:
        """A session from the gateway's answer to a code, and what the browser keeps of it."""
        session = Session(told["refresh_token"])
        session.renew(told)
        self._remember(session)
        return session, self._seal.close(PURPOSE, {"grant": session.grant})

    async def open(self, cookie: str) -> Session | None:
        """The session of this cookie with a token that is good for a while; None where it has ended or never was.

        Raises: Refused where the gateway does not answer.
        """
        session = self.find(cookie)
        if session is None:
            return None
        async with session.turn:
            if not session.is_fresh and not await self._renew(session):
                self.forget(session)
                return None
            await self._learn(session)
        return session

    def find(self, cookie: str) -> Session | None:
        """The session of this cookie as it is remembered, without asking anybody."""
        kept = self._seal.open(PURPOSE, cookie, _MOST_SECONDS) if cookie else None
        if kept is None:
            return None
        session = self._known.get(_key(kept["grant"])) or Session(kept["grant"])
        self._remember(session)
        return session

    async def end(self, session: Session) -> None:
        """Forget it here and end its grant at the gateway. Raises: Refused where that does not answer."""
        self.forget(session)
        await self._gateway.revoke(urlencode({"token": session.grant}))

    def forget(self, session: Session) -> None:
        """Forget it here."""
        self._known.pop(_key(session.grant), None)

    def _remember(self, session: Session) -> None:
        key = _key(session.grant)
        self._known[key] = session
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    async def _renew(self, session: Session) -> bool:
        """Fetch the next access token; False when the grant has ended."""
        try:
            told = await self._gateway.token(urlencode({"grant_type": "refresh_token", "refresh_token": session.grant}))
        except Refused as refused:
            if refused.problem.status in _ENDED:
                return False
            raise
        session.renew(told)
        session.about.clear()
        return True

    async def _learn(self, session: Session) -> None:
        """Ask for what every page shows of the person, where it is not known since the token is new."""
        missing = {name: part for name, part in _about(session).items() if name not in session.about}
        if not missing or time.monotonic() < session.about_again_at:
            return
        answers = await read(lambda path, query: self._gateway.get(path, session.access_token, query), missing)
        session.about |= answers.values
        session.about_again_at = time.monotonic() + _ASK_AGAIN_SECONDS


def _about(session: Session) -> dict[str, Part]:
    asked = {"me": optional("/v1/me"), "district": optional("/v1/district"), "vocabulary": optional("/v1/vocabulary")}
    school = session.school_id
    return asked | ({"calendar": optional(f"/v1/schools/{school}/calendar")} if school else {})


def _key(grant: str) -> bytes:
    return hashlib.sha256(grant.encode()).digest()
