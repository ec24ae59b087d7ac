"""Skills: a story of evidence, never a score."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.community import MemberShown
from contracts.profile import SkillGrown
from services.profile.domain.evidence import EvidenceState, Observer
from services.profile.domain.skills import grow, growth_id_of, project_evidence_id, shown_evidence, stories, unbegun
from tests.unit.profile_growth.builders import MAYA, NOON, OMAR, a_showing, some_evidence

WROTE = MemberShown(MAYA, 120, {"curiosity": "reflection_1"})


def test_a_showing_brings_each_member_one_piece_for_each_skill_with_their_own_reflection() -> None:
    pieces = shown_evidence(a_showing(WROTE, MemberShown(OMAR, 0, {})), ())
    assert [(piece.person_id, piece.skill, piece.reflection_id) for piece in pieces] == [
        (MAYA, "curiosity", "reflection_1"),
        (MAYA, "empathy", None),
        (OMAR, "curiosity", None),
        (OMAR, "empathy", None),
    ]
    assert {(piece.state, piece.at, piece.project_id) for piece in pieces} == {
        (EvidenceState.ACCEPTED, NOON, "project_1")
    }


def test_a_partner_observed_it_where_there_is_one_and_the_school_where_not() -> None:
    [with_partner, *_] = shown_evidence(a_showing(WROTE), ())
    [without, *_] = shown_evidence(a_showing(WROTE, partner_id=None), ())
    assert (with_partner.observer, without.observer) == (Observer.PARTNER, Observer.SCHOOL)


def test_the_forgotten_get_no_evidence() -> None:
    assert {piece.person_id for piece in shown_evidence(a_showing(WROTE, MemberShown(OMAR, 0, {})), {MAYA})} == {OMAR}


def test_a_member_or_a_skill_named_twice_brings_one_piece() -> None:
    pieces = shown_evidence(a_showing(WROTE, WROTE, skills=("curiosity", "curiosity")), ())
    assert [piece.evidence_id for piece in pieces] == [project_evidence_id("project_1", MAYA, "curiosity")]


@given(st.lists(st.tuples(st.text("ab_", min_size=1), st.text("ab_", min_size=1)), unique=True, max_size=20))
def test_every_learner_and_skill_has_a_story_of_its_own(pairs: list[tuple[str, str]]) -> None:
    assert len({growth_id_of(person_id, skill) for person_id, skill in pairs}) == len(pairs)


def test_ids_are_the_same_however_often_they_are_made_and_look_like_ids() -> None:
    made = project_evidence_id("project_1", MAYA, "empathy")
    assert made == project_evidence_id("project_1", MAYA, "empathy")
    assert len(made) == len("evidence_") + 32


def test_a_story_grows_by_one_piece_and_says_how_many_there_are() -> None:
    story = unbegun("district_1", MAYA, "empathy")
    once, _ = grow(story, "evidence_1")
    twice, [told] = grow(once, "evidence_2")
    assert twice.pieces == 2
    assert told == SkillGrown(
        district_id="district_1",
        growth_id=story.growth_id,
        person_id=MAYA,
        skill="empathy",
        pieces=2,
        evidence_id="evidence_2",
    )


def test_pieces_belong_to_the_story_that_is_known_or_begin_one() -> None:
    begun, _ = grow(unbegun("district_1", MAYA, "curiosity"), "evidence_0")
    pieces = [some_evidence(), some_evidence(skill="empathy"), some_evidence(skill=None, target_id="target_1")]
    found = stories("district_1", pieces, {begun.growth_id: begun})
    assert {story.skill: story.pieces for story in found.values()} == {"curiosity": 1, "empathy": 0}
