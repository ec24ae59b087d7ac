"""A learner's targets as they and their educators see them, over HTTP."""

from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Id, Paragraphs, Tag
from services.profile.actions.assess_target import AssessTarget, assess_target
from services.profile.domain.assessments import Assessment, UnknownLevel
from services.profile.domain.people import NoSuchPerson
from services.profile.domain.targets import NoSuchTarget
from services.profile.routes.growth_policies import learner_or_teacher_at, person_asked, readers_of
from services.profile.views.assessments import ShownAssessments, assessments_of

routes = Routes(prefix="/v1/people/{person_id}/assessments", tags=["assessments"])


class AssessmentWanted(Body):
    """A level of the district's scale for a target, and why."""

    target_id: Id
    level: Tag
    words: Paragraphs | None = None


@routes.post(
    "",
    policy=learner_or_teacher_at(person_asked),
    refuses=[NoSuchPerson, NoSuchTarget, UnknownLevel],
    status_code=201,
)
async def post_assessment(person_id: Id, body: AssessmentWanted, edge: EdgeDep) -> Assessment:
    """Say where you see yourself on a target; or, as an educator, where you see the learner."""
    order = AssessTarget(
        assessment_id=edge.new_id("assessment"),
        person_id=person_id,
        target_id=body.target_id,
        level=body.level,
        words=body.words,
        by=edge.caller.caller_id,
    )
    assessment = await edge.act(assess_target, order)
    edge.tag(assessment.version)
    return assessment


@routes.get("", policy=readers_of(person_asked), refuses=[NoSuchPerson])
async def get_assessments(person_id: Id, edge: EdgeDep) -> ShownAssessments:
    """Per target the learner's own view beside the educators', with their history; never averaged."""
    return await assessments_of(edge.reader, person_id)
