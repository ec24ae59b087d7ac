"""Reasons in plain words, by key, so that they can be translated."""

TEXTS: dict[str, str] = {
    # why a ranked choice was or was not given
    "placed": "You are in {occurrence}, your choice number {rank}.",
    "better-choice": "In {block} you got {got}, which you ranked higher.",
    "lower-choice": "In {block} you are in {got}: there were seats in {occurrence}, "
    "but your week as a whole is better so.",
    "full": "{occurrence} had {seats} seats; {first} ranked it first and {ranked} ranked it at all. "
    "Of those in it, {ahead} had more credit in this round than you.",
    "no-seats": "{occurrence} had no seats to give: none at all, or all went to requests by adults.",
    "requested-elsewhere": "You were asked for in {got} at that time, and that request comes first.",
    "request-honoured": "You were asked for in {occurrence}.",
    "not-running": "{occurrence} does not run: it needs {minimum} students, and fewer could be brought together.",
    "overlaps": "{occurrence} overlaps with {got}, where you are.",
    "too-far": "{occurrence} is too far from {got}: there is not enough time between the two.",
    "need-first": "In {block} you are in {got}, because it meets your need.",
    "most-reached": "You have as many places as you may have, {most}.",
    "not-possible-here": "A seat for you in {occurrence} was not possible this time. Your school can tell you more.",
    "friends": "In {block} you are in {got}, together with a friend.",
    # why a block is empty
    "nothing-ranked": "You ranked nothing for {block}.",
    "nothing-left": "Everything that you ranked for {block} was full or not possible beside the rest of your week.",
    "stopped-early": "The run was stopped before everything was tried.",
    # what would have changed it
    "with-credit": "With {credit} more credit you would have been in.",
    "nothing-simple": "Neither a little more credit nor one exchange would have changed this: "
    "your week hangs together.",
    # what could not count
    "unknown-occurrence": "{subject} is not offered in this round; {student}'s choice of it could not count.",
    "unknown-student": "{student} is not a student of this round; the row about {subject} could not count.",
    "not-eligible": "{subject} is not open to {student}; the choice could not count.",
    "ranked-twice": "{student} ranked {subject} more than once; the first place counts.",
    "friend-not-mutual": "{student} named {subject} as a friend, but not the other way round; both must.",
    "same-person": "{student} is named together with themselves; the row could not count.",
    "too-many-needs": "{student} has more than six needs; {subject} could not count.",
    "too-many-spanning": "{student} ranked more than fifteen occurrences that span blocks; {subject} could not count.",
    "no-such-kind": "{student} needs {subject}, but no occurrence is of that kind.",
    "unknown-block": "{subject} is not a block of this round; {student}'s wish for a calm space then could not count.",
    "no-calm-space": "{student} asked for a calm space in {subject}, but then the round has none that is open to them.",
    "request-not-eligible": "{student} was asked for in {subject}, which is not open to them.",
    # what became of a request
    "honoured": "Honoured.",
    "request-full": "All seats of {limit} went to requests that come first on the ladder.",
    "request-overlaps": "A request that comes first takes the student's time: {against}.",
    "request-too-far": "A request that comes first puts the student too far away: {against}.",
    "request-kept-apart": "Not possible in that space at that time.",
    "request-most-reached": "The student may have no more places; the last is {against}.",
}
"""Those about students speak to the student; those about requests and rows speak to staff."""


def say(key: str, facts: dict[str, object]) -> str:
    """The sentence for a key."""
    return TEXTS[key].format(**facts)
