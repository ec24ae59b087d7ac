"""A project is shown, with what each member brought to it."""

from dataclasses import dataclass, replace

from contracts.community import MemberShown
from kit.transaction import Transaction
from services.community.domain.hours import HoursState
from services.community.domain.projects import Project, show
from services.community.store.collections import HOURS, PROJECT, PROJECTS, REFLECTIONS
from services.community.store.finding import project_of


@dataclass(frozen=True, slots=True)
class ShowProject:
    """Which project, what was made, and who says so."""

    project_id: str
    made: str
    by: str


async def show_project(tx: Transaction, order: ShowProject) -> Project:
    """The work is shown; each member's approved minutes and latest reflection per skill go with it.

    Raises: Refusals of NoSuchProject, NotNow.
    """
    project = await project_of(tx[PROJECTS], order.project_id)
    shown, facts = show(project, order.made, await _brought(tx, project), order.by, tx.now)
    return replace(shown, version=tx[PROJECTS].save(PROJECT.pack(shown), facts))


async def _brought(tx: Transaction, project: Project) -> dict[str, MemberShown]:
    """Per member: approved minutes and the latest reflection on each skill. Two queries, however large the team."""
    of_project = {"project_id": project.project_id}
    hours = await tx[HOURS].find(of_project | {"state": HoursState.APPROVED.value}, fields=["person_id", "minutes"])
    written = await tx[REFLECTIONS].find(
        of_project, sort=[("written_at", 1)], fields=["person_id", "skill", "project_id"]
    )
    minutes = dict.fromkeys(project.member_ids, 0)
    for row in hours:
        minutes[row["person_id"]] = minutes.get(row["person_id"], 0) + row["minutes"]
    latest: dict[str, dict[str, str]] = {}
    for row in written:
        latest.setdefault(row["person_id"], {})[row["skill"]] = row["_id"]
    return {
        person_id: MemberShown(person_id, minutes[person_id], latest.get(person_id, {}))
        for person_id in project.member_ids
    }
