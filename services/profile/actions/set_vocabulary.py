"""The district sets its words: for interests, skills and levels, and for what the pages are about."""

from dataclasses import dataclass, replace

from kit.conditions import check_version
from kit.transaction import Transaction
from services.profile.domain.vocabulary import Term, Vocabulary, Word, check_words
from services.profile.store.growth import VOCABULARIES, VOCABULARY
from services.profile.store.growth_finding import vocabulary_of


@dataclass(frozen=True, slots=True)
class SetVocabulary:
    """The lists (None: as they are), and the version they replace (None: any)."""

    interests: tuple[Word, ...] | None
    skills: tuple[Word, ...] | None
    levels: tuple[Word, ...] | None
    terms: tuple[Term, ...] | None = None
    version: int | None = None


async def set_vocabulary(tx: Transaction, order: SetVocabulary) -> Vocabulary:
    """Replace the lists; what learners wrote before keeps its tags. Raises: Refusals of StaleVersion, WordTwice."""
    known = await vocabulary_of(tx[VOCABULARIES], tx.district_id)
    check_version(known.version, order.version)
    wanted = check_words(
        replace(
            known,
            interests=known.interests if order.interests is None else order.interests,
            skills=known.skills if order.skills is None else order.skills,
            levels=known.levels if order.levels is None else order.levels,
            terms=known.terms if order.terms is None else order.terms,
        )
    )
    return replace(wanted, version=tx[VOCABULARIES].save(VOCABULARY.pack(wanted)))
