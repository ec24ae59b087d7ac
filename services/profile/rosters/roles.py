"""Roles: what a role of the standard makes a person in Trellis."""

from typing import Literal

PersonRole = Literal["learner", "educator", "guardian", "administrator"]

_ROLES: dict[str, PersonRole] = {
    "student": "learner",
    "teacher": "educator",
    "aide": "educator",
    "counselor": "educator",
    "proctor": "educator",
    "guardian": "guardian",
    "parent": "guardian",
    "relative": "guardian",
    "principal": "administrator",
    "siteadministrator": "administrator",
    "districtadministrator": "administrator",
    "systemadministrator": "administrator",
    "administrator": "administrator",
}


def role_of(oneroster_role: str) -> PersonRole | None:
    """The role in Trellis of `oneroster_role`, whatever its case; None for one the standard does not name."""
    return _ROLES.get(oneroster_role.casefold())
