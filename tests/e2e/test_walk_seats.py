"""Walks 1, 5 and 6: a place is booked, two want one seat, a seat comes free and the lines move on."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from cli.demo.day import Somebody
from cli.demo.telling import until
from cli.trouble import Refused
from tests.e2e.district import District

WRITERS = 200


def book(who: Somebody, occurrence_id: str, **more: Any) -> Mapping[str, Any]:
    made: Mapping[str, Any] = who.api.post(
        f"/v1/occurrences/{occurrence_id}/placements", {"student_id": who.person_id, **more}
    )
    return made


def wait(who: Somebody, occurrence_id: str, **more: Any) -> Mapping[str, Any]:
    entry: Mapping[str, Any] = who.api.post(
        f"/v1/occurrences/{occurrence_id}/waitlist", {"student_id": who.person_id, **more}
    )
    return entry


def places(who: Somebody, week_of: str) -> dict[str, str]:
    """What a student holds in a week: title by occurrence."""
    week = who.api.get(f"/v1/people/{who.person_id}/week", of=week_of)
    return {place["occurrence_id"]: place["cause"] for place in week["places"] if place.get("state", "held") == "held"}


def test_a_student_books_a_place_and_the_same_request_twice_is_one_place(district: District) -> None:
    block = district.block()
    occurrence_id, maya = district.occurrence(3, block), district.learner(0)
    first = maya.api.post(
        f"/v1/occurrences/{occurrence_id}/placements", {"student_id": maya.person_id}, idempotency_key="walk-one-1234"
    )
    again = maya.api.post(
        f"/v1/occurrences/{occurrence_id}/placements", {"student_id": maya.person_id}, idempotency_key="walk-one-1234"
    )
    assert first == again
    assert (first["cause"], first["occurrence_id"]) == ("chosen", occurrence_id)
    assert _of(places(maya, block["day"]), occurrence_id) == {occurrence_id: "chosen"}
    assert district.teacher.api.get(f"/v1/occurrences/{occurrence_id}")["taken"] == 1


def test_all_reasons_against_a_booking_come_together(district: District) -> None:
    block = district.block()
    full = district.occurrence(1, block, eligibility={"grades": ["no-such-grade"]})
    with pytest.raises(Refused) as refused:
        book(district.learner(0), full)
    assert "not-eligible" in refused.value.codes, refused.value.codes
    open_one = district.learner(1)
    district.day["principal"].api.post(f"/v1/blocks/{block['block_id']}/lock")
    with pytest.raises(Refused) as refused:
        book(open_one, full)
    assert {"locked", "not-eligible"} <= refused.value.codes, refused.value.codes


async def test_two_hundred_writers_on_the_last_seat_one_winner_and_each_loser_a_reason(district: District) -> None:
    block = district.block()
    occurrence_id = district.occurrence(1, block)
    everybody = [district.learners[number % len(district.learners)] for number in range(WRITERS)]
    address = f"{district.day.base_url}/v1/occurrences/{occurrence_id}/placements"
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=WRITERS), timeout=60) as client:

        async def ask(known: Mapping[str, Any]) -> httpx.Response:
            headers = {"authorization": f"Bearer {district.token(known)}"}
            return await client.post(address, json={"student_id": known["person_id"]}, headers=headers)

        answers = await asyncio.gather(*(ask(known) for known in everybody))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: WRITERS - 1}
    reasons = [{refusal["code"] for refusal in answer.json()["refusals"]} for answer in answers if answer.is_error]
    assert all(codes <= {"session-full", "already-placed", "overlaps"} and codes for codes in reasons)
    assert all(refusal["detail"] for answer in answers if answer.is_error for refusal in answer.json()["refusals"])
    seen = district.teacher.api.get(f"/v1/occurrences/{occurrence_id}")
    assert (seen["taken"], seen["seats_left"]) == (1, 0)
    roll = district.teacher.api.get(f"/v1/occurrences/{occurrence_id}/roll")
    winner = next(answer.json()["student_id"] for answer in answers if answer.status_code == 201)
    assert [entry["student_id"] for entry in roll["lines"]] == [winner]


def test_a_cancelled_seat_goes_to_the_first_who_waits_and_the_place_they_leave_to_the_next(district: District) -> None:
    block = district.block()
    wanted, second_best = district.occurrence(1, block, "Glass"), _other(district, block)
    ana, ben, cara = (district.learner(number) for number in (10, 11, 12))
    held = book(ana, wanted)
    lower = book(ben, second_best)
    wait(ben, wanted, instead_of=lower["placement_id"])
    wait(cara, second_best)
    ana.api.post(f"/v1/placements/{held['placement_id']}/cancel")
    held_now = {who.person_id: _of(places(who, block["day"]), wanted, second_best) for who in (ana, ben, cara)}
    assert list(held_now.values()) == [{}, {wanted: "promoted"}, {second_best: "promoted"}]
    for who, occurrence_id in ((ben, wanted), (cara, second_best)):
        notice = until(lambda who=who: _notice(who), f"{who.name} is told")  # type: ignore[misc]
        assert notice["fact_id"].startswith("fact_")
        assert occurrence_id in str(notice["params"])


def _of(held: dict[str, str], *occurrence_ids: str) -> dict[str, str]:
    """Those places alone: another walk's winner may hold more in that week."""
    return {key: cause for key, cause in held.items() if key in occurrence_ids}


def _other(district: District, block: Mapping[str, Any]) -> str:
    host = district.day["other teacher"].api
    made = host.post(f"/v1/schools/{district.school_id}/offers", {"title": "Clay"})
    asked = {"block_ids": [block["block_id"]], "cap": 1}
    return str(host.post(f"/v1/offers/{made['offer_id']}/occurrences", asked)[0]["occurrence_id"])


def _notice(who: Somebody) -> Mapping[str, Any] | None:
    items = who.api.get("/v1/inbox")["items"]
    return next((each for each in items if each["code"] == "seat-came-free"), None)
