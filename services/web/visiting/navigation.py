"""Navigation: which pages a person finds in the service navigation, by role and in order."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its words (marked for translation), where it leads, for whom, and its place in the order."""

    text: str
    path: str
    roles: frozenset[str]
    order: int

    def leads_to(self, here: str) -> bool:
        """Whether the page shown belongs to this entry."""
        return here == self.path or here.startswith(f"{self.path}/")


def entries_for(entries: Iterable[Entry], roles: Collection[str]) -> tuple[Entry, ...]:
    """What somebody with these roles finds there."""
    return tuple(
        sorted((each for each in entries if each.roles & set(roles)), key=lambda each: (each.order, each.path))
    )
