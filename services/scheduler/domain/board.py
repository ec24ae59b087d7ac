"""The board: occurrences, weeks and resource days as a piece of booking work sees them."""

from dataclasses import dataclass, field, replace

from contracts.fact import Fact
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.resource_days import ResourceDay
from services.scheduler.domain.rounds import Hold
from services.scheduler.domain.weeks import Week


@dataclass(slots=True)
class Board:
    """What is loaded, by id, as it is now; and the facts, in order, each with the id of the document it is of.

    The values themselves never change: a rule puts a new one in a value's place, all of an act or nothing of it.
    `taken` has the seats taken of each occurrence, `touched` the occurrences whose seats changed hands; the occurrence
    itself changes with its line alone. `blocks` are those of own work, which no occurrence stands for. `holds` are what
    rounds hold, by block. `where` says in which week a placement is.
    """

    occurrences: dict[str, Occurrence] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    weeks: dict[str, Week] = field(default_factory=dict)
    days: dict[str, ResourceDay] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    facts: list[tuple[str, Fact]] = field(default_factory=list)

    def draft(self) -> "Board":
        """A copy to try several things on, to be accepted or dropped; what is loaded beside stays shared."""
        return replace(
            self,
            occurrences=dict(self.occurrences),
            taken=dict(self.taken),
            touched=set(self.touched),
            weeks=dict(self.weeks),
            days=dict(self.days),
            where=dict(self.where),
            facts=list(self.facts),
        )

    def accept(self, draft: "Board") -> None:
        """Make what a draft has become this board's own."""
        self.occurrences, self.taken, self.touched = draft.occurrences, draft.taken, draft.touched
        self.weeks, self.days, self.where, self.facts = draft.weeks, draft.days, draft.where, draft.facts
