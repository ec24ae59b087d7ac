"""Shapes: what is shown of a value, taken over field by field where the two have the same name."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Generic, TypeVar, get_type_hints

T = TypeVar("T")
V = TypeVar("V")


class Shape(Generic[V, T]):
    """Makes a `shown` of a value of class `of`: `PLACE(place, student_id=…)`.

    Every field of the shape that the value has too (a field or a property) is taken over, an enum as its value where
    the shape wants text; the others are given by name. The function is written at first use, for these two classes.
    """

    def __init__(self, shown: type[T], of: type[V], *given: str) -> None:
        assert is_dataclass(shown), shown
        self._shown: type[Any] = shown
        self._of: type[Any] = of
        self._given = frozenset(given)

    def __call__(self, value: V, **given: Any) -> T:
        """Raises: TypeError when a field that the value does not have is not given, or one that nobody knows is."""
        shown: T = self._make(value, **given)
        return shown

    @cached_property
    def _make(self) -> Callable[..., Any]:
        hints, known = get_type_hints(self._shown), get_type_hints(self._of)
        own = [field.name for field in fields(self._shown) if field.name not in self._given]
        parts = [f"{name}=value.{name}{_text(hints[name], known.get(name))}" for name in own]
        # The source is made of the two classes' own field names; nothing that anybody sent is in it.
        make: Callable[..., Any] = eval(  # noqa: S307
            f"lambda value, **given: shown({', '.join([*parts, '**given'])})", {"shown": self._shown}
        )
        return make


def _text(shown: Any, known: Any) -> str:
    return ".value" if shown is str and isinstance(known, type) and issubclass(known, Enum) else ""
