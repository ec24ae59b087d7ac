"""Pages: what an area declares: an address, who may see it, and the function that answers."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from contracts.people import Role
from services.web.visiting.forms import Form
from services.web.visiting.navigation import Entry
from services.web.visiting.visit import Visit

Show = Callable[..., Awaitable[Response]]
"""`async def today(visit: Visit) -> Response`; where a form may come back to it, `form: Form = EMPTY` too."""
Act = Callable[[Visit, Form], Awaitable[Response]]
Again = Callable[[Visit, Form], Awaitable[Response]]
EVERYONE = frozenset({Role.LEARNER, Role.EDUCATOR, Role.GUARDIAN, Role.PARTNER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One address and method. `roles`: who may; None: everybody, signed in or not."""

    path: str
    method: str
    answer: Callable[..., Awaitable[Response]]
    roles: frozenset[str] | None
    again: Again | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    streams: bool = False
    forms_leave: bool = False

    @property
    def path_format(self) -> str:
        """The template, by which requests are counted and told of."""
        return self.path


class Pages:
    """The pages of one area; `services.web.pages` gathers the areas."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.entries: list[Entry] = []

    def get(
        self,
        path: str,
        *,
        roles: Iterable[str] | None,
        nav: tuple[str, int] | None = None,
        forms_leave: bool = False,
    ) -> Callable[[Show], Show]:
        """Declare a page. `roles=None` is open to everybody.

        `nav`: its words in the navigation (`marked("…")`) and its place there. `forms_leave`: a form on it may end at
        another host, as signing in does.
        """
        allowed = None if roles is None else frozenset(roles)

        def declared(answer: Show) -> Show:
            self.pages.append(Page(path=path, method="GET", answer=answer, roles=allowed, forms_leave=forms_leave))
            if nav is not None:
                self.entries.append(Entry(nav[0], path, allowed or EVERYONE, nav[1]))
            return answer

        return declared

    def post(
        self,
        path: str,
        *,
        roles: Iterable[str] | None,
        again: Again | None = None,
        fields: Mapping[str, str] | None = None,
        streams: bool = False,
    ) -> Callable[[Act], Act]:
        """Declare what a form does.

        `again` shows the form once more, with its faults and what was filled in, when the API refuses. `fields`: the
        API's places (or codes) to the form's names, where they differ. `streams`: a large upload, whose token stands in
        the address (`?_token=`); its handler reads `visit.request.stream()` and gets an empty form.
        """
        allowed = None if roles is None else frozenset(roles)

        def declared(answer: Act) -> Act:
            page = Page(
                path=path,
                method="POST",
                answer=answer,
                roles=allowed,
                again=again,
                fields=fields or {},
                streams=streams,
            )
            self.pages.append(page)
            return answer

        return declared

    def include(self, *others: "Pages") -> "Pages":
        """Take the pages of other files in."""
        for other in others:
            self.pages += other.pages
            self.entries += other.entries
        return self


def roles(*names: Role) -> frozenset[Any]:
    """A set of roles, for declarations."""
    return frozenset(names)
