"""The people of a school: who they are and with which names they sign in, role by role."""

from starlette.responses import Response

from contracts.people import Role
from services.web.asking.gateway import Query
from services.web.asking.reading import required
from services.web.looks.languages import gettext
from services.web.pages.office.school import OFFICE, is_district_office, read_school
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()


@pages.get("/office/schools/{school_id}/people", roles=OFFICE)
async def people(visit: Visit) -> Response:
    """One page of them, perhaps of one role alone."""
    role = visit.query.get("role", "")
    known = role if role in {each for each, _ in role_choices()} else ""
    asked: Query = {
        "school_id": visit.path["school_id"],
        "role": known or None,
        "limit": 50,
        "cursor": visit.query.get("cursor"),
    }
    school = await read_school(visit, page=required("/v1/people", asked))
    return school.show(
        "office/people.html",
        page=school["page"],
        role=known,
        roles=role_choices(),
        role_names=dict(role_choices()),
        may_forget=is_district_office(visit),
    )


def role_choices() -> list[tuple[str, str]]:
    """The roles that people of a school hold, as a reader says them."""
    return [
        (Role.LEARNER, gettext("Students")),
        (Role.EDUCATOR, gettext("Teachers")),
        (Role.ADMINISTRATOR, gettext("School office")),
        (Role.GUARDIAN, gettext("Families")),
        (Role.PARTNER, gettext("Partners' contacts")),
    ]
