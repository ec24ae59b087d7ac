"""Facts keep their promises: generated files are fresh, examples hold, nothing released is broken."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from contracts.generate import HERE, stale
from contracts.pack import pack, unpack
from contracts.registry import FACTS
from contracts.schemas import breaks, schema_of

EXAMPLES = sorted((HERE / "examples").rglob("*.json"))
RELEASED = sorted((HERE / "released").rglob("*.json"))
PERSONAL = ("given_name", "family_name", "email", "name", "text", "comment", "words", "phone", "username", "title")


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def test_generated_files_are_fresh() -> None:
    assert stale() == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_example_is_accepted_or_refused_as_its_name_says(path: Path) -> None:
    cls = FACTS[path.parent.name]
    faults = list(Draft202012Validator(schema_of(cls)).iter_errors(read(path)))
    if path.stem.startswith("valid"):
        assert faults == []
        assert pack(unpack(cls, read(path))) == read(path)
    else:
        assert faults


@pytest.mark.parametrize("name", FACTS)
def test_a_reader_takes_what_it_needs_and_ignores_the_rest(name: str) -> None:
    example = read(HERE / "examples" / name / "valid-1.json")
    assert pack(unpack(FACTS[name], {**example, "added_later": 1})) == example
    del example[FACTS[name].KEY]
    with pytest.raises(ValidationError):
        unpack(FACTS[name], example)


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_carries_no_name_and_no_free_text(name: str) -> None:
    schema = schema_of(FACTS[name])
    fields = set(schema["properties"]) | {
        key for part in schema.get("$defs", {}).values() for key in part["properties"]
    }
    assert not fields & set(PERSONAL)


def test_every_fact_was_released_or_is_new() -> None:
    assert RELEASED, "the first release keeps its schemas in contracts/released"


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_released_schema_is_never_broken(path: Path) -> None:
    assert path.stem in FACTS, "a released fact is announced until no consumer needs it"
    assert breaks(read(path), schema_of(FACTS[path.stem])) == []


def test_a_break_would_be_noticed() -> None:
    released = schema_of(FACTS["scheduler.placement.made.v1"])
    for change in (_drop, _retype, _demand):
        current = copy.deepcopy(released)
        change(current)
        assert breaks(released, current), change.__name__
    optional = copy.deepcopy(released)
    optional["properties"]["note_code"] = {"type": "string"}
    assert breaks(released, optional) == []


def _drop(schema: dict[str, Any]) -> None:
    del schema["properties"]["cause"]


def _retype(schema: dict[str, Any]) -> None:
    schema["properties"]["cause"] = {"type": "integer"}


def _demand(schema: dict[str, Any]) -> None:
    schema["properties"]["note_code"] = {"type": "string"}
    schema["required"].append("note_code")
