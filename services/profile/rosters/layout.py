"""Layout: the files of a OneRoster CSV set and their exact columns, versions 1.1 and 1.2.

Source: 1EdTech OneRoster CSV Binding 1.2.1 and CSV Tables 1.1.1.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

Version = Literal["1.1", "1.2"]
Mode = Literal["bulk", "delta", "absent"]
Kind = Literal["text", "list", "flag", "date", "year", "integer", "number", "secret", "user-ids", "family-name", "enum"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `name` is what the file says, `key` what Trellis calls it (the name in version 1.2).

    `refers_to` is the file whose sourcedId it holds; a `binding` reference that leads nowhere costs the row,
    another is dropped and the row kept.
    """

    name: str
    key: str
    required: bool
    kind: Kind
    choices: tuple[str, ...] = ()
    refers_to: str | None = None
    binding: bool = False


CHOICES: dict[str, tuple[str, ...]] = {
    "session": ("gradingPeriod", "semester", "schoolYear", "term"),
    "org": ("department", "school", "district", "local", "state", "national"),
    "class": ("homeroom", "scheduled"),
    "role-type": ("primary", "secondary"),
    "role": (
        "aide",
        "counselor",
        "districtAdministrator",
        "guardian",
        "parent",
        "principal",
        "proctor",
        "relative",
        "siteAdministrator",
        "student",
        "systemAdministrator",
        "teacher",
    ),
    "role-1.1": ("administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher"),
    "enrollment": ("administrator", "proctor", "student", "teacher"),
    "sex": ("male", "female", "unspecified", "other"),
    "score": ("exempt", "fully graded", "not submitted", "partially graded", "submitted"),
    "source": ("case", "unknown"),
}

# name, then * where a value is required, :kind or =choices, and a reference: >file costs the row when it leads
# nowhere, ?file is dropped. A class without its course, or a person without a guardian's link, is still worth having.
_DEMOGRAPHICS = (
    "birthDate:date sex=sex americanIndianOrAlaskaNative:flag asian:flag blackOrAfricanAmerican:flag "
    "nativeHawaiianOrOtherPacificIslander:flag white:flag demographicRaceTwoOrMoreRaces:flag "
    "hispanicOrLatinoEthnicity:flag countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus"
)
_V1_2: dict[str, str] = {
    "orgs": "name* type*=org identifier parentSourcedId?orgs",
    "academicSessions": (
        "title* type*=session startDate*:date endDate*:date parentSourcedId?academicSessions schoolYear*:year"
    ),
    "courses": (
        "schoolYearSourcedId?academicSessions title* courseCode grades:list orgSourcedId*>orgs "
        "subjects:list subjectCodes:list"
    ),
    "classes": (
        "title* grades:list courseSourcedId*?courses classCode classType*=class location schoolSourcedId*>orgs "
        "termSourcedIds*:list>academicSessions subjects:list subjectCodes:list periods:list"
    ),
    "users": (
        "enabledUser*:flag username* userIds:user-ids givenName* familyName*:family-name middleName identifier email "
        "sms phone agentSourcedIds:list?users grades:list password:secret userMasterIdentifier preferredGivenName "
        "preferredMiddleName preferredFamilyName primaryOrgSourcedId?orgs pronouns"
    ),
    "userProfiles": (
        "userSourcedId*>users profileType* vendorId* applicationId description credentialType* username* "
        "password:secret"
    ),
    "roles": (
        "userSourcedId*>users roleType*=role-type role*=role beginDate:date endDate:date orgSourcedId*>orgs "
        "userProfileSourcedId?userProfiles"
    ),
    "demographics": _DEMOGRAPHICS,
    "enrollments": (
        "classSourcedId*>classes schoolSourcedId*>orgs userSourcedId*>users role*=enrollment primary:flag "
        "beginDate:date endDate:date"
    ),
    "categories": "title* weight:integer",
    "scoreScales": (
        "title* type* orgSourcedId*>orgs courseSourcedId*?courses classSourcedId*>classes scoreScaleValue*:list"
    ),
    "lineItems": (
        "title* description assignDate*:date dueDate*:date classSourcedId*>classes categorySourcedId* "
        "academicSessionSourcedId*>academicSessions resultValueMin:number resultValueMax:number schoolSourcedId*>orgs"
    ),
    "lineItemScoreScales": "title lineItemSourcedId* scoreScaleSourcedId*",
    "lineItemLearningObjectiveIds": "lineItemSourcedId* source*=source learningObjectiveId*",
    "results": (
        "lineItemSourcedId* studentSourcedId*>users scoreStatus*=score score:number scoreDate*:date comment textScore "
        "classSourcedId?classes inProgress:flag incomplete:flag late:flag missing:flag"
    ),
    "resultScoreScales": "title resultSourcedId* scoreScaleSourcedId*",
    "resultLearningObjectiveIds": "resultSourcedId* source*=source learningObjectiveId* score:number textScore",
    "resources": "vendorResourceId* title roles:list importance=role-type vendorId applicationId",
    "classResources": "title classSourcedId*>classes resourceSourcedId*",
    "courseResources": "title courseSourcedId*>courses resourceSourcedId*",
    "userResources": "userSourcedId*>users orgSourcedId?orgs classSourcedId?classes resourceSourcedId*",
}
_V1_1: dict[str, str] = {
    **{
        name: _V1_2[name]
        for name in (
            "orgs",
            "academicSessions",
            "courses",
            "classes",
            "demographics",
            "enrollments",
            "resources",
            "classResources",
            "courseResources",
        )
    },
    "users": (
        "enabledUser*:flag orgSourcedIds*:list>orgs role*=role-1.1 username* userIds:user-ids givenName* "
        "familyName*:family-name middleName identifier email sms phone agentSourcedIds:list?users grades:list "
        "password:secret"
    ),
    "categories": "title*",
    "lineItems": (
        "title* description assignDate*:date dueDate*:date classSourcedId*>classes categorySourcedId* "
        "gradingPeriodSourcedId*>academicSessions resultValueMin:number resultValueMax:number"
    ),
    "results": "lineItemSourcedId* studentSourcedId*>users scoreStatus*=score score:number scoreDate*:date comment",
}

