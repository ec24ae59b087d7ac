"""The story: nine steps in order; each is checked as it is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.demo import arriving, booking, forgetting, outage, projecting, setting_out, timetabling, tracing, waiting
from cli.demo.day import Day
from cli.demo.telling import Teller
from deploy.local.description import Description
from deploy.local.town import Town

Act = Callable[[Day], object]
EVERY_SERVICE = {"profile", "scheduler", "community"}


@dataclass(frozen=True, slots=True)
class Step:
    """A chapter and its acts; a `traced` one is one story, under one correlation id."""

    number: int
    title: str
    acts: Sequence[Act]
    traced: bool = False


STEPS = (
    Step(
        1,
        "The data clerk imports a roster",
        (
            arriving.open_district,
            arriving.import_roster,
            arriving.import_again,
            arriving.gather_cast,
            arriving.sign_in_all,
        ),
    ),
    Step(
        2,
        "The principal sets up time and space",
        (timetabling.set_calendar, timetabling.draw_days, timetabling.furnish),
    ),
    Step(
        3,
        "A learner sets out",
        (setting_out.write_profile, setting_out.write_goal, setting_out.propose_target),
    ),
    Step(
        4,
        "What is open to me?",
        (booking.publish, booking.see_openings, booking.book, booking.be_refused, booking.goal_knows),
        traced=True,
    ),
    Step(5, "A seat comes free", (waiting.fill_and_wait, waiting.give_back)),
    Step(6, "The roll", (waiting.take_roll, waiting.see_attended)),
    Step(
        7,
        "A project with a partner",
        (
            projecting.propose,
            projecting.vet_partner,
            projecting.form_team,
            projecting.log_hours,
            projecting.show_project,
            projecting.see_growth,
            projecting.see_suggestions_follow,
        ),
        traced=True,
    ),
)


def begin(town: Town, roster: Path, slug: str = "green-valley", tell: Teller | None = None) -> Day:
    """A day in this town, for a district with this roster."""
    found = Description.read(town.folder)
    assert found is not None, "a running town describes itself"
    secret = Path(found.operator_secret_file).read_text().strip()
    return Day(
        base_url=town.base_url,
        folder=town.folder,
        roster=roster,
        tell=tell or Teller(),
        operator_secret=secret,
        slug=slug,
    )


def play(town: Town, roster: Path, slug: str = "green-valley", tell: Teller | None = None) -> Day:
    """Play all nine steps. Raises: Untrue, Refused, Trouble."""
    day = begin(town, roster, slug, tell)
    for step in STEPS:
        play_step(day, step)
    day.tell.chapter(8, "A learner is forgotten")
    forgetting.forget(day, town.mongo.admin_url, town.kafka.bootstrap)
    day.tell.chapter(9, "The home page, whole and with a part missing")
    outage.see_home(day)
    part = "community.api"
    outage.see_home_without(day, lambda: town.stop_service(part), lambda: town.start_service(part))
    return day


def play_step(day: Day, step: Step) -> None:
    """One chapter, and its trace where it has one."""
    day.tell.chapter(step.number, step.title)
    with day.one_story(step.number):
        for act in step.acts:
            act(day)
    if step.traced:
        tracing.show_trace(day, step.number, EVERY_SERVICE)
