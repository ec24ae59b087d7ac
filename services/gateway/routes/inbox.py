"""The inbox, over HTTP: what somebody is told, newest first."""

from datetime import datetime, tzinfo
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel

from contracts.people import Role
from kit.paging import Page, PageAskDep
from kit.policy import OWN, Policy, myself
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id
from services.gateway.actions.read_notice import ReadNotice, read_all, read_notice
from services.gateway.domain.notices import NoSuchNotice, Notice, words_for
from services.gateway.store.inbox import NOTICE, NOTICES
from services.gateway.views.inbox import ORDER, asked_for, district_clock

routes = Routes(prefix="/v1/inbox", tags=["inbox"])
EVERYONE = tuple((role, OWN) for role in (Role.LEARNER, Role.EDUCATOR, Role.GUARDIAN, Role.PARTNER, Role.ADMINISTRATOR))
MY_INBOX = Policy(*EVERYONE, scope="profile.read", subject=myself)
MY_MARK = Policy(*EVERYONE, scope="profile.write", subject=myself)


class NoticeShown(BaseModel):
    """A notice: a code and what it is about for programs, a sentence for people, and the fact that caused it."""

    notice_id: str
    code: str
    text: str
    params: dict[str, str]
    fact_id: str
    correlation_id: str
    at: datetime
    read_at: datetime | None


def shown(notice: Notice, clock: tzinfo) -> NoticeShown:
    """The notice in words, by this clock."""
    return NoticeShown(
        notice_id=notice.notice_id,
        code=notice.code,
        text=words_for(notice.code, notice.params, clock),
        params=dict(notice.params),
        fact_id=notice.fact_id,
        correlation_id=notice.correlation_id,
        at=notice.at,
        read_at=notice.read_at,
    )


@routes.get("", policy=MY_INBOX)
async def get_inbox(ask: PageAskDep, edge: EdgeDep, unread: Annotated[bool, Query()] = False) -> Page[NoticeShown]:
    """What you were told, newest first; with `unread`, what you have not read yet."""
    clock = await district_clock(edge.reader)
    where = asked_for(edge.caller.caller_id, unread)
    return await edge.page(ask, edge.reader[NOTICES], where, ORDER, lambda row: shown(NOTICE.unpack(row), clock))


class ReadUpTo(Body):
    """The newest notice on the page: it and everything before it was read."""

    newest_id: Id


@routes.post("/read", policy=MY_MARK, refuses=[NoSuchNotice], status_code=204, response_class=Response)
async def post_read_all(body: ReadUpTo, edge: EdgeDep) -> None:
    """Mark a notice and everything before it as read: what came since stays unread."""
    await edge.act(read_all, ReadNotice(body.newest_id, edge.caller.caller_id))


@routes.post("/{notice_id}/read", policy=MY_MARK, refuses=[NoSuchNotice])
async def post_read(notice_id: Id, edge: EdgeDep) -> NoticeShown:
    """Mark a notice as read."""
    notice = await edge.act(read_notice, ReadNotice(notice_id, edge.caller.caller_id))
    return shown(notice, await district_clock(edge.reader))
