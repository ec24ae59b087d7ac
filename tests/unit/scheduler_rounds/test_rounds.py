"""Rounds: what may be opened, what they hold, and from which state to which they go."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kit.refusals import Refusals
from services.scheduler.domain.round_runs import credit_moved
from services.scheduler.domain.rounds import (
    MOST_BLOCKS,
    RoundState,
    Settling,
    begin_publishing,
    begin_undoing,
    call_off,
    close_ranking,
    derived_id,
    finish_publishing,
    finish_undoing,
    held_for_round,
    holds_of,
    is_ranked_in,
    open_round,
    refuse_publication,
)
from tests.unit.scheduler_rounds.school_round import NOW, a_block, a_round, a_session

ASKED = Settling(run_id="run_1", attempt=0, asked_by="person_office", asked_at=NOW, correlation_id="corr_1")
CLOSED = {"closes_at": NOW - timedelta(hours=1)}


def test_a_round_is_opened_over_blocks_in_which_something_takes_place() -> None:
    (fact,) = open_round(a_round(), [a_block("block_1"), a_block("block_2")], [a_session("Chess")], [], NOW)
    assert (fact.round_id, fact.block_ids) == ("round_1", ("block_1", "block_2"))


def test_all_reasons_against_a_round_come_together() -> None:
    over = a_round(closes_at=NOW - timedelta(days=2))
    with pytest.raises(Refusals) as refused:
        open_round(over, [a_block(locked_at=NOW)] * (MOST_BLOCKS + 1), [], ["block_1"], NOW)
    assert refused.value.codes == {
        "too-many-blocks", "ranking-ends-before-it-begins", "block-closed-to-rounds", "block-in-another-round",
        "nothing-to-rank",
    }  # fmt: skip


def test_a_round_narrowed_to_an_offer_holds_that_alone() -> None:
    narrowed = a_round(offer_ids=frozenset({"offer_chess"}))
    (hold, _) = holds_of(narrowed, NOW)
    assert [is_ranked_in(narrowed, a_session(title)) for title in ("Chess", "Pottery")] == [True, False]
    assert held_for_round(hold, a_session("Chess"), NOW) is not None
    assert held_for_round(hold, a_session("Pottery"), NOW) is None


@pytest.mark.parametrize(
    ("opens", "closes", "said"), [(1, 2, "You can rank it from"), (-1, 2, "Rank it until"), (-2, -1, "closed at")]
)
def test_a_held_seat_says_what_a_student_can_do(opens: int, closes: int, said: str) -> None:
    of = a_round(opens_at=NOW + timedelta(hours=opens), closes_at=NOW + timedelta(hours=closes))
    held = held_for_round(holds_of(of, NOW)[0], a_session("Chess"), NOW)
    assert held is not None
    assert said in held.detail


def test_a_choice_from_before_the_hold_is_not_touched() -> None:
    hold = holds_of(a_round(), NOW)[0]
    assert held_for_round(hold, a_session("Chess"), NOW - timedelta(seconds=1)) is None
    assert held_for_round(None, a_session("Chess"), NOW) is None


def test_a_round_is_published_and_undone_and_counts_its_attempts() -> None:
    blocks = [a_block("block_1")]
    publishing = begin_publishing(a_round(**CLOSED), ASKED, blocks, NOW)
    assert (publishing.state, publishing.at_work, publishing.published_run_id) == (RoundState.PUBLISHING, True, None)
    published, fact = finish_publishing(publishing, "digest", 7)
    assert (published.state, published.published_run_id, fact.seed) == (RoundState.PUBLISHED, "run_1", 7)
    undoing = begin_undoing(published, replace(ASKED, run_id=""), blocks, [])
    undone, _ = finish_undoing(undoing)
    assert (undone.state, undone.published_run_id) == (RoundState.OPEN, None)
    again = begin_publishing(undone, ASKED, blocks, NOW)
    assert [one.settling.attempt for one in (publishing, undoing, again) if one.settling] == [1, 1, 2]


def test_a_refused_publication_leaves_the_round_open_and_says_why() -> None:
    refused = refuse_publication(begin_publishing(a_round(**CLOSED), ASKED, [], NOW), "run-outdated")
    assert refused.settling is not None
    assert (refused.state, refused.settling.refused) == (RoundState.OPEN, "run-outdated")


def test_nothing_is_published_or_undone_out_of_turn() -> None:
    locked = [a_block(locked_at=NOW)]
    with pytest.raises(Refusals) as refused:
        begin_publishing(a_round(), ASKED, locked, NOW)
    assert refused.value.codes == {"ranking-still-open", "blocks-locked"}
    with pytest.raises(Refusals) as refused:
        begin_undoing(a_round(settling=ASKED), ASKED, [a_block()], ["block_1"])
    assert refused.value.codes == {"round-not-published", "block-in-another-round"}
    for change in (call_off, lambda of: close_ranking(of, NOW)):
        with pytest.raises(Refusals) as refused:
            change(a_round(state=RoundState.PUBLISHED))
        assert refused.value.codes == {"round-not-open"}


def test_closing_never_opens_a_ranking_longer() -> None:
    assert close_ranking(a_round(), NOW).closes_at == NOW
    assert close_ranking(a_round(**CLOSED), NOW).closes_at == CLOSED["closes_at"]
    not_begun = close_ranking(a_round(opens_at=NOW + timedelta(hours=1)), NOW)
    assert not_begun.opens_at <= not_begun.closes_at


def test_ids_are_the_same_for_the_same_parts_alone() -> None:
    assert derived_id("place", "run", 1) == derived_id("place", "run", 1)
    assert derived_id("place", "run", 1) != derived_id("place", "run", 2)


def test_credit_moves_and_moves_back_and_keeps_what_came_between() -> None:
    assert credit_moved(0.4, 0.4, 1.3, most=4) == 1.3
    assert credit_moved(1.3, 1.3, 0.4, most=4) == 0.4
    assert credit_moved(2.0, 1.3, 0.4, most=4) == pytest.approx(1.1)
    assert credit_moved(0.5, 1.3, 0.0, most=4) == 0.0
    assert credit_moved(3.9, 0.0, 1.0, most=4) == 4.0
