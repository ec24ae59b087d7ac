"""Rows: a sample district as OneRoster 1.2 writes it, file by file, one row at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from cli.sample_names import Name, family_name, name_of, tongue_of
from cli.sample_town import (
    CORE_SUBJECTS,
    ELECTIVE_PERIOD,
    ELECTIVES,
    HOMEROOM_PERIOD,
    Group,
    Learner,
    School,
    Topic,
    Year,
    draw,
)

Row = tuple[str, ...]


class Kind(IntEnum):
    """What a person is in the sample; with a number, it makes the person's sourcedId."""

    LEARNER = 0
    TEACHER = 1
    GUARDIAN = 2
    OFFICE = 3


DISTRICT, YEAR, TERMS = "org-0000", "ses-year", ("ses-first", "ses-second")
_START = ("", "")  # status and dateLastModified, blank in a bulk file
_SEXES = ("female", "male") * 49 + ("other", "unspecified")
_ORIGINS = 6
_OFFICE = ("principal", "siteAdministrator", "counselor")
_USERNAMES = {"principal": "principal", "siteAdministrator": "site", "counselor": "counselor"}


@dataclass(frozen=True, slots=True)
class Town:
    """Everything that a sample follows from."""

    schools: list[School]
    year: Year
    seed: int


def orgs(town: Town) -> Iterator[Row]:
    """The district and its schools."""
    yield DISTRICT, *_START, "Sample District", "district", "D-0000", ""
    for school in town.schools:
        yield _org(school), *_START, school.name, "school", f"S-{school.number:04}", DISTRICT


def academic_sessions(town: Town) -> Iterator[Row]:
    """A school year and its two semesters."""
    year, ends = town.year, str(town.year.ends_on.year)
    first_ends_on = year.second_starts_on - timedelta(days=1)
    yield YEAR, *_START, f"School Year {ends}", "schoolYear", str(year.starts_on), str(year.ends_on), "", ends
    yield TERMS[0], *_START, "First Semester", "semester", str(year.starts_on), str(first_ends_on), YEAR, ends
    yield TERMS[1], *_START, "Second Semester", "semester", str(year.second_starts_on), str(year.ends_on), YEAR, ends


def courses(town: Town) -> Iterator[Row]:
    """For each school: homeroom, four subjects in every grade, and the electives."""
    for school in town.schools:
        yield _course(school, "homeroom", "Homeroom", school.grades, "")
        for grade in school.grades:
            for subject, title in enumerate(CORE_SUBJECTS):
                yield _course(school, _core(grade, subject), f"{title} {_grade(grade)}", (grade,), title)
        for elective in range(min(len(ELECTIVES), len(school.groups))):
            yield _course(school, f"e{elective}", ELECTIVES[elective], school.grades, "Arts")


def _course(school: School, mark: str, title: str, grades: tuple[int, ...], subject: str) -> Row:
    listed = ",".join(_grade(grade) for grade in grades)
    code = mark.upper()
    return _course_id(school, mark), *_START, YEAR, title, code, listed, _org(school), subject, ""


def classes(town: Town) -> Iterator[Row]:
    """For each group: its homeroom, its four core classes, and one elective open to the grade."""
    for school in town.schools:
        for group in school.groups:
            yield _class(school, group, "h", "Homeroom", "homeroom", "homeroom", HOMEROOM_PERIOD)
            for subject, title in enumerate(CORE_SUBJECTS):
                period = school.core_period(group.number, subject)
                yield _class(school, group, str(subject), title, _core(group.grade, subject), "scheduled", period)
            elective = group.number % len(ELECTIVES)
            yield _class(school, group, "e", ELECTIVES[elective], f"e{elective}", "scheduled", ELECTIVE_PERIOD)


def _class(school: School, group: Group, mark: str, title: str, course: str, kind: str, period: int) -> Row:
    label = f"{title} {_grade(group.grade)}-{group.number + 1}"
    room = f"Room {101 + group.number}"
    place = (_org(school), ",".join(TERMS))
    class_id, code = _class_id(school, group.number, mark), f"{group.number + 1}{mark}".upper()
    course_id = _course_id(school, course)
    return (class_id, *_START, label, _grade(group.grade), course_id, code, kind, room, *place, "", "", str(period))


