"""What a run is worked out from: which choices can count, how many seats are left, and what names it."""

from dataclasses import replace
from datetime import timedelta

from services.scheduler.distribution_files.from_timetable import round_input
from services.scheduler.domain.eligibility import Eligibility
from services.scheduler.domain.occurrences import EquipmentNeed
from services.scheduler.domain.resource_days import ResourceDay, Use, resource_day_id
from services.scheduler.domain.spaces import Space, space_day
from services.scheduler.domain.weeks import Cause
from tests.unit.scheduler_rounds.school_round import (
    DAY,
    DISTRICT,
    SCHOOL,
    a_place,
    a_session,
    a_student,
    a_timetable,
    at,
    ranking,
)

CHESS, POTTERY, ROBOTICS = a_session("Chess"), a_session("Pottery"), a_session("Robotics", cap=2)
BOTH = [CHESS.occurrence_id, POTTERY.occurrence_id]


def a_space(seats: int, **changes: object) -> Space:
    fields = {"space_id": "space_1", "version": 1, "district_id": DISTRICT, "school_id": SCHOOL, "name": "Library"}
    return Space(**{**fields, "legal_limit": seats, "target": seats, **changes})  # type: ignore[arg-type]


def a_day(space: Space, *uses: Use) -> dict[str, ResourceDay]:
    day = replace(space_day(space, DAY.date()), uses=uses)
    return {day.day_id: day}


def test_choices_are_taken_in_the_order_of_the_student() -> None:
    given = round_input(a_timetable([CHESS, POTTERY], [ranking("maya", block_1=BOTH[::-1])]))
    assert [choice.ranked for choice in given.ranked.choices] == [BOTH[::-1]]
    assert [student.id for student in given.ranked.students] == ["maya"]
    assert given.set_aside == {}


def test_what_cannot_count_is_set_aside_with_its_reason() -> None:
    closed = replace(POTTERY, eligibility=Eligibility(grades=frozenset({"12"})))
    called_off = replace(ROBOTICS, cancelled=True)
    wanted = [CHESS.occurrence_id, closed.occurrence_id, called_off.occurrence_id]
    given = round_input(a_timetable([CHESS, closed, called_off], [ranking("maya", block_1=wanted)]))
    assert [(row.rank, row.key) for row in given.set_aside["maya"]] == [(2, "not-open-to-you"), (3, "called-off")]
    assert given.ranked.choices[0].ranked == wanted[:1]


def test_a_student_whom_nothing_is_left_for_takes_no_part() -> None:
    gone = a_timetable([CHESS], [ranking("maya", block_1=BOTH)], students={"maya": a_student("maya", active=False)})
    given = round_input(gone)
    assert (given.ranked.students, given.ranked.choices) == ([], [])
    assert {row.key for row in given.set_aside["maya"]} == {"not-open-to-you", "called-off"}


def test_own_choices_may_be_left_for_better_and_what_adults_gave_may_not() -> None:
    other = a_session("Choir")
    for cause, kept in ((Cause.CHOSEN, BOTH), (Cause.PROMOTED, BOTH), (Cause.ASSIGNED, []), (Cause.DISTRIBUTED, [])):
        week = a_place("maya", other, cause)
        given = round_input(a_timetable([CHESS, POTTERY], [ranking("maya", block_1=BOTH)], [week]))
        assert [choice.ranked for choice in given.ranked.choices] == ([kept] if kept else []), cause


def test_nothing_counts_that_is_ranked_below_what_the_student_has() -> None:
    week = a_place("maya", CHESS)
    wanted = [ROBOTICS.occurrence_id, *BOTH]
    given = round_input(a_timetable([CHESS, POTTERY, ROBOTICS], [ranking("maya", block_1=wanted)], [week]))
    assert given.ranked.choices[0].ranked == [ROBOTICS.occurrence_id]
    assert [row.key for row in given.set_aside["maya"]] == ["yours-already", "yours-already"]


