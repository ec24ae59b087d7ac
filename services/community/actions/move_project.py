"""A project moves on: amended, approved, sent back, started or closed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contracts.fact import Fact
from kit.conditions import check_version
from kit.transaction import Transaction
from services.community.domain import projects
from services.community.domain.projects import Project
from services.community.store.collections import PARTNERS, PROJECT, PROJECTS
from services.community.store.finding import partner_of, project_of

Moved = tuple[Project, list[Fact]]


@dataclass(frozen=True, slots=True)
class MoveProject:
    """Which project, who moves it, why, and the version it must still have (None: any)."""

    project_id: str
    by: str
    comment: str = ""
    changes: dict[str, Any] | None = None
    version: int | None = None


async def amend_project(tx: Transaction, order: MoveProject) -> Project:
    """The proposer changes a project that the school has not approved.

    Raises: Refusals of NoSuchProject, StaleVersion, NotNow, TeamSizeOdd.
    """
    changes = order.changes or {}
    return await _move(tx, order, lambda project, at: projects.amend(project, changes, order.by, at))


async def approve_project(tx: Transaction, order: MoveProject) -> Project:
    """The school approves. Raises: Refusals of NoSuchProject, NotNow, OwnProposal."""
    return await _move(tx, order, lambda project, at: projects.approve(project, order.by, at))


async def return_project(tx: Transaction, order: MoveProject) -> Project:
    """The school sends a project back. Raises: Refusals of NoSuchProject, NotNow, OwnProposal."""
    return await _move(tx, order, lambda project, at: projects.send_back(project, order.by, at, order.comment))


async def start_project(tx: Transaction, order: MoveProject) -> Project:
    """The team begins. Raises: Refusals of NoSuchProject, NotNow, TeamTooSmall, PartnerNotVetted."""
    project = await project_of(tx[PROJECTS], order.project_id)
    partner = await partner_of(tx[PARTNERS], project.partner_id) if project.partner_id else None
    return _save(tx, projects.start(project, partner, order.by, tx.now))


async def close_project(tx: Transaction, order: MoveProject) -> Project:
    """A shown or stopped project is over. Raises: Refusals of NoSuchProject, NotNow."""
    return await _move(tx, order, lambda project, at: (projects.close(project, order.by, at), []))


async def _move(tx: Transaction, order: MoveProject, rule: Callable[[Project, datetime], Moved]) -> Project:
    project = await project_of(tx[PROJECTS], order.project_id)
    check_version(project.version, order.version)
    return _save(tx, rule(project, tx.now))


def _save(tx: Transaction, moved: Moved) -> Project:
    project, facts = moved
    return replace(project, version=tx[PROJECTS].save(PROJECT.pack(project), facts))
