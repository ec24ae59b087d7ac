"""Step 7: a project with a partner, from proposal to showing; the profile grows and the suggestions follow."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from cli.demo.booking import reasons_for
from cli.demo.day import TIME_ZONE, Day
from cli.demo.telling import check, refused, until

PAPERS = ("background-check", "insurance", "agreement")
TEAM = ("maya", "ben", "cara")
SKILL = "collaboration"
WORDS = {
    "maya": "I learned to ask before I fix.",
    "ben": "I listened to how others would do it.",
    "cara": "I said what I could not do, and we shared it out.",
}


def propose(day: Day) -> None:
    """A student proposes."""
    maya = day["maya"]
    asked = {
        "school_id": day.ids["school"],
        "title": "Repair day",
        "question": "What could our neighbours mend rather than throw away?",
        "skills": [SKILL],
        "tags": ["robotics"],
        "team_min": 3,
        "team_max": 5,
    }
    project = until(lambda: maya.api.post("/v1/projects", asked), "she can propose a project")
    day.ids["project"] = project["project_id"]
    day.tell.says(f"{maya.name} proposes the project “{project['title']}” ({project['project_id']}).")


def vet_partner(day: Day) -> None:
    """A partner joins once its papers are verified, and not before."""
    principal, school = day["principal"], day.ids["school"]
    contact = {"school_id": school, "given_name": "Robin", "family_name": "Okafor", "email": "robin@fixit.example.org"}
    known = principal.api.post("/v1/people/partner-contacts", contact)
    partner = day.sign_in("partner", {**known, "called": "Robin Okafor", "username": ""})
    partner.api.correlation_id = principal.api.correlation_id
    asked = {
        "name": "Fix-it Workshop",
        "themes": ["repair"],
        "school_ids": [school],
        "contact_ids": [known["person_id"]],
    }
    added = until(lambda: principal.api.post("/v1/partners", asked), "the partner can be added")
    joining = {"partner_id": added["partner_id"]}
    project = f"/v1/projects/{day.ids['project']}"
    act = partial(partner.api.post, f"{project}/partner", joining)
    day.tell.refusal("Fix-it Workshop, not vetted yet,", refused(act, "partner-not-vetted"))
    _verify_papers(day, f"/v1/partners/{added['partner_id']}")
    act()
    day.tell.says(f"{principal.name} verifies its three papers; {partner.name} joins for Fix-it Workshop.")


def _verify_papers(day: Day, partner: str) -> None:
    expires_on = (datetime.now(ZoneInfo(TIME_ZONE)).date() + timedelta(days=365)).isoformat()
    for kind in PAPERS:
        shown = day["partner"].api.post(f"{partner}/papers", {"kind": kind, "expires_on": expires_on})
    for paper in shown["papers"]:
        shown = day["principal"].api.post(f"{partner}/papers/{paper['paper_id']}/verify")
    check(shown["vetted_until"] == expires_on, "with its last paper verified the partner is vetted")


def form_team(day: Day) -> None:
    """The school approves, three join, and they begin."""
    project = f"/v1/projects/{day.ids['project']}"
    day["teacher"].api.post(f"{project}/approve")
    for part in TEAM:
        day[part].api.post(f"{project}/members", {"person_id": day[part].person_id})
    started = day["maya"].api.post(f"{project}/start")
    check(started["state"] == "running" and len(started["member_ids"]) == 3, "a team of three runs the project")
    names = ", ".join(day[part].name for part in TEAM)
    day.tell.says(f"{day['teacher'].name} approves; {names} are the team, and begin.")


def log_hours(day: Day) -> None:
    """Hours: logged, verified by the partner, approved by the school. Two different acts."""
    maya, partner, principal = day["maya"], day["partner"], day["principal"]
    ends = datetime.now(ZoneInfo(TIME_ZONE)).replace(minute=0, second=0, microsecond=0) - timedelta(hours=20)
    asked = {"what": "Mended two toasters", "where": "Fix-it Workshop", "ends_at": ends.isoformat()}
    asked["starts_at"] = (ends - timedelta(minutes=90)).isoformat()
    hours = maya.api.post(f"/v1/projects/{day.ids['project']}/hours", asked)
    early = partial(principal.api.post, f"/v1/hours/{hours['hours_id']}/approve", {"approved": True})
    day.tell.says(f"{maya.name} logs {hours['minutes']} minutes ({hours['hours_id']}).")
    day.tell.refusal(
        f"{principal.name}, who would approve before the partner spoke,", refused(early, "hours-unverified")
    )
    partner.api.post(f"/v1/hours/{hours['hours_id']}/verify", {"outcome": "confirm"})
    approved = early()
    check(approved["state"] == "approved", "the hours count")
    check(approved["verified_by"] != approved["approved_by"], "two people acted")
    day.tell.says(f"{partner.name} confirms them, then {principal.name} approves them.")


def show_project(day: Day) -> None:
    """Each reflects, and the project is shown."""
    project = f"/v1/projects/{day.ids['project']}"
    for part in TEAM:
        asked = {"skill": SKILL, "text": WORDS[part], "shared_with": "team"}
        day.ids[f"{part}'s reflection"] = day[part].api.post(f"{project}/reflections", asked)["reflection_id"]
    day["maya"].api.post(f"{project}/show", {"made": "A repair day with 40 neighbours and 17 mended things."})
    day.tell.says(f"Each writes a reflection on {SKILL}; the project is shown.")
    day.link("Look at it", project)


def see_growth(day: Day) -> None:
    """Each learner's profile grows by a piece of evidence, with their own words beside it."""
    for part in TEAM:
        story = until(partial(_story, day, part), f"the profile of {day[part].name} grows")
        words = story["reflections"][day.ids[f"{part}'s reflection"]]["text"]
        check(words == WORDS[part], "the growth story carries the learner's own words")
        day.tell.says(f"{day[part].name} has grown in {SKILL}; in their own words: “{words}”")
    day.link("Look at it", f"/v1/people/{day['maya'].person_id}/growth-story")


def _story(day: Day, part: str) -> Mapping[str, Any] | None:
    somebody = day[part]
    story: Mapping[str, Any] = somebody.api.get(f"/v1/people/{somebody.person_id}/growth-story")
    return story if day.ids[f"{part}'s reflection"] in story["reflections"] else None


def see_suggestions_follow(day: Day) -> None:
    """The scheduler now suggests what builds on it."""
    maya = day["maya"]

    def follows() -> list[Mapping[str, Any]]:
        found = maya.api.get(f"/v1/people/{maya.person_id}/openings")["openings"]
        built = {"builds-on-skill", "builds-on-project"}
        return [reason for reason in reasons_for(found, day.ids["repair"]) if reason["code"] in built]

    why = until(follows, "the suggestions build on what was shown")
    day.tell.says(f"“What is open to me?” now says of the Repair café: {why[0]['text']}")
