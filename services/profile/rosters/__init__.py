"""Rosters: a district's OneRoster CSV set, read with every fault named and nothing changed."""

from services.profile.rosters.archive import RosterArchive
from services.profile.rosters.findings import Finding, Report, Severity
from services.profile.rosters.layout import FILE_ORDER, Mode, Version
from services.profile.rosters.limits import Limits
from services.profile.rosters.manifest import Source
from services.profile.rosters.reading import RosterRow, row_digest
from services.profile.rosters.references import Known, References, check_references, read_set
from services.profile.rosters.roles import PersonRole, role_of
from services.profile.rosters.values import Value

__all__ = [
    "FILE_ORDER",
    "Finding",
    "Known",
    "Limits",
    "Mode",
    "PersonRole",
    "References",
    "Report",
    "RosterArchive",
    "RosterRow",
    "Severity",
    "Source",
    "Value",
    "Version",
    "check_references",
    "read_set",
    "role_of",
    "row_digest",
]
