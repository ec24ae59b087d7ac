"""`make faults`: rounds of load and faults from one seed; the exit code says whether anything was lost or diverged."""

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.rounds import play_rounds


def main() -> int:
    """Play the rounds, print what was found, and keep the evidence where something was."""
    asked = _asked()
    folder = Path(tempfile.mkdtemp(prefix="trellis-faults-"))
    began = time.monotonic()
    verdict = play_rounds(folder, asked.seed, asked.rounds, _tell)
    _tell(f"{time.monotonic() - began:.0f} s; to repeat: make faults ROUNDS={asked.rounds} SEED={asked.seed}")
    if verdict.findings:
        _tell(f"histories, logs and stores are kept in {folder}")
    else:
        shutil.rmtree(folder)
    _tell(verdict.line)
    return 1 if verdict.findings else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    return parser.parse_args()


def _tell(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
