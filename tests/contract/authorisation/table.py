"""The expected table: one line a route, with the scope it needs and everybody it lets through."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.contract.authorisation.standings import SCOPES, STANDINGS, Case

FOLDER = Path(__file__).parent / "expected"
_LINE = re.compile(
    r"(?P<method>[A-Z]+)\s+(?P<address>\S+)\s+"
    r"(?:\[(?:sees (?P<sees>\S+)|(?P<door>door))\]\s+)?"
    r"(?P<scope>\S+)\s+(?P<who>.*)"
)
_VARIANT = re.compile(r"\{([a-z_]+)(?::[a-z-]+)?\}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `address` is filled in with the ids of a world.

    `sees`: the words that an answer must hold to count. `door`: only the policy counts, not what the action refuses
    behind it; such a line stands beside the plain one where the action knows of people too.
    """

    method: str
    address: str
    scope: str
    lets_through: frozenset[Case]
    sees: str | None = None
    door: bool = False

    @property
    def route(self) -> tuple[str, str]:
        """The method and the path as the application declares them."""
        return self.method, _VARIANT.sub(r"{\1}", self.address.partition("?")[0])

    def __str__(self) -> str:
        return f"{self.method} {self.address}{self.mark}"

    @property
    def mark(self) -> str:
        """What stands in brackets, if anything does."""
        return f" [sees {self.sees}]" if self.sees else " [door]" if self.door else ""


def read_table(service: str) -> list[Line]:
    """The lines for one service. Raises: ValueError for a line, a scope or a standing that is not known."""
    written = (FOLDER / f"{service}.txt").read_text().splitlines()
    return [read_line(line) for line in written if line.strip() and not line.startswith("#")]


def read_line(written: str) -> Line:
    """`METHOD address [sees words] scope role: standing standing; role: …`.

    `*` is every standing of a role but that of another district, `-` is nobody.
    """
    found = _LINE.fullmatch(written.strip())
    if found is None or found["scope"] not in SCOPES:
        raise ValueError(f"not a line of the table: {written!r}")
    parts = [] if found["who"] == "-" else found["who"].split(";")
    cases = frozenset(case for part in parts for case in _cases(part.strip()))
    return Line(found["method"], found["address"], found["scope"], cases, found["sees"], found["door"] is not None)


def _cases(part: str) -> list[Case]:
    role, _, standings = part.partition(":")
    known = STANDINGS.get(role, ())
    wanted = [name for name in known if name != "other-district"] if standings.strip() == "*" else standings.split()
    strange = sorted(set(wanted) - set(known))
    if strange or not wanted:
        raise ValueError(f"no such standing: {part!r}")
    return [Case(role, standing) for standing in wanted]
