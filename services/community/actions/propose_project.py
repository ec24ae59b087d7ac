"""Somebody proposes a project."""

from dataclasses import dataclass, replace

from kit.transaction import Transaction
from services.community.domain.projects import Project, propose
from services.community.store.collections import PROJECT, PROJECTS


@dataclass(frozen=True, slots=True)
class ProposeProject:
    """The project as proposed."""

    project: Project


async def propose_project(tx: Transaction, order: ProposeProject) -> Project:
    """A new project waits for the school.

    Raises: Refusals of TeamSizeOdd.
    """
    project, facts = propose(order.project)
    return replace(project, version=tx[PROJECTS].save(PROJECT.pack(project), facts))
