"""The board: occurrences, weeks and resource days as a piece of booking work sees them."""

from dataclasses import dataclass, field

from contracts.fact import Fact
from services.scheduler.domain.blocks import Block
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.resource_days import ResourceDay
from services.scheduler.domain.weeks import Week


@dataclass(slots=True)
class Board:
    """What is loaded, by id, as it is now; and the facts, in order, each with the id of the document it is of.

    The values themselves never change: a rule puts a new one in a value's place, all of an act or nothing of it.
    `taken` has the seats taken of each occurrence, `touched` the occurrences whose seats changed hands; the occurrence
    itself changes with its line alone. `blocks` are those of own work, which no occurrence stands for. `where` says in
    which week a placement is.
    """

    occurrences: dict[str, Occurrence] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    weeks: dict[str, Week] = field(default_factory=dict)
    days: dict[str, ResourceDay] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    facts: list[tuple[str, Fact]] = field(default_factory=list)
