"""The words for people that every service shares: roles, and what one person is to another."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is at a school, at the district, or to Trellis itself."""

    LEARNER = "learner"
    EDUCATOR = "educator"
    GUARDIAN = "guardian"
    PARTNER = "partner"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


class Relation(StrEnum):
    """What a person is to the one a record is about; a circle such as `team` is named by the record itself."""

    OWN = "own"
    FAMILY = "family"
    CLASS = "class"
    SCHOOL = "school"
    DISTRICT = "district"
