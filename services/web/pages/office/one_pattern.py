"""One day pattern: read, shown with its school, and sent back with a change in it."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from services.web.asking.problems import Refused
from services.web.asking.reading import Part, optional, required
from services.web.looks.languages import gettext
from services.web.pages.office.calendar import clock_of, day_kind, weekday_choices, weekday_of
from services.web.pages.office.pattern_changes import Pattern, Wanted
from services.web.pages.office.school import AtSchool, api_of, if_match, path_of
from services.web.pages.office.time import name_on
from services.web.visiting.failures import NOT_FOUND
from services.web.visiting.forms import Form
from services.web.visiting.visit import Visit

ALL = "/office/schools/{school_id}/time/patterns"
ONE = ALL + "/{pattern_id}"
_ALL = {"limit": 200}


def parts_of(visit: Visit) -> dict[str, Part]:
    """The pattern in the address, and the periods that it rings."""
    periods = optional(f"{api_of(visit)}/periods", _ALL)
    return {"pattern": required(api_of_pattern(visit)), "periods": periods}


def show(school: AtSchool, template: str, **values: Any) -> Response:
    """A page about the pattern."""
    found, today = school["pattern"], school.today.isoformat()
    periods = school.get("periods", {"items": []})["items"]
    return school.show(
        template,
        **{
            "pattern": found,
            "own": f"{school.path}/time/patterns/{found['pattern_id']}",
            "period_names": {each["period_id"]: name_on(each["terms"], today) for each in periods},
            "weekdays": weekday_choices(),
            "today": school.today,
            "clock_of": clock_of,
            "day_kind": day_kind,
            "weekday_of": weekday_of,
            **values,
        },
    )


async def save(visit: Visit, form: Form, change: Callable[[Pattern], Wanted], to: str = "") -> Response:
    """Send the pattern with this change, and go on. Raises: Refused."""
    await send(visit, form, change)
    return visit.go(
        to or path_of_pattern(visit), gettext("The day pattern is saved. Make its blocks again, so that they follow.")
    )


async def send(visit: Visit, form: Form, change: Callable[[Pattern], Wanted]) -> None:
    """Change the pattern as it stands; where the form showed an older one, the API says so. Raises: Refused."""
    answers = await visit.read(pattern=required(api_of_pattern(visit)))
    try:
        body = change(answers["pattern"])
    except IndexError as error:
        raise Refused(NOT_FOUND) from error
    matching = if_match(form.text("version")) or answers.tags.get("pattern")
    await visit.send("PUT", api_of_pattern(visit), body, form=form, if_match=matching)


def api_of_pattern(visit: Visit) -> str:
    """Where the API has the pattern in the address."""
    return f"{api_of(visit)}/day-patterns/{visit.path['pattern_id']}"


def path_of_pattern(visit: Visit) -> str:
    """Where the pages of the pattern in the address begin."""
    return f"{path_of(visit)}/time/patterns/{visit.path['pattern_id']}"
