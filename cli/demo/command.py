"""`trellis demo`: a town, its story, a summary, and the town stays up until Ctrl-C."""

import shutil
import time
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli.demo.day import Day
from cli.demo.story import play
from cli.demo.telling import Teller
from cli.running import running_town, tell_addresses, wait_for_ctrl_c
from cli.sample import write_sample
from cli.trouble import Trouble
from cli.whereabouts import DEMO_FOLDER
from deploy.local.description import Description
from deploy.local.town import Town

SHOWN = ("maya", "ben", "teacher", "principal", "office", "guardian", "partner")


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the story instead of staying up.")] = False,
    schools: Annotated[int, typer.Option(min=1, help="How many schools the made-up district has.")] = 3,
    learners: Annotated[int, typer.Option(min=30, help="How many learners.")] = 240,
    seed: Annotated[int, typer.Option(help="Another seed, other people.")] = 1,
    folder: Annotated[Path, typer.Option(help="Where the demo's town keeps its data; emptied first.")] = DEMO_FOLDER,
) -> None:
    """The whole town on this machine: a made-up district lives a school day, told step by step."""
    if Description.read(folder) is not None:
        raise Trouble(f"A town runs in {folder} already. Stop it first (Ctrl-C), or name another --folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with running_town(folder) as town:
        began, tell = time.monotonic(), Teller()
        roster = made_up_district(town.folder / "green-valley.zip", schools, learners, seed, tell)
        day = play(town, roster, tell=tell)
        sum_up(day, town, time.monotonic() - began)
        if not once:
            wait_for_ctrl_c()


def made_up_district(path: Path, schools: int, learners: int, seed: int, tell: Teller) -> Path:
    """The roster of a district that does not exist."""
    counts = write_sample(path, schools=schools, learners=learners, seed=seed)
    tell.says(f"A made-up district: {counts.schools} schools, {counts.learners} learners, {counts.teachers} teachers.")
    return path


def sum_up(day: Day, town: Town, seconds: float) -> None:
    """What was played, who can sign in, and where to look."""
    told = partial(day.tell.console.print, soft_wrap=True)
    told(f"\n[bold green]All nine steps held, in {seconds:.0f} s.[/]")
    tell_addresses(town)
    told(f"  Follow a story trellis trace {day.stories[4]}")
    told("  Look after it  trellis doctor, trellis dead-letters list, trellis rebuild scheduler learners")
    told(f"\n[bold]Open {town.base_url}/sign-in?district={day.slug}[/] and be one of these")
    told("(the built-in sign-in believes everybody; it is for demos alone)")
    for part in SHOWN:
        somebody = day.cast[part]
        told(f"  {part:<10} {somebody.username:<15} {somebody.person_id}  {somebody.name}")
    told(f'  curl -H "Authorization: Bearer $(trellis sign-in {day["maya"].person_id})" {town.base_url}/v1/home')
