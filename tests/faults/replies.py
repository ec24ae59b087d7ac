"""Replies of a round: what the town answered from a moment on, whatever became of it later."""

import json
from collections import Counter
from pathlib import Path


def size_of(history: Path) -> int:
    """Where the history ends now."""
    return history.stat().st_size


def troubles(history: Path, since: int) -> Counter[str]:
    """Every answer since then that was no answer, or a fault of the town's: by status and codes."""
    found: Counter[str] = Counter()
    with history.open() as lines:
        lines.seek(since)
        for line in lines:
            what = json.loads(line)["what"]
            if "status" in what and (what["status"] == 0 or what["status"] >= 500):
                found[f"{what['status']} {', '.join(what['codes'])}"] += 1
    return found
