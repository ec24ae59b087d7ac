"""The story's own honesty: what does not hold stops it, and a search finds what it must."""

from pathlib import Path

import pytest

from cli.demo.forgetting import named_in
from cli.demo.telling import Untrue, check, refused, until
from cli.sample import write_sample
from cli.traces import lines_of
from cli.trouble import Refused
from deploy.local.search import Found, Wanted


def _refuse(*codes: str) -> None:
    raise Refused(409, {"refusals": [{"code": code, "detail": code} for code in codes]})


def test_a_claim_that_does_not_hold_stops_the_story() -> None:
    check(True, "fine")
    with pytest.raises(Untrue, match="the sun is green"):
        check(False, "the sun is green")


def test_a_refusal_that_does_not_come_stops_the_story() -> None:
    assert refused(lambda: _refuse("a", "b"), "a").codes == {"a", "b"}
    with pytest.raises(Untrue):
        refused(lambda: None, "a")
    with pytest.raises(Untrue):
        refused(lambda: _refuse("b"), "a")


def test_what_never_comes_true_stops_the_story_with_the_last_reason() -> None:
    with pytest.raises(Untrue, match="not-yet"):
        until(lambda: _refuse("not-yet"), "it comes", seconds=0.2)


def test_words_are_found_whole_and_names_together() -> None:
    wanted = Wanted(("learner-0001", "usr-1"), ("Ana", "Silva"))
    assert wanted.is_in(b'{"username":"learner-0001"}')
    assert wanted.is_in(b"name: Ana Silva, here")
    assert not wanted.is_in(b"learner-00012 and xusr-1")
    assert not wanted.is_in(b"Ana of another family")
    found = Found()
    found.look("documents", "here", b"usr-1", wanted)
    found.look("documents", "there", b"nothing", wanted)
    assert (found.looked_at, found.places) == ({"documents": 2}, ["here"])


def test_what_the_roster_says_of_somebody_is_what_is_looked_for(tmp_path: Path) -> None:
    roster = tmp_path / "roster.zip"
    write_sample(roster, schools=1, learners=30, seed=1)
    wanted = named_in(roster, "learner-0001")
    assert {"learner-0001", "LEARNER-0001"} <= set(wanted.alone)
    assert any("@" in word for word in wanted.alone)
    assert "" not in wanted.alone
    assert all(wanted.together)


def test_a_trace_is_told_from_its_first_hop_on_deeper_by_cause() -> None:
    steps = [
        {
            "service": "scheduler",
            "kind": "announced",
            "type": "t",
            "event_id": "f",
            "depth": 0,
            "at": "2031-05-06T16:00:00Z",
        },
        {
            "service": "profile",
            "kind": "consumed",
            "type": "t",
            "event_id": "f",
            "depth": 1,
            "at": "2031-05-06T16:00:00.040Z",
        },
    ]
    first, second = (str(line) for line in lines_of(steps))
    assert "0 ms  scheduler announces t" in first
    assert "40 ms    profile hears t" in second