def users(town: Town) -> Iterator[Row]:
    """The district's administrator, then school by school: staff, learners, guardians."""
    yield _staff(town, (Kind.OFFICE, 0), "district-0001", "district.example.org", DISTRICT)
    guardians = 0
    for school in town.schools:
        yield from _staff_of(town, school)
        for household in school.households():
            yield from (_learner(town, school, learner) for learner in household)
            for place in range(school.guardians_of(household[0].number)):
                guardians += 1
                yield _guardian(town, school, household, place, guardians)


def _staff_of(town: Town, school: School) -> Iterator[Row]:
    host = f"school-{school.number:04}.example.org"
    for place, role in enumerate(_OFFICE):
        username = f"{_USERNAMES[role]}-{school.number:04}"
        yield _staff(town, _office(school, place), username, host, _org(school))
    for teacher in school.teachers:
        yield _staff(town, (Kind.TEACHER, teacher), f"teacher-{teacher:04}", host, _org(school))


def _office(school: School, place: int) -> tuple[Kind, int]:
    return Kind.OFFICE, len(_OFFICE) * school.number + place


def _staff(town: Town, who: tuple[Kind, int], username: str, host: str, org: str) -> Row:
    chance = draw(town.seed, Topic.STAFF_NAME, len(Kind) * who[1] + who[0])
    tongue = tongue_of(chance)
    name = name_of(tongue, family_name(tongue, chance >> 8), chance >> 16)
    return _user(_user_id(town, *who), username, name, host, org)


def _learner(town: Town, school: School, learner: Learner) -> Row:
    username, host = f"learner-{learner.number:04}", f"students.school-{school.number:04}.example.org"
    agents = ",".join(_guardian_ids(town, school, learner.household))
    name = _household_name(town, learner.household, draw(town.seed, Topic.GIVEN, learner.number))
    return _user(_learner_id(town, learner), username, name, host, _org(school), agents, _grade(learner.grade))


def _guardian(town: Town, school: School, household: list[Learner], place: int, number: int) -> Row:
    head = household[0].number
    name = _household_name(town, head, draw(town.seed, Topic.GUARDIAN_NAME, 2 * head + place))
    agents = ",".join(_learner_id(town, learner) for learner in household)
    guardian_id = _guardian_ids(town, school, head)[place]
    phone = f"+1 555 01{number % 100:02}"
    return _user(guardian_id, f"guardian-{number:04}", name, "families.example.org", _org(school), agents, phone=phone)


def _household_name(town: Town, household: int, chance: int) -> Name:
    tongue = tongue_of(draw(town.seed, Topic.TONGUE, household))
    return name_of(tongue, family_name(tongue, draw(town.seed, Topic.FAMILY, household)), chance)


def _user(
    user_id: str, username: str, name: Name, host: str, org: str, agents: str = "", grade: str = "", phone: str = ""
) -> Row:
    called = (name.given, name.family, name.middle)
    reached = (f"{username}@{host}", "", phone)
    return (
        *(user_id, *_START, "true", username, "", *called, username.upper(), *reached, agents, grade),
        *("", "", name.preferred, "", "", org, ""),
    )


def roles(town: Town) -> Iterator[Row]:
    """One primary role for everyone, and a second school for every fortieth teacher."""
    yield _role(_user_id(town, Kind.OFFICE, 0), "districtAdministrator", DISTRICT)
    for school in town.schools:
        for place, role in enumerate(_OFFICE):
            yield _role(_user_id(town, *_office(school, place)), role, _org(school))
        for teacher in school.teachers:
            teacher_id = _user_id(town, Kind.TEACHER, teacher)
            yield _role(teacher_id, "teacher", _org(school))
            if shares_teacher(town, teacher):
                second = town.schools[school.number % len(town.schools)]
                yield _role(teacher_id, "teacher", _org(second), "secondary")
        for household in school.households():
            yield from (_role(_learner_id(town, learner), "student", _org(school)) for learner in household)
            for guardian_id in _guardian_ids(town, school, household[0].number):
                yield _role(guardian_id, "guardian", _org(school))


def shares_teacher(town: Town, teacher: int) -> bool:
    """Whether a teacher works at the next school as well."""
    return len(town.schools) > 1 and teacher % 40 == 0


def _role(user_id: str, role: str, org: str, role_type: str = "primary") -> Row:
    return f"rol-{user_id[4:]}-{role_type}", *_START, user_id, role_type, role, "", "", org, ""


