"""All collections of community, made at start, and how their documents become values."""

from kit.directory import PEOPLE
from kit.mongo import Collection, Index
from kit.records import Record
from services.community.domain.hours import Hours, Timesheet
from services.community.domain.partners import Partner
from services.community.domain.projects import Project
from services.community.domain.reflections import Reflection

PARTNERS = Collection(
    "partners",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "school_ids", "name", "_id")), Index(("district_id", "contact_ids"))),
)
PROJECTS = Collection(
    "projects",
    shard_key=("district_id", "_id"),
    indexes=(
        Index(("district_id", "school_id", "state", "-proposed_at", "-_id")),
        Index(("district_id", "members.person_id", "-proposed_at")),
        Index(("district_id", "proposed_by", "-proposed_at")),
        Index(("district_id", "contact_ids", "-proposed_at")),
        Index(("district_id", "turns.by")),
        Index(("partner_until",), partial={"state": "running"}),
    ),
)
HOURS = Collection(
    "hours",
    shard_key=("district_id", "_id"),
    indexes=(
        Index(("district_id", "project_id", "-logged_at", "-_id")),
        Index(("district_id", "person_id", "-logged_at", "-_id")),
        Index(("district_id", "contact_ids", "state", "logged_at", "_id")),
        Index(("district_id", "school_id", "state", "logged_at", "_id")),
        Index(("district_id", "verified_by")),
        Index(("district_id", "approved_by")),
    ),
)
REFLECTIONS = Collection(
    "reflections",
    shard_key=("district_id", "_id"),
    indexes=(
        Index(("district_id", "person_id", "-written_at", "-_id")),
        Index(("district_id", "project_id", "written_at")),
    ),
)
TIMESHEETS = Collection("timesheets", shard_key=("district_id", "_id"))
BUSY = Collection("busy", shard_key=("district_id", "_id"), indexes=(Index(("district_id", "person_id", "starts_at")),))
ERASURES = Collection("erasures", shard_key=("district_id", "_id"))

PARTNER = Record(Partner, "partner_id")
PROJECT = Record(Project, "project_id")
HOURS_RECORD = Record(Hours, "hours_id")
REFLECTION = Record(Reflection, "reflection_id")
TIMESHEET = Record(Timesheet, "person_id")

COLLECTIONS = (PARTNERS, PROJECTS, HOURS, REFLECTIONS, TIMESHEETS, BUSY, ERASURES, PEOPLE)
