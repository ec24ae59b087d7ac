"""Turn left and right of a compiled style into start and end, so that it mirrors itself for languages written so."""

import re
import sys
from pathlib import Path

_SIDES = {"left": "start", "right": "end"}
_PROPERTY = re.compile(r"(?<=[;{])(margin|padding|border)-(left|right)(?=[-:])")
_RADIUS = re.compile(r"border-(top|bottom)-(left|right)-radius")
_PLACE = re.compile(r"(?<=[;{])(left|right):")
_VALUE = re.compile(r"(text-align|float|clear):(left|right)(?=[;}! ])")
_ROWS = {"top": "start", "bottom": "end"}


def logical(style: str) -> str:
    """A compressed style with logical properties in place of physical ones."""
    style = _PROPERTY.sub(lambda found: f"{found[1]}-inline-{_SIDES[found[2]]}", style)
    style = _RADIUS.sub(lambda found: f"border-{_ROWS[found[1]]}-{_SIDES[found[2]]}-radius", style)
    style = _PLACE.sub(lambda found: f"inset-inline-{_SIDES[found[1]]}:", style)
    return _VALUE.sub(lambda found: f"{found[1]}:{_flow(found[1], found[2])}", style)


def _flow(name: str, side: str) -> str:
    return _SIDES[side] if name == "text-align" else f"inline-{_SIDES[side]}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(logical(path.read_text()))
