"""Stores: every collection says how it shards, every unique index begins with that, every folder has its caption."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import kit
import services
from kit.mongo import Collection

ROOT = Path(__file__).parents[2]


def modules() -> Iterator[str]:
    for package in (kit, services):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "store" in found.name or package is kit:
                yield found.name


def collections() -> dict[str, Collection]:
    found = {}
    for name in modules():
        for attribute, value in vars(importlib.import_module(name)).items():
            if isinstance(value, Collection):
                found[f"{name.split('.')[1]}.{value.name}.{attribute}"] = value
    return found


COLLECTIONS = collections()


def faults(collection: Collection) -> list[str]:
    """What is wrong with a collection's keys."""
    found = [] if collection.shard_key else ["no shard key"]
    for index in collection.indexes:
        keys = tuple(key.lstrip("-") for key in index.keys)
        shared = keys[: len(collection.shard_key)]
        if index.unique and not (shared == collection.shard_key or keys[0] == collection.shard_key[0]):
            found.append(f"unique {keys} does not begin with {collection.shard_key}")
        if index.unique and set(collection.shard_key) - {"_id"} - set(keys):
            found.append(f"unique {keys} lacks part of {collection.shard_key}")
    return found


def test_there_are_collections_to_look_at() -> None:
    assert len(COLLECTIONS) > 25


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_unique_index_begins_with_the_shard_key(name: str) -> None:
    assert faults(COLLECTIONS[name]) == []


def test_a_unique_index_elsewhere_would_be_noticed() -> None:
    from kit.mongo import Index

    wrong = Collection("x", shard_key=("district_id", "student_id"), indexes=(Index(("week",), unique=True),))
    assert faults(wrong)
    assert faults(Collection("x", shard_key=()))


@pytest.mark.parametrize("service", ["profile", "scheduler", "community", "gateway", "web"])
def test_a_service_has_its_page_and_every_folder_its_caption(service: str) -> None:
    folder = ROOT / "services" / service
    page = (folder / "README.md").read_text()
    assert len(page.splitlines()) <= 60, "one screen"
    for inner in {path.parent for path in folder.rglob("*.py")}:
        assert (inner / "__init__.py").read_text().startswith('"""'), inner
