"""Erasure: a person is forgotten everywhere, and a certificate says what each service removed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kit.refusals import Kind, Refusal

SERVICES = ("profile", "scheduler", "community", "gateway")
"""All who hold something of people, and who must have answered before an erasure is complete."""


class NoSuchErasure(Refusal):
    kind = Kind.MISSING
    text = "There is no erasure with this id in this district."


class RosterBeingApplied(Refusal):
    text = "A roster is being applied just now and may still write of this person. Ask again when it is done."


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One person's erasure. `removed` counts documents by service and kind; nothing in it says who they were."""

    erasure_id: str
    version: int
    person_id: str
    asked_by: str
    asked_at: datetime
    reason_code: str
    removed: Mapping[str, Mapping[str, int]]
    answered_at: datetime

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The services that have not said yet what they removed."""
        return tuple(service for service in SERVICES if service not in self.removed)

    @property
    def state(self) -> str:
        return "running" if self.waiting_for else "complete"


def add_removals(erasure: Erasure, service: str, removed: Mapping[str, int], at: datetime) -> Erasure:
    """Enter what a service removed. Heard twice, it changes nothing; the order does not matter."""
    if service in erasure.removed:
        return erasure
    return replace(
        erasure, removed={**erasure.removed, service: dict(removed)}, answered_at=max(erasure.answered_at, at)
    )
