"""Proposing a target: one of the district's, for a learner's goal, with a reason; only the learner can accept it."""

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.reading import required
from services.web.looks.languages import gettext
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
EDUCATOR = (Role.EDUCATOR,)
AT_TARGET = dict.fromkeys(("no-such-target", "target-on-goal", "proposed-already", "too-many-targets"), "target_id")
_A_PAGE = 25


@pages.get("/learners/{person_id}/goals/{goal_id}/target", roles=EDUCATOR)
async def choose_target(visit: Visit, form: Form = EMPTY) -> Response:
    """The goal, and targets to choose from: all of them a page at a time, or those whose code begins so."""
    begins = visit.query.get("code_begins", "").strip()[:80]
    query = {"limit": _A_PAGE, "code_begins": begins or None, "cursor": visit.query.get("cursor")}
    answers = await visit.read(
        goal=required(f"/v1/goals/{visit.path['goal_id']}"), targets=required("/v1/targets", query)
    )
    goal, targets = answers["goal"], answers["targets"]
    return visit.show(
        "teacher/propose_target.html",
        goal=goal,
        targets=[each for each in targets["items"] if each["target_id"] not in goal["target_ids"]],
        next_cursor=targets.get("next_cursor"),
        begins=begins,
        names=await visit.names(goal["person_id"]),
        form=form,
    )


@pages.post("/learners/{person_id}/goals/{goal_id}/target", roles=EDUCATOR, again=choose_target, fields=AT_TARGET)
async def propose_target(visit: Visit, form: Form) -> Response:
    """Propose it; the learner hears of it in their inbox."""
    body = {name: value for name in ("target_id", "reason") if (value := form.text(name))}
    await visit.send("POST", f"/v1/goals/{visit.path['goal_id']}/target-proposals", body, form=form)
    return visit.go(f"/learners/{visit.path['person_id']}", gettext("Proposed. The student decides."))
