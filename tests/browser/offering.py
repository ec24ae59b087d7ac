"""Offering: what the school puts on for students to choose, by its principal, for different teachers to host."""

from collections.abc import Mapping
from typing import Any

from tests.e2e.district import District


def teachers(district: District) -> list[str]:
    """Two teachers of the school."""
    return [district.day[part].person_id for part in ("teacher", "other teacher")]


def put_on(district: District, block: Mapping[str, Any], title: str, cap: int = 5, host: int = 0, **offer: Any) -> str:
    """A new offer in this block; returns its occurrence. At one time a teacher hosts one thing."""
    office = district.day["principal"].api
    wanted = {"title": title, "host_ids": [teachers(district)[host]], **offer}
    made = office.post(f"/v1/schools/{district.school_id}/offers", wanted)
    return again(district, block, str(made["offer_id"]), cap)


def again(district: District, block: Mapping[str, Any], offer_id: str, cap: int = 5) -> str:
    """The same offer in another block."""
    asked = {"block_ids": [block["block_id"]], "cap": cap}
    made = district.day["principal"].api.post(f"/v1/offers/{offer_id}/occurrences", asked)
    return str(made[0]["occurrence_id"])


def offer_of(district: District, occurrence_id: str) -> str:
    """The offer that an occurrence is of."""
    return str(district.day["principal"].api.get(f"/v1/occurrences/{occurrence_id}")["offer_id"])


def book(district: District, number: int, occurrence_id: str) -> str:
    """The learner with this number has a place there; returns the placement."""
    learner = district.learner(number)
    made = learner.api.post(f"/v1/occurrences/{occurrence_id}/placements", {"student_id": learner.person_id})
    return str(made["placement_id"])
