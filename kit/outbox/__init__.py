"""The outbox: facts that were saved with their cause are sent, in order per key, as often as it takes."""

from kit.outbox.archive import envelope_of, outgoing_of, refill
from kit.outbox.relay import Relay

__all__ = ["Relay", "envelope_of", "outgoing_of", "refill"]
