"""Previews of a round: what each would give whom, and two of them side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from services.web.asking.gateway import Query
from services.web.asking.reading import required
from services.web.looks.languages import gettext, ngettext
from services.web.pages.office.rounds import ONE
from services.web.pages.office.school import OFFICE, read_school
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
_MOST_RANKS = 6


@pages.get(ONE + "/previews/{run_id}", roles=OFFICE)
async def one_preview(visit: Visit) -> Response:
    """How many get which of their choices, and who gets what."""
    api = f"/v1/rounds/{visit.path['round_id']}/runs/{visit.path['run_id']}"
    asked: Query = {"limit": 25, "cursor": visit.query.get("cursor")}
    school = await read_school(visit, run=required(api), results=required(f"{api}/results", asked))
    results = school["results"]["items"]
    return school.show(
        "office/rounds/preview.html",
        run=school["run"],
        page=school["results"],
        names=await visit.names([each["student_id"] for each in results]),
        bars=choice_bars(school["run"]["figures"]),
        share=mean_share(school["run"]["figures"]),
        round_id=visit.path["round_id"],
    )


@pages.get(ONE + "/previews/{run_id}/beside/{other_id}", roles=OFFICE)
async def compare(visit: Visit) -> Response:
    """Two previews side by side."""
    api = f"/v1/rounds/{visit.path['round_id']}/runs/{visit.path['run_id']}/comparison"
    school = await read_school(visit, found=required(api, {"with": visit.path["other_id"]}))
    found = school["found"]
    both = [(run, choice_bars(run["figures"]), mean_share(run["figures"])) for run in (found["first"], found["second"])]
    return school.show("office/rounds/compare.html", found=found, both=both, round_id=visit.path["round_id"])


def choice_bars(figures: Mapping[str, Any] | None) -> list[tuple[str, int]]:
    """How many places are somebody's first choice, second choice and so on; the far ones are counted together."""
    profile: Sequence[int] = ((figures or {}).get("figures") or {}).get("rank_profile") or []
    ranks = [int(count or 0) for count in profile[1:]]
    near = [(gettext("Choice %(number)d", number=number), count) for number, count in enumerate(ranks[:_MOST_RANKS], 1)]
    far = sum(ranks[_MOST_RANKS:])
    while near and not near[-1][1] and not far:
        near.pop()
    return [*near, (gettext("Later choices"), far)] if far else near


def mean_share(figures: Mapping[str, Any] | None) -> str:
    """How near students come to their best week, all taken together; empty where that is hidden."""
    mean = (((figures or {}).get("figures") or {}).get("share") or {}).get("mean")
    return "" if mean is None else ngettext("%(num)d percent", "%(num)d percent", round(float(mean) * 100))
