"""Which partners work with this learner? Fed by community's projects, until a project was shown."""

from typing import Any

from contracts.community import ProjectMemberJoined, ProjectMemberLeft, ProjectPartnerJoined, ProjectShown
from kit.edge import Reader
from kit.transaction import Transaction
from services.profile.store.growth import PROJECTS, TEAM_PLACES


async def partners_of(reader: Reader, person_id: str) -> frozenset[str]:
    """The contacts of partners in the projects that this learner works on now; two queries."""
    places = await reader[TEAM_PLACES].find({"person_id": person_id, "in_team": True}, fields=["project_id"])
    projects = await reader[PROJECTS].many([place["project_id"] for place in places])
    running = (project for project in projects.values() if not project.get("shown"))
    return frozenset(contact for project in running for contact in project.get("contact_ids", ()))


async def remember_partner(tx: Transaction, fact: ProjectPartnerJoined, heard: Any) -> None:
    """Remember who speaks for a project's partner."""
    tx[PROJECTS].remember(fact.project_id, heard.sequence, {"contact_ids": list(fact.contact_ids)})


async def remember_team_place(tx: Transaction, fact: ProjectMemberJoined | ProjectMemberLeft, heard: Any) -> None:
    """Remember who is in a project's team, and who no longer is."""
    values = {
        "project_id": fact.project_id,
        "person_id": fact.person_id,
        "in_team": isinstance(fact, ProjectMemberJoined),
    }
    tx[TEAM_PLACES].remember(f"{fact.project_id}:{fact.person_id}", heard.sequence, values)


def remember_shown(tx: Transaction, fact: ProjectShown, sequence: int) -> None:
    """Remember that a project is over for its partner."""
    tx[PROJECTS].remember(fact.project_id, sequence, {"shown": True}, source="shown_sequence")
