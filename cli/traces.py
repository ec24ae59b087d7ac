"""The trace of one correlation id: what each service announced and heard, each step below its cause."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from cli.trouble import Trouble
from cli.whereabouts import FOLDER, DistrictOption, FolderOption, UrlOption, Whereabouts

console = Console(highlight=False)
Step = Mapping[str, Any]


def trace(
    correlation_id: Annotated[str, typer.Argument(help="From an answer's X-Correlation-Id, a problem or a notice.")],
    district: DistrictOption = None,
    url: UrlOption = None,
    folder: FolderOption = FOLDER,
) -> None:
    """Follow one correlation id through all services, in order."""
    town = Whereabouts.find(url, folder)
    journey = town.as_operator(town.only_district(district)).get(f"/v1/operations/trace/{correlation_id}")
    if not journey["steps"]:
        raise Trouble(f"Nothing is known of {correlation_id}. Was it this town, and this district?")
    for line in lines_of(journey["steps"]):
        console.print(line, soft_wrap=True)
    for part in journey["missing"]:
        console.print(f"[yellow]{part['part']} is missing: {part['why']}[/]")


def lines_of(steps: Iterable[Step]) -> list[Text]:
    """The steps as lines: milliseconds since the first, who, what, and the fact's id; deeper for each cause before."""
    known = list(steps)
    began = datetime.fromisoformat(known[0]["at"])
    return [_line(step, (datetime.fromisoformat(step["at"]) - began).total_seconds() * 1000) for step in known]


def _line(step: Step, after_ms: float) -> Text:
    mark, style = ("announces", "green") if step["kind"] == "announced" else ("hears", "cyan")
    indent = "  " * step["depth"]
    return Text.assemble(
        (f"{after_ms:8.0f} ms  ", "dim"),
        f"{indent}{step['service']} ",
        (f"{mark} ", style),
        (step["type"], "bold"),
        (f"  {step['event_id']}", "dim"),
    )
