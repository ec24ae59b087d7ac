"""Projects stop on the day after their partner's papers run out."""

from dataclasses import dataclass, replace
from functools import partial

from kit.clock import now
from kit.edge import Store
from kit.envelope import Trace
from kit.ids import new_id
from kit.signals import StopSignal
from kit.transaction import Transaction
from services.community.domain.projects import Project, State, Turn, papers_lapsed
from services.community.store.collections import PROJECT, PROJECTS
from services.community.store.finding import project_of
from services.community.store.lapsed import lapsed_projects

BY_TRELLIS = "trellis"
"""Who did it, where no person did."""


@dataclass(frozen=True, slots=True)
class StopProject:
    """Which project."""

    project_id: str


async def stop_project(tx: Transaction, order: StopProject) -> Project:
    """Stop a running project whose partner's papers have run out; any other stays as it is.

    Raises: Refusals of NoSuchProject.
    """
    project = await project_of(tx[PROJECTS], order.project_id)
    if project.state is not State.RUNNING or papers_lapsed(project, tx.now.date()) is None:
        return project
    turn = Turn(State.STOPPED, BY_TRELLIS, tx.now, "A paper of the partner has expired.")
    stopped = replace(project, state=State.STOPPED, turns=(*project.turns, turn))
    return replace(stopped, version=tx[PROJECTS].save(PROJECT.pack(stopped)))


async def stop_lapsed_projects(store: Store, every_seconds: float, stop: StopSignal) -> None:
    """A worker's job: every so often, stop the projects whose partner's papers have run out. Safe in many workers."""
    while not stop.is_set:
        for found in await lapsed_projects(store.mongo, now().date()):
            body = partial(stop_project, order=StopProject(found.project_id))
            await store.transact(found.district_id, Trace(new_id("corr")), body)
        await stop.pause(every_seconds)
