"""The district's words for interests, skills, levels and what the pages are about, over HTTP."""

from typing import Annotated

from pydantic import Field, StringConstraints

from kit.conditions import IfMatch, StaleVersion
from kit.request import EdgeDep
from kit.routes import Body, Routes
from kit.texts import Line, Tag
from services.profile.actions.set_vocabulary import SetVocabulary, set_vocabulary
from services.profile.domain.vocabulary import Renamed, Term, Vocabulary, Word, WordTwice
from services.profile.routes.growth_policies import DISTRICT_OFFICE, EVERYONE
from services.profile.store.growth import VOCABULARIES
from services.profile.store.growth_finding import vocabulary_of

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Shown = Annotated[Line, StringConstraints(max_length=40)]

routes = Routes(prefix="/v1/vocabulary", tags=["vocabulary"])


class WordWanted(Body):
    """A tag that programs compare, and what people read."""

    tag: Tag
    label: Line


class TermWanted(Body):
    """What the pages call one thing in a language: one of it, and several. `language`: such as `en`."""

    tag: Renamed
    language: Language
    label: Shown
    plural: Shown


class VocabularyWanted(Body):
    """Each list replaces the one there is; a list that is left out stays. Levels go upwards. `terms` may be empty:
    then everything is called as Trellis calls it."""

    interests: tuple[WordWanted, ...] | None = Field(None, min_length=1, max_length=500)
    skills: tuple[WordWanted, ...] | None = Field(None, min_length=1, max_length=100)
    levels: tuple[WordWanted, ...] | None = Field(None, min_length=2, max_length=10)
    terms: tuple[TermWanted, ...] | None = Field(None, max_length=200)


@routes.get("", policy=EVERYONE)
async def get_vocabulary(edge: EdgeDep) -> Vocabulary:
    """The interests, skills and levels to choose from, and what things are called; version 0 is Trellis's own."""
    vocabulary = await vocabulary_of(edge.reader[VOCABULARIES], edge.district_id)
    edge.tag(vocabulary.version)
    return vocabulary


@routes.put("", policy=DISTRICT_OFFICE, refuses=[StaleVersion, WordTwice])
async def put_vocabulary(body: VocabularyWanted, expected: IfMatch, edge: EdgeDep) -> Vocabulary:
    """Set the district's own lists. What learners chose before stays theirs."""
    terms = None if body.terms is None else tuple(Term(**wanted.model_dump()) for wanted in body.terms)
    order = SetVocabulary(_words(body.interests), _words(body.skills), _words(body.levels), terms, expected)
    vocabulary = await edge.act(set_vocabulary, order)
    edge.tag(vocabulary.version)
    return vocabulary


def _words(wanted: tuple[WordWanted, ...] | None) -> tuple[Word, ...] | None:
    return None if wanted is None else tuple(Word(word.tag, word.label) for word in wanted)
