"""Memory: what is there is left alone from then on, but what nobody holds any more is gone first."""

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from kit.memory import settle_memory


class Knot:
    """Holds itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture
def settled() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_there_is_looked_at_no_more(settled: None) -> None:
    kept, lost = Knot(), ref(Knot())
    assert any(one is kept for one in gc.get_objects())
    settle_memory()
    assert not any(one is kept for one in gc.get_objects())
    assert lost() is None


def test_what_comes_later_is_collected_as_ever(settled: None) -> None:
    settle_memory()
    later = ref(Knot())
    assert later() is not None
    gc.collect()
    assert later() is None
