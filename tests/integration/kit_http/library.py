"""A tiny service to try the kit on: a lending library with its own words."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import FastAPI, Query, Request
from pydantic import Field

from kit.app import Body, Routes, create_app, open_store
from kit.auth import Caller, JwksSource, Member, RoleAt, Subject, TokenVerifier
from kit.conditions import IfMatch, check_version
from kit.edge import Reader
from kit.jwks import FetchedKeys
from kit.mongo import Collection, Document, Index
from kit.paging import Keyset, Page, PageAskDep
from kit.policy import DISTRICT, OWN, SCHOOL, Policy, myself
from kit.refusals import Kind, Refusal, refuse
from kit.request import EdgeDep
from kit.serve import serve
from kit.settings import Settings
from kit.telemetry import configure
from kit.transaction import Transaction

LOANS = Collection("loans", ("district_id", "_id"), (Index(("district_id", "lent_at", "_id")),))
READERS = Collection("readers", ("district_id", "_id"))


class LibrarySettings(Settings):
    service = "library"

    most_loans: int = 5


class NoSuchLoan(Refusal):
    kind = Kind.MISSING
    text = "There is no such loan."


class TooManyLoans(Refusal):
    text = "You have {loans} books at home; bring one back first."
    staff_text = "This reader has {loans} books at home, and the branch allows no more."


@dataclass(frozen=True, slots=True)
class LendCopy:
    loan_id: str
    reader_id: str
    copy_id: str
    most_loans: int


@dataclass(frozen=True, slots=True)
class ReturnCopy:
    loan_id: str
    version: int | None


@dataclass(frozen=True, slots=True)
class Loan:
    loan_id: str
    reader_id: str
    copy_id: str
    lent_at: datetime
    version: int
    correlation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLent:
    """A loan began."""

    TYPE: ClassVar[str] = "library.copy.lent.v1"
    TOPIC: ClassVar[str] = "library-copies"

    key: str
    district_id: str


@dataclass(slots=True)
class Gate:
    """Holds an action in the middle until a test lets it go on."""

    entered: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)


def loan_of(row: Document) -> Loan:
    return Loan(row["_id"], row["reader_id"], row["copy_id"], row["lent_at"], row["version"], row["correlation_id"])


async def lend_copy(tx: Transaction, order: LendCopy) -> Loan:
    """A reader takes a copy home."""
    loans = await tx[LOANS].count({"reader_id": order.reader_id})
    if loans >= order.most_loans:
        raise refuse(TooManyLoans(loans=loans))
    row = {
        "_id": order.loan_id,
        "reader_id": order.reader_id,
        "copy_id": order.copy_id,
        "lent_at": tx.now,
        "version": 0,
        "correlation_id": tx.trace.correlation_id,
    }
    version = tx[LOANS].save(row, [CopyLent(key=order.loan_id, district_id=tx.district_id)])
    return loan_of({**row, "version": version})


async def renew_loan(tx: Transaction, order: ReturnCopy) -> Loan:
    """A reader keeps a book longer."""
    row = await tx[LOANS].get(order.loan_id)
    if row is None:
        raise refuse(NoSuchLoan())
    check_version(row["version"], order.version)
    version = tx[LOANS].save(row)
    return loan_of({**row, "version": version})


async def loan_subject(reader: Reader, asked: Mapping[str, str], _caller: Caller) -> Subject:
    """Whose loan it is."""
    row = await reader[LOANS].get(asked["loan_id"])
    if row is None:
        raise refuse(NoSuchLoan())
    return Subject(row["reader_id"])


class Readers:
    """The library's directory."""

    async def members(self, reader: Reader, ids: Sequence[str]) -> dict[str, Member]:
        found = await reader[READERS].many(ids)
        return {
            reader_id: Member(
                reader_id,
                roles=tuple(RoleAt("reader", branch) for branch in row["branches"]),
                organisations=frozenset(row["branches"]),
            )
            for reader_id, row in found.items()
        }


class NewLoan(Body):
    copy_id: str = Field(pattern=r"^copy_[a-z0-9]{1,40}$")
    notes: list[str] = Field(default=[], max_length=3)
    weight_kg: float = 0.5


OWN_LOAN = Policy(("reader", OWN), ("librarian", SCHOOL), scope="loans", subject=loan_subject)
LENDING = Policy(("reader", OWN), scope="loans", subject=myself)


