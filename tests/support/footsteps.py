"""Footsteps: which files of the services a piece of work goes through."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

SERVICES = Path(__file__).parents[2] / "services"


class Footsteps:
    """Files of the services in which a function ran; shapes that only hold values (no function ran) do not count."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self._prefix = f"{SERVICES}/"

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(self._prefix) and frame.f_code.co_name != "<module>":
            self.files.add(name.removeprefix(self._prefix))


@contextmanager
def footsteps() -> Iterator[Footsteps]:
    """Everything that runs on this thread inside the block leaves its steps."""
    steps = Footsteps()
    gc.collect()
    gc.disable()  # what is thrown away meanwhile may have last words of its own
    sys.setprofile(steps)
    try:
        yield steps
    finally:
        sys.setprofile(None)
        gc.enable()
