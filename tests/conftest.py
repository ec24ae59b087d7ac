"""Fixtures every test may ask for, and which tests go to one process where several share the work."""

import os
from pathlib import Path

import pytest

from tests.support.servers import kafka, mongod

__all__ = ["kafka", "mongod"]

HERE = Path(__file__).parent
# A process that shares the work is told how wide the terminal is, and what it imports would keep to that for good.
os.environ.pop("COLUMNS", None)
# Each of these starts a town, which lives until all tests are done and costs something even at rest: they come last.
LAST = ("integration/local_town", "e2e", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a folder stay together, because they share servers; those that start a town end the run."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_folder(item)))
    items.sort(key=lambda item: LAST.index(_folder(item)) if _folder(item) in LAST else -1)


def _folder(item: pytest.Item) -> str:
    return str(item.path.parent.relative_to(HERE))
