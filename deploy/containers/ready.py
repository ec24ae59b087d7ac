"""A container's health check: does this address answer 200?"""

from __future__ import annotations

import sys
import urllib.request


def main() -> None:
    """Exit 0 when the address in the one argument answers 200 within three seconds, 1 otherwise."""
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=3) as answer:  # noqa: S310 - the container's own address
            raise SystemExit(answer.status != 200)
    except OSError as error:
        raise SystemExit(f"not ready: {error}") from error


if __name__ == "__main__":
    main()
