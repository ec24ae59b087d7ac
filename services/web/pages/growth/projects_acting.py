"""Projects, worked at: joined and left, changed, begun, reflected on and shown."""

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.reading import required
from services.web.looks.languages import gettext
from services.web.pages.growth.projects import lists, project_page, wanted
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
LEARNER = (Role.LEARNER,)


@pages.post("/projects/{project_id}/join", roles=LEARNER, again=project_page)
async def join(visit: Visit, form: Form) -> Response:
    """The student joins the team; the next page offers to leave it again."""
    project_id = visit.path["project_id"]
    body = {"person_id": visit.me.person_id}
    await visit.send("POST", f"/v1/projects/{project_id}/members", body, form=form)
    undo = {"action": f"/projects/{project_id}/leave", "label": gettext("Leave it again")}
    return visit.go(f"/projects/{project_id}", gettext("You are in the team."), undo=undo)


@pages.post("/projects/{project_id}/leave", roles=LEARNER, again=project_page)
async def leave(visit: Visit, form: Form) -> Response:
    """The student leaves the team; while it looks for people, the next page offers to join again."""
    project_id = visit.path["project_id"]
    path = f"/v1/projects/{project_id}/members/{visit.me.person_id}"
    project = await visit.send("DELETE", path, form=form)
    undo = {"action": f"/projects/{project_id}/join", "label": gettext("Join again")}
    said = gettext("You left the team.")
    return visit.go(f"/projects/{project_id}", said, undo=undo if project["state"] == "approved" else None)


@pages.post("/projects/{project_id}/start", roles=LEARNER, again=project_page)
async def start(visit: Visit, form: Form) -> Response:
    """The team begins."""
    project_id = visit.path["project_id"]
    await visit.send("POST", f"/v1/projects/{project_id}/start", form=form)
    return visit.go(f"/projects/{project_id}", gettext("Your project has begun."))


@pages.get("/projects/{project_id}/change", roles=LEARNER)
async def change_page(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for a project that the school has not approved yet."""
    answers = await visit.read(project=required(f"/v1/projects/{visit.path['project_id']}"))
    tag = answers.tags.get("project", "")
    return visit.show("growth/project_new.html", form=form, project=answers["project"], tag=tag, **lists(visit))


@pages.post("/projects/{project_id}/change", roles=LEARNER, again=change_page)
async def change(visit: Visit, form: Form) -> Response:
    """A project is changed, and so proposed anew."""
    project_id = visit.path["project_id"]
    tag = form.text("tag") or None
    await visit.send("PATCH", f"/v1/projects/{project_id}", wanted(form), form=form, if_match=tag)
    return visit.go(f"/projects/{project_id}", gettext("Your project is proposed anew."))


@pages.get("/projects/{project_id}/show", roles=LEARNER)
async def show_page(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for what came of a project."""
    answers = await visit.read(project=required(f"/v1/projects/{visit.path['project_id']}"))
    return visit.show("growth/project_show.html", form=form, project=answers["project"])


@pages.post("/projects/{project_id}/show", roles=LEARNER, again=show_page)
async def show(visit: Visit, form: Form) -> Response:
    """What was made is shown."""
    project_id = visit.path["project_id"]
    await visit.send("POST", f"/v1/projects/{project_id}/show", {"made": form.text("made")}, form=form)
    return visit.go(f"/projects/{project_id}", gettext("Shown. What you grew by it stands in your story."))


@pages.get("/projects/{project_id}/reflect", roles=LEARNER)
async def reflect_page(visit: Visit, form: Form = EMPTY) -> Response:
    """A form for a student's own words on a skill."""
    answers = await visit.read(project=required(f"/v1/projects/{visit.path['project_id']}"))
    return visit.show("growth/reflect.html", form=form, project=answers["project"])


@pages.post("/projects/{project_id}/reflect", roles=LEARNER, again=reflect_page)
async def reflect(visit: Visit, form: Form) -> Response:
    """A reflection is written."""
    project_id = visit.path["project_id"]
    body = {"skill": form.text("skill"), "text": form.text("text"), "shared_with": form.text("shared_with")}
    await visit.send("POST", f"/v1/projects/{project_id}/reflections", body, form=form)
    return visit.go(f"/projects/{project_id}", gettext("Your words are kept."))
