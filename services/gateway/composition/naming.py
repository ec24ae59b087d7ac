"""Naming: the people whom an answer mentions by id, named by profile in one call, as far as the caller may know."""

from collections.abc import Iterator
from typing import Any

from services.gateway.composition.peers import Peers

MOST_NAMES = 500
_PERSON = "person_"


def people_in(answer: Any) -> list[str]:
    """Every person's id in an answer, each once, in the order of appearance; at most as many as one call may ask."""
    return list(dict.fromkeys(_ids(answer)))[:MOST_NAMES]


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith(_PERSON):
            yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)


async def names_of(peers: Peers, person_ids: list[str]) -> dict[str, str]:
    """Names by id; whose name is not the caller's to know is left out. Raises: Refusals as `Peers.get`."""
    if not person_ids:
        return {}
    found = await peers.look_up("profile", "/v1/names", {"ids": person_ids})
    return {each["person_id"]: each["name"] for each in found["names"]}
