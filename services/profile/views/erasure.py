"""One erasure by its id."""

from kit.edge import Reader
from kit.refusals import refuse
from services.profile.domain.erasure import Erasure, NoSuchErasure
from services.profile.store.erasures import ERASURE, ERASURES


async def the_erasure(reader: Reader, erasure_id: str) -> Erasure:
    """The erasure with this id.

    Raises: Refusals of NoSuchErasure.
    """
    found = await reader[ERASURES].get(erasure_id)
    if found is None:
        raise refuse(NoSuchErasure())
    return ERASURE.unpack(found)
