"""My learners: who moved longest ago first; and each one's goals, evidence and proposals."""

from typing import Any

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.reading import Answers, optional, required
from services.web.looks.languages import gettext, marked
from services.web.pages.teacher.evidence import targets_of
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
EDUCATOR = (Role.EDUCATOR,)
_A_PAGE = 24
_FEW = 20


@pages.get("/learners", roles=EDUCATOR, nav=(marked("My learners"), 30))
async def learners(visit: Visit) -> Response:
    """The learners of the teacher's classes."""
    query = {"limit": _A_PAGE, "cursor": visit.query.get("cursor")}
    found = (await visit.read(mine=required(f"/v1/people/{visit.me.person_id}/learners", query)))["mine"]
    return visit.show("teacher/learners.html", learners=found["items"], next_cursor=found.get("next_cursor"))


@pages.get("/learners/{person_id}", roles=EDUCATOR)
async def learner(visit: Visit, form: Form = EMPTY) -> Response:
    """One learner, as far as this teacher may see."""
    theirs = f"/v1/people/{visit.path['person_id']}"
    answers = await visit.read(
        goals=required(f"{theirs}/goals", {"limit": _FEW}),
        evidence=optional(f"{theirs}/evidence", {"limit": _FEW}),
        proposals=optional(f"{theirs}/target-proposals", {"limit": _FEW}),
        profile=optional(f"{theirs}/profile"),
    )
    targets = await targets_of(visit, _targets_in(answers))
    person_id = visit.path["person_id"]
    names = await visit.names(person_id, answers.values)
    return visit.show(
        "teacher/learner.html", person_id=person_id, answers=answers, targets=targets, names=names, form=form
    )


@pages.post("/learners/{person_id}/goals/{goal_id}/agree", roles=EDUCATOR, again=learner)
async def agree(visit: Visit, form: Form) -> Response:
    """Agree to a goal that the learner proposed."""
    await visit.send("POST", f"/v1/goals/{visit.path['goal_id']}/agree", {}, form=form)
    return visit.go(f"/learners/{visit.path['person_id']}", gettext("You agreed. The goal is theirs to begin."))


@pages.get("/learners/{person_id}/observation", roles=EDUCATOR)
async def observation(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for what the teacher saw a learner do."""
    person_id = visit.path["person_id"]
    names = await visit.names(person_id)
    return visit.show("teacher/observation.html", person_id=person_id, names=names, form=form)


@pages.post("/learners/{person_id}/observation", roles=EDUCATOR, again=observation, fields={"words-or-link": "text"})
async def write_observation(visit: Visit, form: Form) -> Response:
    """Write an observation down, as evidence for a skill; it counts at once."""
    person_id = visit.path["person_id"]
    body = {"kind": "observation", "skill": form.text("skill") or None, "text": form.text("text") or None}
    await visit.send("POST", f"/v1/people/{person_id}/evidence", body, form=form)
    return visit.go(f"/learners/{person_id}", gettext("Your observation is written down."))


def _targets_in(answers: Answers) -> list[Any]:
    goals = [target for goal in answers["goals"]["items"] for target in goal["target_ids"]]
    shown = [*answers.get("evidence", {"items": []})["items"], *answers.get("proposals", {"items": []})["items"]]
    return [*goals, *(each["target_id"] for each in shown)]