# What a file is called in 1.1 and what Trellis calls it.
_RENAMED = {"gradingPeriodSourcedId": "academicSessionSourcedId"}

# Columns that mean the same to every file; bulk leaves status and date blank, delta fills both.
LEADING = ("sourcedId", "status", "dateLastModified")

# Files in the order in which each refers only to earlier ones (or to itself).
FILE_ORDER: tuple[str, ...] = tuple(_V1_2)

# Spellings met in real exports that no general rule would find safely.
KNOWN_MISSPELLINGS = {
    "datalastmodified": "dateLastModified",
    "preferredfirstname": "preferredGivenName",
    "preferredlastname": "preferredFamilyName",
}


def file_names(version: Version) -> tuple[str, ...]:
    """The data files of `version`, in `FILE_ORDER`."""
    known = _V1_1 if version == "1.1" else _V1_2
    return tuple(name for name in FILE_ORDER if name in known)


@cache
def columns_of(version: Version, file: str) -> tuple[Column, ...]:
    """The columns of `file` in their exact order, without metadata. Raises KeyError for a file `version` lacks."""
    known = _V1_1 if version == "1.1" else _V1_2
    leading = [Column(name, name, name == "sourcedId", "text") for name in LEADING]
    if file == "demographics":
        leading[0] = Column("sourcedId", "sourcedId", True, "text", refers_to="users", binding=True)
    return (*leading, *(_column(notation) for notation in known[file].split()))


def _column(notation: str) -> Column:
    rest, reference, binding = _split_reference(notation)
    rest, _, choices = rest.partition("=")
    rest, _, kind = rest.partition(":")
    name = rest.removesuffix("*")
    return Column(
        name=name,
        key=_RENAMED.get(name, name),
        required=rest.endswith("*"),
        kind="enum" if choices else cast(Kind, kind or "text"),
        choices=CHOICES[choices] if choices else (),
        refers_to=reference,
        binding=binding,
    )


def _split_reference(notation: str) -> tuple[str, str | None, bool]:
    for mark, binding in ((">", True), ("?", False)):
        rest, found, target = notation.partition(mark)
        if found:
            return rest, target, binding
    return notation, None, False
