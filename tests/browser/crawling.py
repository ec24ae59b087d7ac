"""Finding every page: from each role's first page along all links, and back to the table of routes."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from services.web.pages import PAGES
from services.web.visiting.pages import Page
from tests.browser.signing_in import Visitor

UNLINKED = frozenset({"/", "/signed-in", "/sign-in/link"})
"""What no link leads to: the address alone, the way back from a district's sign-in, and the link that is sent."""
AFTER_AN_ACT = frozenset(
    {
        "/sign-in/link",  # its page is reached by mail
        "/office/schools/{school_id}/no-place/{block_id}/undo",  # undo stands in the notice of what was just done
        "/me/who/{field_id}/back",
        "/office/schools/{school_id}/notices",  # nothing happens on that day that a principal is told of
        "/goals/{goal_id}/begin",  # where the district's policy asks that goals are agreed on
        "/learners/{person_id}/goals/{goal_id}/agree",
    }
)
"""Forms that stand on no page as it is found here; the tests of their own pages fill them in."""
SHOWROOM = "/parts"
"""Its forms show how forms look; nothing takes them."""
_EACH, _LOOKED = 4, 3
"""So many addresses of one route and person are followed, and looked at: they may be in different states."""
_LINKS = {"a": "href", "form": "action"}


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it stands on a page: where it goes, its fields with their values, and which of them are files."""

    page: str
    action: str
    fields: Mapping[str, str]
    files: frozenset[str]
    typed: frozenset[str]
    multipart: bool


class Reader(HTMLParser):
    """What a page leads to, and the forms on it."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.links, self.forms = address, list[str](), list[Filled]()
        self._form: dict[str, str] | None = None
        self._fields: dict[str, str] = {}
        self._files: set[str] = set()
        self._typed: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        for name in ("href", "data-live", "hx-get"):
            if given.get(name) and tag != "link":
                self.links.append(urljoin(self.address, given[name]))
        if tag == "form":
            self._form, self._fields, self._files, self._typed = given, {}, set(), set()
        elif self._form is not None and given.get("name"):
            self._field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self._close(self._form)
            self._form = None

    def _field(self, tag: str, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        if kind == "file":
            self._files.add(given["name"])
        elif kind not in ("radio", "checkbox") or given["name"] not in self._fields or "checked" in given:
            self._fields[given["name"]] = given.get("value", "")
        if kind not in ("hidden", "file"):
            self._typed.add(given["name"])

    def _close(self, form: Mapping[str, str]) -> None:
        action = urljoin(self.address, form.get("action") or self.address)
        if form.get("method", "get").lower() != "post":
            asked = {name: value for name, value in self._fields.items() if value}
            self.links.append(action if not asked else f"{action}?{'&'.join(f'{n}={v}' for n, v in asked.items())}")
            return
        multipart = form.get("enctype", "") == "multipart/form-data"
        self.forms.append(
            Filled(self.address, action, self._fields, frozenset(self._files), frozenset(self._typed), multipart)
        )


@dataclass
class Found:
    """Addresses by route and part; forms by the route they go to; answers that no page should give."""

    addresses: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    forms: dict[str, tuple[str, Filled]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def looked_at(self) -> Iterator[tuple[str, str]]:
        """Each route's pages once a part: who looks, and at what."""
        for parts in self.addresses.values():
            for part, addresses in parts.items():
                for address in addresses[:_LOOKED]:
                    yield part, address


def crawl(visitors: Mapping[str, Visitor], first_of: Collection[str]) -> Found:
    """Follow every link of every visitor, until no route has anything new; those of `first_of` come first."""
    found = Found()
    for part, visitor in visitors.items():
        first = visitor.get("/").headers["location"]
        waiting, seen = ["/sign-in", SHOWROOM, first], set[str]()
        while waiting:
            address = waiting.pop(0)
            route = route_of("GET", address)
            if address in seen or route is None or len(found.addresses[route.path][part]) >= _EACH:
                continue
            seen.add(address)
            waiting = sorted(
                waiting + _look(visitor, part, route, address, found),
                key=lambda one: not any(each in one for each in first_of),
            )
    return found


def read_page(address: str, text: str) -> list[Filled]:
    """The forms of a page."""
    reader = Reader(address)
    reader.feed(text)
    return reader.forms


def route_of(method: str, address: str) -> Page | None:
    """The route that answers this address, in the order of the table."""
    path = urlsplit(address).path
    return next((page for page, pattern in _PATTERNS if page.method == method and pattern.fullmatch(path)), None)


def pages() -> list[str]:
    """Every page of the route table that a link should lead to."""
    paths = {page.path for page in PAGES.pages if page.method == "GET"} - UNLINKED
    # A live piece is there while something goes on; its page's own test waits for that.
    return sorted(path for path in paths if not path.endswith("/live"))


def forms() -> list[str]:
    """Every form's address in the route table that stands on a page as it is found."""
    return sorted({page.path for page in PAGES.pages if page.method == "POST"} - AFTER_AN_ACT)


def _look(visitor: Visitor, part: str, route: Page, address: str, found: Found) -> list[str]:
    status, media, text = visitor.glance(address)
    if status == 303:  # the office's first page leads whoever has one school to it
        return [link for link in [_local(visitor.get(address).headers["location"])] if link]
    if status != 200:
        found.broken.append(f"{part}: {address} answers {status}")
        return []
    if media != "text/html":
        found.addresses[route.path].setdefault(part, [])
        return []
    found.addresses[route.path][part].append(address)
    reader = Reader(address)
    reader.feed(text)
    for form in [] if route.path == SHOWROOM else reader.forms:
        target = route_of("POST", form.action)
        if target is None:
            found.broken.append(f"{part}: {address} has a form to {form.action}, which nothing answers")
        else:
            found.forms.setdefault(target.path, (part, form))
    return [link for link in map(_local, reader.links) if link]


def _local(link: str) -> str:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


_PATTERNS = [(page, re.compile(re.sub(r"\{[^}]+\}", "[^/]+", page.path))) for page in PAGES.pages]
