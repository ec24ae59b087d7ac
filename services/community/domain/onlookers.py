"""Onlookers: what somebody sees of a project or a partner that they have no part in."""

from dataclasses import replace

from services.community.domain.partners import Partner
from services.community.domain.projects import Project


def project_for(project: Project, person_id: str, *, outside: bool) -> Project:
    """The project as this person sees it: from outside the school, and with no part in it, without its team.

    Who of the students works on what is nobody's business there, nor is what the school said to the proposal.
    """
    if not outside or person_id in project.contact_ids or person_id == project.proposed_by:
        return project
    turns = tuple(replace(turn, comment=None) for turn in project.turns)
    return replace(project, members=(), turns=turns)


def partner_for(partner: Partner, person_id: str, *, staff: bool) -> Partner:
    """The partner as this person sees it: its papers are for the school's staff and for its own contacts."""
    return partner if staff or person_id in partner.contact_ids else replace(partner, papers=())