def test_seats_are_those_that_are_left_under_cap_and_equipment() -> None:
    saws = ResourceDay(
        day_id=resource_day_id("pool_1", DAY.date()),
        resource_id="pool_1",
        kind="pool",
        version=1,
        district_id=DISTRICT,
        school_id=SCHOOL,
        day=DAY.date(),
        limit=7,
        target=7,
    )
    sawing = replace(CHESS, cap=9, taken=2, equipment=(EquipmentNeed(pool_id="pool_1", each_seat=2),))
    roomy = replace(POTTERY, cap=None)
    given = round_input(a_timetable([sawing, roomy], [ranking("maya", block_1=BOTH)], days={saws.day_id: saws}))
    assert [one.seats for one in given.ranked.occurrences] == [3, None]


def test_uses_of_a_space_that_share_minutes_share_its_seats_and_others_do_not() -> None:
    space = a_space(10)
    used = Use("elsewhere", at(9), at(9.5), 4)
    sessions = [replace(one, space_id="space_1") for one in (CHESS, POTTERY, a_session("Choir", "block_2"))]
    given = round_input(a_timetable(sessions, [ranking("maya", block_1=BOTH)], days=a_day(space, used)))
    assert [room.seats for room in given.ranked.spaces] == [6, 10]
    rooms = {one.title: one.space for one in given.ranked.occurrences}
    assert rooms["Chess"] == rooms["Pottery"] != rooms["Choir"]


def test_a_calm_space_comes_after_what_was_ranked_and_keeps_to_its_seats() -> None:
    space = a_space(10, own_work=True, own_work_seats=3, features=("calm",))
    loud = a_space(30, space_id="space_2", own_work=True, own_work_seats=30)
    given = round_input(
        a_timetable(
            [CHESS],
            [ranking("maya", block_1=[CHESS.occurrence_id], calm=["block_1"])],
            own_work_spaces=(space, loud),
            days=a_day(space) | a_day(loud),
        )
    )
    assert given.ranked.choices[0].ranked == [CHESS.occurrence_id, "space_1@block_1"]
    calm = [one for one in given.ranked.occurrences if one.calm]
    assert [(one.id, one.seats) for one in calm] == [("space_1@block_1", 3), ("space_1@block_2", 3)]


def test_friends_count_when_both_name_each_other_and_take_part() -> None:
    rankings = [
        ranking("maya", friends=["ben", "cleo"], block_1=BOTH),
        ranking("ben", friends=["maya"], block_1=BOTH),
        ranking("cleo", friends=["maya"]),
    ]
    given = round_input(a_timetable([CHESS, POTTERY], rankings))
    assert {(pair.student, pair.other) for pair in given.ranked.friends} == {("maya", "ben"), ("ben", "maya")}


def test_the_digest_names_what_counts_and_nothing_else() -> None:
    plain = a_timetable([CHESS, POTTERY], [ranking("maya", block_1=BOTH), ranking("ben", block_1=BOTH)])
    digest = round_input(plain).digest
    turned = replace(plain, occurrences=plain.occurrences[::-1], rankings=plain.rankings[::-1])
    renamed = replace(plain, occurrences=[replace(CHESS, title="Chess club"), POTTERY])
    assert {round_input(one).digest for one in (plain, turned, renamed)} == {digest}
    changed = [
        replace(plain, seed=8),
        replace(plain, credits={"maya": 0.5}),
        replace(plain, occurrences=[replace(CHESS, taken=1), POTTERY]),
        replace(plain, students={"maya": a_student("maya")}),
        replace(plain, rankings=[ranking("maya", block_1=BOTH[::-1]), ranking("ben", block_1=BOTH)]),
        replace(
            plain,
            blocks={key: replace(one, ends_at=one.ends_at + timedelta(minutes=5)) for key, one in plain.blocks.items()},
        ),
    ]
    digests = {round_input(one).digest for one in changed}
    assert digest not in digests
    assert len(digests) == len(changed)
