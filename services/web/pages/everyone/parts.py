"""Parts: every part of the pages in every state, with made-up contents; for whoever writes or checks pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from services.web.asking.problems import Problem, Reason
from services.web.looks.languages import gettext
from services.web.visiting.forms import Fault, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
_MONDAY = datetime(2031, 3, 3, 16, 5, tzinfo=UTC)


@pages.get("/parts", roles=None)
async def parts(visit: Visit) -> Response:
    """One long page."""
    faulty = Form().with_faults(Fault(gettext("Fill this in."), "wish-again"))
    return visit.show(
        "everyone/parts.html",
        places=[_place(number) for number in range(4)],
        away=Problem(503, (Reason("peer-unavailable", "away"),), retry_after=2),
        filled=Form({"wish": [gettext("Build a robot")], "day": ["2031-03-03"]}),
        faulty_named=faulty,
    )


def _place(number: int) -> dict[str, Any]:
    starts = _MONDAY + timedelta(days=number % 3, hours=number // 3)
    return {
        "placement_id": f"placement_{number}",
        "title": (gettext("Pottery"), gettext("Robotics club"), gettext("Quiet room"), gettext("Choir"))[number],
        "day": starts.date().isoformat(),
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(minutes=45)).isoformat(),
        "cause": ("chosen", "promoted", "assigned", "pulled")[number],
        "attendance": (None, "present", "late", "absent")[number],
        "minutes": 45,
    }
