"""Rosters: upload, look at what it would do, then apply or discard it."""

import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from contracts.people import Role
from kit.conditions import ConditionMalformed, IfMatch, StaleVersion
from kit.deadline import deadline_scope
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.policy import SCHOOL, Policy
from kit.refusals import refuse
from kit.request import Edge, EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id
from services.profile.actions.accept_roster import AcceptRoster, accept_roster
from services.profile.actions.discard_roster import DiscardRoster, discard_roster
from services.profile.actions.upload_roster import (
    DropChunks,
    KeepChunk,
    UploadRoster,
    drop_chunks,
    keep_chunk,
    upload_roster,
)
from services.profile.domain.rosters import (
    Accepted,
    AnotherApplying,
    EmptyUpload,
    FindingsNotAccepted,
    NoSuchRoster,
    Roster,
    RosterNotReady,
    RosterState,
    RosterTooOld,
    RosterUnderWay,
    SupersededByAnother,
    TooMuchLeaving,
)
from services.profile.routes.subjects import the_district
from services.profile.store.rosters import CHUNK_BYTES, ROSTER, ROSTERS
from services.profile.views.roster import the_roster

routes = Routes(prefix="/v1/rosters", tags=["rosters"])
OFFICE = (Role.ADMINISTRATOR.value, SCHOOL)
WRITE = Policy(OFFICE, scope="rosters.write", subject=the_district, apps=True)
READ = Policy(OFFICE, scope="rosters.read", subject=the_district, apps=True)
MOST_BYTES = 512 * 1024 * 1024
_UPLOAD_SECONDS = 1800.0
_RECORD_SECONDS = 5.0


class DiffShown(BaseModel):
    """What one file would do. `samples`: some roster numbers of each kind, until it is applied or discarded."""

    mode: str
    standing: int
    added: int
    changed: int
    unchanged: int
    leaving: int
    samples: dict[str, tuple[str, ...]]


class FindingCountShown(BaseModel):
    """How often one thing is wrong with one file."""

    file: str
    code: str
    severity: str
    count: int


class ProgressShown(BaseModel):
    """How far a stage is: bytes while reading, rows while they are saved, else pages of up to 500."""

    stage: str
    done: int
    total: int


class RosterShown(BaseModel):
    """A roster: where it stands, what it would change, and what is wrong with it."""

    roster_id: str
    state: RosterState
    uploaded_by: str
    uploaded_at: datetime
    ended_at: datetime | None
    size_bytes: int
    oneroster_version: str | None
    progress: ProgressShown
    files: dict[str, DiffShown]
    findings: tuple[FindingCountShown, ...]
    too_much_leaving: tuple[str, ...]


class Acceptance(Body):
    """What was looked at and is meant."""

    accept_findings: bool = False
    accept_leaving: bool = False


@routes.post(
    "",
    policy=WRITE,
    refuses=[EmptyUpload],
    status_code=202,
    accepts=["application/zip"],
    most_bytes=MOST_BYTES,
    deadline_seconds=_UPLOAD_SECONDS,
)
async def post_roster(edge: EdgeDep) -> RosterShown:
    """Send a OneRoster CSV set as a ZIP. It is read first; nothing changes until it is applied."""
    roster_id = edge.new_id("roster")
    size, chunks = await _keep(edge, roster_id)
    if not size:
        raise refuse(EmptyUpload())
    order = UploadRoster(roster_id, edge.caller.caller_id, size, chunks)
    # The upload may have taken longer than a request usually may; what is left to do takes no time.
    with deadline_scope(time.time() + _RECORD_SECONDS):
        roster = await edge.act(upload_roster, order)
        if roster.roster_id != roster_id:  # a repeated request: the first one's upload stands
            await _act(edge, drop_chunks, DropChunks(roster_id))
    edge.location(f"/v1/rosters/{roster.roster_id}")
    return shown(roster)


@routes.get("", policy=READ, refuses=[StaleCursor])
async def get_rosters(ask: PageAskDep, edge: EdgeDep) -> Page[RosterShown]:
    """The rosters that were sent, the latest first."""
    order = Keyset(("-uploaded_at", "_id"))
    return await edge.page(ask, edge.reader[ROSTERS], {}, order, lambda found: shown(ROSTER.unpack(found)))


@routes.get("/{roster_id}", policy=READ, refuses=[NoSuchRoster])
async def get_roster(roster_id: Id, edge: EdgeDep) -> RosterShown:
    """Where a roster stands, and what it would change."""
    roster = await the_roster(edge.reader[ROSTERS], roster_id)
    edge.tag(roster.version)
    return shown(roster)


@routes.post(
    "/{roster_id}/apply",
    policy=WRITE,
    refuses=[
        NoSuchRoster,
        RosterNotReady,
        FindingsNotAccepted,
        TooMuchLeaving,
        SupersededByAnother,
        RosterTooOld,
        AnotherApplying,
        StaleVersion,
        ConditionMalformed,
    ],
    status_code=202,
)
async def apply_roster(roster_id: Id, body: Acceptance, edge: EdgeDep, version: IfMatch) -> RosterShown:
    """Let a roster that was read become what stands. The worker does it; look at the roster for its progress."""
    order = AcceptRoster(roster_id, Accepted(body.accept_findings, body.accept_leaving), version)
    return shown(await edge.act(accept_roster, order))


@routes.post(
    "/{roster_id}/discard",
    policy=WRITE,
    refuses=[NoSuchRoster, RosterUnderWay, StaleVersion, ConditionMalformed],
)
async def post_discard(roster_id: Id, edge: EdgeDep, version: IfMatch) -> RosterShown:
    """Discard a roster: nothing of it is applied, and the upload is removed at once."""
    return shown(await edge.act(discard_roster, DiscardRoster(roster_id, version)))


def shown(roster: Roster) -> RosterShown:
    """What is shown of a roster."""
    return RosterShown.model_validate(roster, from_attributes=True)


async def _keep(edge: Edge, roster_id: str) -> tuple[int, int]:
    """Keep the body in chunks as it comes; answers its size and the number of chunks."""
    size = number = 0
    try:
        async for content in _chunks(edge):
            await _act(edge, keep_chunk, KeepChunk(roster_id, number, content))
            size, number = size + len(content), number + 1
    except BaseException:
        await _act(edge, drop_chunks, DropChunks(roster_id))
        raise
    return size, number


async def _act(edge: Edge, action: Any, order: Any) -> None:
    """Run an action that is no part of the request's one answer, and so is not remembered with its key."""
    await edge.store.transact(edge.district_id, edge.trace, lambda tx: action(tx, order))


async def _chunks(edge: Edge) -> AsyncIterator[bytes]:
    """The body in pieces of exactly `CHUNK_BYTES`, the last one apart."""
    held = bytearray()
    async for part in edge.stream():
        held += part
        while len(held) >= CHUNK_BYTES:
            yield bytes(held[:CHUNK_BYTES])
            del held[:CHUNK_BYTES]
    if held:
        yield bytes(held)
