"""Choosing: which block a student looks at, by what it is narrowed, and what stands in each list to choose from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from services.web.visiting.forms import Form

Row = Mapping[str, Any]
ALL = "all"
"""In place of a block: every block of the days ahead."""
AHEAD = timedelta(days=13)
"""As far as the API looks for openings at once."""
FILTERS = ("tag", "goal", "space", "host")
_PLAN = ("step",)
_FEW = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What the student asked to see. `block` is a block's id, ALL, or empty; `step` is a step of `goal` to plan."""

    block: str = ""
    tag: str = ""
    goal: str = ""
    space: str = ""
    host: str = ""
    step: str = ""
    cursor: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Asked":
        """From a page's address."""
        return cls(*(given.get(name, "")[:200] for name in cls.__slots__))

    @classmethod
    def sent(cls, form: Form) -> "Asked":
        """From a form on the page, which carries the page's own parameters beside what it asks for."""
        return cls(*(form.text(f"page_{name}")[:200] for name in cls.__slots__))

    @property
    def is_narrowed(self) -> bool:
        return any(getattr(self, name) for name in FILTERS)

    def kept(self) -> dict[str, str]:
        """As parameters of an address, without the place in the list."""
        pairs = {name: getattr(self, name) for name in ("block", *FILTERS, *_PLAN)}
        return {name: value for name, value in pairs.items() if value}

    def address(self, **changes: str) -> str:
        """The page's address with these changes."""
        pairs = {name: value for name, value in {**self.kept(), **changes}.items() if value}
        return f"/open?{urlencode(pairs)}" if pairs else "/open"

    def query(self, today: date) -> dict[str, str | int | None]:
        """The question to the API."""
        narrowed = {
            "tag": self.tag or None,
            "goal_id": self.goal or None,
            "space_id": self.space or None,
            "host_id": self.host or None,
            "cursor": self.cursor or None,
        }
        if self.block and self.block != ALL:
            return {"block_id": self.block, **narrowed}
        return {"from": today.isoformat(), "to": (today + AHEAD).isoformat(), **narrowed}


def coming(blocks: Iterable[Row], moment: datetime) -> list[Row]:
    """The blocks that have not begun, in time order."""
    return [block for block in blocks if not block["cancelled"] and at(block["starts_at"]) > moment]


def first_to_choose(blocks: Sequence[Row], places: Sequence[Row], openings: Iterable[Row], moment: datetime) -> str:
    """The block to begin with: where nothing is chosen yet and something is open, else free, else the first.

    Empty: there is none.
    """
    offered = {each["block_id"] for each in openings if each["state"] == "open"}
    free = open_and_free(blocks, places, moment)
    wished = [*(block for block in free if block["block_id"] in offered), *free, *coming(blocks, moment)]
    return wished[0]["block_id"] if wished else ""


def open_and_free(blocks: Iterable[Row], places: Sequence[Row], moment: datetime) -> list[Row]:
    """The blocks that sign-up is open for and in which the student is nowhere yet."""
    return [block for block in coming(blocks, moment) if can_change(block, moment) and not held_at(places, block)]


def can_change(block: Row, moment: datetime) -> bool:
    """Whether sign-up for a block is open."""
    return at(block["opens_at"]) <= moment < at(block["closes_at"]) and block["locked_at"] is None


def held_at(places: Iterable[Row], span: Row) -> Row | None:
    """The place that the student has at the time of this block or opening."""
    starts, ends = at(span["starts_at"]), at(span["ends_at"])
    return next((each for each in places if at(each["starts_at"]) < ends and starts < at(each["ends_at"])), None)


def by_block(openings: Iterable[Row], blocks: Iterable[Row]) -> list[tuple[Row, list[Row]]]:
    """Openings under the block they are in, in time order; within each, best first as the API ranks them."""
    known = {block["block_id"]: block for block in blocks}
    found: dict[str, list[Row]] = {}
    for each in openings:
        found.setdefault(each["block_id"], []).append(each)
    groups = [(known.get(block_id, rows[0]), rows) for block_id, rows in found.items()]
    return sorted(groups, key=lambda group: at(group[0]["starts_at"]))


def beside(blocks: Sequence[Row], block_id: str) -> tuple[Row | None, Row | None]:
    """The blocks before and after this one."""
    place = next((place for place, block in enumerate(blocks) if block["block_id"] == block_id), None)
    if place is None:
        return None, None
    return blocks[place - 1] if place else None, blocks[place + 1] if place + 1 < len(blocks) else None


def instead(openings: Iterable[Row], ahead: Iterable[Row], refused: str) -> dict[str, list[Row]]:
    """What would work in place of what was refused: the same at another time, and other things then.

    `refused`: the id of the occurrence, or of the space for own work.
    """
    rows = list(openings)
    asked = next((each for each in rows if each["occurrence_id"] == refused), None)
    others = [each for each in rows if each["state"] == "open" and each["occurrence_id"] != refused]
    return {"same": same_later(asked, ahead) if asked else [], "others": others[:_FEW]}


def same_later(opening: Row, ahead: Iterable[Row]) -> list[Row]:
    """Where the same is open at another time: as the API says, which looks no further than it was asked, and then
    in what is ahead."""
    others = (each for each in ahead if each["offer_id"] == opening["offer_id"] and each["state"] == "open")
    found = {each["occurrence_id"]: each for each in (*opening["alternatives"], *others)}
    found.pop(opening["occurrence_id"], None)
    return sorted(found.values(), key=lambda each: at(each["starts_at"]))[:_FEW]


def cannot_be_had(openings: Iterable[Row]) -> bool:
    """Whether something of these needs another way: it is full, not open, or stands against another place."""
    return any(each["state"] not in ("open", "yours") for each in openings)


def goal_for(opening: Row, asked: Asked, open_goals: Mapping[str, Row]) -> tuple[str, str]:
    """Which goal and step a place would be for: what the student plans, else the goal that the reasons name."""
    if asked.goal in open_goals:
        return asked.goal, asked.step
    named = (reason["params"].get("goal_id", "") for reason in opening["reasons"])
    return next((goal_id for goal_id in named if goal_id in open_goals), ""), ""


def hosts_in(openings: Iterable[Row]) -> list[str]:
    """Every adult who hosts something of these."""
    return list(dict.fromkeys(host for each in openings for host in each["host_ids"]))


def tags_in(openings: Iterable[Row]) -> list[str]:
    """Every interest that something of these is about."""
    return sorted({tag for each in openings for tag in each["tags"]})


def spaces_in(openings: Iterable[Row], own_work: Iterable[Row]) -> set[str]:
    """Every space that something of these is in."""
    return {each["space_id"] for each in (*openings, *own_work) if each["space_id"]}


def can_rank(opened: Row, moment: datetime) -> bool:
    """Whether a round takes rankings now."""
    return opened["state"] == "open" and at(opened["opens_at"]) <= moment < at(opened["closes_at"])


def at(moment: str) -> datetime:
    """A moment of the API."""
    return datetime.fromisoformat(moment)
