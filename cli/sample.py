"""Sample: a made-up district as a OneRoster 1.2 set, for demonstrations and tests of size."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.sample_rows import FILES, Row, Town, shares_teacher
from cli.sample_town import CORE_SUBJECTS, ELECTIVES, Year, plan_schools, year_around

# All names of the standard, because the manifest must mention each.
_ALL_FILES = (
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
)
# The earliest moment a ZIP can say: the same sample is the same bytes whenever it is written.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX, _READABLE = 3, 0o644 << 16
_OFFICE_STAFF = 3
_CLASSES_PER_GROUP = len(CORE_SUBJECTS) + 2
_REPORT_EVERY = 1000


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """How many of each a sample holds; `rows` counts the rows of all files but the manifest."""

    schools: int
    learners: int
    teachers: int
    staff: int
    guardians: int
    classes: int
    enrollments: int
    rows: int


def write_sample(
    path: Path,
    *,
    schools: int,
    learners: int,
    seed: int,
    year_starts_on: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SampleCounts:
    """Write a valid bulk set to `path`, in the same bytes for the same arguments.

    Without `year_starts_on` the school year is the one around today, from 1 August. `progress` hears rows written and
    rows in all. Rows are written as they are made: memory does not grow with the district. The first of each kind is
    called learner-0001, teacher-0001, principal-0001, site-0001, counselor-0001, guardian-0001, district-0001.
    Raises: ValueError where there are fewer learners than schools; OSError where `path` cannot be written.
    """
    year = Year(year_starts_on) if year_starts_on else year_around(datetime.now().astimezone().date())
    town = Town(plan_schools(schools, learners, seed), year, seed)
    counts = _count(town)
    unfinished = path.with_name(path.name + ".part")
    try:
        with zipfile.ZipFile(unfinished, "w") as container:
            _write_file(container, "manifest.csv", _manifest())
            written = 0
            for name in FILES:
                written = _write_file(container, f"{name}.csv", _rows(town, name), written, counts.rows, progress)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return counts


def _count(town: Town) -> SampleCounts:
    schools, learners = len(town.schools), sum(school.learners_count for school in town.schools)
    teachers = sum(len(school.teachers) for school in town.schools)
    groups = sum(len(school.groups) for school in town.schools)
    guardians = sum(
        school.guardians_of(household[0].number) for school in town.schools for household in school.households()
    )
    staff = teachers + schools * _OFFICE_STAFF + 1
    classes = groups * _CLASSES_PER_GROUP
    enrollments = classes + learners * _CLASSES_PER_GROUP
    people = learners + staff + guardians
    shared = sum(shares_teacher(town, teacher) for school in town.schools for teacher in school.teachers)
    rows = (schools + 1) + 3 + _count_courses(town) + classes + people + (people + shared) + learners + enrollments
    return SampleCounts(schools, learners, teachers, staff, guardians, classes, enrollments, rows)


def _count_courses(town: Town) -> int:
    return sum(
        1 + len(CORE_SUBJECTS) * len(school.grades) + min(len(ELECTIVES), len(school.groups)) for school in town.schools
    )


def _manifest() -> Iterator[Row]:
    yield "propertyName", "value"
    yield "manifest.version", "1.0"
    yield "oneroster.version", "1.2"
    for name in _ALL_FILES:
        yield f"file.{name}", "bulk" if name in FILES else "absent"
    yield "source.systemName", "Trellis sample"
    yield "source.systemCode", "trellis-sample"


def _rows(town: Town, name: str) -> Iterator[Row]:
    columns, make = FILES[name]
    yield ("sourcedId", "status", "dateLastModified", *columns.split(","))
    yield from make(town)


def _write_file(
    container: zipfile.ZipFile,
    name: str,
    rows: Iterator[Row],
    written: int = 0,
    total: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write one file and answer how many rows, headers apart, the set has by then."""
    member = zipfile.ZipInfo(name, _ZIP_EPOCH)
    member.compress_type, member.create_system, member.external_attr = zipfile.ZIP_DEFLATED, _UNIX, _READABLE
    with container.open(member, "w") as opened, io.TextIOWrapper(opened, encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(next(rows))
        for row in rows:
            writer.writerow(row)
            written += 1
            if progress and (written % _REPORT_EVERY == 0 or written == total):
                progress(written, total)
    return written


def sample(
    out: Annotated[Path, typer.Argument(help="The ZIP file to write.", dir_okay=False, writable=True)],
    schools: Annotated[int, typer.Option(min=1, help="How many schools.")] = 3,
    learners: Annotated[int, typer.Option(min=1, help="How many learners, all schools together.")] = 600,
    seed: Annotated[int, typer.Option(help="Another seed, other people; the same seed, the same bytes.")] = 1,
) -> None:
    """Write a made-up district as a OneRoster 1.2 set."""
    if learners < schools:
        raise typer.BadParameter(f"Each school needs a learner: at least {schools}.", param_hint="--learners")
    console = Console()
    bar = Progress(
        TextColumn("Writing rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )
    with bar:
        task = bar.add_task("rows", total=None)
        counts = write_sample(
            out,
            schools=schools,
            learners=learners,
            seed=seed,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    console.print(
        f"{out}: {counts.schools} schools, {counts.learners} learners, {counts.teachers} teachers, "
        f"{counts.guardians} guardians, {counts.classes} classes, {counts.enrollments} enrollments. "
        "Sign-ins to begin with: learner-0001, teacher-0001, principal-0001, guardian-0001, district-0001."
    )
