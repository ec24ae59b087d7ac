"""What projects has a person, and what is there to do next?"""

from dataclasses import dataclass
from datetime import date

from kit.edge import Reader
from services.community.domain.projects import Project, State
from services.community.store.collections import PROJECT, PROJECTS

MOST = 50


@dataclass(frozen=True, slots=True)
class PersonsProject:
    """One project of a person, with their part in it and the next thing to do."""

    project_id: str
    title: str
    state: str
    part: str
    next: str
    skills: tuple[str, ...]
    team_size: int
    ends_on: date | None


async def persons_projects(reader: Reader, person_id: str) -> list[PersonsProject]:
    """A person's newest projects, as member, proposer or partner contact. One query, over three indexes."""
    mine = {"$or": [{"members.person_id": person_id}, {"proposed_by": person_id}, {"contact_ids": person_id}]}
    rows = await reader[PROJECTS].find(mine, sort=[("proposed_at", -1)], limit=MOST)
    return [
        PersonsProject(
            project_id=project.project_id,
            title=project.title,
            state=project.state.value,
            part=_part(person_id, project.member_ids, project.contact_ids),
            next=next_for(project, person_id),
            skills=project.skills,
            team_size=len(project.members),
            ends_on=project.ends_on,
        )
        for project in map(PROJECT.unpack, rows)
    ]


def next_for(project: Project, person_id: str) -> str:
    """What a member or proposer can do next, as a key that screens have words for."""
    match project.state:
        case State.PROPOSED:
            return "wait-for-the-school"
        case State.RETURNED:
            return "amend" if person_id == project.proposed_by else "wait-for-the-proposer"
        case State.APPROVED:
            return "gather-the-team" if len(project.members) < project.team_min else "start"
        case State.RUNNING:
            return "log-hours-and-reflect"
        case State.SHOWN:
            return "look-at-what-grew"
        case _:
            return "nothing"


def _part(person_id: str, member_ids: tuple[str, ...], contact_ids: tuple[str, ...]) -> str:
    if person_id in member_ids:
        return "member"
    return "partner" if person_id in contact_ids else "proposer"
