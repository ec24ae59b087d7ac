"""What a fact is: a frozen dataclass with a type name, a topic and the key that orders it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar

TYPE_NAME = re.compile(r"^(profile|scheduler|community|gateway)\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.v[1-9][0-9]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened in a district: past tense, opaque ids alone, no names and no free text."""

    district_id: str

    TYPE: ClassVar[str] = ""
    TOPIC: ClassVar[str] = ""
    KEY: ClassVar[str] = ""

    @property
    def key(self) -> str:
        """The aggregate's opaque id: facts of one key keep their order."""
        return str(getattr(self, self.KEY))


FactClass = TypeVar("FactClass", bound=type[Fact])
REGISTRY: dict[str, type[Fact]] = {}


def fact(type_name: str, *, topic: str, key: str) -> Callable[[FactClass], FactClass]:
    """Class decorator: name the fact `<service>.<noun>.<past_verb>.v<N>`, its topic and its key field, and register it.

    Raises: ValueError for a name out of form, a foreign topic, a name used twice, or a key that is no field.
    """

    def register(cls: FactClass) -> FactClass:
        service = type_name.split(".")[0]
        if not TYPE_NAME.match(type_name) or not topic.startswith(f"{service}-"):
            raise ValueError(f"{type_name} on {topic}: expected <service>.<noun>.<past_verb>.v<N> on <service>-<nouns>")
        if type_name in REGISTRY or key not in {field.name for field in fields(cls)}:
            raise ValueError(f"{type_name}: registered twice, or {key} is not one of its fields")
        cls.TYPE, cls.TOPIC, cls.KEY = type_name, topic, key
        REGISTRY[type_name] = cls
        return cls

    return register


def describe(cls: type[Fact]) -> dict[str, Any]:
    """Type name, topic, key and caption of a fact class, for generated documents."""
    return {"type": cls.TYPE, "topic": cls.TOPIC, "key": cls.KEY, "caption": (cls.__doc__ or "").strip()}
