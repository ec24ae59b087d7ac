"""The growth story: what profile keeps of a learner's skills, with the reflections in the learner's own words."""

import asyncio
from collections.abc import Iterator
from typing import Any

from services.gateway.composition.naming import names_of, people_in
from services.gateway.composition.parts import Gathered, Part
from services.gateway.composition.peers import Peers

MOST_AT_ONCE = 200


async def compose_growth_story(peers: Peers, person_id: str) -> Gathered:
    """The parts `growth` (required), `reflections` by id and `names` (each may be missing).

    Raises: Refusals as `compose_home`.
    """
    story = Gathered()
    await story.add(Part("growth", peers.get("profile", f"/v1/people/{person_id}/growth"), required=True))
    growth = story.values["growth"]
    await story.add(
        Part("reflections", _reflections(peers, list(dict.fromkeys(_reflection_ids(growth))))),
        Part("names", names_of(peers, people_in(growth))),
    )
    return story


async def _reflections(peers: Peers, ids: list[str]) -> dict[str, Any]:
    """The texts that the caller may read, by reflection."""
    batches = [ids[start : start + MOST_AT_ONCE] for start in range(0, len(ids), MOST_AT_ONCE)]
    found = await asyncio.gather(
        *(peers.look_up("community", "/v1/reflections/lookup", {"ids": batch}) for batch in batches)
    )
    return {each["reflection_id"]: each for answer in found for each in answer["items"]}


def _reflection_ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("reflection_id"):
            yield value["reflection_id"]
        for inner in value.values():
            yield from _reflection_ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _reflection_ids(inner)
