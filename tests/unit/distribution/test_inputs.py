"""Inputs, good and bad: every fault has its place, nothing is dropped in silence, nothing crashes."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.scheduler.distribution_checker import check
from services.scheduler.distribution_files.faults import InputFaults
from services.scheduler.distribution_files.prepare import prepare
from services.scheduler.distribution_files.read import read_round
from services.scheduler.distribution_files.report import report
from services.scheduler.domain.distribution.evening import distribute_evenly
from services.scheduler.domain.distribution.solve import Effort

QUICK = Effort(price_steps=40)


def document(**parts: Any) -> dict[str, Any]:
    """Two students, one block, two offers; parts replace what is there."""
    return {
        "format": "trellis-round/1",
        "blocks": [{"id": "b1", "date": "2031-09-01", "start": "09:00", "end": "09:50"}],
        "occurrences": [{"id": "chess", "blocks": ["b1"], "seats": 1}, {"id": "art", "blocks": ["b1"], "seats": 1}],
        "students": [{"id": "maya"}, {"id": "leo"}],
        "choices": [{"student": "maya", "ranked": ["chess", "art"]}, {"student": "leo", "ranked": ["chess", "art"]}],
        **parts,
    }


def solve(tmp_path: Path, written: dict[str, Any]) -> dict[str, Any]:
    path = tmp_path / "round.json"
    path.write_text(json.dumps(written))
    prepared = prepare(read_round(path))
    found = report(prepared, distribute_evenly(prepared.problem, 1, QUICK))
    assert not check(prepared.round, found).wrong
    return found


def faults(tmp_path: Path, text: str, name: str = "round.json") -> list[str]:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputFaults) as raised:
        read_round(path)
    return [str(fault) for fault in raised.value.faults]


def keys(found: dict[str, Any]) -> list[str]:
    return [row["key"] for row in found["set_aside"]]


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    assert faults(tmp_path, "  \n") == ["round.json:1:1: found an empty file; expected a JSON object"]


def test_a_file_cut_in_the_middle_names_the_line(tmp_path: Path) -> None:
    text = json.dumps(document(), indent=1)
    assert faults(tmp_path, text[: len(text) // 2])[0].startswith(
        f"round.json:{text[: len(text) // 2].count(chr(10)) + 1}:"
    )


def test_a_wrong_value_names_file_line_column_and_what_was_expected(tmp_path: Path) -> None:
    text = '{"format": "trellis-round/1",\n "students": [{"id": "maya",\n   "credit": -1}]}'
    assert faults(tmp_path, text) == ["round.json:3:14: found -1; expected a number, 0 or more, not NaN"]


@pytest.mark.parametrize("weight", ["NaN", "-3", "Infinity", '"many"', "true"])
def test_weights_that_are_no_numbers_of_points_are_refused(tmp_path: Path, weight: str) -> None:
    text = json.dumps(document(choices=[{"student": "maya", "ranked": ["art"], "weights": ["@"]}])).replace(
        '"@"', weight
    )
    assert "one number for each ranked occurrence" in faults(tmp_path, text)[0]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    wrong = document(
        students=[{"id": "maya"}, {"id": "maya"}], occurrences=[{"id": "art", "blocks": ["b9"], "sets": 3}]
    )
    assert len(faults(tmp_path, json.dumps(wrong))) >= 2


def test_choices_that_cannot_count_are_set_aside_with_a_reason(tmp_path: Path) -> None:
    offers = [{"id": "chess", "blocks": ["b1"]}, {"id": "art", "blocks": ["b1"], "only": ["leo"]}]
    ranked = ["sailing", "art", "chess", "chess"]
    found = solve(tmp_path, document(occurrences=offers, choices=[{"student": "maya", "ranked": ranked}]))
    assert keys(found) == ["not-eligible", "ranked-twice", "unknown-occurrence"]
    assert found["students"][1]["placements"][0]["occurrence"] == "chess"


def test_an_empty_ranking_leaves_the_student_out_and_says_why(tmp_path: Path) -> None:
    found = solve(tmp_path, document(choices=[{"student": "maya", "ranked": []}]))
    assert [row["empty"][0]["key"] for row in found["students"]] == ["nothing-ranked", "nothing-ranked"]


def test_more_mandatory_requests_than_seats_honours_the_first_on_the_ladder(tmp_path: Path) -> None:
    asked = [{"student": s, "occurrence": "chess", "level": "school-must"} for s in ("maya", "leo")]
    found = solve(tmp_path, document(requests=asked))
    assert [row["key"] for row in found["requests"]["rows"]] == ["honoured", "request-full"]
    assert found["requests"]["rows"][1]["because"] == "occurrence:chess"


def test_no_seats_at_all_is_a_sound_result(tmp_path: Path) -> None:
    none = [{"id": "chess", "blocks": ["b1"], "seats": 0}, {"id": "art", "blocks": ["b1"], "seats": 0}]
    found = solve(tmp_path, document(occurrences=none))
    assert found["figures"]["placed"] == 0
    assert {c["key"] for row in found["students"] for c in row["choices"]} == {"no-seats"}


def test_a_student_with_a_thousand_choices_is_placed(tmp_path: Path) -> None:
    offers = [{"id": f"o{i:04}", "blocks": ["b1"], "seats": 1, "site": f"p{i % 40}"} for i in range(1000)]
    everything = [{"student": s, "ranked": [o["id"] for o in offers]} for s in ("maya", "leo")]
    found = solve(tmp_path, document(occurrences=offers, choices=everything))
    assert found["figures"]["rank_profile"][1:3] == [1, 1]


def test_whoever_is_told_that_credit_would_do_gets_in_with_that_credit(tmp_path: Path) -> None:
    first = solve(tmp_path, document())
    loser, claim = next(
        (row, c) for row in first["students"] for c in row["choices"] if c.get("change") == "with-credit"
    )
    students = [{"id": x, "credit": claim["credit"] if x == loser["student"] else 0} for x in ("maya", "leo")]
    second = solve(tmp_path, document(students=students))
    won = [row["student"] for row in second["students"] if row["placements"][0]["occurrence"] == "chess"]
    assert claim["occurrence"] == "chess"
    assert won == [loser["student"]]


def test_a_friend_named_by_one_side_alone_does_not_count(tmp_path: Path) -> None:
    found = solve(tmp_path, document(friends=[["maya", "leo"], ["leo", "leo"], ["leo", "nobody"]]))
    assert keys(found) == ["friend-not-mutual", "same-person", "unknown-student"]


def test_friends_who_name_each_other_in_a_ring_count_pair_by_pair(tmp_path: Path) -> None:
    three = [{"id": name} for name in ("a", "b", "c")]
    ring = [["a", "b"], ["b", "a"], ["b", "c"], ["c", "a"], ["a", "c"]]
    wide = [{"id": "chess", "blocks": ["b1"], "seats": 3}]
    wishes = [{"student": s["id"], "ranked": ["chess"]} for s in three]
    found = solve(tmp_path, document(students=three, occurrences=wide, choices=wishes, friends=ring))
    assert found["figures"]["friends"] == {"pairs": 2, "times_together": 2}
    assert keys(found) == ["friend-not-mutual"]


def test_a_team_is_kept_together_where_the_points_allow(tmp_path: Path) -> None:
    offers = [{"id": "chess", "blocks": ["b1"], "seats": 2}, {"id": "art", "blocks": ["b1"], "seats": 2}]
    wishes = [{"student": "maya", "ranked": ["chess", "art"], "weights": [50, 49]}]
    wishes.append({"student": "leo", "ranked": ["art", "chess"], "weights": [50, 49]})
    found = solve(tmp_path, document(occurrences=offers, choices=wishes, teams=[["maya", "leo"]]))
    assert found["figures"]["friends"]["times_together"] == 1


def test_csv_and_json_of_one_round_give_one_result(tmp_path: Path) -> None:
    folder = tmp_path / "round"
    folder.mkdir()
    (folder / "blocks.csv").write_text("id,date,start,end\nb1,2031-09-01,09:00,09:50\n")
    (folder / "occurrences.csv").write_text("id,blocks,seats\nart,b1,1\nchess,b1,1\n")
    (folder / "students.csv").write_text("id\nleo\nmaya\n")
    rows = ["leo,art,2", "maya,chess,1", "leo,chess,1", "maya,art,2"]
    (folder / "choices.csv").write_text("student,occurrence,rank\n" + "\n".join(rows) + "\n")
    prepared = prepare(read_round(folder))
    found = report(prepared, distribute_evenly(prepared.problem, 1, QUICK))
    assert found["students"] == solve(tmp_path, document())["students"]


def test_a_calm_space_asked_for_in_csv_needs_no_occurrence_and_no_rank(tmp_path: Path) -> None:
    (tmp_path / "blocks.csv").write_text("id\nb1\nb2\n")
    (tmp_path / "occurrences.csv").write_text("id,blocks,calm\nchess,b1,\nquiet-1,b1,yes\nquiet-2,b2,yes\n")
    (tmp_path / "students.csv").write_text("id\nmaya\n")
    (tmp_path / "choices.csv").write_text("student,occurrence,rank,calm\nmaya,chess,1,\nmaya,,,b1;b2\n")
    prepared = prepare(read_round(tmp_path))
    assert [(prepared.occurrences[o].id, rank) for o, rank in prepared.ranked[0]] == [
        ("chess", 1),
        ("quiet-1", 2),
        ("quiet-2", 1),
    ]


def test_a_line_of_choices_without_occurrence_or_calm_space_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "choices.csv").write_text("student,occurrence,rank,calm\nmaya,,1,\n")
    with pytest.raises(InputFaults) as raised:
        read_round(tmp_path)
    assert "choices.csv:2:1" in str(raised.value)


def test_a_fault_in_csv_names_the_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "students.csv").write_text("id,credit\nmaya,1\nleo,much\n")
    with pytest.raises(InputFaults) as raised:
        read_round(tmp_path)
    assert "students.csv:3:2: found 'much'" in str(raised.value)


def test_a_form_with_a_column_a_rank_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(
        "Timestamp,Email Address,1st choice,2nd choice\n"
        "2031-09-01,maya@x,Chess (1),Art (1)\n2031-09-01,leo@x,Chess (1),Art (1)\n2031-09-02,leo@x,Art (1),Chess (1)\n"
    )
    prepared = prepare(read_round(path))
    found = report(prepared, distribute_evenly(prepared.problem, 1, QUICK))
    assert found["figures"]["rank_profile"][1] == 2


def test_a_form_with_a_column_an_offer_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("Name,Rank these [Chess],Rank these [Art]\nMaya,1st choice,2nd choice\nLeo,2,1\n")
    prepared = prepare(read_round(path, seats=1))
    assert [[rank for _, rank in row] for row in prepared.ranked] == [[1, 2], [1, 2]]


def test_preflib_orders_with_supervisors_share_their_limits(tmp_path: Path) -> None:
    names = "".join(f"# ALTERNATIVE NAME {i}: Project {i - 1}\n" for i in (1, 2, 3))
    (tmp_path / "p.soi").write_text(names + "2: 1,2\n1: 3\n")
    (tmp_path / "p.dat").write_text("Supervisor,Capacity,Projects\nSupervisor 0,1,0 1\nSupervisor 1,1,2\n")
    prepared = prepare(read_round(tmp_path / "p.soi"))
    found = report(prepared, distribute_evenly(prepared.problem, 1, QUICK))
    assert (found["figures"]["placed"], found["figures"]["unplaced"]) == (2, 1)


def test_a_ranking_of_an_unknown_alternative_is_a_fault(tmp_path: Path) -> None:
    assert "expected the number of an alternative" in faults(tmp_path, "# ALTERNATIVE NAME 1: A\n1: 1,7\n", "x.soc")[0]


def test_fairpyx_conflicts_exclude_each_other(tmp_path: Path) -> None:
    path = tmp_path / "course.json"
    given = {
        "valuations": {"s1": {"a": 10, "b": 9, "c": 1}},
        "item_capacities": {"a": 1, "b": 1, "c": 1},
        "agent_capacities": {"s1": 2},
        "item_conflicts": {"a": ["b"]},
    }
    path.write_text(json.dumps(given))
    prepared = prepare(read_round(path))
    found = report(prepared, distribute_evenly(prepared.problem, 1, QUICK))
    assert sorted(p["occurrence"] for p in found["students"][0]["placements"]) == ["a", "c"]
    assert not check(prepared.round, found).wrong
