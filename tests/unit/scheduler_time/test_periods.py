"""Periods: terms from a date on, never backwards."""

from datetime import date

import pytest

from kit.refusals import Refusals
from services.scheduler.domain.periods import Period, Terms, renew, terms_on
from services.scheduler.domain.spaces import check_seats, own_work_left
from tests.unit.scheduler_time.builders import DISTRICT, SCHOOL, a_space

PERIOD = Period(
    period_id="period_1",
    version=1,
    district_id=DISTRICT,
    school_id=SCHOOL,
    terms=(Terms(name="First", from_on=date(2026, 9, 1), until_on=date(2026, 12, 18)),),
)


def test_terms_hold_from_their_first_day_to_their_last() -> None:
    for day, name in ((date(2026, 8, 31), None), (date(2026, 9, 1), "First"), (date(2026, 12, 19), None)):
        terms = terms_on(PERIOD, day)
        assert (terms and terms.name) == name


def test_newer_terms_take_over_and_older_days_stay() -> None:
    renewed = renew(PERIOD, Terms(name="Morning", from_on=date(2026, 11, 1)))
    before, after = terms_on(renewed, date(2026, 10, 31)), terms_on(renewed, date(2027, 3, 1))
    assert (before and before.name, after and after.name) == ("First", "Morning")


def test_terms_cannot_be_written_into_the_past_of_the_period() -> None:
    with pytest.raises(Refusals) as refused:
        renew(PERIOD, Terms(name="Morning", from_on=date(2026, 9, 1)))
    assert refused.value.codes == {"terms-not-later"}


def test_terms_end_after_they_begin() -> None:
    with pytest.raises(Refusals) as refused:
        renew(PERIOD, Terms(name="Morning", from_on=date(2026, 11, 2), until_on=date(2026, 11, 1)))
    assert refused.value.codes == {"terms-end-before-start"}


def test_no_number_of_a_space_passes_its_legal_limit() -> None:
    with pytest.raises(Refusals) as refused:
        check_seats(a_space(legal_limit=10, target=11, accessible=12, own_work_seats=13))
    assert [reason.details["field"] for reason in refused.value.reasons] == ["target", "accessible", "own_work_seats"]


def test_own_work_gets_no_more_than_the_space_gives_it() -> None:
    space = a_space(own_work=True, own_work_seats=4)
    assert (own_work_left(space, 20, 1), own_work_left(space, 2, 1), own_work_left(space, 20, 5)) == (3, 2, 0)
    assert own_work_left(a_space(own_work_seats=4), 20, 0) == 0
