"""Found: what was read for a student who looks for something to choose, and what of it is away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.web.asking.problems import Problem
from services.web.pages.student.choosing import Asked, Row

NOTHING: Mapping[str, Any] = {"openings": [], "own_work": [], "next_cursor": None}


@dataclass(slots=True)
class Found:
    """The parts by name, and the problems of those that are away.

    `options`: the openings without what they are narrowed by, from which the lists to choose from are made.
    `ahead`: the openings of all days ahead, where something of a block needs another time.
    """

    asked: Asked
    blocks: list[Row] = field(default_factory=list)
    spaces: dict[str, Row] = field(default_factory=dict)
    goals: dict[str, Row] = field(default_factory=dict)
    openings: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    options: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    ahead: list[Row] = field(default_factory=list)
    week: Mapping[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    gone: dict[str, Problem] = field(default_factory=dict)

    @property
    def block(self) -> Row | None:
        """The block looked at; None where all are."""
        return next((block for block in self.blocks if block["block_id"] == self.asked.block), None)
