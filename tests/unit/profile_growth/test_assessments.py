"""Assessments: the learner's view beside the educator's."""

from dataclasses import replace

import pytest

from kit.refusals import Refusals
from services.profile.domain.assessments import Assessment, check_level, side_by_side
from services.profile.domain.evidence import Observer
from tests.unit.profile_growth.builders import IDA, MAYA, NOON

OWN = Assessment(
    assessment_id="assessment_1",
    version=1,
    district_id="district_1",
    person_id=MAYA,
    target_id="target_1",
    level="secure",
    words=None,
    observer=Observer.SELF,
    by=MAYA,
    at=NOON,
)
IDAS = replace(OWN, assessment_id="assessment_2", level="developing", observer=Observer.EDUCATOR, by=IDA)
LATER = replace(OWN, assessment_id="assessment_3", level="developing")


def test_both_views_of_a_target_stand_side_by_side_with_their_history() -> None:
    elsewhere = replace(IDAS, assessment_id="assessment_4", target_id="target_2")
    first, second = side_by_side([OWN, IDAS, LATER, elsewhere])
    assert (first.target_id, first.own, first.educators) == ("target_1", (OWN, LATER), (IDAS,))
    assert (second.own, second.educators) == ((), (elsewhere,))


def test_a_level_off_the_scale_is_refused_with_the_scale() -> None:
    assert check_level(OWN, ("developing", "secure")) == OWN
    with pytest.raises(Refusals) as refused:
        check_level(OWN, ("one", "two"))
    assert refused.value.codes == {"unknown-level"}
    assert "one, two" in refused.value.reasons[0].detail
