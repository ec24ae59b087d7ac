"""The consumer: hears facts in batches, does each once, and puts aside what cannot be done."""

from kit.consumer.heard import Handler, Heard, Subscriptions, Unpack
from kit.consumer.lanes import Patience
from kit.consumer.listener import Consumer, TooManyDeadLetters

__all__ = ["Consumer", "Handler", "Heard", "Patience", "Subscriptions", "TooManyDeadLetters", "Unpack"]
