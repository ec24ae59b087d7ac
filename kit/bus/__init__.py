"""The one door to Kafka: topics, a producer that waits for acknowledgements, a consumer that polls in a thread."""

from kit.bus.listening import ConsumerThread, Delivery, Position
from kit.bus.producing import Producer, send_now
from kit.bus.reachable import reachable
from kit.bus.reading import committed_offsets, read_to_end, set_offsets
from kit.bus.records import Incoming, Outgoing, Place
from kit.bus.safety import CONSUMER, PRODUCER, within_lease
from kit.bus.topics import LONGEST_RETENTION, Change, Topic, TopicChange, apply_topics, plan_topics

__all__ = [
    "CONSUMER",
    "LONGEST_RETENTION",
    "PRODUCER",
    "Change",
    "ConsumerThread",
    "Delivery",
    "Incoming",
    "Outgoing",
    "Place",
    "Position",
    "Producer",
    "Topic",
    "TopicChange",
    "apply_topics",
    "committed_offsets",
    "plan_topics",
    "reachable",
    "read_to_end",
    "send_now",
    "set_offsets",
    "within_lease",
]
