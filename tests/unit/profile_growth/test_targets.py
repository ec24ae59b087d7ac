"""Targets: an educator proposes, only the learner accepts."""

import pytest

from contracts.profile import TargetAnswered, TargetProposed
from kit.refusals import Refusals
from services.profile.domain.goals import GoalState
from services.profile.domain.targets import ProposalState, answer, propose, target_id_of
from tests.unit.profile_growth.builders import IDA, NOON, a_goal, a_proposal


def test_a_proposal_waits_for_the_learner_and_says_who_made_it() -> None:
    proposal, [proposed] = propose(a_proposal(), a_goal(), waiting=False)
    assert proposal.state is ProposalState.OPEN
    assert isinstance(proposed, TargetProposed)
    assert (proposed.goal_id, proposed.target_id, proposed.proposed_by) == ("goal_1", "target_1", IDA)
    assert "measure" not in repr(proposed)


def test_every_reason_against_a_proposal_is_told_at_once() -> None:
    goal = a_goal(state=GoalState.REACHED, target_ids=("target_1",))
    with pytest.raises(Refusals) as refused:
        propose(a_proposal(), goal, waiting=True)
    assert refused.value.codes == {"goal-over", "target-on-goal", "proposed-already"}


@pytest.mark.parametrize(("accepted", "state"), [(True, ProposalState.ACCEPTED), (False, ProposalState.DECLINED)])
def test_a_proposal_is_answered_once(accepted: bool, state: ProposalState) -> None:
    answered, [told] = answer(a_proposal(), accepted, "Good idea", NOON)
    assert (answered.state, answered.comment, answered.answered_at) == (state, "Good idea", NOON)
    assert isinstance(told, TargetAnswered)
    assert told.accepted is accepted
    with pytest.raises(Refusals) as refused:
        answer(answered, not accepted, None, NOON)
    assert refused.value.codes == {"proposal-answered"}


def test_one_code_has_one_id_in_a_district_and_another_in_the_next() -> None:
    assert target_id_of("district_1", "MA.7") == target_id_of("district_1", "MA.7")
    asked = (("district_1", "MA.7"), ("district_1", "MA.8"), ("district_2", "MA.7"))
    assert len({target_id_of(district_id, code) for district_id, code in asked}) == 3
