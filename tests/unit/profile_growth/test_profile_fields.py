"""Entries of a profile: written, replaced, shared, removed, and remembered with who, when and why."""

import pytest

from contracts.profile import InterestsChanged
from kit.refusals import Refusals
from services.profile.domain.circles import Circle, FieldKind, Onlooker, Visibility, default_visibility
from services.profile.domain.profile_fields import (
    MOST_OF_A_KIND,
    Act,
    add_field,
    remove_field,
    set_interests,
    set_single,
    share_field,
    shown_fields,
    shown_turns,
    single_field_id,
    without,
)
from tests.unit.profile_growth.builders import BY_IDA, BY_MAYA, IDA, MAYA, NOON, a_profile, an_entry

TEACHER = Onlooker(IDA, frozenset({Circle.TEACHERS}))
LEARNER = Onlooker(MAYA, frozenset(), is_learner=True)


def test_interests_are_announced_as_tags_while_own_words_stay() -> None:
    field = an_entry(FieldKind.INTERESTS, text="anything with sparks", tags=("welding",))
    profile, turn, facts = set_interests(a_profile(), field, frozenset({"welding"}), BY_MAYA)
    assert profile.fields == (field,)
    assert facts == [InterestsChanged(district_id="district_1", person_id=MAYA, tags=("welding",))]
    assert (turn.act, turn.version, turn.by, turn.at, turn.why) == (Act.ADDED, 4, MAYA, NOON, "I tried it")


def test_a_tag_outside_the_districts_list_is_refused_by_name() -> None:
    field = an_entry(FieldKind.INTERESTS, tags=("welding", "zzz"))
    with pytest.raises(Refusals) as refused:
        set_interests(a_profile(), field, frozenset({"welding"}), BY_MAYA)
    assert refused.value.codes == {"unknown-tags"}
    assert "zzz" in refused.value.reasons[0].detail
    assert "welding" not in refused.value.reasons[0].detail


def test_ways_of_learning_are_replaced_where_they_stand_and_the_change_is_kept() -> None:
    before = an_entry(FieldKind.WAYS_OF_LEARNING, tags=("alone",))
    after = an_entry(FieldKind.WAYS_OF_LEARNING, tags=("in-a-group",))
    profile, turn, facts = set_single(a_profile(before), after, BY_MAYA)
    assert profile.fields == (after,)
    assert (turn.act, turn.tags, facts) == (Act.CHANGED, ("in-a-group",), [])


def test_the_entry_a_profile_has_once_has_a_derived_id() -> None:
    assert single_field_id("person_0af1", FieldKind.WAYS_OF_LEARNING) == "ways_of_learning_0af1"


def test_a_profile_holds_so_many_entries_of_a_kind_and_no_more() -> None:
    full = a_profile(*(an_entry(field_id=f"strength_{number}") for number in range(MOST_OF_A_KIND)))
    need = an_entry(FieldKind.NEED, field_id="need_1")
    assert len(add_field(full, need, BY_MAYA)[0].fields) == MOST_OF_A_KIND + 1
    with pytest.raises(Refusals) as refused:
        add_field(full, an_entry(field_id="strength_more"), BY_MAYA)
    assert refused.value.codes == {"too-many-fields"}


def test_a_removed_entry_leaves_a_change_without_its_words() -> None:
    profile, turn, _ = remove_field(a_profile(an_entry()), "strength_1", FieldKind.STRENGTH, BY_MAYA)
    assert profile.fields == ()
    assert (turn.act, turn.text) == (Act.REMOVED, None)


def test_a_teacher_removes_what_they_wrote_and_nothing_else() -> None:
    profile = a_profile(an_entry(), an_entry(field_id="strength_2", written_by=IDA))
    left, _, _ = remove_field(profile, "strength_2", FieldKind.STRENGTH, BY_IDA)
    assert [field.field_id for field in left.fields] == ["strength_1"]
    with pytest.raises(Refusals) as refused:
        remove_field(profile, "strength_1", FieldKind.STRENGTH, BY_IDA)
    assert refused.value.codes == {"not-your-entry"}


def test_an_entry_of_another_kind_is_not_there() -> None:
    with pytest.raises(Refusals) as refused:
        remove_field(a_profile(an_entry()), "strength_1", FieldKind.NEED, BY_MAYA)
    assert refused.value.codes == {"no-such-field"}


def test_sharing_an_entry_changes_who_sees_it_and_nothing_else() -> None:
    narrow = Visibility(frozenset({Circle.FAMILY}))
    profile, turn, _ = share_field(a_profile(an_entry()), "strength_1", narrow, BY_MAYA)
    assert profile.fields == (an_entry(visibility=narrow),)
    assert (turn.act, turn.visibility) == (Act.SHARED, narrow)


def test_whoever_wrote_an_entry_sees_it_though_it_names_somebody_else() -> None:
    need = an_entry(FieldKind.NEED, field_id="need_1", written_by=IDA)
    hidden = an_entry(FieldKind.NEED, field_id="need_2")
    assert shown_fields(a_profile(need, hidden), TEACHER) == (need,)
    assert shown_fields(a_profile(need, hidden), LEARNER) == (need, hidden)


def test_others_do_not_see_the_changes_of_what_is_hidden_or_gone_from_them() -> None:
    strength = an_entry()
    profile, added, _ = add_field(a_profile(), strength, BY_MAYA)
    profile, hidden, _ = share_field(profile, "strength_1", Visibility(frozenset()), BY_MAYA)
    assert shown_turns([hidden, added], profile, TEACHER) == ()
    assert shown_turns([hidden, added], profile, LEARNER) == (hidden, added)
    open_again, shared, _ = share_field(profile, "strength_1", default_visibility(FieldKind.STRENGTH), BY_MAYA)
    assert shown_turns([shared], open_again, TEACHER) == (shared,)


def test_a_forgotten_writer_leaves_no_entry_and_is_named_nowhere() -> None:
    theirs = an_entry(field_id="strength_2", written_by=IDA)
    both = default_visibility(FieldKind.NEED, [IDA, "person_x"])
    naming = an_entry(FieldKind.NEED, field_id="need_1", visibility=both)
    left = without(a_profile(an_entry(), theirs, naming), IDA)
    assert [field.field_id for field in left.fields] == ["strength_1", "need_1"]
    assert left.fields[1].visibility.named_ids == ("person_x",)
