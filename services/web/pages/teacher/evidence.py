"""Evidence: what learners handed in and nobody answered yet, the oldest first, each with a place for the answer."""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.reading import Part, optional, required
from services.web.looks.languages import gettext
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
EDUCATOR = (Role.EDUCATOR,)
COMMENT = "comment"
_A_PAGE = 10


@pages.get("/learners/evidence", roles=EDUCATOR)
async def evidence(visit: Visit, form: Form = EMPTY) -> Response:
    """One page of what waits, with the targets it is for in a second call."""
    query = {"limit": _A_PAGE, "cursor": visit.query.get("cursor")}
    answers = await visit.read(waiting=required(f"/v1/people/{visit.me.person_id}/evidence-waiting", query))
    waiting = answers["waiting"]
    targets = await targets_of(visit, [each["target_id"] for each in waiting["items"]])
    names = await visit.names(waiting["items"])
    return visit.show(
        "teacher/evidence.html",
        waiting=waiting["items"],
        next_cursor=waiting.get("next_cursor"),
        targets=targets,
        names=names,
        form=form,
    )


async def again(visit: Visit, form: Form) -> Response:
    """The list once more; what is wrong with a comment stands beside the evidence that it was for."""
    ours = f"{COMMENT}_{visit.path['evidence_id']}"
    faults = tuple(replace(fault, field=ours) if fault.field == COMMENT else fault for fault in form.faults)
    return await evidence(visit, replace(form, faults=faults))


@pages.post("/learners/evidence/{evidence_id}", roles=EDUCATOR, again=again, fields={"comment-missing": COMMENT})
async def answer_evidence(visit: Visit, form: Form) -> Response:
    """Accept a piece of evidence, or return it with a comment."""
    evidence_id, accepted = visit.path["evidence_id"], form.text("answer") == "accept"
    body = {"accepted": accepted, "comment": form.text(f"{COMMENT}_{evidence_id}") or None}
    await visit.send("POST", f"/v1/evidence/{evidence_id}/answer", body, form=form)
    told = gettext("Accepted. It counts now.") if accepted else gettext("Returned with your comment.")
    return visit.go("/learners/evidence", told)


async def targets_of(visit: Visit, target_ids: list[Any]) -> dict[str, Any]:
    """The targets with these ids, in one call; none where there are none, or while the answer is away."""
    wanted = list(dict.fromkeys(each for each in target_ids if each))[:100]
    if not wanted:
        return {}
    found = (await visit.read(targets=_with_ids(wanted))).get("targets", {"items": []})
    return {each["target_id"]: each for each in found["items"]}


def _with_ids(target_ids: list[str]) -> Part:
    return optional("/v1/targets?limit=100&" + "&".join(f"target_id={each}" for each in target_ids))
