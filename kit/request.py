"""The request as a route sees it: who asks, in which trace, and the one way to make something happen."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson
import pymongo
from starlette.requests import Request
from starlette.types import Receive, Scope

from kit.auth import Caller, Directory, Member, Subject, TokenVerifier
from kit.clock import now
from kit.conditions import NotModified, etag, is_current
from kit.deadline import remaining
from kit.edge import Action, OnceKey, Reader, Store, act_once
from kit.envelope import Trace
from kit.front import IDEMPOTENCY_HEADER, Visit, route_of
from kit.ids import new_id
from kit.mongo import Document, StoreUnavailable
from kit.paging import CursorSigner, Keyset, Page, PageAsk
from kit.policy import Policy, all_relations
from kit.refusals import Kind, Refusal, refuse
from kit.transaction import Rows

Order = TypeVar("Order")
Result = TypeVar("Result")
Item = TypeVar("Item")
_KEY = re.compile(r'"?([A-Za-z0-9_.:-]{8,128})"?')
# A transaction ends before the deadline, so that its outcome can still be told: the driver notices that a server is
# away up to 0.3 s late (it looks again every half second).
_TELLING_SECONDS = 0.6


class IdempotencyKeyMalformed(Refusal):
    kind = Kind.INVALID
    text = "An Idempotency-Key has 8 to 128 letters, digits, or any of _ . : -; a UUID is a good one."


@dataclass(slots=True)
class Desk:
    """What all requests of one service share; `prepared` once its collections and indexes are made."""

    store: Store
    directory: Directory
    verifier: TokenVerifier
    cursors: CursorSigner
    staff_roles: frozenset[str]
    longest_seconds: float
    prepared: bool = False


class Edge(Request):
    """One request as its route gets it: HTTP's side of it inherited, its caller known and allowed by `policy`."""

    caller: Caller

    def __init__(self, scope: Scope, receive: Receive, policy: Policy) -> None:
        super().__init__(scope, receive)
        self.policy = policy
        self.desk: Desk = scope["app"].state.desk
        self.visit: Visit = scope["trellis.visit"]
        self._moment = now()
        self._acts = 0

    async def json(self) -> Any:
        """The body as JSON that is JSON: no NaN, no broken UTF-8."""
        return orjson.loads(await self.body())

    async def admit(self) -> None:
        """Find out who asks, and hold the policy against them.

        Raises: Refusals of Unauthenticated, of NotPermitted, of what the policy's subject finder finds missing.
        """
        self.caller = self.visit.caller = await self.desk.verifier.verify(self.visit.header(b"authorization"))
        if not self.desk.prepared:
            raise refuse(StoreUnavailable())
        query = self.query_params if self.scope["query_string"] else {}
        await self.policy.check(self.caller, self.reader, self.desk.directory, {**query, **self.path_params})

    @property
    def store(self) -> Store:
        return self.desk.store

    @property
    def trace(self) -> Trace:
        return self.visit.trace

    @property
    def now(self) -> datetime:
        """The moment this request began: the same however often it is asked."""
        return self._moment

    @property
    def district_id(self) -> str:
        return self.caller.district_id

    @property
    def reader(self) -> Reader:
        """Reads of the caller's district."""
        return self.store.reader(self.caller.district_id)

    @property
    def is_staff(self) -> bool:
        """Whether the caller holds a staff role anywhere in the district."""
        return not self.desk.staff_roles.isdisjoint(self.caller.role_names())

    def new_id(self, noun: str) -> str:
        """A fresh id to put into an order: actions make none, as they may run again."""
        return new_id(noun)

    @property
    def once(self) -> OnceKey | None:
        """The caller's idempotency key made their own, with the digest of what they ask; None where they gave none.

        Raises: Refusals of IdempotencyKeyMalformed.
        """
        given = self.visit.given.get(IDEMPOTENCY_HEADER)
        if given is None:
            return None
        match = _KEY.fullmatch(given.decode("latin-1"))
        if match is None:
            raise refuse(IdempotencyKeyMalformed())
        what = f"{self.method} {route_of(self.scope)}"
        key = f"{self.caller.district_id}:{self.caller.caller_id}:{what}:{match.group(1)}"
        return OnceKey(key, self.visit.digest.hexdigest())

    async def act(self, action: Action[Order, Result], order: Order) -> Result:
        """Run `action` in one transaction and commit it; once only, where the request carries an idempotency key.

        Raises: Refusals of the action, of the key, or of the store.
        """
        once = self.once
        self._acts += 1
        if once is not None and self._acts > 1:  # a route that acts twice has two answers to remember
            once = OnceKey(f"{once.key}#{self._acts}", once.digest)
        with pymongo.timeout(self._store_seconds()):
            result = await self._act(action, order, once)
        self.visit.changed = True
        return result

    async def _act(self, action: Action[Order, Result], order: Order, once: OnceKey | None) -> Result:
        if once is None:
            return await self.store.transact(
                self.district_id, self.trace, lambda tx: action(tx, order), at=self._moment
            )
        return await act_once(self.store, self.district_id, self.trace, action, order, once, self.now)

    def _store_seconds(self) -> float:
        left = remaining(self.desk.longest_seconds)
        return max(left - _TELLING_SECONDS, left / 2, 0.01)

    async def permit(self, subject: Subject) -> None:
        """Hold the route's policy against a subject that only the body names.

        Raises: Refusals of NotPermitted or NoSuchMember.
        """
        await self.policy.check_subject(subject, self.caller, self.reader, self.desk.directory)

    async def relations(self, subject: Subject) -> frozenset[tuple[str, str]]:
        """Every (role, relation) of the caller to `subject`: what field visibility is decided by."""
        ids = [known for known in (self.caller.caller_id, subject.member_id) if known is not None]
        members: Mapping[str, Member] = await self.desk.directory.members(self.reader, list(dict.fromkeys(ids)))
        return all_relations(self.caller, subject, members)

    async def page(
        self,
        ask: PageAsk,
        rows: Rows,
        where: Document,
        keyset: Keyset,
        item: Callable[[Document], Item],
        fields: Sequence[str] | Mapping[str, Any] | None = None,
    ) -> Page[Item]:
        """One page of the documents that match `where`, in the keyset's order, from one indexed query.

        Raises: Refusals of StaleCursor.
        """
        asked = {"route": route_of(self.scope), "where": repr(where), "order": keyset.fields}
        cursors = self.desk.cursors
        position = cursors.read(ask.cursor, asked, self.district_id) if ask.cursor else None
        found = await rows.find(keyset.after(where, position), sort=keyset.sort, limit=ask.limit + 1, fields=fields)
        shown = found[: ask.limit]
        more = len(found) > ask.limit
        cursor = cursors.sign(keyset.position(shown[-1]), asked, self.district_id) if more else None
        return Page(items=[item(document) for document in shown], next_cursor=cursor)

    def tag(self, version: int) -> None:
        """Say which version the answer shows; a reader who has it already gets 304 instead.

        Raises: NotModified.
        """
        if self.method == "GET" and is_current(self.visit.header(b"if-none-match"), version):
            raise NotModified(etag(version))
        self.visit.answer_headers["etag"] = etag(version)

    def location(self, address: str) -> None:
        """Say where what was made can be found."""
        self.visit.answer_headers["location"] = address


# What a route's parameter is annotated with: FastAPI hands over the request itself, which is the edge.
EdgeDep = Edge
