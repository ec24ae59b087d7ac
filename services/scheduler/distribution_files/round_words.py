"""A result in plain words: the engine's reasons and the round's own, by key, with blocks said by name."""

from collections.abc import Mapping
from typing import Any

from services.scheduler.distribution_files.texts import TEXTS

ROUND_TEXTS: Mapping[str, str] = {
    # why a ranked choice could not count
    "not-open-to-you": "This is not open to you any more; the choice could not count.",
    "called-off": "This was called off; the choice could not count.",
    "yours-already": "You have a place at that time already that you chose yourself and ranked here, or ranked higher.",
    "placed-by-others": "You had a place at that time already, given to you by the school.",
    "often-enough": "You have this as often as it may be had that day or week.",
    # why a block is empty
    "keeps-own": "You keep the place that you had chosen in {block}.",
    "nothing-counted": "Nothing that you ranked for {block} could count.",
}

AGAINST_TEXTS: Mapping[str, str] = {
    "locked": "the block locked before the result was published",
    "not-eligible": "it is not open to you any more",
    "session-full": "its last seat was given to somebody else before the result was published",
    "space-full": "the room was full before the result was published",
    "own-work-full": "the space was full before the result was published",
    "equipment-gone": "the equipment for it was all in use",
    "overlaps": "you had another place at that time by then",
    "already-placed": "you had a place there already by then",
    "once-a-day": "you have it once that day already",
    "limit-a-week": "you have it as often that week as it may be had",
    "occurrence-cancelled": "it was called off before the result was published",
}
"""Why a place could not be made when the run was published, by the code of the refusal."""


def say_reason(key: str, params: Mapping[str, Any], rank: int, block: str) -> str:
    """The sentence for a reason; `block` is what people call the block."""
    text = ROUND_TEXTS.get(key) or TEXTS[key]
    return text.format(**{**params, "rank": rank, "block": block})


def say_change(key: str | None, params: Mapping[str, Any] | None) -> str | None:
    """What would have changed it, or None."""
    return TEXTS[key].format(**(params or {})) if key is not None else None


def say_against(codes: tuple[str, ...]) -> str:
    """Why a place that was given could not be made."""
    why = [AGAINST_TEXTS.get(code, "it was not possible any more") for code in codes]
    return f"This place was meant for you, but {' and '.join(dict.fromkeys(why))}. Ask the school office."
