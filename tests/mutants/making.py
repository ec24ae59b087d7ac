"""Making mutants: a copy of the code in which each small change sleeps until it is called by its name."""

import json
import os
import shutil
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.file_mutation import filter_mutants_with_type_checker
from mutmut.utils.file_utils import walk_mutatable_files

COPY = Path(os.environ.get("MUTANTS_COPY", "mutants")).resolve()
LIST = COPY / "mutants.json"
CACHE = Path(".mypy_cache")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the file it is in, its name, and what the type checker says against it, if anything."""

    name: str
    path: str
    against: str | None

    @property
    def function(self) -> str:
        """The name under which the copy counts calls of the function that is changed."""
        return self.name.partition("__mutmut_")[0]


def make_mutants() -> list[Mutant]:
    """Write the copy and its mutants below `mutants/`, as `[tool.mutmut]` in pyproject.toml says."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir()
    with redirect_stdout(StringIO()):
        copy_src_dir()
        copy_also_copy_files()
        create_mutants(os.cpu_count() or 1)
    if CACHE.exists():
        shutil.copytree(CACHE, COPY / CACHE)  # all but the changed files stand in it already
    against = _what_types_say()
    found = [
        Mutant(name.replace("__init__.", ""), str(path), against.get(name))
        for path in sorted(walk_mutatable_files())
        for name in _names_in(path)
    ]
    LIST.write_text(json.dumps([[mutant.name, mutant.path, mutant.against] for mutant in found], indent=0))
    return found


def bring_tests_up() -> None:
    """Copy the tests as they are now: they may have become better since the mutants were made."""
    shutil.copytree("tests", COPY / "tests", dirs_exist_ok=True)


def known_mutants() -> list[Mutant]:
    """Those that `make_mutants` wrote."""
    return [Mutant(*fields) for fields in json.loads(LIST.read_text())]


def _names_in(path: Path) -> list[str]:
    held = SourceFileMutationData(path=path)
    held.load()
    return list(held.exit_code_by_key)


def _what_types_say() -> dict[str, str]:
    """Mutant -> the first thing that `mypy --strict` has against it."""
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {name: failed.error.error_description for name, failed in filter_mutants_with_type_checker().items()}
