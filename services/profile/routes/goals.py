"""A learner's goals, over HTTP."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import Field

from kit.conditions import IfMatch, StaleVersion, etag
from kit.paging import Keyset, Page, PageAskDep, StaleCursor
from kit.request import Edge, EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Line, Paragraphs, Tag
from services.profile.actions.move_goal import (
    AddStep,
    AgreeGoal,
    AmendGoal,
    ChangeStep,
    FinishStep,
    ReopenStep,
    add_step,
    agree_goal,
    amend_goal,
    change_step,
    finish_step,
    reopen_step,
)
from services.profile.actions.set_goal_policy import SetGoalPolicy, set_goal_policy
from services.profile.actions.write_goal import WriteGoal, write_goal
from services.profile.domain.goals import (
    Goal,
    GoalCannotBecome,
    GoalOver,
    GoalPolicy,
    GoalState,
    NoSuchGoal,
    NoSuchStep,
    NothingToAgree,
    ReasonMissing,
    Step,
    StepDoneAlready,
    StepNotDone,
    TooManySteps,
    TooManyTargets,
    UnknownTargets,
)
from services.profile.domain.people import NoSuchPerson
from services.profile.routes.growth_policies import (
    DISTRICT_OFFICE,
    EVERYONE,
    goal_asked,
    learner_at,
    person_asked,
    readers_of,
    teacher_at,
)
from services.profile.store.growth import GOAL, GOAL_POLICIES, GOALS
from services.profile.store.growth_finding import goal_of, goal_policy_of
from services.profile.views.district_days import day_of
from services.profile.views.goals import ShownGoal, goals_shown

routes = Routes(prefix="/v1", tags=["goals"])
MY_GOAL = learner_at(goal_asked)


class StepWanted(Body):
    """What to do, how long it may take, until when."""

    words: Line
    effort_minutes: int | None = Field(None, ge=1, le=100_000)
    due_on: date | None = None


class StepChange(Body):
    """What changes; what is not named stays. `effort_minutes` and `due_on` null: none."""

    words: Line | None = None
    effort_minutes: int | None = Field(None, ge=1, le=100_000)
    due_on: date | None = None

    def changes(self) -> dict[str, Any]:
        """The changes named, as the rule takes them; only words cannot be taken away."""
        named = self.model_dump(exclude_unset=True)
        return {name: value for name, value in named.items() if value is not None or name != "words"}


class GoalWanted(Body):
    """A goal in the learner's own words, why it matters to them, and the way there."""

    words: Line
    why: Paragraphs
    ends_on: date | None = None
    tags: tuple[Tag, ...] = Field((), max_length=30)
    target_ids: tuple[Id, ...] = Field((), max_length=20)
    steps: tuple[StepWanted, ...] = Field((), max_length=50)


class GoalChange(Body):
    """What changes; what is not named stays. `reason` goes with a new `state`; `ends_on` null: no end date."""

    words: Line | None = None
    why: Paragraphs | None = None
    ends_on: date | None = None
    state: Literal["active", "reached", "changed", "set-aside"] | None = None
    reason: Paragraphs | None = None

    def changes(self) -> dict[str, Any]:
        """The changes named, as the rule takes them; only an end date can be taken away."""
        named = self.model_dump(exclude_unset=True)
        changes = {name: value for name, value in named.items() if value is not None or name == "ends_on"}
        return changes | {"state": GoalState(self.state)} if self.state else changes


class Agreement(Body):
    """What the educator says to the goal."""

    comment: Paragraphs | None = None


class GoalPolicyWanted(Body):
    """Whether an educator agrees to each new goal before it begins."""

    needs_agreement: bool


@routes.get("/goal-policy", policy=EVERYONE)
async def get_goal_policy(edge: EdgeDep) -> GoalPolicy:
    """Whether goals in this district wait for an educator's agreement."""
    policy = await goal_policy_of(edge.reader[GOAL_POLICIES], edge.district_id)
    edge.tag(policy.version)
    return policy


@routes.put("/goal-policy", policy=DISTRICT_OFFICE, refuses=[StaleVersion])
async def put_goal_policy(body: GoalPolicyWanted, expected: IfMatch, edge: EdgeDep) -> GoalPolicy:
    """Say whether goals written from now on wait for an educator's agreement."""
    policy = await edge.act(set_goal_policy, SetGoalPolicy(body.needs_agreement, expected))
    edge.tag(policy.version)
    return policy


@routes.post(
    "/people/{person_id}/goals",
    policy=learner_at(person_asked),
    refuses=[NoSuchPerson, UnknownTargets, TooManySteps, TooManyTargets],
    status_code=201,
)
async def post_goal(person_id: Id, body: GoalWanted, edge: EdgeDep) -> ShownGoal:
    """Write a goal."""
    order = WriteGoal(
        goal_id=edge.new_id("goal"),
        person_id=person_id,
        words=body.words,
        why=body.why,
        ends_on=body.ends_on,
        tags=tuple(dict.fromkeys(body.tags)),
        target_ids=tuple(dict.fromkeys(body.target_ids)),
        steps=tuple(_step(edge, step) for step in body.steps),
    )
    goal = await edge.act(write_goal, order)
    edge.location(f"/v1/goals/{goal.goal_id}")
    return await _answer(edge, goal)


