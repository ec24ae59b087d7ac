"""For whom does a guardian answer, as far as the scheduler has heard?"""

from kit.directory import Directory
from kit.edge import Reader


async def wards_of(reader: Reader, guardian_id: str) -> list[str]:
    """The ids of a guardian's children, in the order of the ids; none for whoever left the district."""
    known = await Directory().members(reader, [guardian_id])
    return sorted(known[guardian_id].wards) if guardian_id in known else []
