"""Circles: who may see a field of a profile, by what they are to the learner."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kit.refusals import Kind, Refusal


class Circle(StrEnum):
    """People around a learner. The learner is always in; whoever is not in a field's circle does not see it."""

    ADVISOR = "advisor"
    TEACHERS = "teachers"
    SCHOOL = "school"
    FAMILY = "family"
    NAMED = "named"
    PROJECT_PARTNERS = "project-partners"


class FieldKind(StrEnum):
    """What a field of a profile tells."""

    INTERESTS = "interests"
    STRENGTH = "strength"
    NEED = "need"
    WAYS_OF_LEARNING = "ways-of-learning"


class VisibilitySource(StrEnum):
    """Where the rule on who sees a field came from."""

    DEFAULT = "default"
    CHOSEN = "chosen"


class NamedNotStaff(Refusal):
    kind = Kind.INVALID
    text = "Only staff of the learner's own school can be named here; {count} of the people named are not."


_USUAL = frozenset({Circle.ADVISOR, Circle.TEACHERS, Circle.SCHOOL, Circle.FAMILY})

DEFAULTS: Mapping[FieldKind, frozenset[Circle]] = {
    FieldKind.INTERESTS: _USUAL,
    FieldKind.STRENGTH: _USUAL,
    # A need may tell of a disability or of home: nobody sees it by office alone, only who is named.
    FieldKind.NEED: frozenset({Circle.NAMED}),
    FieldKind.WAYS_OF_LEARNING: frozenset({Circle.ADVISOR, Circle.TEACHERS, Circle.FAMILY}),
}
"""Who sees a field of each kind until the learner says otherwise."""

_WORDS: Mapping[Circle, str] = {
    Circle.ADVISOR: "my advisor",
    Circle.TEACHERS: "my teachers",
    Circle.SCHOOL: "my school's staff",
    Circle.FAMILY: "my family",
    Circle.PROJECT_PARTNERS: "partners of my projects",
}


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who sees one field: circles, people by name, and where that rule came from."""

    circles: frozenset[Circle]
    named_ids: tuple[str, ...] = ()
    source: VisibilitySource = VisibilitySource.DEFAULT


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Somebody who looks at a profile, and the circles of the learner that they are in."""

    person_id: str
    circles: frozenset[Circle]
    is_learner: bool = False


def default_visibility(kind: FieldKind, named_ids: Iterable[str] = ()) -> Visibility:
    """The visibility of a new field whose writer chose no circles; whoever is named sees it as well."""
    return visibility_of(kind, None, named_ids)


def visibility_of(kind: FieldKind, circles: Collection[Circle] | None, named_ids: Iterable[str] = ()) -> Visibility:
    """The visibility asked for; no circles asked for means the default of the field's kind."""
    named = tuple(dict.fromkeys(named_ids))
    wanted = DEFAULTS[kind] if circles is None else frozenset(circles)
    wanted = wanted | {Circle.NAMED} if named else wanted
    chosen = circles is not None or bool(named)
    return Visibility(wanted, named, VisibilitySource.CHOSEN if chosen else VisibilitySource.DEFAULT)


def sees(visibility: Visibility, onlooker: Onlooker) -> bool:
    """Whether this onlooker sees a field: the learner always, a named person where named, others by their circles."""
    if onlooker.is_learner:
        return True
    if Circle.NAMED in visibility.circles and onlooker.person_id in visibility.named_ids:
        return True
    # Being named somewhere is no circle: it counts for the field that names, and no other.
    return bool((visibility.circles & onlooker.circles) - {Circle.NAMED})


def in_words(visibility: Visibility) -> str:
    """Who sees the field, as the learner reads it: `me, my advisor, my family and 2 people I named`."""
    words = ["me", *(text for circle, text in _WORDS.items() if circle in visibility.circles)]
    named = len(visibility.named_ids) if Circle.NAMED in visibility.circles else 0
    if named:
        words.append("1 person I named" if named == 1 else f"{named} people I named")
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def source_in_words(kind: FieldKind, source: VisibilitySource) -> str:
    """Where the rule came from, in plain words."""
    if source is VisibilitySource.CHOSEN:
        return "chosen by whoever wrote this"
    return f"Trellis's own default for {kind.value.replace('-', ' ')}"
