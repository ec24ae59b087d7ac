"""Ranked rounds: a student ranks what they want most, keeps it as a draft, and later reads what they got and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from kit.clock import now
from services.web.asking.reading import optional, required
from services.web.looks.languages import gettext
from services.web.pages.student.choosing import Row, at, can_rank, hosts_in
from services.web.pages.student.today import LEARNER
from services.web.visiting.forms import EMPTY, Form
from services.web.visiting.pages import Pages
from services.web.visiting.visit import Visit

pages = Pages()
_USUALLY, _MOST = 5, 12
"""How many choices a block asks for, and how many the API takes."""
_A_PAGE = 20
DECIDED = frozenset({"published"})


@pages.get("/rounds", roles=LEARNER)
async def rounds(visit: Visit) -> Response:
    """The rounds of the student's school, newest first."""
    school = visit.me.school_for(Role.LEARNER)
    query = {"limit": _A_PAGE, "cursor": visit.query.get("cursor") or None}
    page: dict[str, Any] = {"items": [], "next_cursor": None}
    if school is not None:
        page = (await visit.read(rounds=required(f"/v1/schools/{school}/rounds", query)))["rounds"]
    moment = now()
    shown = [_when(each, moment) for each in page["items"] if each["state"] != "called-off"]
    return visit.show("student/rounds.html", rounds=shown, next_cursor=page["next_cursor"])


@pages.get("/rounds/{round_id}", roles=LEARNER)
async def one_round(visit: Visit, form: Form = EMPTY) -> Response:
    """What can be ranked and what was saved; once the round is decided, what came of it."""
    address = f"/v1/people/{visit.me.person_id}/rounds/{visit.path['round_id']}"
    school = visit.me.school_for(Role.LEARNER)
    spaces = {"spaces": optional(f"/v1/schools/{school}/spaces", {"limit": 200})} if school else {}
    answers = await visit.read(
        choices=required(f"{address}/choices"),
        ranking=required(f"{address}/ranking"),
        result=optional(f"{address}/result"),
        **spaces,
    )
    choices, moment = answers["choices"], now()
    names = await visit.names(hosts_in(each for block in choices["blocks"] for each in block["choices"]))
    return visit.show(
        "student/round.html",
        round=choices,
        saved=answers["ranking"],
        ranks={block["block_id"]: ranks_of(block, answers["ranking"]) for block in choices["blocks"]},
        result=answers.get("result", {}).get("result"),
        decided=choices["state"] in DECIDED,
        can_rank=can_rank(choices, moment),
        begins_later=at(choices["opens_at"]) > moment,
        spaces={space["space_id"]: space for space in answers.get("spaces", {}).get("items", [])},
        answers=answers,
        names=names,
        form=form,
    )


@pages.post("/rounds/{round_id}", roles=LEARNER, again=one_round)
async def save_ranking(visit: Visit, form: Form) -> Response:
    """Save the ranking as it stands; it can be saved again until the round closes."""
    address = f"/v1/people/{visit.me.person_id}/rounds/{visit.path['round_id']}"
    saved = (await visit.read(ranking=required(f"{address}/ranking")))["ranking"]
    wanted = {"blocks": ranking_in(form, saved), "friend_ids": list(saved["friend_ids"])}
    await visit.send("PUT", f"{address}/ranking", wanted, form=form, if_match=f'"{form.text("version") or "0"}"')
    return visit.go(
        f"/rounds/{visit.path['round_id']}",
        gettext("Your choices are saved. You can change them until ranking closes."),
    )


def _when(opened: Row, moment: datetime) -> dict[str, Any]:
    return {**opened, "can_rank": can_rank(opened, moment), "begins_later": at(opened["opens_at"]) > moment}


def ranks_of(block: Row, ranking: Row) -> dict[str, Any]:
    """The fields of one block: what was saved for each rank, with room for a few more."""
    saved = next((each for each in ranking["blocks"] if each["block_id"] == block["block_id"]), None)
    chosen = [choice["occurrence_id"] for choice in saved["ranked"]] if saved else []
    count = min(len(block["choices"]), max(_USUALLY, len(chosen)), _MOST)
    return {
        "chosen": [*chosen, *[""] * count][:count],
        "calm": bool(saved and saved["calm"]),
    }


def ranking_in(form: Form, saved: Row) -> list[dict[str, Any]]:
    """The ranking as it was filled in: each block's choices best first, without gaps.

    A choice that was saved for a goal keeps it.
    """
    goals = {choice["occurrence_id"]: choice for block in saved["blocks"] for choice in block["ranked"]}
    blocks = []
    for block_id in form.texts("block"):
        chosen = [form.text(f"{block_id}-{rank}") for rank in range(1, _MOST + 1)]
        ranked = [_choice(occurrence_id, goals) for occurrence_id in chosen if occurrence_id]
        blocks.append({"block_id": block_id, "ranked": ranked, "calm": form.flag(f"{block_id}-calm")})
    return blocks


def _choice(occurrence_id: str, saved: Mapping[str, Row]) -> dict[str, Any]:
    known = saved.get(occurrence_id, {})
    return {"occurrence_id": occurrence_id, "goal_id": known.get("goal_id"), "step_id": known.get("step_id")}
