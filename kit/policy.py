"""Policy: who may use a route, as a set of grants (role, relation) that a reader can check by eye."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kit.auth import Caller, Directory, Member, Subject
from kit.edge import Reader
from kit.problems import NoSuchMember, NotPermitted
from kit.refusals import Refusals, refuse

OWN, FAMILY, CLASS, SCHOOL, DISTRICT = "own", "family", "class", "school", "district"
ALL_SCOPES = "*"
OPERATOR = "operator"

# (reads of the caller's district, path and query parameters, the caller) -> whom or what the request is about.
# Raises a refusal of kind MISSING when that is not in this district.
SubjectFinder = Callable[[Reader, Mapping[str, str], Caller], Awaitable[Subject]]


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that may, and how its holder must stand to the subject: a relation above, or a circle of the subject."""

    role: str
    relation: str


class Policy:
    """Any one grant is enough. `apps`: registered apps may, with the scope. `subject`: how it is found."""

    def __init__(
        self,
        *grants: Grant | tuple[str, str],
        scope: str,
        subject: SubjectFinder | None = None,
        apps: bool = False,
    ) -> None:
        self.grants = tuple(grant if isinstance(grant, Grant) else Grant(*grant) for grant in grants)
        self.scope = scope
        self.subject = subject
        self.apps = apps
        if not scope or not (self.grants or apps):
            raise TypeError("a policy names a scope, and at least one grant (or lets apps in)")
        if subject is None and any(grant.relation != DISTRICT for grant in self.grants):
            raise TypeError("a policy with a relation other than 'district' says how its subject is found")

    def describe(self) -> dict[str, Any]:
        """The policy as it stands in the OpenAPI document."""
        grants = sorted([grant.role, grant.relation] for grant in self.grants)
        return {"grants": grants, "scope": self.scope, "apps": self.apps}

    async def check(self, caller: Caller, reader: Reader, directory: Directory, asked: Mapping[str, str]) -> None:
        """Let the caller pass, or say who could. Reads the directory only where role and scope alone do not decide.

        Raises: Refusals of NotPermitted, or of whatever the subject finder finds missing.
        """
        held = self.open_grants(caller)
        if self.subject is None or any(grant.relation == DISTRICT for grant in held):
            return
        subject = await self.subject(reader, asked, caller)
        # An app stands to nobody in particular; what it asks about has to be in its district all the same.
        if caller.kind != "app":
            await self._decide(held, subject, caller, reader, directory)

    async def check_subject(self, subject: Subject, caller: Caller, reader: Reader, directory: Directory) -> None:
        """The same for a subject that only the body names.

        Raises: Refusals of NotPermitted, or of NoSuchMember when the subject is nobody of this district.
        """
        held = self.open_grants(caller)
        if caller.kind != "app":
            await self._decide(held, subject, caller, reader, directory)

    async def _decide(
        self, held: tuple[Grant, ...], subject: Subject, caller: Caller, reader: Reader, directory: Directory
    ) -> None:
        if any(_at_once(grant.relation, caller, subject) for grant in held):
            return
        ids = {caller.caller_id, subject.member_id} - {None}
        members = await directory.members(reader, [known for known in ids if known is not None])
        found = all_relations(caller, subject, members)
        if any((grant.role, grant.relation) in found for grant in held):
            return
        if subject.member_id is not None and subject.member_id not in members:
            raise refuse(NoSuchMember())
        raise self._not_permitted()

    def open_grants(self, caller: Caller) -> tuple[Grant, ...]:
        """The grants whose role the caller holds; for an app none, but its scope is checked.

        Raises: Refusals of NotPermitted when scope or role already say no.
        """
        scoped = self.scope in caller.scopes
        if caller.kind == "app":
            if not (self.apps and scoped):
                raise self._not_permitted()
            return ()
        roles = caller.role_names()
        held = tuple(grant for grant in self.grants if grant.role in roles)
        if not held or not (scoped or ALL_SCOPES in caller.scopes):
            raise self._not_permitted()
        return held

    def _not_permitted(self) -> Refusals:
        could = sorted({f"{grant.role} ({grant.relation})" for grant in self.grants})
        if self.apps:
            could.append("apps")
        return refuse(NotPermitted(open_to=", ".join(could), scope=self.scope))


def _at_once(relation: str, caller: Caller, subject: Subject) -> bool:
    """Whether the caller stands so to the subject, as far as that needs no look into the directory."""
    if relation == OWN:
        return subject.member_id == caller.caller_id
    return relation == DISTRICT or caller.caller_id in subject.circles.get(relation, ())


def relations(
    caller_member: Member | None, caller: Caller, subject_member: Member | None, subject: Subject, role: str
) -> frozenset[str]:
    """How the caller, holding `role`, stands to the subject. Both are of one district: the reader saw to that.

    own: is the subject. family: answers for the subject. class: leads a group the subject is in. school: holds the role
    at one of the subject's organisations, or at the district itself. district: always. And every circle they are in.
    """
    found = {relation for relation in (OWN, DISTRICT, *subject.circles) if _at_once(relation, caller, subject)}
    if caller_member is not None and subject.member_id in caller_member.wards:
        found.add(FAMILY)
    groups = subject.groups | (subject_member.groups if subject_member else frozenset())
    if caller_member is not None and groups & caller_member.leads:
        found.add(CLASS)
    places = subject.organisations | (subject_member.organisations if subject_member else frozenset())
    at = {held.organisation_id for held in caller.roles if held.role == role}
    if at & (places | {caller.district_id}):
        found.add(SCHOOL)
    return frozenset(found)


def all_relations(
    caller: Caller, subject: Subject, members: Mapping[str, Member], roles: Iterable[str] | None = None
) -> frozenset[tuple[str, str]]:
    """Every (role, relation) of the caller to the subject, from `members` as the directory gave them."""
    mine = members.get(caller.caller_id)
    theirs = members.get(subject.member_id) if subject.member_id is not None else None
    return frozenset(
        (role, relation)
        for role in (caller.role_names() if roles is None else roles)
        for relation in relations(mine, caller, theirs, subject, role)
    )


async def myself(_reader: Reader, _asked: Mapping[str, str], caller: Caller) -> Subject:
    """A subject finder: the caller."""
    return Subject(caller.caller_id)


def person_in(parameter: str) -> SubjectFinder:
    """A subject finder: the person whose id stands in this path or query parameter (the caller, where it is absent)."""

    async def find(_reader: Reader, asked: Mapping[str, str], caller: Caller) -> Subject:
        return Subject(asked.get(parameter, caller.caller_id))

    return find


def organisation_in(parameter: str) -> SubjectFinder:
    """A subject finder: the organisation whose id stands in this path or query parameter."""

    async def find(_reader: Reader, asked: Mapping[str, str], _caller: Caller) -> Subject:
        return Subject(organisations=frozenset({asked[parameter]}) if parameter in asked else frozenset())

    return find
