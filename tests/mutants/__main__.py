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

from tests.mutants.fates import NOTICED, Fates
from tests.mutants.making import COPY, bring_tests_up, make_mutants
from tests.mutants.page import write_page

BAR = 0.9
_UNIT, _EVENTS = "tests/unit", "tests/integration/kit_events"
TESTS = {
    "services/*": (
        f"{_UNIT}/scheduler_placements",
        f"{_UNIT}/scheduler_time",
        # Longer than all others together, and it finds nothing more.
        f"--deselect={_UNIT}/scheduler_placements/test_invariants.py",
    ),
    "kit/*": (
        f"{_UNIT}/kit_events",
        "tests/integration/kit_store/test_batches.py",
        *(f"{_EVENTS}/test_{name}.py" for name in ("consuming_closely", "consuming", "consuming_faults")),
        *(f"{_EVENTS}/test_{name}.py" for name in ("dead_letters", "relaying_closely", "relaying_order")),
        f"{_EVENTS}/test_relaying_faults.py",
        # As above; or they break servers that are shared here.
        f"--deselect={_UNIT}/kit_events/test_heard.py::test_no_bytes_whatever_bring_the_reader_down",
        f"--deselect={_EVENTS}/test_consuming.py::test_a_slow_handler_holds_the_thread_back_and_not_the_group",
        f"--deselect={_EVENTS}/test_relaying_faults.py"
        "::test_facts_wait_while_kafka_is_down_and_keep_their_order_on_its_return",
    ),
}
"""Files that are changed -> the tests that reach them."""
OPTIONS = ("-q", "-s", "-p", "tests.mutants.forking", "-p", "no:cacheprovider", "--hypothesis-seed=1", "--timeout=60")


def main() -> int:
    options = _options()
    if options.go_on or options.again:
        fates = Fates.load()
        fates.forget(name for name, fate in list(fates.known.items()) if _runs_again(options, name, fate.what))
        fates.save()
    elif not options.page:
        print(f"{len(make_mutants())} mutants")
    if not options.page:
        bring_tests_up()
        for part in [part for part in TESTS if fnmatch(part, options.of)]:
            _run(part)
    fates = Fates.load()
    noticed = write_page(fates)
    print(f"mutants: {len(fates.known)}, noticed by tests {noticed:.1%} (bar {BAR:.0%}), see docs/mutants.md")
    return 0 if noticed >= BAR and not fates.still_to_run() else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--go-on", action="store_true", help="keep the mutants and what is known of them")
    parser.add_argument("--again", metavar="PATTERN", nargs="?", const="*", help="survivors (so named) run again")
    parser.add_argument("--of", metavar="PATTERN", default="*", help=f"only these parts of {', '.join(TESTS)}")
    parser.add_argument("--page", action="store_true", help="write the page alone")
    return parser.parse_args()


def _runs_again(options: argparse.Namespace, name: str, what: str) -> bool:
    if what == "refused by the type checker" or not options.again:
        return False
    return what not in NOTICED and fnmatch(name, options.again)


def _run(part: str) -> None:
    """Run pytest on the copy, with our loop in the place of its own."""
    path = os.pathsep.join([str(COPY), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    told = {"PYTHONPATH": path, "MUTANTS_COPY": str(COPY), "MUTANTS_OF": part}
    command = [sys.executable, "-m", "pytest", *OPTIONS, *TESTS[part]]
    subprocess.run(command, cwd=COPY, env=os.environ | told, check=True)


if __name__ == "__main__":
    sys.exit(main())