@routes.get("/people/{person_id}/goals", policy=readers_of(person_asked), refuses=[NoSuchPerson, StaleCursor])
async def get_goals(
    person_id: Id, ask: PageAskDep, edge: EdgeDep, state: Annotated[GoalState | None, Query()] = None
) -> Page[ShownGoal]:
    """A learner's goals, latest first, each measured against their own plan."""
    where = {"person_id": person_id} | ({"state": state.value} if state else {})
    page = await edge.page(ask, edge.reader[GOALS], where, Keyset(("-written_at", "-_id")), GOAL.unpack)
    shown = await goals_shown(edge.reader, page.items, await day_of(edge.reader, edge.now))
    return Page(items=shown, next_cursor=page.next_cursor)


@routes.get("/goals/{goal_id}", policy=readers_of(goal_asked), refuses=[NoSuchGoal])
async def get_goal(goal_id: Id, edge: EdgeDep, response: Response) -> ShownGoal:
    """A goal with its steps, the placements made for it, and whether it is ahead, on it or behind."""
    goal = await goal_of(edge.reader[GOALS], goal_id)
    # No 304 for it: the day and the timetable change what is shown, and this version does not know of either.
    response.headers["etag"] = etag(goal.version)
    return await _shown(edge, goal)


@routes.patch(
    "/goals/{goal_id}", policy=MY_GOAL, refuses=[NoSuchGoal, StaleVersion, GoalOver, GoalCannotBecome, ReasonMissing]
)
async def patch_goal(goal_id: Id, body: GoalChange, expected: IfMatch, edge: EdgeDep) -> ShownGoal:
    """Change a goal, or say that it is reached, changed or set aside, and why; `active` takes it up again."""
    order = AmendGoal(goal_id=goal_id, changes=body.changes(), by=edge.caller.caller_id, version=expected)
    return await _answer(edge, await edge.act(amend_goal, order))


@routes.post("/goals/{goal_id}/agree", policy=teacher_at(goal_asked), refuses=[NoSuchGoal, NothingToAgree])
async def post_agreement(goal_id: Id, body: Agreement, edge: EdgeDep) -> ShownGoal:
    """Agree to a goal that a learner proposed; then it is theirs to begin."""
    order = AgreeGoal(goal_id, edge.caller.caller_id, body.comment)
    return await _answer(edge, await edge.act(agree_goal, order))


@routes.post("/goals/{goal_id}/steps", policy=MY_GOAL, refuses=[NoSuchGoal, GoalOver, TooManySteps], status_code=201)
async def post_step(goal_id: Id, body: StepWanted, edge: EdgeDep) -> ShownGoal:
    """Add a step."""
    return await _answer(edge, await edge.act(add_step, AddStep(goal_id, _step(edge, body))))


@routes.patch(
    "/goals/{goal_id}/steps/{step_id}",
    policy=MY_GOAL,
    refuses=[NoSuchGoal, NoSuchStep, StaleVersion, GoalOver, StepDoneAlready],
)
async def patch_step(goal_id: Id, step_id: Id, body: StepChange, expected: IfMatch, edge: EdgeDep) -> ShownGoal:
    """Change a step that is still to do: its words, its effort, its date."""
    order = ChangeStep(goal_id, step_id, body.changes(), expected)
    return await _answer(edge, await edge.act(change_step, order))


@routes.post(
    "/goals/{goal_id}/steps/{step_id}/done",
    policy=MY_GOAL,
    refuses=[NoSuchGoal, NoSuchStep, GoalOver, StepDoneAlready],
)
async def post_step_done(goal_id: Id, step_id: Id, edge: EdgeDep) -> ShownGoal:
    """Say that a step is done."""
    return await _answer(edge, await edge.act(finish_step, FinishStep(goal_id, step_id)))


@routes.post(
    "/goals/{goal_id}/steps/{step_id}/not-done",
    policy=MY_GOAL,
    refuses=[NoSuchGoal, NoSuchStep, GoalOver, StepNotDone],
)
async def post_step_not_done(goal_id: Id, step_id: Id, edge: EdgeDep) -> ShownGoal:
    """Take back that a step is done: it was marked by mistake. A goal that is over is taken up again first."""
    return await _answer(edge, await edge.act(reopen_step, ReopenStep(goal_id, step_id)))


def _step(edge: Edge, wanted: StepWanted) -> Step:
    return Step(
        step_id=edge.new_id("step"), words=wanted.words, effort_minutes=wanted.effort_minutes, due_on=wanted.due_on
    )


async def _answer(edge: Edge, goal: Goal) -> ShownGoal:
    edge.tag(goal.version)
    return await _shown(edge, goal)


async def _shown(edge: Edge, goal: Goal) -> ShownGoal:
    [shown] = await goals_shown(edge.reader, [goal], await day_of(edge.reader, edge.now))
    return shown
