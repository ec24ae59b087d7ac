"""The roll over HTTP: by hosts, after the lock, all or nothing, as often as needed."""

from contracts.scheduler import PlacementAttended
from tests.integration.scheduler_placements.timetable import Timetable, book, give_back
from tests.support.stage import Someone


async def a_locked_session(timetable: Timetable) -> tuple[Someone, str, list[str]]:
    """A host, a locked session of theirs, and the placements of its three students."""
    host = await timetable.host()
    session = await timetable.session(5, host_ids=(host.person_id,))
    held = [await book(await timetable.student(), session) for _ in range(3)]
    await timetable.change(session, locked=True)
    return host, session, [place["placement_id"] for place in held]


def marks(*attendance: tuple[str, str]) -> dict[str, object]:
    return {"entries": [{"placement_id": place, "attendance": how} for place, how in attendance]}


async def test_a_host_takes_the_roll_in_one_act(timetable: Timetable) -> None:
    host, session, (one, two, three) = await a_locked_session(timetable)
    roll = marks((one, "present"), (two, "late"), (three, "absent"))
    assert (await host.put(f"/v1/occurrences/{session}/roll", roll))["changed"] == 3
    shown = await host.get(f"/v1/occurrences/{session}/roll")
    assert shown["open"] is True
    assert {line["placement_id"]: (line["attendance"], line["minutes"]) for line in shown["lines"]} == {
        one: ("present", 45), two: ("late", 45), three: ("absent", 0)
    }  # fmt: skip
    facts = await timetable.district.facts(PlacementAttended)
    assert {(row["key"], row["sequence"], row["data"]["taken_by"]) for row in facts} == {
        (place, 2, host.person_id) for place in (one, two, three)
    }


async def test_the_roll_again_announces_only_what_changed(timetable: Timetable) -> None:
    host, session, (one, two, _) = await a_locked_session(timetable)
    await host.put(f"/v1/occurrences/{session}/roll", marks((one, "present"), (two, "absent")))
    again = await host.put(f"/v1/occurrences/{session}/roll", marks((one, "present"), (two, "late")))
    assert again["changed"] == 1
    assert len(await timetable.district.facts(PlacementAttended)) == 3


async def test_a_roll_with_one_stranger_on_it_changes_nothing(timetable: Timetable) -> None:
    host, session, (one, *_) = await a_locked_session(timetable)
    answer = await host.put(f"/v1/occurrences/{session}/roll", marks((one, "present"), ("place_stranger", "present")))
    assert (answer.status, answer.codes) == (422, {"not-on-this-roll"})
    assert await timetable.district.facts(PlacementAttended) == []


async def test_there_is_no_roll_before_the_lock(timetable: Timetable) -> None:
    host = await timetable.host()
    session = await timetable.session(5, host_ids=(host.person_id,))
    held = await book(await timetable.student(), session)
    answer = await host.put(f"/v1/occurrences/{session}/roll", marks((held["placement_id"], "present")))
    assert (answer.status, answer.codes) == (409, {"roll-not-open"})


async def test_only_hosts_and_the_office_see_a_roll(timetable: Timetable) -> None:
    _, session, _ = await a_locked_session(timetable)
    other, office = await timetable.host(), await timetable.district.person("administrator")
    assert (await other.get(f"/v1/occurrences/{session}/roll")).status == 403
    assert (await (await timetable.student()).get(f"/v1/occurrences/{session}/roll")).status == 403
    assert len((await office.get(f"/v1/occurrences/{session}/roll"))["lines"]) == 3


async def test_a_locked_place_is_not_given_back_and_not_booked(timetable: Timetable) -> None:
    host, session, (one, *_) = await a_locked_session(timetable)
    assert (await give_back(host, one)).codes == {"locked"}
    assert "locked" in (await book(await timetable.student(), session)).codes
