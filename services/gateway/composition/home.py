"""Home: who somebody is and what they set out to do, their week, and their projects, in one answer."""

from services.gateway.composition.naming import names_of, people_in
from services.gateway.composition.parts import Gathered, Part
from services.gateway.composition.peers import Peers


async def compose_home(peers: Peers, person_id: str) -> Gathered:
    """The parts `person` and `goals` (required), `week`, `projects` and `names` (each may be missing).

    Raises: Refusals of PeerUnavailable, NotPermitted, NoSuchMember or PartRefused where profile does not answer.
    """
    home, people = Gathered(), f"/v1/people/{person_id}"
    await home.add(
        Part("person", peers.get("profile", people), required=True),
        Part("goals", peers.get("profile", f"{people}/goals"), required=True),
        Part("week", peers.get("scheduler", f"{people}/week")),
        Part("projects", peers.get("community", f"{people}/projects")),
    )
    await home.add(Part("names", names_of(peers, people_in(home.values))))
    return home
