"""The roster that stands, row by row: the mirror that the next set is compared with."""

from collections.abc import Iterable

from kit.mongo import Collection, Document, Index
from services.profile.rosters import RosterRow, row_digest

KEPT_FILES = ("orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments")
"""Files whose rows are kept. The others are read for their faults alone: what has no use here is not stored."""
_HOLDER: Document = {"holder": {"$gt": ""}}
_MEMBER: Document = {"member": {"$gt": ""}}
_AGENTS: Document = {"agents": {"$exists": True}}

ROSTER_ROWS = Collection(
    "roster_rows",
    shard_key=("district_id", "_id"),
    indexes=(
        Index(("district_id", "holder"), partial=_HOLDER),
        Index(("district_id", "member"), partial=_MEMBER),
        Index(("district_id", "agents"), partial=_AGENTS),
    ),
)
"""`holder`: whose role it is; `member`: who is enrolled; `agents`: whom a user is linked with; `entity_id`: ours."""


def row_id(district_id: str, file: str, sourced_id: str) -> str:
    """The document id of a row. Its beginning orders the rows of one file together, so that a file is one range."""
    return f"{district_id}|{file}|{sourced_id}"


def sourced_id_of(document_id: str) -> str:
    return document_id.split("|", 2)[2]


def file_of(document_id: str) -> str:
    return document_id.split("|", 2)[1]


def rows_of_file(district_id: str, file: str) -> Document:
    """The filter for all rows of one file; `}` is what follows `|`."""
    return {"_id": {"$gte": f"{district_id}|{file}|", "$lt": f"{district_id}|{file}}}"}}


def held_by(users: Iterable[str]) -> Document:
    """The filter for the roles of these users, worded so that the partial index serves it."""
    return {"holder": {"$in": list(users), "$gt": ""}}


def enrolling(users: Iterable[str]) -> Document:
    return {"member": {"$in": list(users), "$gt": ""}}


def linked_with(users: Iterable[str]) -> Document:
    """The filter for users who are linked with one of these. A list has no second bound: it would be walked whole."""
    return {"agents": {"$in": list(users)}}


def digest_of(row: RosterRow) -> int:
    """64 bits of the row's digest, as the store's integers are signed."""
    return int.from_bytes(row_digest(row)[:8], "big", signed=True)


def row_fields(row: RosterRow, digest: int) -> Document:
    """What a row's document holds beside its id: its values, and what it is looked up by."""
    fields: Document = {"digest": digest, "values": dict(row.values)}
    if row.file == "roles":
        fields["holder"] = row.values["userSourcedId"]
    elif row.file == "enrollments":
        fields["member"] = row.values["userSourcedId"]
    elif row.file == "users" and "agentSourcedIds" in row.values:
        fields["agents"] = list(row.values["agentSourcedIds"])
    return fields


def without_agent(row: Document, users: set[str]) -> Document:
    """The change that takes links to `users` out of a user's row, as if the set had never named them."""
    agents = [agent for agent in row["agents"] if agent not in users]
    values = {**row["values"], "agentSourcedIds": agents}
    if not agents:
        del values["agentSourcedIds"]
    plain = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    digest = digest_of(RosterRow("users", 0, sourced_id_of(row["_id"]), False, plain))
    kept: Document = {"$set": {"values": values, "digest": digest}}
    return {**kept, "$unset": {"agents": ""}} if not agents else {"$set": {**kept["$set"], "agents": agents}}
