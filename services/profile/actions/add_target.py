"""The district adds a target."""

from dataclasses import dataclass, replace

from kit.refusals import refuse
from kit.transaction import Transaction
from services.profile.domain.targets import Target, TargetCodeTaken, target_id_of
from services.profile.store.growth import TARGET, TARGETS
from services.profile.store.growth_finding import known_ids


@dataclass(frozen=True, slots=True)
class AddTarget:
    """Code, text and the CASE item's address where there is one."""

    code: str
    text: str
    case_uri: str | None


async def add_target(tx: Transaction, order: AddTarget) -> Target:
    """Keep the target; its id comes from its code, so that a code stands once. Raises: Refusals of TargetCodeTaken."""
    target = Target(
        target_id=target_id_of(tx.district_id, order.code),
        version=0,
        district_id=tx.district_id,
        code=order.code,
        text=order.text,
        case_uri=order.case_uri,
    )
    if await known_ids(tx[TARGETS], [target.target_id]):
        raise refuse(TargetCodeTaken(code=order.code))
    return replace(target, version=tx[TARGETS].save(TARGET.pack(target)))
