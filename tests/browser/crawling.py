"""Finding every page: from each role's first page along all links, and back to the table of routes."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from services.web.pages import PAGES
from services.web.visiting.pages import Page
from tests.browser.signing_in import Visitor

UNLINKED = frozenset({"/", "/signed-in", "/sign-in/link"})
"""What no link leads to: the address alone, the way back from a district's sign-in, and the link that is sent."""
AFTER_AN_ACT = {
    "/sign-in/link": ("token",),  # its page is reached by mail
    "/office/schools/{school_id}/no-place/{block_id}/undo": ("placement",),  # undo stands in a notice of what was done
    "/me/who/{field_id}/back": ("circles", "visible_to"),
    "/office/schools/{school_id}/notices": ("newest_id",),  # nothing happens on that day that a principal is told of
    "/goals/{goal_id}/begin": (),  # where the district's policy asks that goals are agreed on
    "/learners/{person_id}/goals/{goal_id}/agree": (),
}
"""Forms that stand on no page as it is found here, with their fields; the tests of their own pages fill them in."""
SHOWROOM = "/parts"
"""Its forms show how forms look; nothing takes them."""
_EACH = 4
"""So many addresses of one route and person are followed: they may be in different states."""
_ALONE = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
"""Elements that hold nothing and are not closed (HTML Standard, 13.1.2)."""
_WORDS = frozenset({"text", "search", "textarea"})
Shape = frozenset[str]
"""Which elements of which classes stand in which: two pages of one shape differ in words and numbers alone."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it stands on a page: where it goes, its fields with their values, and which of them are what.

    `typed`: what somebody fills in or chooses; `written`: of those, what takes any words.
    """

    page: str
    action: str
    fields: Mapping[str, str]
    files: frozenset[str] = frozenset()
    typed: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()


class Reader(HTMLParser):
    """What a page leads to, the forms on it, and its shape."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.links, self.forms = address, list[str](), list[Filled]()
        self._within, self._shape = list[str](), set[str]()
        self._form: dict[str, str] | None = None
        self._fields: dict[str, str] = {}
        self._files: set[str] = set()
        self._typed: set[str] = set()
        self._written: set[str] = set()

    @classmethod
    def of(cls, address: str, text: str) -> "Reader":
        """A page that has been read."""
        reader = cls(address)
        reader.feed(text)
        return reader

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._place(tag, f"{tag}.{given.get('class', '')}.{given.get('type', '')}")
        for name in ("href", "data-live", "hx-get"):
            if given.get(name) and tag != "link":
                self.links.append(urljoin(self.address, given[name]))
        if tag == "form":
            self._form, self._fields = given, {}
            self._files, self._typed, self._written = set(), set(), set()
        elif self._form is not None and given.get("name"):
            self._field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        while tag not in _ALONE and self._within and self._within.pop().partition(".")[0] != tag:
            pass
        if tag == "form" and self._form is not None:
            self._close(self._form)
            self._form = None

    @property
    def shape(self) -> Shape:
        """The page's shape."""
        return frozenset(self._shape)

    def _place(self, tag: str, name: str) -> None:
        self._shape.add("/".join([*self._within, name]))
        if tag not in _ALONE:
            self._within.append(name)

    def _field(self, tag: str, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        if kind == "file":
            self._files.add(given["name"])
        elif kind not in ("radio", "checkbox") or given["name"] not in self._fields or "checked" in given:
            self._fields[given["name"]] = given.get("value", "")
        if kind not in ("hidden", "file"):
            self._typed.add(given["name"])
        if kind in _WORDS:
            self._written.add(given["name"])

    def _close(self, form: Mapping[str, str]) -> None:
        action = urljoin(self.address, form.get("action") or self.address)
        if form.get("method", "get").lower() != "post":
            asked = {name: value for name, value in self._fields.items() if value}
            self.links.append(action if not asked else f"{action}?{'&'.join(f'{n}={v}' for n, v in asked.items())}")
            return
        kinds = map(frozenset, (self._files, self._typed, self._written))
        self.forms.append(Filled(self.address, action, self._fields, *kinds))


@dataclass
class Found:
    """Addresses by route and part, forms by the route they go to, answers that no page should give, states of pages."""

    addresses: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    forms: dict[str, tuple[str, Filled]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    states: list[tuple[str, str]] = field(default_factory=list)
    _shapes: dict[str, list[Shape]] = field(default_factory=lambda: defaultdict(list))

    def is_new(self, route: str, address: str, text: str) -> bool:
        """Whether this page of a route has anything that none before it had; the next one like it has not."""
        shape = Reader.of(address, text).shape
        if any(shape <= known for known in self._shapes[route]):
            return False
        self._shapes[route].append(shape)
        return True


def crawl(visitors: Mapping[str, Visitor], first_of: Collection[str], found: Found | None = None) -> Found:
    """Follow every link of every visitor, until no route has anything new; those of `first_of` come first.

    Goes on with what was `found` before. Each page in each of its states, as its shape tells, is one of `states`: by
    who saw it, and where.
    """
    found = found or Found()
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
    return Reader.of(address, text).forms


def route_of(method: str, address: str) -> Page | None:
    """The route that answers this address, in the order of the table."""
    path = urlsplit(address).path
    return next((page for page, pattern in _PATTERNS if page.method == method and pattern.fullmatch(path)), None)


def address_for(found: Found, part: str, path: str) -> str:
    """An address of this route, with names that stand in other addresses that this part found. Raises: KeyError."""
    known: dict[str, str] = {}
    for page, pattern in _PATTERNS:
        for address in found.addresses.get(page.path, {}).get(part, ()):
            if named := pattern.fullmatch(urlsplit(address).path):
                known |= named.groupdict()
    return path.format_map(known)


def pages() -> list[str]:
    """Every page of the route table that a link should lead to."""
    paths = {page.path for page in PAGES.pages if page.method == "GET"} - UNLINKED
    # A live piece is there while something goes on; its page's own test waits for that.
    return sorted(path for path in paths if not path.endswith("/live"))


def forms() -> list[str]:
    """Every form's address in the route table that stands on a page as it is found."""
    return sorted({page.path for page in PAGES.pages if page.method == "POST"} - AFTER_AN_ACT.keys())


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
    if found.is_new(route.path, address, text):
        found.states.append((part, address))
    reader = Reader.of(address, text)
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


_PATTERNS = [(page, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", page.path))) for page in PAGES.pages]
