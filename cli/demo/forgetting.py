"""Step 8: a learner is forgotten; afterwards nothing in any store, topic or log names them."""

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.demo.day import Day
from cli.demo.telling import check, until
from contracts.topics import TOPICS
from deploy.local.search import Found, Wanted, search


def forget(day: Day, mongo_url: str, kafka: str) -> None:
    """The office asks; every service removes what it holds and says how much that was."""
    cara, office = day["cara"], day["office"]
    wanted = named_in(day.roster, cara.username)
    before = _search(day, mongo_url, kafka, wanted)
    check(bool(before.places), "the search finds the learner while they are known")
    stores = ", ".join(sorted({place.split()[0] for place in before.places}))
    day.tell.says(f"Before: names, mail and roster numbers of {cara.name} stand in profile alone ({stores}).")
    elsewhere = [place for place in before.places if not place.startswith("trellis_profile.")]
    check(not elsewhere, f"profile alone knows names (found in {'; '.join(elsewhere) or 'no other place'})")
    erasure = office.api.post(f"/v1/people/{cara.person_id}/forget", {"reason_code": "family-request"})
    path = f"/v1/erasures/{erasure['erasure_id']}"
    done = until(lambda: _complete(day, path), "every service has removed them")
    day.tell.says(f"The office asks that {cara.person_id} be forgotten. Each service answers what it removed:")
    for service, removed in sorted(done["removed"].items()):
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(removed.items()) if count)
        day.tell.says(f"  {service:<10} {counts or 'nothing: it held nothing of theirs'}")
    day.link("The certificate", path)
    _tell_search(day, _search(day, mongo_url, kafka, wanted))


def _complete(day: Day, path: str) -> Mapping[str, Any] | None:
    told: Mapping[str, Any] = day["office"].api.get(path)
    return told if told["state"] == "complete" else None


def _search(day: Day, mongo_url: str, kafka: str, wanted: Wanted) -> Found:
    return search(mongo_url, kafka, [topic.name for topic in TOPICS], day.folder / "logs", wanted, day.district_id)


def _tell_search(day: Day, after: Found) -> None:
    check(not after.places, f"nothing names the forgotten learner any more (found in {'; '.join(after.places)})")
    looked = ", ".join(f"{count:,} {kind}" for kind, count in after.looked_at.items())
    day.tell.says(f"After: looked through {looked}: every database, every topic, every log file.")
    day.tell.says("Nothing holds their names, mail or roster numbers. Facts that remain carry the opaque id alone.")


def named_in(roster: Path, username: str) -> Wanted:
    """All that the roster says of this person that is theirs alone, and their names, which count together."""
    with zipfile.ZipFile(roster) as container, container.open("users.csv") as opened:
        rows = csv.DictReader(io.TextIOWrapper(opened, encoding="utf-8"))
        row = next(row for row in rows if row["username"] == username)
    alone = {
        row[name] for name in ("sourcedId", "username", "identifier", "email", "phone", "sms", "userMasterIdentifier")
    }
    return Wanted(tuple(sorted(alone - {""})), (row["givenName"], row["familyName"]))
