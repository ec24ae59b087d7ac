"""Vocabulary: the district's words for interests, skills and levels, and for what the pages are about."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from kit.refusals import Kind, Refusal, refuse_all

T = TypeVar("T", bound=Hashable)


class WordTwice(Refusal):
    kind = Kind.INVALID
    text = "Each tag stands in a list once; more than once: {tags}."


@dataclass(frozen=True, slots=True)
class Word:
    """A tag that programs compare, and what people read."""

    tag: str
    label: str


class Renamed(StrEnum):
    """What a district may call otherwise: words that mean one thing wherever our pages say them."""

    BLOCK = "block"
    GOAL = "goal"
    PARTNER = "partner"
    PROJECT = "project"
    ROUND = "round"
    SPACE = "space"
    STEP = "step"
    STUDENT = "student"
    TARGET = "target"
    TEACHER = "teacher"


@dataclass(frozen=True, slots=True)
class Term:
    """What a district calls one of these in a language, in place of our word: one of it, and several."""

    tag: Renamed
    language: str
    label: str
    plural: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What can be chosen from; levels go upwards. Version 0 is what Trellis begins with.

    `terms`: what the district calls things on its pages; what is not among them is called as Trellis calls it.
    """

    district_id: str
    version: int
    interests: tuple[Word, ...]
    skills: tuple[Word, ...]
    levels: tuple[Word, ...]
    terms: tuple[Term, ...] = ()

    @property
    def interest_tags(self) -> frozenset[str]:
        return frozenset(word.tag for word in self.interests)

    @property
    def level_tags(self) -> tuple[str, ...]:
        return tuple(word.tag for word in self.levels)

    @property
    def skill_tags(self) -> tuple[str, ...]:
        return tuple(word.tag for word in self.skills)


_INTERESTS = (
    "Animals, Architecture, Art, Astronomy, Baking, Bicycles, Biology, Building, Chemistry, Chess, Climate, Coding, "
    "Comics, Cooking, Dance, Design, Drawing, Electronics, Engineering, Entrepreneurship, Fashion, Film, Fitness, "
    "Games, Gardening, Geography, Health, History, Journalism, Languages, Law, Literature, Maker space, Mathematics, "
    "Mechanics, Medicine, Music, Nature, Outdoors, Philosophy, Photography, Physics, Podcasts, Politics, Psychology, "
    "Robotics, Service, Singing, Social justice, Sports, Statistics, Storytelling, Swimming, Teaching, Theatre, "
    "Travel, Video, Welding, Woodwork, Writing, Yoga"
)
_SKILLS = (
    "Adaptability, Collaboration, Communication, Courage, Creativity, Curiosity, Empathy, Gratitude, Honesty, "
    "Initiative, Kindness, Leadership, Perseverance, Problem solving, Reflection, Responsibility, Self-direction"
)
_LEVELS = "Beginning, Developing, Secure, Extending"


def starting_vocabulary(district_id: str) -> Vocabulary:
    """The list a district has until it sets its own."""
    return Vocabulary(
        district_id=district_id,
        version=0,
        interests=_words(_INTERESTS),
        skills=_words(_SKILLS),
        levels=_words(_LEVELS),
    )


def check_words(vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary, if no tag stands twice in a list, nor twice in one language among what is called otherwise.

    Raises: Refusals of WordTwice.
    """
    lists = (vocabulary.interests, vocabulary.skills, vocabulary.levels)
    twice = {tag for words in lists for tag in _repeated([word.tag for word in words])}
    twice |= {tag for tag, _ in _repeated([(term.tag, term.language) for term in vocabulary.terms])}
    refuse_all(WordTwice(tags=", ".join(sorted(twice))) if twice else None)
    return vocabulary


def _repeated(said: Sequence[T]) -> list[T]:
    return [one for one, count in Counter(said).items() if count > 1]


def _words(labels: str) -> tuple[Word, ...]:
    return tuple(Word(label.lower().replace(" ", "-"), label) for label in labels.split(", "))
