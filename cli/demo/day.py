"""The day: the town it plays in, who plays, and what the steps so far have made."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cli.demo.telling import Teller
from cli.http_api import Api
from cli.sign_in import person_token

TIME_ZONE = "America/Denver"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the story, signed in; `known` is what profile says of them."""

    person_id: str
    name: str
    known: Mapping[str, Any]
    api: Api

    @property
    def username(self) -> str:
        return str(self.known["username"])


@dataclass
class Day:
    """One school day in one district. `cast` is by part (`maya`), `ids` by thing (`goal`)."""

    base_url: str
    folder: Path
    roster: Path
    tell: Teller
    operator_secret: str = field(repr=False)
    slug: str = "green-valley"
    district_id: str = ""
    cast: dict[str, Somebody] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    stories: dict[int, str] = field(default_factory=dict)

    def __getitem__(self, part: str) -> Somebody:
        return self.cast[part]

    def sign_in(self, part: str, known: Mapping[str, Any]) -> Somebody:
        """This person plays `part` from now on: they sign in when they first ask for something."""
        api = Api(self.base_url, person_token(self.base_url, self.slug, known["person_id"]))
        name = known.get("called") or known["given_name"]
        self.cast[part] = Somebody(known["person_id"], name, known, api)
        return self.cast[part]

    @contextmanager
    def one_story(self, step: int) -> Iterator[str]:
        """Inside, everybody's requests carry one correlation id, which `stories` keeps for this step."""
        correlation_id = f"step{step}_{uuid.uuid4().hex}"
        self.stories[step] = correlation_id
        for somebody in self.cast.values():
            somebody.api.correlation_id = correlation_id
        try:
            yield correlation_id
        finally:
            for somebody in self.cast.values():
                somebody.api.correlation_id = None

    def link(self, what: str, path: str) -> None:
        """Where to look at what was made."""
        self.tell.link(what, f"{self.base_url}{path}")


def said(moment: str) -> str:
    """A moment by the school's clock."""
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(TIME_ZONE))
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"
