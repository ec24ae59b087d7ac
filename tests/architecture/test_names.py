"""Names: one word, one meaning; a door says what is behind it; a fact is called as the plan says."""

import ast
from pathlib import Path

import pytest

from contracts.fact import TYPE_NAME
from contracts.registry import FACTS
from contracts.topics import TOPICS

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts", "kit", "services", "cli", "deploy", "bench")
BANNED = ("util", "helper", "common", "misc", "manager", "processor", "base", "data", "info", "impl")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def words(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name, in the singular."""
    spaced = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return {word.removesuffix("s") for word in spaced.split("_")} | set(spaced.split("_"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_its_purpose_and_its_names_mean_something(path: Path) -> None:
    tree = ast.parse(path.read_text())
    caption = ast.get_docstring(tree)
    assert caption, "no caption at the door"
    assert caption.splitlines()[0].endswith((".", "?")), "the caption is one sentence; a view's is its question"
    names = [path.stem, *(node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]
    assert not [name for name in names if words(name) & set(BANNED)]


def test_a_banned_name_would_be_noticed() -> None:
    assert words("BookingManager") & set(BANNED)
    assert words("date_utils") & set(BANNED)
    assert not words("database_url") & set(BANNED)


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_has_four_segments_a_topic_of_its_service_and_a_caption(name: str) -> None:
    cls = FACTS[name]
    assert TYPE_NAME.match(name)
    assert cls.TOPIC in {topic.name for topic in TOPICS}
    assert cls.TOPIC.startswith(name.split(".")[0] + "-")
    assert cls.__doc__


def test_every_topic_is_announced_on_by_its_owner() -> None:
    announced = {cls.TOPIC for cls in FACTS.values()}
    declared = {topic.name for topic in TOPICS if not topic.name.endswith("-dead-letters")}
    assert announced == declared
