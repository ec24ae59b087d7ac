"""Who listens to what: the readers a topic declares are those whose tables hold a fact of it."""

import importlib

import pytest

from contracts.registry import FACTS, SERVICES
from contracts.topics import TOPICS


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_the_topics_it_is_declared_to_read(service: str) -> None:
    table = importlib.import_module(f"services.{service}.subscriptions").SUBSCRIPTIONS
    assert set(table) <= set(FACTS)
    assert {FACTS[name].TOPIC for name in table} == {topic.name for topic in TOPICS if service in topic.readers}


def test_no_service_listens_to_itself() -> None:
    assert [topic.name for topic in TOPICS if topic.owner in topic.readers] == []
