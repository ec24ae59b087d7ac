"""The words for people that every service shares: what somebody is, at a school, a district or to Trellis itself."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is at a school, at the district, or to Trellis itself."""

    LEARNER = "learner"
    EDUCATOR = "educator"
    GUARDIAN = "guardian"
    PARTNER = "partner"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
