"""Topics and dead letters: made and compared, looked at, replayed, dropped."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.trouble import Trouble
from cli.whereabouts import FOLDER, FolderOption, kafka_of
from contracts.registry import SERVICES
from contracts.topics import TOPICS
from kit.bus import apply_topics, plan_topics, reachable
from kit.dead_letters import (
    DeadLetter,
    NoSuchDeadLetter,
    dead_letter_topic,
    drop_letters,
    list_letters,
    replay_letters,
    show_letter,
)

topics = typer.Typer(help="Topics: what is declared, and what the broker has.", invoke_without_command=True)
dead_letters = typer.Typer(help="What consumers put aside.", no_args_is_help=True)
console = Console(highlight=False)
LetterIds = Annotated[list[str], typer.Argument(help="Ids, as `dead-letters list` shows them.")]


def broker(folder: Path) -> str:
    """The address of a broker that answers. Raises: Trouble."""
    bootstrap = kafka_of(folder)
    if not asyncio.run(reachable(bootstrap)):
        raise Trouble(f"Kafka at {bootstrap} does not answer.")
    return bootstrap


@topics.callback()
def topics_alone(ctx: typer.Context) -> None:
    """Topics: what is declared, and what the broker has. Without a command, the declared ones."""
    if ctx.invoked_subcommand is None:
        list_topics()


@topics.command("list")
def list_topics() -> None:
    """Show the declared topics: how wide, whose, who reads, and by which key they keep order."""
    table = Table("Topic", "Partitions", "Kept", "Key", "Owner", "Readers", box=None)
    for topic in TOPICS:
        kept = "compacted" if topic.compacted else f"{topic.retention.days} days"
        table.add_row(topic.name, str(topic.partitions), kept, topic.key, topic.owner, ", ".join(topic.readers))
    console.print(table)


@topics.command("plan")
def plan(folder: FolderOption = FOLDER) -> None:
    """Show what `topics apply` would change."""
    changes = plan_topics(broker(folder), TOPICS)
    for change in changes:
        console.print(str(change))
    console.print(f"{len(changes)} changes to make." if changes else "The broker is as declared.")


@topics.command("apply")
def apply(folder: FolderOption = FOLDER) -> None:
    """Make the topics as declared; again and again is safe."""
    changes = apply_topics(broker(folder), TOPICS)
    for change in changes:
        console.print(str(change))
    console.print(f"{len(changes)} changes made." if changes else "The broker was as declared: nothing to do.")


@dead_letters.command("list")
def list_all(folder: FolderOption = FOLDER) -> None:
    """Show every dead letter that is still there."""
    bootstrap = broker(folder)
    letters = [letter for service in SERVICES for letter in list_letters(bootstrap, dead_letter_topic(service))]
    table = Table("Id", "Reason", "Type", "Attempts", "Since", box=None)
    for letter in letters:
        table.add_row(letter.letter_id, letter.reason, letter.type, str(letter.attempts), f"{letter.at:%F %T}")
    console.print(table if letters else "No dead letters.")


@dead_letters.command("show")
def show(letter_id: str, folder: FolderOption = FOLDER) -> None:
    """Show one dead letter: where it came from and why it is here; never what it says of people."""
    with _known():
        letter = show_letter(broker(folder), dead_letter_topic(_consumer_of(letter_id)), letter_id)
    for name, value in _told(letter):
        console.print(f"[bold]{name:>15}[/]  {escape(value)}")


@dead_letters.command("replay")
def replay(letter_ids: LetterIds, folder: FolderOption = FOLDER) -> None:
    """Send letters to their topics again; who has heard them already is not told twice."""
    bootstrap = broker(folder)
    for service, ids in _by_consumer(letter_ids).items():
        with _known():
            replayed = replay_letters(bootstrap, dead_letter_topic(service), ids)
        console.print(f"{len(replayed)} sent again to {', '.join(sorted({each.topic for each in replayed}))}.")


@dead_letters.command("drop")
def drop(letter_ids: LetterIds, folder: FolderOption = FOLDER) -> None:
    """Take letters out for good."""
    bootstrap = broker(folder)
    for service, ids in _by_consumer(letter_ids).items():
        with _known():
            console.print(f"{len(drop_letters(bootstrap, dead_letter_topic(service), ids))} dropped.")


@contextmanager
def _known() -> Iterator[None]:
    """Inside, a dead letter that is not there becomes trouble that says what to do."""
    try:
        yield
    except NoSuchDeadLetter as error:
        raise Trouble(f"No such dead letter: {error}. `trellis dead-letters list` shows what there is.") from error


def _by_consumer(letter_ids: list[str]) -> dict[str, list[str]]:
    """Ids by the consumer that put them aside."""
    found: dict[str, list[str]] = {}
    for letter_id in letter_ids:
        found.setdefault(_consumer_of(letter_id), []).append(letter_id)
    return found


def _consumer_of(letter_id: str) -> str:
    """The part before the first colon. Raises: Trouble where that is no service."""
    consumer = letter_id.partition(":")[0]
    if consumer not in SERVICES:
        raise Trouble(f"{letter_id} is no dead letter's id. `trellis dead-letters list` shows what there is.")
    return consumer


def _told(letter: DeadLetter) -> list[tuple[str, str]]:
    return [
        ("id", letter.letter_id),
        ("from", f"{letter.topic}, partition {letter.partition}, offset {letter.offset}"),
        ("put aside by", letter.consumer),
        ("reason", letter.reason),
        ("detail", letter.detail),
        ("attempts", str(letter.attempts)),
        ("since", letter.at.isoformat()),
        ("type", letter.type),
        ("fact", letter.event_id),
        ("correlation id", letter.correlation_id),
        ("size", f"{len(letter.value)} bytes"),
    ]
