"""What staff ask of a day: what I host, who is coming and why, who is nowhere, and how spaces are used."""

from tests.integration.scheduler_time.conftest import School


async def test_a_teacher_sees_what_they_host_with_its_seats_line_space_and_roll(school: School) -> None:
    first, second, *_ = await school.blocks()
    space = await school.space(name="Workshop")
    locked = await school.occurrence(first["block_id"], space_id=space, cap=1)
    later = await school.occurrence(second["block_id"])
    ben = await school.district.person("learner")
    held = await school.book(locked["occurrence_id"])
    await ben.post(f"/v1/occurrences/{locked['occurrence_id']}/waitlist", {"student_id": ben.person_id})
    path = f"/v1/people/{school.teacher.person_id}/occurrences?from={school.monday}&to={school.monday}"
    await school.office.post(f"/v1/blocks/{first['block_id']}/lock")
    one, two = (await school.teacher.get(path))["items"]
    assert [one["occurrence_id"], two["occurrence_id"]] == [locked["occurrence_id"], later["occurrence_id"]]
    assert (one["space_name"], one["cap"], one["taken"], one["waiting"], one["roll"]) == ("Workshop", 1, 1, 1, "open")
    assert (two["space_name"], two["taken"], two["roll"]) == (None, 0, "not-open")
    marks = {"entries": [{"placement_id": held["placement_id"], "attendance": "present"}]}
    await school.teacher.put(f"/v1/occurrences/{locked['occurrence_id']}/roll", marks)
    one, _ = (await school.teacher.get(path))["items"]
    assert (one["marked"], one["roll"]) == (1, "taken")
    page = await school.teacher.get(f"{path}&limit=1")
    rest = await school.teacher.get(f"{path}&limit=1&cursor={page['next_cursor']}")
    assert [page["items"][0]["occurrence_id"], rest["items"][0]["occurrence_id"]] == [
        locked["occurrence_id"],
        later["occurrence_id"],
    ]
    other = await school.district.person("educator")
    assert (await other.get(path)).status == 403
    assert len((await school.office.get(path))["items"]) == 2


async def test_a_host_sees_before_the_lock_who_is_coming_and_why_and_who_waits(school: School) -> None:
    first, *_ = await school.blocks()
    occurrence = (await school.occurrence(first["block_id"], cap=1))["occurrence_id"]
    ben = await school.district.person("learner")
    await school.book(occurrence)
    await ben.post(f"/v1/occurrences/{occurrence}/waitlist", {"student_id": ben.person_id})
    roll = await school.teacher.get(f"/v1/occurrences/{occurrence}/roll")
    assert (roll["title"], roll["open"], roll["cap"]) == ("Bike workshop", False, 1)
    (line,), (entry,) = roll["lines"], roll["waiting"]
    assert (line["student_id"], line["cause"], line["goal_id"]) == (school.student.person_id, "chosen", None)
    assert (entry["student_id"], entry["position"]) == (ben.person_id, 1)


async def test_the_office_sees_who_is_nowhere_and_a_teacher_those_of_their_classes(school: School) -> None:
    first, *_ = await school.blocks()
    classmate = await school.district.person("learner", classes=("class_1",), grades=("09",))
    others = [await school.district.person("learner") for _ in range(3)]
    await school.district.person("learner", at="school_elsewhere")
    occurrence = (await school.occurrence(first["block_id"]))["occurrence_id"]
    await school.book(occurrence)
    await school.book(occurrence, others[0])
    path = f"/v1/blocks/{first['block_id']}/unplaced"
    nowhere = {classmate.person_id, others[1].person_id, others[2].person_id}
    whole = await school.office.get(path)
    assert {student["student_id"] for student in whole["items"]} == nowhere
    assert [student["student_id"] for student in (await school.teacher.get(path))["items"]] == [classmate.person_id]
    seen, cursor = set[str](), ""
    for _ in range(3):
        page = await school.office.get(f"{path}?limit=1{cursor}")
        seen |= {student["student_id"] for student in page["items"]}
        cursor = f"&cursor={page['next_cursor']}"
    assert (seen, page["next_cursor"]) == (nowhere, None)
    assert (await school.student.get(path)).status == 403


async def test_the_week_table_shows_each_space_with_its_occurrences_and_own_work(school: School) -> None:
    first, second, *_ = await school.blocks()
    workshop = await school.space(name="Workshop")
    library = await school.space(name="Library", own_work=True, own_work_seats=5)
    made = await school.occurrence(first["block_id"], space_id=workshop)
    await school.book(made["occurrence_id"])
    own = {"student_id": school.student.person_id, "block_id": second["block_id"]}
    assert (await school.student.post(f"/v1/spaces/{library}/placements", own)).status == 201
    shown = await school.teacher.get(f"{school.path}/space-use?from={school.monday}&to={school.monday}")
    tables = {space["name"]: space for space in shown["items"]}
    (session,), (work,) = tables["Workshop"]["uses"], tables["Library"]["uses"]
    assert (session["kind"], session["title"], session["taken"]) == ("occurrence", "Bike workshop", 1)
    assert (work["kind"], work["block_id"], work["taken"]) == ("own-work", second["block_id"], 1)
    assert (tables["Workshop"]["legal_limit"], session["host_ids"]) == (20, [school.teacher.person_id])
    assert (await school.student.get(f"{school.path}/space-use?from={school.monday}&to={school.monday}")).status == 403