def demographics(town: Town) -> Iterator[Row]:
    """Birth date and sex of every learner, and the origin that some families state."""
    for school in town.schools:
        for learner in school.learners():
            days = draw(town.seed, Topic.BIRTH, learner.number) % 365
            born_on = town.year.starts_on - timedelta(days=365 * (5 + learner.grade) + days)
            sex = _SEXES[draw(town.seed, Topic.SEX, learner.number) % len(_SEXES)]
            yield _learner_id(town, learner), *_START, str(born_on), sex, *_origin(town, learner), "", "", "", ""


def _origin(town: Town, learner: Learner) -> Row:
    chance = draw(town.seed, Topic.ORIGIN, learner.number)
    if chance % 5 < 2:
        return ("",) * (_ORIGINS + 1)
    stated = (chance >> 8) % _ORIGINS
    flags = ["true" if place == stated else "false" for place in range(_ORIGINS)]
    return *flags, "true" if (chance >> 16) % 4 == 0 else "false"


def enrollments(town: Town) -> Iterator[Row]:
    """A teacher for every class; for every learner a homeroom, four core classes and an elective."""
    for school in town.schools:
        for group in school.groups:
            for mark, period in _timetable(school, group.number):
                teacher = _user_id(town, Kind.TEACHER, school.teacher_of(group.number, period))
                yield _enrollment(town, school, _class_id(school, group.number, mark), teacher, "teacher", "true")
        for learner in school.learners():
            for mark in ("h", "0", "1", "2", "3", "e"):
                group_number = learner.elective_group if mark == "e" else learner.group
                class_id = _class_id(school, group_number, mark)
                yield _enrollment(town, school, class_id, _learner_id(town, learner), "student", "")


def _timetable(school: School, group: int) -> list[tuple[str, int]]:
    core = [(str(subject), school.core_period(group, subject)) for subject in range(len(CORE_SUBJECTS))]
    return [("h", HOMEROOM_PERIOD), *core, ("e", ELECTIVE_PERIOD)]


def _enrollment(town: Town, school: School, class_id: str, user_id: str, role: str, primary: str) -> Row:
    enrollment_id = f"enr-{class_id[4:]}-{user_id[4:]}"
    return enrollment_id, *_START, class_id, _org(school), user_id, role, primary, str(town.year.starts_on), ""


FILES: dict[str, tuple[str, Callable[[Town], Iterator[Row]]]] = {
    "academicSessions": ("title,type,startDate,endDate,parentSourcedId,schoolYear", academic_sessions),
    "orgs": ("name,type,identifier,parentSourcedId", orgs),
    "courses": ("schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes", courses),
    "classes": (
        "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,"
        "subjectCodes,periods",
        classes,
    ),
    "users": (
        "enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,"
        "grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,"
        "primaryOrgSourcedId,pronouns",
        users,
    ),
    "roles": ("userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId", roles),
    "demographics": (
        "birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,"
        "nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,"
        "countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
        demographics,
    ),
    "enrollments": ("classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate", enrollments),
}
"""The files a sample has: the columns after the three that all share, and where the rows come from."""


def _org(school: School) -> str:
    return f"org-{school.number:04}"


def _user_id(town: Town, kind: Kind, number: int) -> str:
    """An identifier that says nothing of the person. `draw` is one to one, so no two are alike."""
    return f"usr-{draw(town.seed, Topic.IDENTITY, len(Kind) * number + kind):016x}"


def _learner_id(town: Town, learner: Learner) -> str:
    return _user_id(town, Kind.LEARNER, learner.number)


def _guardian_ids(town: Town, school: School, household: int) -> list[str]:
    count = school.guardians_of(household)
    return [_user_id(town, Kind.GUARDIAN, 2 * household + place) for place in range(count)]


def _course_id(school: School, mark: str) -> str:
    return f"crs-{school.number:04}-{mark}"


def _core(grade: int, subject: int) -> str:
    return f"g{grade}s{subject}"


def _class_id(school: School, group: int, mark: str) -> str:
    return f"cls-{school.number:04}-{group:03}-{mark}"


def _grade(grade: int) -> str:
    """The grade in the codes of CEDS, which the standard recommends."""
    return f"{grade:02}" if grade else "KG"
