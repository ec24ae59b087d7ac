"""No place: every reason why a student cannot have one (or give it back), in words for the student and for staff."""

from kit.refusals import Kind, Refusal


class NotYetOpen(Refusal):
    text = "Sign-up is not open yet. It opens at {opens_at}."


class Closed(Refusal):
    text = "Sign-up closed at {closes_at}. Ask the host; staff can still place you until the block locks."
    staff_text = "Sign-up for students closed at {closes_at}. You can still assign the student until the block locks."


class Locked(Refusal):
    text = "This block is locked: places in it change no more. Ask the host."
    staff_text = "This block is locked: places in it change no more. The roll can be taken."


class OccurrenceCancelled(Refusal):
    text = "This will not take place. Choose something else in that block."


class BlockCancelled(Refusal):
    text = "This block is cancelled. Choose another one."


class NotEligible(Refusal):
    kind = Kind.FORBIDDEN
    text = "This is not open to you ({reasons}). Ask the host if you think it should be."
    staff_text = "The student is not eligible here: {reasons}. Change who the offer is for, or choose another one."


class SessionFull(Refusal):
    text = "Every seat is taken ({cap} in all). You can wait for one: whoever waits first gets the next seat."
    staff_text = "All {cap} seats of this occurrence are taken. Raise its cap, or let the student wait."


class OwnWorkFull(Refusal):
    text = "Every seat for own work here is taken in that block ({seats} in all). Choose another space or block."


class Overlaps(Refusal):
    text = "You have a place at that time already: {what}. Switch from it, or choose another block."
    staff_text = "The student has a place at that time already: {what}. Cancel it first, or choose another block."


class AlreadyPlaced(Refusal):
    text = "You have a place here already."
    staff_text = "The student has a place here already."


class OnceADay(Refusal):
    text = "You can do this once a day, and you have a place in it that day already."
    staff_text = "Once a day for each student; this one has a place in it that day already."


class LimitAWeek(Refusal):
    text = "You can do this {most} times a week, and you have that many places in it already."
    staff_text = "{most} times a week for each student; this one has that many places in it already."


class GoalUnknown(Refusal):
    kind = Kind.INVALID
    text = "There is no such open goal or step of yours. Choose another one, or book without a goal."
    staff_text = "The student has no such open goal or step. Choose another one, or book without a goal."


class OwnWorkNotOffered(Refusal):
    text = "This space is not open to own work. Choose another one."


class AnotherSchool(Refusal):
    kind = Kind.INVALID
    text = "This space and this block belong to different schools."


class PlaceNotHeld(Refusal):
    text = "This place was freed already. Load your week again."
    staff_text = "This place was freed already. Load the student's week again."
