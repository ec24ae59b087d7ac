"""Targets by id: what proposals and goals speak of, read in one question."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from services.web.asking.reading import optional
from services.web.visiting.visit import Visit

MOST = 100
"""How many the API takes at once."""


async def targets_of(visit: Visit, target_ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """The targets with these ids, by id; those that cannot be had now are left out."""
    wanted = list(dict.fromkeys(target_ids))[:MOST]
    if not wanted:
        return {}
    asked = urlencode([("target_id", each) for each in wanted] + [("limit", str(MOST))])
    found = (await visit.read(targets=optional(f"/v1/targets?{asked}"))).get("targets", {"items": []})
    return {each["target_id"]: each for each in found["items"]}
