"""Every fact by its type name."""

from contracts import community, gateway, profile, scheduler
from contracts.fact import REGISTRY, Fact

FACTS: dict[str, type[Fact]] = dict(sorted(REGISTRY.items()))
SERVICES = tuple(module.__name__.split(".")[-1] for module in (profile, scheduler, community, gateway))
