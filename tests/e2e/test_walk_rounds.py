"""Walk 11: students rank, the office previews, publishes, undoes and publishes again; each hears why."""

from collections.abc import Mapping
from typing import Any

import pytest

from cli.demo.day import Somebody
from cli.demo.telling import until
from cli.trouble import Refused
from tests.e2e.district import District

# The engine compiles itself when it runs for the first time after installing.
PATIENCE = 400.0
pytestmark = pytest.mark.timeout(900)


def round_now(office: Somebody, round_id: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = office.api.get(f"/v1/rounds/{round_id}")
    return found


def rank(who: Somebody, round_id: str, block_id: str, *wanted: str) -> Mapping[str, Any]:
    body = {"blocks": [{"block_id": block_id, "ranked": [{"occurrence_id": one} for one in wanted]}]}
    saved: Mapping[str, Any] = who.api.put(f"/v1/people/{who.person_id}/rounds/{round_id}/ranking", body)
    return saved


def preview(office: Somebody, round_id: str) -> Mapping[str, Any]:
    asked = office.api.post(f"/v1/rounds/{round_id}/runs")
    path = f"/v1/rounds/{round_id}/runs/{asked['run_id']}"

    def worked_out() -> Mapping[str, Any] | None:
        run: Mapping[str, Any] = office.api.get(path)
        return run if run["state"] not in ("waiting", "running") else None

    return until(worked_out, "the run is worked out", PATIENCE)


def settled(office: Somebody, round_id: str, state: str) -> Mapping[str, Any]:
    def there() -> Mapping[str, Any] | None:
        found = round_now(office, round_id)
        return found if found["state"] == state else None

    return until(there, f"the round is {state}", PATIENCE)


def beside(district: District, block: Mapping[str, Any]) -> str:
    """Another teacher's offer in the same block."""
    host = district.day["other teacher"].api
    made = host.post(f"/v1/schools/{district.school_id}/offers", {"title": "Clay"})
    asked = {"block_ids": [block["block_id"]], "cap": 5}
    return str(host.post(f"/v1/offers/{made['offer_id']}/occurrences", asked)[0]["occurrence_id"])


def places(who: Somebody, block: Mapping[str, Any]) -> list[str]:
    """The occurrences in which somebody has a place in this block."""
    week = who.api.get(f"/v1/people/{who.person_id}/week", of=block["day"])
    return [place["occurrence_id"] for place in week["places"] if place["block_id"] == block["block_id"]]


def told(who: Somebody, code: str) -> Mapping[str, Any]:
    def there() -> Mapping[str, Any] | None:
        items = who.api.get("/v1/inbox")["items"]
        return next((each for each in items if each["code"] == code), None)

    return until(there, f"{who.name} is told: {code}", PATIENCE)


def test_a_round_is_ranked_previewed_published_undone_and_published_again(district: District) -> None:
    office, block = district.day["principal"], district.block()
    wanted, other = district.occurrence(1, block, "Robotics"), beside(district, block)
    students = [district.learner(number) for number in (20, 21, 22)]
    opened = office.api.post(
        f"/v1/schools/{district.school_id}/rounds",
        {"title": "Robotics week", "block_ids": [block["block_id"]], "closes_at": block["locks_at"], "seed": 7},
    )
    round_id = opened["round_id"]
    with pytest.raises(Refused) as refused:
        students[0].api.post(f"/v1/occurrences/{wanted}/placements", {"student_id": students[0].person_id})
    assert refused.value.codes == {"held-for-round"}
    for who in students:
        assert rank(who, round_id, block["block_id"], wanted, other)["saved_at"]
    office.api.post(f"/v1/rounds/{round_id}/close")

    first, second = preview(office, round_id), preview(office, round_id)
    assert (first["state"], first["result_digest"]) == ("finished", second["result_digest"])
    assert first["figures"]["figures"]["rank_profile"][1:3] == [1, 2]
    assert [places(who, block) for who in students] == [[], [], []]

    office.api.post(f"/v1/rounds/{round_id}/publish", {"run_id": first["run_id"]})
    published = settled(office, round_id, "published")
    assert (published["settling"]["placed"], published["settling"]["not_placed"]) == (3, 0)
    after = [places(who, block) for who in students]
    assert sorted(map(tuple, after)) == sorted([(wanted,), (other,), (other,)])
    loser = next(who for who, held in zip(students, after, strict=True) if held == [other])
    result = loser.api.get(f"/v1/people/{loser.person_id}/rounds/{round_id}/result")["result"]
    assert result["choices"][0]["code"] == "full"
    assert result["choices"][0]["change_text"]
    assert "Your choice number 1 was full: 1 seats, and 3 of you ranked it." in told(loser, "round-decided")["text"]

    office.api.post(f"/v1/rounds/{round_id}/undo")
    settled(office, round_id, "open")
    assert [places(who, block) for who in students] == [[], [], []]
    told(loser, "round-undone")

    office.api.post(f"/v1/rounds/{round_id}/publish", {"run_id": second["run_id"]})
    settled(office, round_id, "published")
    assert [places(who, block) for who in students] == after
    latecomer = district.learner(23)
    left_over = latecomer.api.post(f"/v1/occurrences/{other}/placements", {"student_id": latecomer.person_id})
    assert left_over["cause"] == "chosen", "what is left is first come"
