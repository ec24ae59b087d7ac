"""Goals as they move: other words, begun, reached, changed or set aside, each with the student's own reason."""

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.problems import Problem, Reason, Refused
from services.web.asking.reading import required
from services.web.looks.languages import gettext, marked
from services.web.pages.growth.goals import goal_page
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
LEARNER = (Role.LEARNER,)
ACTIVE = "active"
SAID = {
    ACTIVE: marked("Your goal is under way."),
    "reached": marked("You reached your goal. Well done."),
    "changed": marked("Your goal is marked as changed."),
    "set-aside": marked("Your goal is set aside."),
}


@pages.get("/goals/{goal_id}/change", roles=LEARNER)
async def change_page(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for a goal's words, reason why and end."""
    answers = await visit.read(goal=required(f"/v1/goals/{visit.path['goal_id']}"))
    return visit.show("growth/goal_change.html", goal=answers["goal"], tag=answers.tags.get("goal", ""), form=form)


@pages.post("/goals/{goal_id}/change", roles=LEARNER, again=change_page)
async def change_goal(visit: Visit, form: Form) -> Response:
    """A goal is said in other words."""
    goal_id = visit.path["goal_id"]
    body = {"words": form.text("words"), "why": form.text("why"), "ends_on": form.text("ends_on") or None}
    await visit.send("PATCH", f"/v1/goals/{goal_id}", body, form=form, if_match=form.text("tag") or None)
    return visit.go(f"/goals/{goal_id}", gettext("Your goal is changed."))


@pages.get("/goals/{goal_id}/become/{state}", roles=LEARNER)
async def become_page(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for the reason why a goal is reached, changed or set aside."""
    state = _state(visit)
    answers = await visit.read(goal=required(f"/v1/goals/{visit.path['goal_id']}"))
    return visit.show("growth/goal_become.html", goal=answers["goal"], state=state, form=form)


@pages.post("/goals/{goal_id}/become/{state}", roles=LEARNER, again=become_page)
async def become(visit: Visit, form: Form) -> Response:
    """A goal moves on; the next page offers to take it up again."""
    goal_id, state = visit.path["goal_id"], _state(visit)
    body = {"state": state, "reason": form.text("reason")}
    await visit.send("PATCH", f"/v1/goals/{goal_id}", body, form=form)
    undo = {"action": f"/goals/{goal_id}/begin", "label": gettext("Take it up again")}
    return visit.go(f"/goals/{goal_id}", gettext(SAID[state]), undo=undo)


@pages.post("/goals/{goal_id}/begin", roles=LEARNER, again=goal_page)
async def begin(visit: Visit, form: Form) -> Response:
    """A goal that was agreed begins, or one that was left is taken up again."""
    goal_id = visit.path["goal_id"]
    await visit.send("PATCH", f"/v1/goals/{goal_id}", {"state": ACTIVE}, form=form)
    return visit.go(f"/goals/{goal_id}", gettext(SAID[ACTIVE]))


def _state(visit: Visit) -> str:
    """The state that the address names. Raises: Refused (404) for one that needs no reason, or that is none."""
    state = visit.path["state"]
    if state not in SAID or state == ACTIVE:
        raise Refused(Problem(404, (Reason("no-such-page", ""),)))
    return state
