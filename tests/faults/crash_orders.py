"""Crash orders: where the points are, who passes which, and which process is to end at its next pass."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kit.crash_points import SETTING

ROOT = Path(__file__).parents[2]


def points_in(root: Path) -> dict[str, list[str]]:
    """Every crash point that the code names, with the files it stands in: found by reading the code."""
    found: dict[str, list[str]] = {}
    for path in sorted([*root.glob("kit/**/*.py"), *root.glob("services/**/*.py")]):
        for name in _named(ast.parse(path.read_text())):
            found.setdefault(name, []).append(str(path.relative_to(root)))
    return found


def _named(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "crash_point":
            (argument,) = node.args
            assert isinstance(argument, ast.Constant), "a point is named where it stands, so that it can be found"
            yield str(argument.value)


@dataclass(frozen=True, slots=True)
class Orders:
    """The folder in which a town's processes find their orders."""

    folder: Path

    @classmethod
    def in_folder(cls, folder: Path) -> "Orders":
        folder.mkdir(parents=True)
        return cls(folder)

    @property
    def env(self) -> dict[str, str]:
        """What the processes are told."""
        return {SETTING: str(self.folder)}

    def give(self, process: str, point: str, what: str = "exit") -> None:
        """The next pass of this process at this point ends it, or lets it stand still (`stop`)."""
        draft = self.folder / "draft"
        draft.write_text(what)
        draft.rename(self.folder / f"{process}@{point}")

    def taken(self, process: str, point: str) -> bool:
        """Whether that pass has come."""
        return not (self.folder / f"{process}@{point}").exists()

    def withdraw(self, process: str, point: str) -> bool:
        """Take an order back; False where it was carried out before."""
        order = self.folder / f"{process}@{point}"
        there = order.exists()
        order.unlink(missing_ok=True)
        return there

    def note_passes(self) -> None:
        """From now on every pass is noted."""
        (self.folder / "passes").write_text("")

    def passes_so_far(self) -> list[tuple[str, str]]:
        """Who has passed what since then, each pair once, in the order of the first pass."""
        lines = dict.fromkeys((self.folder / "passes").read_text().splitlines())
        pairs = [line.partition("@") for line in lines]
        return [(process, point) for process, _, point in pairs]

    def passes(self) -> list[tuple[str, str]]:
        """The same; noting ends here."""
        found = self.passes_so_far()
        (self.folder / "passes").unlink()
        return found
