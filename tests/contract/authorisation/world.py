"""A world to walk through: one district's people in every standing, and one thing of each kind to ask about."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kit.auth import Caller, RoleAt
from kit.envelope import Trace
from kit.ids import new_id
from kit.mongo import Collection, Document
from kit.transaction import Transaction
from tests.contract.authorisation.standings import CASES, SCOPES, STANDINGS, Case
from tests.support.stage import District, Someone, Stage

Enrol = Callable[..., Awaitable[Someone]]


@dataclass
class World:
    """What addresses and bodies are filled in with: `ids` of this district's things, `ids_of` somebody in particular,
    and `everybodys` (days and the like, which belong to no district). `bodies`: by route, where `{}` says too little.
    """

    stage: Stage
    district: District
    other_district: District
    other_school_id: str
    people: dict[Case, Someone]
    ids: dict[str, str] = field(default_factory=dict)
    ids_of: dict[Case, dict[str, str]] = field(default_factory=dict)
    everybodys: dict[str, str] = field(default_factory=dict)
    bodies: Mapping[str, Any] = field(default_factory=dict)
    before: dict[str, list[Document]] = field(default_factory=dict)

    def __getitem__(self, who: str) -> Someone:
        """Somebody by `role: standing`."""
        role, _, standing = who.partition(": ")
        return self.people[Case(role, standing)]

    def filled(self, template: str, case: Case) -> str:
        """An address or a text of a body, with the ids that this caller asks about."""
        for name, value in {**self.everybodys, **self.ids, **self.ids_of.get(case, {})}.items():
            template = template.replace(f"{{{name}}}", value)
        assert "{" not in template, template
        return template

    def body(self, route: tuple[str, str], case: Case) -> Any:
        """What is sent to a route that takes a body; an empty object where nothing particular is needed."""
        return self._fill(self.bodies.get(" ".join(route), {}), case)

    def _fill(self, value: Any, case: Case) -> Any:
        if isinstance(value, dict):
            return {name: self._fill(inner, case) for name, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._fill(inner, case) for inner in value]
        return self.filled(value, case) if isinstance(value, str) else value

    async def put(self, collection: Collection, *documents: Document, district: District | None = None) -> None:
        """Write documents as the service keeps them."""

        async def write(tx: Transaction) -> None:
            for document in documents:
                tx[collection].save({"version": 0, **document})

        district_id = (district or self.district).district_id
        await self.stage.store.transact(district_id, Trace(new_id("corr")), write)

    async def remember(self) -> None:
        """Keep what stands now, so that `restore` can bring it back."""
        self.before = await self._documents()

    async def restore(self) -> None:
        """Undo what a request that was let through has changed."""
        database = self.stage.store.mongo.database
        for name, rows in (await self._documents()).items():
            if rows != self.before.get(name, []):
                await database[name].delete_many(self._ours)
                if self.before.get(name):
                    await database[name].insert_many(self.before[name])

    async def _documents(self) -> dict[str, list[Document]]:
        database = self.stage.store.mongo.database
        names = await database.list_collection_names()
        return {name: await database[name].find(self._ours, sort=[("_id", 1)]).to_list(None) for name in names}

    @property
    def _ours(self) -> Document:
        return {"district_id": {"$in": [self.district.district_id, self.other_district.district_id]}}


async def people_of(stage: Stage, enrol: Enrol) -> World:
    """A district, its two schools, another district, and somebody in every standing."""
    world = World(stage, stage.district(), stage.district(), new_id("school"), {})
    world.ids = {"class_id": new_id("class")}
    learner = await enrol(world.district, "learner", classes=[world.ids["class_id"]])
    world.people[Case("learner", "own")] = learner
    for case in CASES:
        if case.is_person and case.role != "operator" and case not in world.people:
            world.people[case] = await _person(world, enrol, case, learner.person_id)
    _add_machines(world)
    world.ids |= {"district_id": world.district.district_id, "school_id": world.district.school_id}
    world.ids["person_id"] = learner.person_id
    world.everybodys = {"correlation_id": "corr_0000000000000000000"}
    world.ids_of = {case: {"person_id": one.person_id} for case, one in world.people.items() if case.standing == "own"}
    return world


async def _person(world: World, enrol: Enrol, case: Case, learner_id: str) -> Someone:
    places = dict.fromkeys(("school", "contact", "school-host", "named"), world.district.school_id)
    places["office"] = world.district.district_id
    if case.standing == "other-district":
        return await enrol(world.other_district, case.role)
    ties: dict[str, Sequence[str]] = {}
    if case.standing == "class":
        ties["classes" if case.role == "learner" else "teaches"] = [world.ids["class_id"]]
    if case.standing == "family":
        ties["wards"] = [learner_id]
    return await enrol(world.district, case.role, at=places.get(case.standing, world.other_school_id), **ties)


def _add_machines(world: World) -> None:
    """Operators, apps, and whoever has no token that counts."""
    for role, standings in STANDINGS.items():
        for standing in standings:
            case = Case(role, standing)
            if case not in world.people:
                district = world.other_district if standing == "other-district" else world.district
                world.people[case] = Someone(world.stage, _machine(case, district))


def _machine(case: Case, district: District) -> Caller:
    if case.role == "operator":
        return Caller("operator", "operator", district.district_id, (), frozenset({"*"}))
    if case.role == "app":
        return Caller(new_id("app"), "app", district.district_id, (), frozenset(SCOPES))
    # Whatever the forged token claims, nobody of ours has signed it.
    at_the_office = (RoleAt("administrator", district.district_id),)
    return Caller(new_id("person"), "person", district.district_id, at_the_office, frozenset({"*"}))
