"""The pass-through: a request goes on to the service that owns it, and the answer comes back, both as streams."""

from services.gateway.passthrough.fleet import Breaker, Fleet, choose
from services.gateway.passthrough.forward import Passthrough
from services.gateway.passthrough.terms import Failure, Limits, Upstream, problem_json

__all__ = ["Breaker", "Failure", "Fleet", "Limits", "Passthrough", "Upstream", "choose", "problem_json"]
