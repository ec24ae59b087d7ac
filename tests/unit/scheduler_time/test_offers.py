"""Offers: who may publish and change them, and what their occurrences take over."""

from typing import Any

import pytest

from kit.refusals import Refusals
from services.scheduler.domain.eligibility import Eligibility
from services.scheduler.domain.host_weeks import empty_week, host, unhost
from services.scheduler.domain.offers import (
    Editor,
    Overrides,
    check_editor,
    effective_cap,
    publish,
    reasons_not_to_schedule,
    republish,
    schedule,
)
from tests.unit.scheduler_time.builders import DISTRICT, NOW, a_block, a_space, an_offer, at

HOST = Editor(person_id="person_host", administers=False)
OTHER = Editor(person_id="person_other", administers=False)
OFFICE = Editor(person_id="person_office", administers=True)
STAFF = frozenset({"person_host", "person_other"})


def test_an_educator_publishes_what_they_host() -> None:
    offer, facts = publish(an_offer(), HOST, STAFF)
    assert [fact.offer_id for fact in facts] == [offer.offer_id]


def test_an_educator_does_not_publish_for_somebody_else() -> None:
    with pytest.raises(Refusals) as refused:
        publish(an_offer(), OTHER, STAFF)
    assert refused.value.codes == {"host-others-only"}


def test_an_administrator_publishes_for_anyone_of_staff() -> None:
    assert publish(an_offer(), OFFICE, STAFF)[1]


def test_a_host_who_does_not_work_there_is_refused() -> None:
    with pytest.raises(Refusals) as refused:
        publish(an_offer(host_ids=("person_host", "person_stranger")), OFFICE, STAFF)
    assert refused.value.codes == {"host-not-staff"}


def test_an_offer_is_changed_by_its_hosts_and_the_office_alone() -> None:
    check_editor(an_offer(), HOST)
    check_editor(an_offer(), OFFICE)
    with pytest.raises(Refusals) as refused:
        check_editor(an_offer(), OTHER)
    assert refused.value.codes == {"not-your-offer"}


@pytest.mark.parametrize(
    ("own", "with_space", "offer_cap", "cap"),
    [
        (5, True, 9, 5),
        (0, True, 9, 0),
        ("unlimited", True, 9, None),
        (None, True, 9, 16),
        (None, False, 9, 9),
        (None, False, 0, 0),
        (None, False, None, None),
    ],
)
def test_a_cap_is_the_occurrences_own_else_the_spaces_else_the_offers(
    own: Any, with_space: bool, offer_cap: int | None, cap: int | None
) -> None:
    assert effective_cap(own, a_space(target=16) if with_space else None, offer_cap) == cap


def test_an_occurrence_carries_its_offers_fields_and_its_blocks_times() -> None:
    offer = an_offer(tags=("bikes",), skills=("patience",), eligibility=Eligibility(grades=frozenset({"09"})))
    occurrence = schedule(offer, a_block(), None, Overrides(), "occ_1")
    assert (occurrence.tags, occurrence.skills, occurrence.eligibility) == (
        ("bikes",),
        ("patience",),
        offer.eligibility,
    )
    assert (occurrence.starts_at, occurrence.week, occurrence.version) == (at(8, 30), "2026-W49", 0)


def test_all_reasons_not_to_schedule_are_told_together() -> None:
    blocks = [a_block(locked_at=NOW), a_block(block_id="block_2", school_id="school_2")]
    reasons = reasons_not_to_schedule(an_offer(withdrawn=True), blocks, a_space(school_id="school_2"), NOW)
    assert {reason.code for reason in reasons} == {
        "offer-withdrawn",
        "space-elsewhere",
        "block-closed-to-offers",
        "no-such-block-here",
    }


def test_a_changed_offer_changes_its_occurrence_but_not_what_was_set_there() -> None:
    occurrence = schedule(an_offer(), a_block(), None, Overrides(title="Brakes", cap=3), "occ_1")
    changed = republish(occurrence, an_offer(title="Bikes", cap=12, tags=("bikes",)))
    assert (changed.title, changed.cap, changed.tags) == ("Brakes", 3, ("bikes",))


def test_a_changed_cap_reaches_an_occurrence_without_one_of_its_own() -> None:
    occurrence = schedule(an_offer(cap=5), a_block(), None, Overrides(), "occ_1")
    assert republish(occurrence, an_offer(cap=12)).cap == 12


def test_a_changed_cap_does_not_replace_the_spaces() -> None:
    occurrence = schedule(an_offer(cap=5), a_block(), a_space(target=16), Overrides(), "occ_1")
    assert republish(occurrence, an_offer(cap=12)).cap == 16


def test_nobody_hosts_two_things_at_one_minute() -> None:
    week = host(empty_week(DISTRICT, "person_host", "2026-W49"), "occ_1", at(8), at(9))
    with pytest.raises(Refusals) as refused:
        host(week, "occ_2", at(8, 59), at(10))
    assert refused.value.codes == {"host-busy"}
    assert len(host(week, "occ_2", at(9), at(10)).hosting) == 2
    assert host(unhost(week, "occ_1"), "occ_2", at(8, 59), at(10))
