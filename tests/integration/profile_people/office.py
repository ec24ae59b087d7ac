"""A district office: uploads rosters, waits for the worker, and looks at what stands."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from bson import BSON

from kit.auth import Caller, RoleAt, mint
from kit.clock import now
from kit.mongo import Document
from services.profile.domain.people import Person
from services.profile.store.people import PEOPLE, unpack_person
from tests.support.eventually import eventually
from tests.support.stage import Answer, District, Someone, Stage

_ENDED = ("ready", "refused", "applied", "discarded")
Rows = list[dict[str, str]]


class Office:
    """The office of a district of its own, and the people whom its rosters bring."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.district: District = stage.district()
        self.district_id = self.district.district_id
        self.clerk = self.app("rosters.write", "rosters.read", "people.read")

    def app(self, *scopes: str) -> Someone:
        return self.district.app(*scopes)

    async def upload(self, content: bytes, by: Someone | None = None, **headers: str) -> Answer:
        """Send a ZIP."""
        someone = by or self.clerk
        token = mint(self.stage.key, someone.caller, "profile", 60, now())
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        sent = {"authorization": f"Bearer {token}", "content-type": "application/zip", **named}
        answer = await self.stage.client.post("/v1/rosters", content=content, headers=sent)
        return Answer(answer.status_code, answer.json(), answer.headers)

    async def dry_run(self, content: bytes) -> dict[str, Any]:
        """Send a ZIP and wait until it was read."""
        uploaded = await self.upload(content)
        return await self.until_ended(uploaded["roster_id"])

    async def until_ended(self, roster_id: str, *, states: tuple[str, ...] = _ENDED) -> dict[str, Any]:
        """The roster, once its worker is through with it."""

        async def ended() -> dict[str, Any] | None:
            body: dict[str, Any] = (await self.clerk.get(f"/v1/rosters/{roster_id}")).body
            return body if body["state"] in states else None

        found: dict[str, Any] | None = await eventually(ended)
        assert found is not None
        return found

    async def apply(self, roster_id: str, **accepted: bool) -> Answer:
        return await self.clerk.post(f"/v1/rosters/{roster_id}/apply", accepted)

    async def take(self, content: bytes, **accepted: bool) -> dict[str, Any]:
        """Send, read and apply a set."""
        roster_id = (await self.dry_run(content))["roster_id"]
        answer = await self.apply(roster_id, **accepted)
        assert answer.status == 202, answer.body
        return await self.until_ended(roster_id, states=("applied",))

    async def who(self, username: str) -> Person:
        """The person with this username, active or not."""
        found = await self.stage.store.reader(self.district_id)[PEOPLE].one({"username": username})
        assert found is not None, username
        return unpack_person(found)

    async def signed_in(self, username: str) -> Someone:
        """The same person as a caller."""
        person = await self.who(username)
        roles = tuple(RoleAt(held.role, held.organisation_id) for held in person.roles)
        caller = Caller(person.person_id, "person", self.district_id, roles, frozenset({"*"}))
        return Someone(self.stage, caller)

    def operator(self) -> Someone:
        """The gateway itself, asking for somebody who signs in."""
        caller = Caller("gateway", "operator", self.district_id, (), frozenset({"internal"}))
        return Someone(self.stage, caller)

    async def documents(self) -> dict[str, list[Document]]:
        """Everything profile holds of this district, by collection."""
        database = self.stage.store.mongo.database
        names = await database.list_collection_names()
        return {name: await database[name].find({"district_id": self.district_id}).to_list(None) for name in names}

    async def mentions(self, *texts: str) -> set[str]:
        """The collections whose bytes hold one of these texts."""
        wanted = [text.encode() for text in texts]
        return {
            name
            for name, documents in (await self.documents()).items()
            for document in documents
            if any(text in bytes(BSON.encode(document)) for text in wanted)
        }


def changed(content: bytes, **edits: Callable[[Rows], Rows]) -> bytes:
    """The set with some files edited, row by row, as dictionaries."""
    files = _read(content)
    for name, edit in edits.items():
        header, rows = files[f"{name}.csv"]
        files[f"{name}.csv"] = (header, edit(rows))
    return _write(files)


def delta(content: bytes, **files: Rows) -> bytes:
    """A delta in the form of this set, with these rows alone."""
    known = _read(content)
    header, properties = known["manifest.csv"]
    for row in properties:
        if row["propertyName"].startswith("file."):
            row["value"] = "delta" if row["propertyName"].removeprefix("file.") in files else "absent"
    made = {"manifest.csv": (header, properties)}
    for name, rows in files.items():
        dated = [{"dateLastModified": "2026-11-01T08:00:00.000Z", "status": "active"} | _set(row) for row in rows]
        made[f"{name}.csv"] = (known[f"{name}.csv"][0], dated)
    return _write(made)


def _set(row: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if value}


def rows_of(content: bytes, name: str) -> Rows:
    """The rows of one file of the set."""
    return _read(content)[f"{name}.csv"][1]


def _read(content: bytes) -> dict[str, tuple[list[str], Rows]]:
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        return {name: _rows(container.read(name).decode()) for name in container.namelist()}


def _rows(text: str) -> tuple[list[str], Rows]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    return list(reader.fieldnames or ()), list(reader)


def _write(files: Mapping[str, tuple[list[str], Rows]]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as container:
        for name, (header, rows) in files.items():
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, header, restval="")
            writer.writeheader()
            writer.writerows(rows)
            container.writestr(name, text.getvalue())
    return into.getvalue()
