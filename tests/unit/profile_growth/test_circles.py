"""Who sees what of a profile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.domain.circles import (
    DEFAULTS,
    Circle,
    FieldKind,
    Onlooker,
    Visibility,
    VisibilitySource,
    default_visibility,
    in_words,
    sees,
    source_in_words,
    visibility_of,
)
from tests.unit.profile_growth.builders import IDA, MAYA, OMAR

CIRCLES = st.frozensets(st.sampled_from(Circle))
EVERY_OFFICE = frozenset(Circle) - {Circle.NAMED}


def test_every_kind_of_entry_has_a_default() -> None:
    assert set(DEFAULTS) == set(FieldKind)


def test_a_need_is_seen_by_whoever_is_named_and_by_no_other_teacher_family_or_office() -> None:
    need = default_visibility(FieldKind.NEED, [IDA])
    assert sees(need, Onlooker(IDA, frozenset({Circle.TEACHERS})))
    assert not sees(need, Onlooker(OMAR, EVERY_OFFICE))


def test_a_need_that_names_nobody_is_the_learners_alone() -> None:
    need = default_visibility(FieldKind.NEED)
    assert sees(need, Onlooker(MAYA, frozenset(), is_learner=True))
    assert not sees(need, Onlooker(IDA, frozenset(Circle)))


@given(CIRCLES, CIRCLES)
def test_an_onlooker_who_is_not_named_sees_an_entry_exactly_when_a_circle_of_theirs_is_in(
    open_to: frozenset[Circle], theirs: frozenset[Circle]
) -> None:
    seen = sees(Visibility(open_to, (IDA,)), Onlooker(OMAR, theirs))
    assert seen == any(circle in theirs for circle in open_to if circle is not Circle.NAMED)


@given(CIRCLES)
def test_the_learner_sees_every_entry(open_to: frozenset[Circle]) -> None:
    assert sees(Visibility(open_to), Onlooker(MAYA, frozenset(), is_learner=True))


def test_naming_somebody_adds_to_the_default_and_counts_as_chosen() -> None:
    strength = visibility_of(FieldKind.STRENGTH, None, [IDA, IDA])
    assert strength.circles == DEFAULTS[FieldKind.STRENGTH] | {Circle.NAMED}
    assert strength.named_ids == (IDA,)
    assert strength.source is VisibilitySource.CHOSEN


def test_no_circles_at_all_is_a_choice_too() -> None:
    strength = visibility_of(FieldKind.STRENGTH, [])
    assert strength.source is VisibilitySource.CHOSEN
    assert not sees(strength, Onlooker(IDA, frozenset(Circle)))


@pytest.mark.parametrize(
    ("visibility", "words"),
    [
        (Visibility(frozenset()), "me"),
        (Visibility(frozenset({Circle.FAMILY})), "me and my family"),
        (Visibility(frozenset({Circle.TEACHERS, Circle.ADVISOR})), "me, my advisor and my teachers"),
        (Visibility(frozenset({Circle.NAMED}), (IDA,)), "me and 1 person I named"),
        (
            Visibility(frozenset({Circle.NAMED, Circle.PROJECT_PARTNERS}), (IDA, OMAR)),
            "me, partners of my projects and 2 people I named",
        ),
        (Visibility(frozenset({Circle.FAMILY}), (IDA,)), "me and my family"),
    ],
)
def test_who_sees_an_entry_is_said_in_plain_words(visibility: Visibility, words: str) -> None:
    assert in_words(visibility) == words


def test_where_the_rule_came_from_is_said_in_plain_words() -> None:
    assert source_in_words(FieldKind.NEED, VisibilitySource.DEFAULT) == "Trellis's own default for need"
    assert source_in_words(FieldKind.NEED, VisibilitySource.CHOSEN) == "chosen by whoever wrote this"
