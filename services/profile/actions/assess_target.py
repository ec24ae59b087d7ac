"""The learner, or an educator, says where they see the learner on a target."""

from dataclasses import dataclass, replace

from kit.transaction import Transaction
from services.profile.domain.assessments import Assessment, check_level
from services.profile.domain.evidence import Observer
from services.profile.store.growth import ASSESSMENT, ASSESSMENTS, TARGETS, VOCABULARIES
from services.profile.store.growth_finding import check_person, target_of, vocabulary_of
from services.profile.store.people import PEOPLE


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessTarget:
    """Whose level on which target, by whom, in which words."""

    assessment_id: str
    person_id: str
    target_id: str
    level: str
    words: str | None
    by: str


async def assess_target(tx: Transaction, order: AssessTarget) -> Assessment:
    """Keep the assessment beside all earlier ones. Raises: Refusals of NoSuchPerson, NoSuchTarget, UnknownLevel."""
    await check_person(tx[PEOPLE], order.person_id)
    await target_of(tx[TARGETS], order.target_id)
    levels = (await vocabulary_of(tx[VOCABULARIES], tx.district_id)).level_tags
    assessment = Assessment(
        assessment_id=order.assessment_id,
        version=0,
        district_id=tx.district_id,
        person_id=order.person_id,
        target_id=order.target_id,
        level=order.level,
        words=order.words,
        observer=Observer.SELF if order.by == order.person_id else Observer.EDUCATOR,
        by=order.by,
        at=tx.now,
    )
    document = ASSESSMENT.pack(check_level(assessment, levels))
    return replace(assessment, version=tx[ASSESSMENTS].save(document))
