"""A school changes a space."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kit.conditions import check_version
from kit.refusals import refuse
from kit.transaction import Transaction
from services.scheduler.actions.limit_days import limit_days
from services.scheduler.domain.spaces import NoSuchSpace, Space, check_seats
from services.scheduler.store.spaces import SPACE, SPACES


@dataclass(frozen=True, slots=True)
class ChangeSpace:
    """Which space of which school, the fields to change, and the version it was read at, if given."""

    school_id: str
    space_id: str
    changes: Mapping[str, Any]
    expected: int | None


async def change_space(tx: Transaction, order: ChangeSpace) -> Space:
    """Change a space; a new legal limit holds from today on.

    Raises: Refusals of NoSuchSpace, StaleVersion, SeatsDoNotFit, LimitBelowUse.
    """
    space = await SPACE.get(tx[SPACES], order.space_id)
    if space is None or space.school_id != order.school_id:
        raise refuse(NoSuchSpace())
    check_version(space.version, order.expected)
    changed = check_seats(replace(space, **order.changes))
    if (changed.legal_limit, changed.target) != (space.legal_limit, space.target):
        await limit_days(tx, space.space_id, changed.legal_limit, changed.target)
    return replace(changed, version=tx[SPACES].save(SPACE.pack(changed)))
