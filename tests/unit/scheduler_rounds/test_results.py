"""From choices to results: quotas are kept, every choice has its reason, and each reason has words."""

from dataclasses import replace

from services.scheduler.distribution_files.from_timetable import RoundInput, Timetable, round_input
from services.scheduler.distribution_files.results import Worked, worked_out
from services.scheduler.distribution_files.round_words import (
    AGAINST_TEXTS,
    ROUND_TEXTS,
    say_against,
    say_change,
    say_reason,
)
from services.scheduler.distribution_files.solve_order import SolveOrder
from services.scheduler.distribution_files.solving import solve
from services.scheduler.domain.round_runs import GivenPlace, Result, Run
from services.scheduler.domain.round_telling import published, withdrawn
from tests.unit.scheduler_rounds.school_round import (
    DISTRICT,
    NOW,
    SCHOOL,
    a_place,
    a_session,
    a_timetable,
    ranking,
)

RUN = Run(
    run_id="run_1",
    version=1,
    district_id=DISTRICT,
    school_id=SCHOOL,
    round_id="round_1",
    seed=7,
    asked_by="person_office",
    asked_at=NOW,
    correlation_id="corr_1",
)


def work_out(timetable: Timetable) -> tuple[Worked, RoundInput]:
    given = round_input(timetable)
    return worked_out(RUN, timetable.rankings, given, solve(SolveOrder(given.ranked, given.quotas))), given


def of(student_id: str, worked: Worked) -> Result:
    return next(result for result in worked.results if result.student_id == student_id)


def test_nobody_is_given_more_of_an_offer_than_it_may_be_had() -> None:
    twice = [a_session("Chess", block, once_a_day=True) for block in ("block_1", "block_2")]
    pottery = a_session("Pottery", "block_2")
    wanted = ranking("maya", block_1=[twice[0].occurrence_id], block_2=[twice[1].occurrence_id, pottery.occurrence_id])
    worked, given = work_out(a_timetable([*twice, pottery], [wanted]))
    assert [quota.most for quota in given.quotas] == [1]
    result = of("maya", worked)
    assert [place.occurrence_id for place in result.places] == [twice[0].occurrence_id, pottery.occurrence_id]
    assert [reason.key for reason in result.reasons] == ["placed", "often-enough", "placed"]
    assert worked.figures["set_aside"] == {"often-enough": 1}


def test_what_a_student_has_already_counts_towards_a_quota() -> None:
    morning, noon = (a_session("Chess", block, most_a_week=1) for block in ("block_1", "block_2"))
    timetable = a_timetable([noon], [ranking("maya", block_2=[noon.occurrence_id])], [a_place("maya", morning)])
    assert [row.key for row in round_input(timetable).set_aside["maya"]] == ["often-enough"]


def test_a_result_speaks_of_ranks_as_the_student_gave_them() -> None:
    gone, pottery = a_session("Chess", cancelled=True), a_session("Pottery")
    worked, _ = work_out(
        a_timetable([gone, pottery], [ranking("maya", block_1=[gone.occurrence_id, pottery.occurrence_id])])
    )
    result = of("maya", worked)
    assert [(reason.rank, reason.key) for reason in result.reasons] == [(1, "called-off"), (2, "placed")]
    assert result.places[0].rank == 2
    assert published(result).reason == "called-off"


def test_an_empty_block_says_why() -> None:
    full, chess = a_session("Robotics", cap=0), a_session("Chess", "block_2")
    wanted = [
        ranking("maya", block_1=[full.occurrence_id], block_2=[chess.occurrence_id]),
        ranking("ben", block_1=["occ_unknown"], block_2=[chess.occurrence_id]),
    ]
    worked, _ = work_out(a_timetable([full, chess], wanted))
    assert [one.key for one in of("maya", worked).empty] == ["nothing-left"]
    assert [one.key for one in of("ben", worked).empty] == ["nothing-counted"]


def test_the_same_input_and_seed_give_the_same_digest_whatever_the_run_is_called() -> None:
    chess, pottery = a_session("Chess", cap=1), a_session("Pottery", cap=2)
    both = [chess.occurrence_id, pottery.occurrence_id]
    timetable = a_timetable([chess, pottery], [ranking(name, block_1=both) for name in ("ana", "ben", "cleo")])
    (first, _), given = work_out(timetable), round_input(timetable)
    other = replace(RUN, run_id="run_2")
    second = worked_out(other, timetable.rankings, given, solve(SolveOrder(given.ranked, given.quotas, 2)))
    assert first.digest == second.digest
    assert [one.result_id for one in first.results] != [one.result_id for one in second.results]


def test_a_student_is_told_the_reason_of_the_best_choice_they_missed() -> None:
    chess, pottery = a_session("Chess", cap=1), a_session("Pottery", cap=2)
    both = [chess.occurrence_id, pottery.occurrence_id]
    worked, _ = work_out(a_timetable([chess, pottery], [ranking(name, block_1=both) for name in ("ana", "ben")]))
    facts = sorted((published(result) for result in worked.results), key=lambda fact: str(fact.reason))
    assert [(fact.reason, fact.missed_rank, fact.seats, fact.ranked) for fact in facts] == [
        (None, None, None, None),
        ("full", 1, 1, 2),
    ]
    assert facts[1].change is not None


def test_a_place_that_could_not_be_made_is_what_a_student_hears_first() -> None:
    against = GivenPlace(block_id="b", occurrence_id="o", space_id=None, rank=1, against=("locked",), not_returned=2)
    result = Result(
        result_id="result_1", version=1, district_id=DISTRICT, school_id=SCHOOL, round_id="round_1", run_id="run_1",
        student_id="maya", place=0, blocks=1, share=1.0, credit=0.0, credit_after=0.0, takes_part=True,
        places=(against,),
    )  # fmt: skip
    assert (published(result).reason, published(result).placed) == ("changed-since", 0)
    assert withdrawn(result).not_returned == 2


def test_every_key_has_a_sentence() -> None:
    for key in ROUND_TEXTS:
        assert "{" not in say_reason(key, {}, 1, "Wildcat Time, Monday 09:00")
    for code in (*AGAINST_TEXTS, "a-code-of-tomorrow"):
        assert say_against((code,)).endswith("Ask the school office.")
    assert say_change("with-credit", {"credit": 0.5}) == "With 0.5 more credit you would have been in."
    assert say_change(None, None) is None
