"""Narrowing: the lists by which a student finds something: when, about what, for which goal, where, with whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.web.looks.languages import gettext
from services.web.looks.times import when
from services.web.looks.words import label
from services.web.pages.student.choosing import ALL, Row, hosts_in, spaces_in, tags_in
from services.web.pages.student.found import Found
from services.web.visiting.visit import Visit

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ToChooseFrom:
    """One list: its field's name, its words, and its choices as (value, text)."""

    name: str
    label: str
    choices: list[Choice]


def lists_for(found: Found, blocks: Sequence[Row], visit: Visit) -> list[ToChooseFrom]:
    """The lists that have something to choose; what is chosen stays among them."""
    asked, options = found.asked, found.options["openings"]
    vocabulary = visit.me.about.get("vocabulary")
    tags = [(tag, label("interests", tag, vocabulary)) for tag in tags_in(options)]
    goals = [(goal_id, goal["words"]) for goal_id, goal in found.goals.items()]
    spaces = [(space_id, _space(found, space_id)) for space_id in spaces_in(options, found.options["own_work"])]
    hosts = [(host, found.names[host]) for host in hosts_in(options) if host in found.names]
    lists = [
        ToChooseFrom("block", gettext("When"), _times(blocks, visit)),
        _list("tag", gettext("About"), gettext("Everything"), tags, asked.tag),
        _list("goal", gettext("For my goal"), gettext("Any goal or none"), goals, asked.goal),
        _list("space", gettext("Where"), gettext("Anywhere"), spaces, asked.space),
        _list("host", gettext("With"), gettext("Anybody"), hosts, asked.host),
    ]
    return [each for each in lists if len(each.choices) > 1]


def _times(blocks: Sequence[Row], visit: Visit) -> list[Choice]:
    every = (ALL, gettext("All times of the next two weeks"))
    return [
        every,
        *((block["block_id"], _time(block, visit)) for block in blocks),
    ]


def _time(block: Row, visit: Visit) -> str:
    return f"{when(block['starts_at'], block['ends_at'], visit.zone, 'short')} · {block['period_name']}"


def _space(found: Found, space_id: str) -> str:
    space = found.spaces.get(space_id)
    own = {each["space_id"]: each["name"] for each in found.options["own_work"]}
    return str(space["name"]) if space else own.get(space_id, gettext("A space"))


def _list(name: str, said: str, every: str, choices: Iterable[Choice], chosen: str) -> ToChooseFrom:
    rows = sorted(choices, key=lambda choice: choice[1].casefold())
    if chosen and chosen not in dict(rows):
        rows.append((chosen, gettext("As chosen before")))
    return ToChooseFrom(name, said, [("", every), *rows])
