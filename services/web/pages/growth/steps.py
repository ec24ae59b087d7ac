"""Steps: added to a goal, changed while they are still to do, done, and not done after all."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.problems import Problem, Reason, Refused
from services.web.asking.reading import required
from services.web.looks.languages import gettext
from services.web.pages.growth.goals import goal_page, step_of
from services.web.pages.growth.progress import next_of
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
LEARNER = (Role.LEARNER,)


@pages.post("/goals/{goal_id}/steps", roles=LEARNER, again=goal_page)
async def add_step(visit: Visit, form: Form) -> Response:
    """A step is added."""
    goal_id = visit.path["goal_id"]
    await visit.send("POST", f"/v1/goals/{goal_id}/steps", step_of(form), form=form)
    return visit.go(f"/goals/{goal_id}", gettext("Your step is written down."))


@pages.get("/goals/{goal_id}/steps/{step_id}", roles=LEARNER)
async def step_page(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for one step."""
    answers = await visit.read(goal=required(f"/v1/goals/{visit.path['goal_id']}"))
    goal = answers["goal"]
    step = _step(goal, visit.path["step_id"])
    return visit.show("growth/step.html", goal=goal, step=step, tag=answers.tags.get("goal", ""), form=form)


@pages.post("/goals/{goal_id}/steps/{step_id}", roles=LEARNER, again=step_page)
async def change_step(visit: Visit, form: Form) -> Response:
    """A step's words, effort or day change."""
    goal_id, step_id = visit.path["goal_id"], visit.path["step_id"]
    path = f"/v1/goals/{goal_id}/steps/{step_id}"
    await visit.send("PATCH", path, step_of(form), form=form, if_match=form.text("tag") or None)
    return visit.go(f"/goals/{goal_id}", gettext("Your step is changed."))


@pages.post("/goals/{goal_id}/steps/{step_id}/done", roles=LEARNER, again=goal_page)
async def finish_step(visit: Visit, form: Form) -> Response:
    """A step is done; the next page says which comes next, and offers to take it back."""
    goal_id, step_id = visit.path["goal_id"], visit.path["step_id"]
    goal = await visit.send("POST", f"/v1/goals/{goal_id}/steps/{step_id}/done", form=form)
    following = next_of(goal)
    last = gettext("Done. That was the last step you wrote.")
    said = gettext("Done. Next: %(step)s", step=following["words"]) if following else last
    undo = {"action": f"/goals/{goal_id}/steps/{step_id}/not-done", "label": gettext("Undo")}
    return visit.go(f"/goals/{goal_id}", said, undo=undo)


@pages.post("/goals/{goal_id}/steps/{step_id}/not-done", roles=LEARNER, again=goal_page)
async def reopen_step(visit: Visit, form: Form) -> Response:
    """A step was marked as done by mistake."""
    goal_id = visit.path["goal_id"]
    await visit.send("POST", f"/v1/goals/{goal_id}/steps/{visit.path['step_id']}/not-done", form=form)
    return visit.go(f"/goals/{goal_id}", gettext("This step is to do again."))


def _step(goal: Mapping[str, Any], step_id: str) -> Mapping[str, Any]:
    found = next((each for each in goal["steps"] if each["step_id"] == step_id), None)
    if found is None:
        raise Refused(Problem(404, (Reason("no-such-step", ""),)))
    return dict(found)
