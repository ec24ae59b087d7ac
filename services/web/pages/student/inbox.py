"""Inbox: what somebody was told, newest first, each with the way to what it is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.reading import required
from services.web.looks.languages import gettext, marked, ngettext
from services.web.looks.times import day_of
from services.web.visiting.forms import Form
from services.web.visiting.live import live
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
READERS = (Role.LEARNER, Role.EDUCATOR)
_A_PAGE = 20


@pages.get("/inbox", roles=READERS, nav=(marked("Inbox"), 80))
async def inbox(visit: Visit) -> Response:
    """Everything, or what was not read yet."""
    unread = visit.query.get("show") == "unread"
    query = {"unread": unread or None, "limit": _A_PAGE, "cursor": visit.query.get("cursor") or None}
    page = (await visit.read(inbox=required("/v1/inbox", query)))["inbox"]
    notices = [{**notice, "link": link_of(notice, visit)} for notice in page["items"]]
    newest = page["items"][0]["notice_id"] if page["items"] and not query["cursor"] else ""
    return visit.show(
        "student/inbox.html",
        notices=notices,
        next_cursor=page["next_cursor"],
        unread=unread,
        any_unread=any(notice["read_at"] is None for notice in notices),
        newest=newest,
    )


@pages.get("/inbox/live/{newest}", roles=READERS)
async def inbox_live(visit: Visit) -> Response:
    """That something came after the newest notice on the page (`none` where it had none); the page itself stays."""
    newest = visit.path["newest"]

    async def render() -> str:
        page = (await visit.read(inbox=required("/v1/inbox", {"limit": _A_PAGE})))["inbox"]
        return visit.render("student/news.html", said=news(page["items"], newest))

    return live(visit, render, every_seconds=5.0)


@pages.post("/inbox/{notice_id}/read", roles=READERS)
async def read_one(visit: Visit, form: Form) -> Response:
    """One notice is read."""
    await visit.send("POST", f"/v1/inbox/{visit.path['notice_id']}/read", form=form)
    return visit.go(_back(form), gettext("Marked as read."))


@pages.post("/inbox/read", roles=READERS)
async def read_all(visit: Visit, form: Form) -> Response:
    """The newest notice that stood on the page is read, and all before it; what came since stays unread."""
    await visit.send("POST", "/v1/inbox/read", {"newest_id": form.text("newest")}, form=form)
    return visit.go(_back(form), gettext("All marked as read."))


def news(notices: Sequence[Mapping[str, Any]], newest: str) -> str:
    """How many notices came after the newest one known, in words; empty where none did."""
    known = next((place for place, each in enumerate(notices) if each["notice_id"] == newest), len(notices))
    if not known:
        return ""
    return ngettext("%(num)d new message", "%(num)d new messages", known)


def link_of(notice: Mapping[str, Any], visit: Visit) -> str:
    """Where the thing is that a notice is about."""
    params, student = notice["params"], Role.LEARNER in visit.me.role_names
    if "placement_id" in params and "starts_at" in params:
        return f"/week?of={day_of(params['starts_at'], visit.zone)}"
    if "round_id" in params:
        return f"/rounds/{params['round_id']}"
    if "project_id" in params:
        return f"/projects/{params['project_id']}"
    if "goal_id" in params:
        return f"/goals/{params['goal_id']}" if student else "/learners"
    return "/goals" if student else ""


def _back(form: Form) -> str:
    return form.text("back") if form.text("back") in ("/today", "/inbox?show=unread") else "/inbox"
