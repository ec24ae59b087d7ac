"""Step 1: a district opens, and its roster is looked at, then applied."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from cli.demo.day import TIME_ZONE, Day
from cli.demo.telling import check, until
from cli.http_api import Api
from cli.rosters import apply_roster, send_roster, settled, summary
from cli.sign_in import client_token
from cli.whereabouts import OPERATOR

CLERK_SCOPES = ["rosters.write", "rosters.read", "people.read"]
Known = Mapping[str, Any]


def open_district(day: Day) -> None:
    """The operator opens a district and lets the data clerk's app in."""
    operator = Api(day.base_url, client_token(day.base_url, OPERATOR, day.operator_secret))
    asked = {"name": "Green Valley School District", "slug": day.slug, "time_zone": TIME_ZONE}
    day.district_id = operator.post("/v1/districts", asked)["district_id"]
    day.tell.says(f"The operator opens {asked['name']} ({day.district_id}), whose clocks go by {TIME_ZONE}.")
    of_district = Api(day.base_url, client_token(day.base_url, OPERATOR, day.operator_secret, day.slug))
    app = of_district.post("/v1/apps", {"name": "Roster clerk", "scopes": CLERK_SCOPES})
    day.ids["app"], day.ids["app secret"] = app["app_id"], app["client_secret"]
    day.tell.says(f"The data clerk's app is registered ({app['app_id']}); its secret is shown once.")


def clerk_of(day: Day) -> Api:
    """The data clerk's app."""
    return Api(day.base_url, client_token(day.base_url, day.ids["app"], day.ids["app secret"]))


def import_roster(day: Day) -> None:
    """The clerk sends the roster, sees what it would change, and applies it."""
    clerk = clerk_of(day)
    read = settled(clerk, send_roster(clerk, day.roster))
    check(read["state"] == "ready", f"the roster is ready to apply (it is {read['state']}: {read['findings']})")
    day.tell.says(f"Dry run of {day.roster.name} (OneRoster {read['oneroster_version']}), nothing changed yet:")
    for file, diff in sorted(read["files"].items()):
        counts = "".join(f"{diff[kind]:>6} {kind}" for kind in ("added", "changed", "leaving"))
        day.tell.says(f"  {file:<18} {counts}")
    check(not list(clerk.pages("/v1/people")), "a dry run lists nobody")
    applied = settled(clerk, apply_roster(clerk, read["roster_id"], accept_findings=True))
    check(applied["state"] == "applied", f"the roster is applied (it is {applied['state']})")
    day.tell.says(f"Applied: {summary(applied)}.")
    day.link("Look at it", f"/v1/rosters/{read['roster_id']}")


def import_again(day: Day) -> None:
    """The same set a second time changes nothing."""
    clerk = clerk_of(day)
    read = settled(clerk, send_roster(clerk, day.roster))
    changes = sum(diff[kind] for diff in read["files"].values() for kind in ("added", "changed", "leaving"))
    check(changes == 0, "the same roster again changes nothing")
    clerk.post(f"/v1/rosters/{read['roster_id']}/discard")
    day.tell.says("The same file once more: nothing added, changed or leaving. It is discarded.")


def gather_cast(day: Day) -> None:
    """Who plays: a learner, her class teacher, another teacher, their principal, and so on, as the roster has them."""
    people: list[Known] = list(clerk_of(day).pages("/v1/people", limit=200))
    maya = min(_of(people, "learner"), key=lambda each: str(each["username"]))
    school = maya["roles"][0]["organisation_id"]
    day.ids["school"] = school
    learners = [each for each in _of(people, "learner", school) if each["person_id"] != maya["person_id"]]
    teachers = _of(people, "educator", school)
    parts = {
        "maya": maya,
        "ben": _first(learners, lambda each: each["grades"] == maya["grades"], "another learner of that grade"),
        "eli": _first(learners, lambda each: each["grades"] != maya["grades"], "a learner of another grade"),
        "teacher": _first(teachers, lambda each: _teaches(each, maya), "a teacher of her class"),
        "principal": _first(_of(people, "administrator", school), lambda _: True, "an administrator of her school"),
        "office": _first(_of(people, "administrator", day.district_id), lambda _: True, "the district's office"),
        "guardian": _first(_of(people, "guardian"), lambda each: maya["person_id"] in each["ward_ids"], "her family"),
    }
    used = {each["person_id"] for each in parts.values()}
    # Whether a name is gone can be told only of one that nobody else has.
    namesakes = Counter(_full_name(each) for each in people)
    parts["cara"] = _first(
        learners,
        lambda each: each["person_id"] not in used and namesakes[_full_name(each)] == 1,
        "a third learner, without a namesake",
    )
    parts["other teacher"] = _first(teachers, lambda each: each["person_id"] not in used, "a second teacher")
    for part, known in parts.items():
        day.sign_in(part, known)


def sign_in_all(day: Day) -> None:
    """Each goes the whole way once: authorize, the provider's page, its form, back with a code, tokens."""
    for somebody in day.cast.values():
        me = somebody.api.get("/v1/me")
        check(me["person_id"] == somebody.person_id, f"{somebody.name} is signed in as themselves")
    day.tell.says(f"{len(day.cast)} people sign in at the built-in provider (authorization code with PKCE).")
    school = until(lambda: day["maya"].api.get(f"/v1/schools/{day.ids['school']}"), "the school is listed")
    day.tell.says(f"The story is about {day['maya'].name}, a learner at {school['name']}.")


def _of(people: list[Known], role: str, organisation_id: str | None = None) -> list[Known]:
    def holds(known: Known) -> bool:
        return any(
            held["role"] == role and organisation_id in (None, held["organisation_id"]) for held in known["roles"]
        )

    return [each for each in people if holds(each)]


def _full_name(known: Known) -> tuple[str, str]:
    return str(known["given_name"]), str(known["family_name"])


def _teaches(known: Known, learner: Known) -> bool:
    return bool(set(known["teaches_class_ids"]) & set(learner["class_ids"]))


def _first(people: list[Known], fits: Callable[[Known], bool], who: str) -> Known:
    found = next((each for each in people if fits(each)), None)
    check(found is not None, f"the roster has {who}")
    assert found is not None
    return found
