"""The record: everything that the services hold of a person, as far as whoever asks may see it."""

from collections.abc import Awaitable
from typing import Any

from services.gateway.composition.parts import Gathered, Part
from services.gateway.composition.peers import Peers

# A list longer than this is cut, and says so: 4,000 entries are more than a school career brings.
PAGE, MOST_PAGES = 200, 20
LISTS = {
    "goals": ("profile", "goals"),
    "target_proposals": ("profile", "target-proposals"),
    "evidence": ("profile", "evidence"),
    "profile_history": ("profile", "profile/history"),
    "weeks": ("scheduler", "weeks"),
    "hours": ("community", "hours"),
    "reflections": ("community", "reflections"),
}
WHOLE = {
    "assessments": ("profile", "assessments"),
    "profile": ("profile", "profile"),
    "growth": ("profile", "growth"),
    "projects": ("community", "projects"),
}


async def compose_record(peers: Peers, person_id: str, notices: Awaitable[Any] | None) -> Gathered:
    """The part `person` (required) and one for each kind of thing that is kept; what may not be seen is missing.

    `notices`: the person's own, where it is they who ask. A list is `{items, complete}`, read to its end.
    Raises: Refusals as `compose_home`.
    """
    record, people = Gathered(), f"/v1/people/{person_id}"
    await record.add(
        Part("person", peers.get("profile", people), required=True),
        *(Part(name, peers.get(service, f"{people}/{path}")) for name, (service, path) in WHOLE.items()),
        *(Part(name, _all(peers, service, f"{people}/{path}")) for name, (service, path) in LISTS.items()),
        *([] if notices is None else [Part("notices", notices)]),
    )
    return record


async def _all(peers: Peers, service: str, path: str) -> dict[str, Any]:
    items: list[Any] = []
    asked = {"limit": str(PAGE)}
    for _ in range(MOST_PAGES):
        found = await peers.get(service, path, **asked)
        items += found["items"]
        if found["next_cursor"] is None:
            return {"items": items, "complete": True}
        asked["cursor"] = found["next_cursor"]
    return {"items": items, "complete": False}
