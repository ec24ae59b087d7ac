"""The privacy page: every collection of every service is on it, with the time after which it goes."""

import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from kit.edge import IDEMPOTENCY
from kit.inbox import INBOX as HEARD
from kit.leases import LEASES
from kit.mongo import Collection
from kit.transaction import OUTBOX
from services.community.store.collections import COLLECTIONS as COMMUNITY
from services.gateway.store.collections import IDENTITY
from services.gateway.store.inbox import INBOX
from services.profile.store.collections import COLLECTIONS as PROFILE
from services.scheduler.store.collections import COLLECTIONS as SCHEDULER

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text
KEPT: dict[str, Iterable[Collection]] = {
    "profile": PROFILE,
    "scheduler": SCHEDULER,
    "community": COMMUNITY,
    "gateway": (*IDENTITY, *INBOX),
    "Every service": (OUTBOX, HEARD, IDEMPOTENCY, LEASES),
}


def rows_of(heading: str) -> dict[str, str]:
    """The collections under this heading, each with what is said of when it goes."""
    section = PAGE().partition(f"\n### {heading}\n")[2].partition("\n#")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return {name: cells[-1].strip() for cells in rows for name in re.findall(r"`([a-z_]+)`", cells[0])}


def in_words(after: timedelta) -> str:
    """A time as the page says it."""
    return "at its end" if not after else f"{after.days} day" + ("s" if after.days > 1 else "")


@pytest.mark.parametrize("service", KEPT)
def test_the_page_names_every_collection_of_the_service_and_no_other(service: str) -> None:
    assert set(rows_of(service)) == {collection.name for collection in KEPT[service]}


@pytest.mark.parametrize("service", KEPT)
def test_the_page_says_after_which_time_documents_go(service: str) -> None:
    told = rows_of(service)
    for collection in KEPT[service]:
        times = [in_words(index.expires_after) for index in collection.indexes if index.expires_after is not None]
        if times:
            assert told[collection.name].startswith(times[0]), collection.name
        else:
            assert not re.search(r"\d", told[collection.name]), collection.name


def test_a_collection_that_holds_names_or_words_is_not_said_to_stay() -> None:
    assert rows_of("profile")["people"] == "on request"
    assert {name for name, after in rows_of("community").items() if after == "stays"} == {"erasures"}
