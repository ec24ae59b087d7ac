"""The roster: sent, looked at, then applied or discarded; work on it goes on without the page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from services.web.asking.gateway import Query
from services.web.asking.reading import required
from services.web.looks.languages import gettext
from services.web.pages.office.school import OFFICE, if_match
from services.web.pages.office.sent_file import file_in
from services.web.visiting.forms import EMPTY, ONCE, Form
from services.web.visiting.live import live
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
WORKING = frozenset({"uploaded", "reading", "applying"})
DISCARDABLE = frozenset({"ready", "refused"})
_LOOK_SECONDS = 1.0
_FIELDS = {
    "empty-upload": "file",
    "findings-not-accepted": "accept_findings",
    "too-much-leaving": "accept_leaving",
}


@pages.get("/office/roster", roles=OFFICE)
async def rosters(visit: Visit, form: Form = EMPTY) -> Response:
    """The rosters that were sent, and the form to send one."""
    found = await visit.read(rosters=required("/v1/rosters", {"limit": 20, "cursor": visit.query.get("cursor")}))
    page = found["rosters"]
    names = await visit.names([each["uploaded_by"] for each in page["items"]])
    hidden = visit.hidden("/office/roster", form)
    shown = {"rosters": page["items"], "next_cursor": page["next_cursor"], "hidden": hidden}
    return visit.show("office/roster/all.html", form=form, names=names, summed=summed, **shown)


@pages.post("/office/roster", roles=OFFICE, again=rosters, fields=_FIELDS, streams=True)
async def send_roster(visit: Visit, _form: Form) -> Response:
    """Hand the file on as it comes; nothing of it is kept here."""
    headers = {"content-type": "application/zip"}
    once = visit.query.get(ONCE, "")
    if once.replace("-", "").replace("_", "").isalnum():
        headers["idempotency-key"] = once[:64]
    pieces = file_in(visit.request.stream(), visit.request.headers.get("content-type", ""), "file")
    sent = (await visit.upload("/v1/rosters", pieces, headers)).json()
    return visit.go(f"/office/roster/{sent['roster_id']}")


@pages.get("/office/roster/{roster_id}", roles=OFFICE)
async def roster(visit: Visit, form: Form = EMPTY) -> Response:
    """One roster: how far the work is, what it would change, what is wrong with it."""
    answers = await visit.read(roster=required(f"/v1/rosters/{visit.path['roster_id']}"))
    found = answers["roster"]
    return visit.show(
        "office/roster/one.html",
        form=form,
        roster=found,
        working=found["state"] in WORKING,
        discardable=found["state"] in DISCARDABLE,
        files=files_of(found),
        total=summed(found),
        needs=asked_to_accept(found),
        version=answers.tags.get("roster", "").strip('"'),
        names=await visit.names(found["uploaded_by"]),
    )


@pages.get("/office/roster/{roster_id}/live", roles=OFFICE)
async def roster_live(visit: Visit) -> Response:
    """How far the work on it is, as it goes on."""

    async def render() -> str:
        found = (await visit.read(roster=required(f"/v1/rosters/{visit.path['roster_id']}")))["roster"]
        return visit.render("office/roster/progress.html", roster=found, working=found["state"] in WORKING)

    return live(visit, render, every_seconds=_LOOK_SECONDS)


@pages.get("/office/roster/{roster_id}/findings", roles=OFFICE)
async def findings(visit: Visit) -> Response:
    """What is wrong, row by row."""
    roster_id = visit.path["roster_id"]
    asked: Query = {"limit": 50, "cursor": visit.query.get("cursor")}
    found = await visit.read(findings=required(f"/v1/rosters/{roster_id}/findings", asked))
    return visit.show("office/roster/findings.html", roster_id=roster_id, page=found["findings"])


@pages.get("/office/roster/{roster_id}/changes/{file}/{kind}", roles=OFFICE)
async def changes(visit: Visit) -> Response:
    """The rows of one file that would be added, changed or taken away."""
    roster_id, file, kind = (visit.path[name] for name in ("roster_id", "file", "kind"))
    # A group holds up to 500 numbers; one a page is plenty to read.
    asked: Query = {"file": file, "kind": kind, "limit": 1, "cursor": visit.query.get("cursor")}
    found = await visit.read(changes=required(f"/v1/rosters/{roster_id}/changes", asked))
    return visit.show("office/roster/changes.html", roster_id=roster_id, file=file, kind=kind, page=found["changes"])


@pages.post("/office/roster/{roster_id}/apply", roles=OFFICE, again=roster, fields=_FIELDS)
async def apply_roster(visit: Visit, form: Form) -> Response:
    """Let it become what stands."""
    roster_id = visit.path["roster_id"]
    accepted = {name: form.flag(name) for name in ("accept_findings", "accept_leaving")}
    matching = if_match(form.text("version"))
    await visit.send("POST", f"/v1/rosters/{roster_id}/apply", accepted, form=form, if_match=matching)
    return visit.go(f"/office/roster/{roster_id}", gettext("It is being applied. You can leave this page."))


@pages.get("/office/roster/{roster_id}/discard", roles=OFFICE)
async def ask_discard(visit: Visit, form: Form = EMPTY) -> Response:
    """Is it to be discarded?"""
    found = (await visit.read(roster=required(f"/v1/rosters/{visit.path['roster_id']}")))["roster"]
    return visit.show("office/roster/discard.html", roster=found, form=form)


@pages.post("/office/roster/{roster_id}/discard", roles=OFFICE, again=ask_discard)
async def discard_roster(visit: Visit, form: Form) -> Response:
    """Nothing of it is applied, and what was sent is removed."""
    await visit.send("POST", f"/v1/rosters/{visit.path['roster_id']}/discard", form=form)
    return visit.go("/office/roster", gettext("The roster is discarded. Nothing was changed by it."))


def summed(roster: Mapping[str, Any]) -> dict[str, int]:
    """How many rows of all files are added, changed and leaving."""
    files: Sequence[Mapping[str, Any]] = list(roster["files"].values())
    return {kind: sum(each[kind] for each in files) for kind in ("added", "changed", "leaving")}


def files_of(roster: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files by name, each with how many things are wrong with it and whether unusually much leaves."""
    wrong: Counter[str] = Counter()
    for finding in roster["findings"]:
        wrong[finding["file"].removesuffix(".csv")] += finding["count"]
    return [
        {"name": name, **diff, "wrong": wrong[name], "much_leaves": name in roster["too_much_leaving"]}
        for name, diff in sorted(roster["files"].items())
    ]


def asked_to_accept(roster: Mapping[str, Any]) -> list[str]:
    """What has to be said yes to before it can be applied."""
    return [
        *(["accept_findings"] if roster["findings"] else []),
        *(["accept_leaving"] if roster["too_much_leaving"] else []),
    ]
