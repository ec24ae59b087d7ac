"""OpenAPI snapshots: each service is asked for its own document, which the gateway's routing table is made from."""

import subprocess
import sys
from pathlib import Path

SERVICES = ("profile", "scheduler", "community", "gateway")
FOLDER = Path(__file__).parent / "openapi"


def ask(service: str) -> str:
    """The service's OpenAPI document, as `python -m services.<service>.api --openapi` prints it."""
    command = [sys.executable, "-m", f"services.{service}.api", "--openapi"]
    return subprocess.run(command, cwd=FOLDER.parents[1], capture_output=True, text=True, check=True).stdout  # noqa: S603


def stale() -> list[str]:
    """The services whose snapshot is not what they say today."""
    paths = {service: FOLDER / f"{service}.json" for service in SERVICES}
    return [service for service, path in paths.items() if not path.exists() or path.read_text() != ask(service)]


def main() -> None:
    """`python -m contracts.snapshots [--check]`."""
    if "--check" in sys.argv:
        faults = stale()
        for service in faults:
            print(f"stale: contracts/openapi/{service}.json (run `make contracts`)")
        sys.exit(1 if faults else 0)
    FOLDER.mkdir(exist_ok=True)
    for service in SERVICES:
        (FOLDER / f"{service}.json").write_text(ask(service))


if __name__ == "__main__":
    main()
