"""Homes: what somebody needs to see first, each in one answer: a student's, a family's, a teacher's, an office's."""

from collections.abc import Awaitable
from datetime import date
from typing import Any

from services.gateway.composition.naming import names_of, people_in
from services.gateway.composition.parts import Gathered, Part
from services.gateway.composition.peers import Peers

# As many waiting pieces as are worth reading on a home page; beyond it, it says that there are more.
MOST_WAITING, FEW = 50, 10


async def compose_home(peers: Peers, person_id: str, inbox: Awaitable[Any] | None = None) -> Gathered:
    """The parts `person` and `goals` (required), `week`, `projects`, `proposals` and `names` (each may be missing).

    `inbox`: the person's own, where it is they who ask.
    Raises: Refusals of PeerUnavailable, NotPermitted, NoSuchMember or PartRefused where profile does not answer.
    """
    home, people = Gathered(), f"/v1/people/{person_id}"
    await home.add(
        Part("person", peers.get("profile", people), required=True),
        Part("goals", peers.get("profile", f"{people}/goals"), required=True),
        Part("week", peers.get("scheduler", f"{people}/week")),
        Part("projects", peers.get("community", f"{people}/projects")),
        Part("proposals", peers.get("profile", f"{people}/target-proposals", state="open", limit=str(FEW))),
        *_inbox(inbox),
    )
    await _name(home, peers)
    return home


async def compose_family(peers: Peers, guardian_id: str) -> Gathered:
    """The parts `me` (whose `ward_ids` are the children) and `names`, both required, and `weeks` (may be missing).

    Raises: Refusals as `compose_home`.
    """
    home = Gathered()
    await home.add(
        Part("me", peers.get("profile", "/v1/me"), required=True),
        Part("weeks", peers.get("scheduler", f"/v1/people/{guardian_id}/wards/week")),
    )
    await home.add(Part("names", names_of(peers, people_in(home.values["me"]["ward_ids"])), required=True))
    return home


async def compose_teaching(peers: Peers, person_id: str, today: date, inbox: Awaitable[Any]) -> Gathered:
    """The parts `hosted` (today's occurrences), `evidence_waiting`, `inbox` and `names`; each may be missing."""
    home, people = Gathered(), f"/v1/people/{person_id}"
    day = today.isoformat()
    await home.add(
        Part("hosted", peers.get("scheduler", f"{people}/occurrences", **{"from": day, "to": day})),
        Part("evidence_waiting", peers.get("profile", f"{people}/evidence-waiting", limit=str(MOST_WAITING))),
        *_inbox(inbox),
    )
    await _name(home, peers)
    return home


async def compose_office(
    peers: Peers, school_id: str, today: date, inbox: Awaitable[Any], *, reads_rosters: bool
) -> Gathered:
    """The parts `approvals`, `blocks` (today's), `inbox`, and for the district's office `roster`, the latest one."""
    home, day = Gathered(), today.isoformat()
    blocks = {"school_id": school_id, "from": day, "to": day, "limit": "200"}
    rosters = [Part("roster", _latest(peers))] if reads_rosters else []
    await home.add(
        Part("approvals", peers.get("community", f"/v1/schools/{school_id}/approvals")),
        Part("blocks", peers.get("scheduler", "/v1/blocks", **blocks)),
        *rosters,
        *_inbox(inbox),
    )
    return home


async def _latest(peers: Peers) -> Any:
    found = await peers.get("profile", "/v1/rosters", limit="1")
    return next(iter(found["items"]), None)


def _inbox(inbox: Awaitable[Any] | None) -> list[Part]:
    return [] if inbox is None else [Part("inbox", inbox)]


async def _name(home: Gathered, peers: Peers) -> None:
    told = {name: value for name, value in home.values.items() if name != "inbox"}
    await home.add(Part("names", names_of(peers, people_in(told))))
