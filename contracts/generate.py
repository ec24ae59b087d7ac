"""Writes the documents that are made from the fact classes, or says which of them are stale."""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from contracts.asyncapi import asyncapi
from contracts.examples import invalid_example, valid_example
from contracts.registry import FACTS
from contracts.schemas import schema_of

HERE = Path(__file__).parent


def documents() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    files = {HERE / "schemas" / f"{name}.json": _json(schema_of(cls)) for name, cls in FACTS.items()}
    files[HERE / "asyncapi.yaml"] = yaml.safe_dump(
        asyncapi(FACTS.values(), version("trellis")), sort_keys=False, allow_unicode=True, width=120
    )
    return files


def first_examples() -> dict[Path, str]:
    """An example to accept and one to refuse for each fact. Examples are only ever added: none is rewritten."""
    files: dict[Path, str] = {}
    for name, cls in FACTS.items():
        folder = HERE / "examples" / name
        files[folder / "valid-1.json"] = _json(valid_example(cls))
        files[folder / "invalid-1.json"] = _json(invalid_example(cls))
    return files


def stale() -> list[Path]:
    """Generated files that are missing, differ, or belong to no fact any more."""
    wanted = documents()
    differ = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    orphans = [path for path in (HERE / "schemas").glob("*.json") if path not in wanted]
    missing = [path for path in first_examples() if not path.exists()]
    return differ + orphans + missing


def write() -> None:
    """Bring every generated file up to date."""
    for path, text in documents().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for path, text in first_examples().items():
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    for path in stale():
        path.unlink()


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """`python -m contracts.generate [--check]`."""
    if "--check" not in sys.argv:
        write()
        return
    faults = stale()
    for path in faults:
        print(f"stale: {path.relative_to(HERE.parent)} (run `make contracts`)")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
