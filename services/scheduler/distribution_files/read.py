"""Any input that is understood, told apart by its name and its first words."""

from pathlib import Path

from services.scheduler.distribution_files.faults import Fault, InputFaults, Where
from services.scheduler.distribution_files.ranked_round import RankedRound
from services.scheduler.distribution_files.read_csv import read_csv
from services.scheduler.distribution_files.read_foreign import read_fairpyx, read_form, read_preflib
from services.scheduler.distribution_files.read_json import parse_json, read_json

KINDS = "a .json file, a folder of .csv files, PrefLib .soc .soi .toc, or a .csv of form answers"


def read_round(path: Path, seats: int | None = None) -> RankedRound:
    """Read a round. `seats` is for foreign data that names none. Raises InputFaults."""
    if path.is_dir():
        return read_csv(path)
    if not path.exists():
        raise InputFaults([Fault(Where(path.name), "no such file", KINDS)])
    ending = path.suffix.lower()
    if ending == ".json":
        document = parse_json(path)
        return read_fairpyx(path) if isinstance(document, dict) and "valuations" in document else read_json(path)
    if ending in (".soc", ".soi", ".toc"):
        return read_preflib(path, seats)
    if ending == ".dat":
        return read_preflib(path.with_suffix(".soi"), seats)
    if ending == ".csv":
        return read_form(path, seats)
    raise InputFaults([Fault(Where(path.name), f"a file ending in {ending or 'nothing'}", KINDS)])
