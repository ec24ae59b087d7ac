"""People come to a project and go: a partner, or a student of the team."""

from dataclasses import dataclass, replace

from contracts.fact import Fact
from kit.transaction import Transaction
from services.community.domain import projects
from services.community.domain.projects import Project
from services.community.store.collections import PARTNERS, PROJECT, PROJECTS
from services.community.store.finding import partner_of, project_of


@dataclass(frozen=True, slots=True)
class JoinAsPartner:
    """Which partner joins which project, through which contact."""

    project_id: str
    partner_id: str
    by: str


@dataclass(frozen=True, slots=True)
class JoinTeam:
    """Which student joins or leaves which project."""

    project_id: str
    person_id: str


async def join_as_partner(tx: Transaction, order: JoinAsPartner) -> Project:
    """A vetted partner joins a project.

    Raises: Refusals of NoSuchProject, NoSuchPartner, NotNow, HasPartner, NotAContact, PartnerNotVetted.
    """
    project = await project_of(tx[PROJECTS], order.project_id)
    partner = await partner_of(tx[PARTNERS], order.partner_id)
    return _save(tx, project, *projects.take_partner(project, partner, order.by, tx.now.date()))


async def join_team(tx: Transaction, order: JoinTeam) -> Project:
    """A student joins the team. Raises: Refusals of NoSuchProject, NotNow, TeamFull."""
    project = await project_of(tx[PROJECTS], order.project_id)
    return _save(tx, project, *projects.join(project, order.person_id, tx.now))


async def leave_team(tx: Transaction, order: JoinTeam) -> Project:
    """A student leaves the team. Raises: Refusals of NoSuchProject, NotNow."""
    project = await project_of(tx[PROJECTS], order.project_id)
    return _save(tx, project, *projects.leave(project, order.person_id))


def _save(tx: Transaction, was: Project, project: Project, facts: list[Fact]) -> Project:
    if project is was:
        return was
    return replace(project, version=tx[PROJECTS].save(PROJECT.pack(project), facts))
