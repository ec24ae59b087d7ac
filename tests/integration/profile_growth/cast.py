"""Who is in the stories: a learner, her family, advisor and teachers, and people who are none of these."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.profile import RoleHeld
from kit.envelope import Trace
from kit.ids import new_id
from kit.mongo import Collection, Document
from kit.transaction import Transaction
from services.profile.domain.people import Names, Person, SchoolClass
from services.profile.store.people import CLASS, CLASSES, PEOPLE, pack_person
from tests.support.stage import District, Someone, Stage

GOAL: dict[str, Any] = {
    "words": "Build a bike trailer",
    "why": "To bring the drums along",
    "ends_on": "2099-06-01",
    "tags": ["bicycles"],
    "steps": [
        {"words": "Draw it", "effort_minutes": 90, "due_on": "2099-03-01"},
        {"words": "Weld it", "effort_minutes": 240, "due_on": "2099-05-01"},
    ],
}


@dataclass
class Cast:
    """Maya's world. Ida is her advisor, Omar teaches her, Ada teaches at her school but not her."""

    district: District
    maya: Someone
    peer: Someone
    guardian: Someone
    ida: Someone
    omar: Someone
    ada: Someone
    office: Someone
    district_office: Someone
    partner: Someone

    @property
    def me(self) -> str:
        return f"/v1/people/{self.maya.person_id}"

    async def goal(self, **changes: Any) -> dict[str, Any]:
        """A goal of Maya's."""
        answer = await self.maya.post(f"{self.me}/goals", {**GOAL, **changes})
        assert answer.status == 201, answer.body
        body: dict[str, Any] = answer.body
        return body

    async def target(self, code: str = "MA.7") -> str:
        """A target of the district."""
        wanted = {"code": code, "text": "Measures with care"}
        return str((await self.district_office.post("/v1/targets", wanted))["target_id"])


async def cast(stage: Stage) -> Cast:
    district = stage.district()
    homeroom, welding, other = new_id("class"), new_id("class"), new_id("class")
    await _save_classes(district, homeroom, welding, other)
    maya = await enrol(district, "learner", classes=[homeroom, welding])
    return Cast(
        district=district,
        maya=maya,
        peer=await enrol(district, "learner", classes=[homeroom, welding]),
        guardian=await enrol(district, "guardian", wards=[maya.person_id]),
        ida=await enrol(district, "educator", teaches=[homeroom]),
        omar=await enrol(district, "educator", teaches=[welding]),
        ada=await enrol(district, "educator", teaches=[other]),
        office=await enrol(district, "administrator"),
        district_office=await enrol(district, "administrator", at=district.district_id),
        partner=await enrol(district, "partner"),
    )


async def enrol(
    district: District,
    role: str,
    *,
    at: str | None = None,
    classes: Sequence[str] = (),
    teaches: Sequence[str] = (),
    wards: Sequence[str] = (),
) -> Someone:
    """Somebody of the district, in profile's own people."""
    organisation = at or district.school_id
    person = Person(
        person_id=new_id("person"),
        version=0,
        names=Names("Given", "Family"),
        roles=(RoleHeld(role, organisation),),
        class_ids=tuple(classes),
        teaches_class_ids=tuple(teaches),
        ward_ids=tuple(wards),
    )
    await _save(district, PEOPLE, pack_person(person))
    return district.someone(person.person_id, role, organisation)


async def _save_classes(district: District, homeroom: str, *others: str) -> None:
    for class_id in (homeroom, *others):
        taught = SchoolClass(
            class_id=class_id,
            version=0,
            source_id=class_id,
            school_id=district.school_id,
            title="A class",
            kind="homeroom" if class_id == homeroom else "scheduled",
        )
        await _save(district, CLASSES, CLASS.pack(taught))


async def _save(district: District, collection: Collection, document: Document) -> None:
    async def save(tx: Transaction) -> None:
        tx[collection].save(document)

    await district.stage.store.transact(district.district_id, Trace(new_id("corr")), save)
