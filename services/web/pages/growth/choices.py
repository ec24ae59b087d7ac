"""Choices: the district's lists as forms offer them."""

from services.web.visiting.visit import Visit


def choices_of(visit: Visit, kind: str) -> list[tuple[str, str]]:
    """The tags of one list (`interests`, `skills`) with their words; none while nobody says the district's lists."""
    vocabulary = visit.me.about.get("vocabulary") or {}
    return [(each["tag"], each["label"]) for each in vocabulary.get(kind, ())]
