"""Mutants: how many small changes to the code of the outbox, the inbox, the consumer and booking go unnoticed?

    python -m tests.mutants              make them, run them, write docs/mutants.md
    python -m tests.mutants --go-on      run those that have not run yet
    python -m tests.mutants --again      the same, and once more those that survived

Needs mutmut on the path, which `make mutants` sees to. Two mutants of one name are one change; seeds are fixed.
"""

import argparse
import os
import subprocess
import sys
from fnmatch import fnmatch

from mutmut.configuration import config

from tests.mutants.fates import NOTICED, Fates
from tests.mutants.making import COPY, bring_tests_up, make_mutants
from tests.mutants.page import write_page

BAR = 0.9


def main() -> int:
    options = _options()
    if options.go_on or options.again:
        fates = Fates.load()
        fates.forget(name for name, fate in list(fates.known.items()) if _runs_again(options, name, fate.what))
        fates.save()
    elif not options.page:
        print(f"{len(make_mutants())} mutants")
    if not options.page:
        _run()
    fates = Fates.load()
    noticed = write_page(fates)
    print(f"mutants: {len(fates.known)}, noticed by tests {noticed:.1%} (bar {BAR:.0%}), see docs/mutants.md")
    return 0 if noticed >= BAR and not fates.still_to_run() else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--go-on", action="store_true", help="keep the mutants and what is known of them")
    parser.add_argument("--again", metavar="PATTERN", nargs="?", const="*", help="survivors (so named) run again")
    parser.add_argument("--page", action="store_true", help="write the page alone")
    return parser.parse_args()


def _runs_again(options: argparse.Namespace, name: str, what: str) -> bool:
    if what == "refused by the type checker" or not options.again:
        return False
    return what not in NOTICED and fnmatch(name, options.again)


def _run() -> None:
    """Run pytest on the copy, with our loop in the place of its own."""
    bring_tests_up()
    path = os.pathsep.join([str(COPY), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    options = config().pytest_add_cli_args
    selection = config().pytest_add_cli_args_test_selection
    subprocess.run(
        [*(sys.executable, "-m", "pytest", "-q", "-s", "-p", "tests.mutants.forking"), *options, *selection],
        cwd=COPY,
        env=os.environ | {"PYTHONPATH": path, "MUTANTS_COPY": str(COPY)},
        check=True,
    )


if __name__ == "__main__":
    sys.exit(main())
