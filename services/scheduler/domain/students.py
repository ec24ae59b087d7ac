"""Students who are named in a request, and whether this district knows them."""

from kit.refusals import Kind, Refusal


class NoSuchStudent(Refusal):
    kind = Kind.MISSING
    text = "There is no such student in this district."
