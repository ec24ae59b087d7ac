"""A person has read a notice."""

from dataclasses import dataclass, replace

from kit.refusals import refuse
from kit.transaction import Transaction
from services.gateway.domain.notices import NoSuchNotice, Notice
from services.gateway.store.inbox import NOTICE, NOTICES


@dataclass(frozen=True, slots=True)
class ReadNotice:
    """Which notice, and whose it must be."""

    notice_id: str
    person_id: str


async def read_notice(tx: Transaction, order: ReadNotice) -> Notice:
    """Note when a notice was read first; a second time changes nothing.

    Raises: Refusals of NoSuchNotice, also when it is somebody else's.
    """
    row = await tx[NOTICES].one({"_id": order.notice_id, "person_id": order.person_id})
    if row is None:
        raise refuse(NoSuchNotice())
    notice = NOTICE.unpack(row)
    if notice.read_at is not None:
        return notice
    tx[NOTICES].update({"_id": order.notice_id}, {"$set": {"read_at": tx.now}})
    return replace(notice, read_at=tx.now)


async def read_all(tx: Transaction, order: ReadNotice) -> None:
    """Note that a notice and everything before it was read now; what was read before keeps its time.

    Raises: Refusals of NoSuchNotice, also when it is somebody else's.
    """
    newest = await tx[NOTICES].one({"_id": order.notice_id, "person_id": order.person_id}, ["at"])
    if newest is None:
        raise refuse(NoSuchNotice())
    where = {"person_id": order.person_id, "read_at": None, "at": {"$lte": newest["at"]}}
    tx[NOTICES].update_all(where, {"$set": {"read_at": tx.now}})