def loan_routes(settings: LibrarySettings) -> Routes:
    """The addresses of loans."""
    routes = Routes(prefix="/v1", tags=["loans"])

    @routes.post("/loans", policy=LENDING, refuses=[TooManyLoans], status_code=201)
    async def post_loan(body: NewLoan, edge: EdgeDep) -> Loan:
        order = LendCopy(edge.new_id("loan"), edge.caller.caller_id, body.copy_id, settings.most_loans)
        loan = await edge.act(lend_copy, order)
        edge.location(f"/v1/loans/{loan.loan_id}")
        return loan

    @routes.get("/loans/{loan_id}", policy=OWN_LOAN, refuses=[NoSuchLoan])
    async def get_loan(loan_id: str, edge: EdgeDep) -> Loan:
        row = await edge.reader[LOANS].get(loan_id)
        if row is None:
            raise refuse(NoSuchLoan())
        edge.tag(row["version"])
        return loan_of(row)

    @routes.patch("/loans/{loan_id}", policy=OWN_LOAN, refuses=[NoSuchLoan])
    async def patch_loan(loan_id: str, edge: EdgeDep, if_match: IfMatch) -> Loan:
        loan = await edge.act(renew_loan, ReturnCopy(loan_id, if_match))
        edge.tag(loan.version)
        return loan

    @routes.get("/loans", policy=Policy(("librarian", DISTRICT), scope="loans", apps=True))
    async def get_loans(ask: PageAskDep, edge: EdgeDep, reader_id: Annotated[str | None, Query()] = None) -> Page[Loan]:
        where = {"reader_id": reader_id} if reader_id else {}
        return await edge.page(ask, edge.reader[LOANS], where, Keyset(("lent_at", "_id")), loan_of)

    return routes


def odd_routes(gate: Gate) -> Routes:
    """Addresses that misbehave on purpose."""
    routes = Routes(prefix="/v1")

    async def held_lending(tx: Transaction, order: LendCopy) -> Loan:
        loan = await lend_copy(tx, order)
        gate.entered.set()
        await gate.opened.wait()
        return loan

    @routes.post("/held-loans", policy=LENDING)
    async def post_held_loan(body: NewLoan, edge: EdgeDep) -> Loan:
        return await edge.act(held_lending, LendCopy(edge.new_id("loan"), edge.caller.caller_id, body.copy_id, 99))

    @routes.post("/shown-loans", policy=LENDING)
    async def post_shown_loan(body: NewLoan, edge: EdgeDep) -> Loan:
        loan = await edge.act(lend_copy, LendCopy(edge.new_id("loan"), edge.caller.caller_id, body.copy_id, 99))
        gate.entered.set()
        await gate.opened.wait()
        row = await edge.reader[LOANS].get(loan.loan_id)
        assert row is not None
        return loan_of(row)

    @routes.get("/gate", policy=LENDING)
    async def get_gate() -> bool:
        return gate.entered.is_set()

    @routes.post("/gate", policy=LENDING)
    async def post_gate() -> bool:
        gate.opened.set()
        return True

    @routes.get("/slow", policy=LENDING)
    async def get_slow() -> str:
        await asyncio.Event().wait()
        return "never"

    @routes.get("/broken", policy=LENDING)
    async def get_broken() -> str:
        raise ValueError("the reader maya@example.org has the password hunter2")

    @routes.post("/shelf-lists", policy=LENDING, accepts=["text/csv"], most_bytes=4 * 1024 * 1024)
    async def post_shelf_list(request: Request) -> dict[str, int]:
        return {"bytes": sum([len(chunk) async for chunk in request.stream()])}

    return routes


def pack(fact: Any) -> dict[str, Any]:
    return {"loan_id": fact.key}


def make_library() -> FastAPI:
    """The whole service."""
    settings = LibrarySettings.load()
    configure(settings.service, level=settings.log_level, otlp_endpoint=settings.otlp_endpoint)
    return assemble(settings, FetchedKeys(settings.jwks_url, pause_seconds=0.2))


def assemble(settings: LibrarySettings, keys: JwksSource) -> FastAPI:
    """Its application, for callers whose tokens these keys signed."""
    return create_app(
        title="Library",
        settings=settings,
        store=open_store(settings, pack),
        directory=Readers(),
        verifier=TokenVerifier(keys, "library"),
        routes=[loan_routes(settings), odd_routes(Gate())],
        collections=[LOANS, READERS],
        staff_roles=frozenset({"librarian"}),
    )


if __name__ == "__main__":
    where = LibrarySettings.load()
    serve(make_library, where.host, where.port, factory=True)
