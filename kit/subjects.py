"""Subjects: whom or what an address is about, declared as the document that it names and the fields that say so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kit.auth import Caller, Subject
from kit.edge import Reader
from kit.mongo import Collection, Document
from kit.policy import SubjectFinder
from kit.refusals import Refusal, refuse


@dataclass(frozen=True, slots=True)
class Beside:
    """Circles that stand in another document: the one whose id this field of the first has (null: nobody)."""

    collection: Collection
    field: str
    circles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """A subject finder: the document that a path or query parameter names. Raises a refusal of `missing` without one.

    `by`: where the id stands; `places.placement_id` is the id of one of a list, and of that list this one counts.
    `member`, `organisation`: the fields that say whose and of which organisation it is. `circles`: relation -> field
    with the ids of those in it; a caller who no longer holds any role at the organisation is in no circle there.
    `beside`: the same from a second document, which is not read for the member's own.
    """

    collection: Collection
    parameter: str
    missing: type[Refusal]
    by: str = "_id"
    member: str | None = None
    organisation: str | None = "school_id"
    circles: Mapping[str, str] = field(default_factory=dict)
    beside: Beside | None = None

    async def __call__(self, reader: Reader, asked: Mapping[str, str], caller: Caller) -> Subject:
        """The subject, from one indexed query (and one more for what is beside it)."""
        row = await reader[self.collection].one({self.by: asked.get(self.parameter, "")}, self._fields())
        if row is None:
            raise refuse(self.missing())
        member_id = _value(row, self.member) if self.member else None
        organisations = frozenset({_value(row, self.organisation)} if self.organisation else ())
        at = {held.organisation_id for held in caller.roles}
        if organisations and not at & (organisations | {caller.district_id}):
            return Subject(member_id, organisations)
        circles = _circles(row, self.circles)
        if self.beside is not None and member_id != caller.caller_id:
            circles |= await _circles_beside(reader, row, self.beside)
        return Subject(member_id, organisations, circles=circles)

    def _fields(self) -> dict[str, int]:
        """What has to be read: of a list, the one that was found."""
        beside = (self.beside.field,) if self.beside is not None else ()
        wanted = [name for name in (self.member, self.organisation, *self.circles.values(), *beside) if name]
        within, of_list, _ = self.by.rpartition(".")
        plain = [name for name in wanted if not (of_list and name.startswith(f"{within}."))]
        return dict.fromkeys(plain, 1) | ({f"{within}.$": 1} if of_list else {}) or {"_id": 1}


def themselves(role: str, otherwise: SubjectFinder) -> SubjectFinder:
    """A subject finder for what a body asks for somebody: who holds this role passes as themselves, and the route holds
    them to it; about all others, another finder says it."""

    async def find(reader: Reader, asked: Mapping[str, str], caller: Caller) -> Subject:
        if role in caller.role_names():
            return Subject(caller.caller_id)
        return await otherwise(reader, asked, caller)

    return find


async def _circles_beside(reader: Reader, row: Document, beside: Beside) -> dict[str, frozenset[str]]:
    row_id = _value(row, beside.field)
    found = await reader[beside.collection].one({"_id": row_id}, list(beside.circles.values())) if row_id else None
    return _circles(found, beside.circles) if found else {}


def _circles(row: Document, circles: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {relation: frozenset(_value(row, name)) for relation, name in circles.items()}


def _value(row: Document, path: str) -> Any:
    """The value at a dotted path; of a list, in the first (and only) one."""
    value: Any = row
    for name in path.split("."):
        value = (value[0] if isinstance(value, list) else value)[name]
    return value
