"""Whom a request to community is about: a project's team, its partner, its school."""

from collections.abc import Mapping

from kit.auth import Caller, Subject
from kit.edge import Reader
from services.community.domain.hours import Hours
from services.community.domain.partners import Partner
from services.community.domain.projects import Project
from services.community.store.collections import HOURS, PARTNERS, PROJECTS
from services.community.store.finding import hours_of, partner_of, project_of


def subject_of_project(project: Project) -> Subject:
    """A project: of its school, with its team, partner contacts and proposer as circles."""
    return Subject(
        organisations=frozenset({project.school_id}),
        circles={
            "team": frozenset(project.member_ids),
            "partner": frozenset(project.contact_ids),
            "proposer": frozenset({project.proposed_by}),
        },
    )


def subject_of_partner(partner: Partner) -> Subject:
    """A partner: of the schools it works with, its contacts as a circle."""
    return Subject(organisations=frozenset(partner.school_ids), circles={"partner": frozenset(partner.contact_ids)})


def subject_of_hours(hours: Hours) -> Subject:
    """Hours: the student's, of a school, with the partner's contacts as a circle."""
    return Subject(
        member_id=hours.person_id,
        organisations=frozenset({hours.school_id}),
        circles={"partner": frozenset(hours.contact_ids)},
    )


async def project_in_path(reader: Reader, asked: Mapping[str, str], _caller: Caller) -> Subject:
    return subject_of_project(await project_of(reader[PROJECTS], asked["project_id"]))


async def partner_in_path(reader: Reader, asked: Mapping[str, str], _caller: Caller) -> Subject:
    return subject_of_partner(await partner_of(reader[PARTNERS], asked["partner_id"]))


async def hours_in_path(reader: Reader, asked: Mapping[str, str], _caller: Caller) -> Subject:
    return subject_of_hours(await hours_of(reader[HOURS], asked["hours_id"]))


async def own_school(_reader: Reader, _asked: Mapping[str, str], caller: Caller) -> Subject:
    """The caller's own schools: the body names which; the route then asks `edge.permit` for that one."""
    return Subject(organisations=frozenset(held.organisation_id for held in caller.roles))
