"""None of these, a calm space: who gets one, and what is said to whoever cannot?"""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.distribution.test_inputs import document, keys, solve

CALM = {"id": "quiet", "title": "The quiet room", "blocks": ["b1"], "seats": 5, "calm": True}


def offers(*more: dict[str, Any]) -> list[dict[str, Any]]:
    """One seat in chess, and what a test adds."""
    return [{"id": "chess", "blocks": ["b1"], "seats": 1}, *more]


def asking(**of_maya: Any) -> list[dict[str, Any]]:
    """Leo must have chess; Maya wants it too."""
    leo = {"student": "leo", "ranked": ["chess"]}
    return [leo, {"student": "maya", "ranked": ["chess"], **of_maya}]


def student(found: dict[str, Any], name: str) -> dict[str, Any]:
    row: dict[str, Any] = next(row for row in found["students"] if row["student"] == name)
    return row


LEO_FIRST = [{"student": "leo", "occurrence": "chess"}]


def test_whoever_gets_none_of_their_choices_is_in_the_calm_space_they_asked_for(tmp_path: Path) -> None:
    written = document(occurrences=offers(CALM), choices=asking(calm=["b1"]), requests=LEO_FIRST)
    maya = student(solve(tmp_path, written), "maya")
    assert [(p["occurrence"], p["rank"]) for p in maya["placements"]] == [("quiet", 2)]
    assert [(c["occurrence"], c["key"]) for c in maya["choices"]] == [("chess", "no-seats"), ("quiet", "placed")]
    assert maya["empty"] == []


def test_nobody_is_in_a_calm_space_who_did_not_ask_for_one(tmp_path: Path) -> None:
    written = document(occurrences=offers(CALM), choices=asking(), requests=LEO_FIRST)
    maya = student(solve(tmp_path, written), "maya")
    assert maya["placements"] == []
    assert [c["occurrence"] for c in maya["choices"]] == ["chess"]


def test_what_was_ranked_comes_before_a_calm_space(tmp_path: Path) -> None:
    written = document(occurrences=offers(CALM), choices=[{"student": "maya", "ranked": ["chess"], "calm": ["b1"]}])
    maya = student(solve(tmp_path, written), "maya")
    assert [p["occurrence"] for p in maya["placements"]] == ["chess"]
    assert [(c["occurrence"], c["key"]) for c in maya["choices"]] == [("chess", "placed"), ("quiet", "better-choice")]


def test_with_weights_a_calm_space_is_worth_less_than_the_least_of_them(tmp_path: Path) -> None:
    two = offers(CALM, {"id": "art", "blocks": ["b1"], "seats": 1})
    wishes = [{"student": "maya", "ranked": ["chess", "art"], "weights": [0.9, 0.2], "calm": ["b1"]}]
    maya = student(solve(tmp_path, document(occurrences=two, choices=wishes)), "maya")
    assert [p["occurrence"] for p in maya["placements"]] == ["chess"]
    full = document(occurrences=offers(CALM), choices=asking(weights=[0.5], calm=["b1"]), requests=LEO_FIRST)
    found = solve(tmp_path, full)
    assert student(found, "maya")["share"] == pytest.approx(0.9)


def test_a_full_calm_space_is_a_reason_and_no_silence(tmp_path: Path) -> None:
    none_left = {**CALM, "seats": 0}
    written = document(occurrences=offers(none_left), choices=asking(calm=["b1"]), requests=LEO_FIRST)
    maya = student(solve(tmp_path, written), "maya")
    assert [c["key"] for c in maya["choices"]] == ["no-seats", "no-seats"]
    assert [e["key"] for e in maya["empty"]] == ["nothing-left"]


def test_a_calm_space_that_does_not_exist_then_is_told(tmp_path: Path) -> None:
    found = solve(tmp_path, document(choices=asking(calm=["b1"])))
    assert keys(found) == ["no-calm-space"]
    assert found["set_aside"][0]["subject"] == "b1"


def test_a_calm_space_closed_to_the_student_is_told_and_not_given(tmp_path: Path) -> None:
    closed = {**CALM, "not_for": ["maya"]}
    found = solve(tmp_path, document(occurrences=offers(closed), choices=asking(calm=["b1"]), requests=LEO_FIRST))
    assert keys(found) == ["no-calm-space"]
    assert student(found, "maya")["placements"] == []


def test_a_calm_space_over_two_blocks_is_not_what_was_asked_for_one(tmp_path: Path) -> None:
    blocks = [{"id": "b1", "start": "09:00", "end": "09:50"}, {"id": "b2", "start": "10:00", "end": "10:50"}]
    long = {**CALM, "blocks": ["b1", "b2"]}
    found = solve(tmp_path, document(blocks=blocks, occurrences=offers(long), choices=asking(calm=["b1"])))
    assert keys(found) == ["no-calm-space"]


def test_a_wish_for_a_block_that_does_not_exist_is_told(tmp_path: Path) -> None:
    assert keys(solve(tmp_path, document(occurrences=offers(CALM), choices=asking(calm=["b9"])))) == ["unknown-block"]


def test_a_calm_space_that_was_ranked_keeps_the_place_it_was_given(tmp_path: Path) -> None:
    wishes = [{"student": "maya", "ranked": ["quiet", "chess"], "calm": ["b1", "b1"]}]
    found = solve(tmp_path, document(occurrences=offers(CALM), choices=wishes))
    maya = student(found, "maya")
    assert [(p["occurrence"], p["rank"]) for p in maya["placements"]] == [("quiet", 1)]
    assert len(maya["choices"]) == 2
    assert keys(found) == []
