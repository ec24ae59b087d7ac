"""Rankings: what a student wants in a round, best first in each block, as a draft that is saved and may change."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kit.refusals import Kind, Refusal, refuse_all
from services.scheduler.domain.booking import check_at, open_goal
from services.scheduler.domain.eligibility import Student
from services.scheduler.domain.learners import Learner
from services.scheduler.domain.no_place import GoalUnknown
from services.scheduler.domain.occurrences import Occurrence
from services.scheduler.domain.rounds import Round, RoundState, is_ranked_in

MOST_RANKED = 12
"""Choices in one block."""

MOST_FRIENDS = 5


class RankingNotYetOpen(Refusal):
    text = "Ranking opens at {opens_at}. Come back then."


class RankingClosed(Refusal):
    text = "Ranking closed at {closes_at}. The result comes soon; seats that are left are first come afterwards."


class NoSuchChoice(Refusal):
    kind = Kind.INVALID
    text = "{occurrence_id} is not given out in that block of this round. Choose from what is listed there."


class ChoiceNotOpenToYou(Refusal):
    kind = Kind.INVALID
    text = "{title} is not open to you ({reasons}). Take it out of your ranking."


class RankedTwice(Refusal):
    kind = Kind.INVALID
    text = "{title} is ranked more than once. Once is enough."


class BlockRankedTwice(Refusal):
    kind = Kind.INVALID
    text = "The block {block_id} stands in the ranking more than once. Put its choices together."


class TooManyChoices(Refusal):
    kind = Kind.INVALID
    text = "At most {most} choices can be ranked for one block; these are {choices}."


class NoSuchBlockToRank(Refusal):
    kind = Kind.INVALID
    text = "The block {block_id} does not belong to this round."


class TooManyFriends(Refusal):
    kind = Kind.INVALID
    text = "At most {most} friends can be named; these are {friends}."


class NoSuchFriend(Refusal):
    kind = Kind.INVALID
    text = "{person_id} is no fellow student of yours at this school. Name others, each once."


class NotAStudentHere(Refusal):
    kind = Kind.FORBIDDEN
    text = "This round is for students of another school."


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An occurrence, and the goal it is chosen for, if any."""

    occurrence_id: str
    goal_id: str | None = None
    step_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRanking:
    """A block's choices, best first; `calm`: if none of these, then a calm space for own work."""

    block_id: str
    ranked: tuple[Choice, ...] = ()
    calm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """A student's ranking in a round (version 0: nothing was saved yet). Friends count when both name each other."""

    ranking_id: str
    version: int
    district_id: str
    school_id: str
    round_id: str
    student_id: str
    blocks: tuple[BlockRanking, ...] = ()
    friend_ids: tuple[str, ...] = ()
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a ranking is held against: the round's occurrences by id, the student, and fellow students by id."""

    occurrences: Mapping[str, Occurrence]
    student: Student
    learner: Learner | None
    friends: Mapping[str, Student]


def ranking_id(round_id: str, student_id: str) -> str:
    """`<round_id>:<student_id>`: a student has one ranking a round."""
    return f"{round_id}:{student_id}"


def open_choices(of: Round, occurrences: Sequence[Occurrence], student: Student) -> list[Occurrence]:
    """What a student may rank: given out by the round, not called off, and open to them."""
    return [
        one for one in occurrences if _is_given_out(of, one) and not check_at(one.eligibility, student, one.school_id)
    ]


def check_ranking(ranking: Ranking, of: Round, known: Known, now: datetime) -> Ranking:
    """The ranking, if the round takes it at this moment.

    Raises: Refusals, all together, of RankingNotYetOpen, RankingClosed, NotAStudentHere, NoSuchBlockToRank,
    BlockRankedTwice, TooManyChoices, NoSuchChoice, ChoiceNotOpenToYou, RankedTwice, GoalUnknown, TooManyFriends,
    NoSuchFriend.
    """
    refuse_all(
        *_window(of, now),
        None if of.school_id in known.student.school_ids and known.student.active else NotAStudentHere(),
        *_blocks(ranking, of),
        *_choices(ranking, of, known),
        *_friends(ranking, of, known),
    )
    return ranking


def _window(of: Round, now: datetime) -> Iterator[Refusal]:
    if now < of.opens_at:
        yield RankingNotYetOpen(opens_at=_said(of.opens_at))
    elif now >= of.closes_at or of.state is not RoundState.OPEN:
        yield RankingClosed(closes_at=_said(of.closes_at))


def _blocks(ranking: Ranking, of: Round) -> Iterator[Refusal]:
    for block_id, times in Counter(each.block_id for each in ranking.blocks).items():
        if block_id not in of.block_ids:
            yield NoSuchBlockToRank(block_id=block_id)
        elif times > 1:
            yield BlockRankedTwice(block_id=block_id)


def _choices(ranking: Ranking, of: Round, known: Known) -> Iterator[Refusal]:
    for block in ranking.blocks:
        if len(block.ranked) > MOST_RANKED:
            yield TooManyChoices(most=MOST_RANKED, choices=len(block.ranked), block_id=block.block_id)
        times = Counter(choice.occurrence_id for choice in block.ranked)
        for occurrence_id, ranked in times.items():
            occurrence = known.occurrences.get(occurrence_id)
            if occurrence is None or occurrence.block_id != block.block_id or not _is_given_out(of, occurrence):
                yield NoSuchChoice(occurrence_id=occurrence_id)
            else:
                yield from _against(occurrence, ranked, known.student)
        if any(_goal_unknown(choice, known.learner) for choice in block.ranked):
            yield GoalUnknown()


def _against(occurrence: Occurrence, ranked: int, student: Student) -> Iterator[Refusal]:
    about = {"title": occurrence.title, "occurrence_id": occurrence.occurrence_id}
    if not_open := check_at(occurrence.eligibility, student, occurrence.school_id):
        yield ChoiceNotOpenToYou(reasons=", ".join(not_open), **about)
    if ranked > 1:
        yield RankedTwice(**about)


def _friends(ranking: Ranking, of: Round, known: Known) -> Iterator[Refusal]:
    if len(ranking.friend_ids) > MOST_FRIENDS:
        yield TooManyFriends(most=MOST_FRIENDS, friends=len(ranking.friend_ids))
    for person_id, times in Counter(ranking.friend_ids).items():
        friend = known.friends.get(person_id)
        is_fellow = friend is not None and friend.active and of.school_id in friend.school_ids
        if not is_fellow or person_id == ranking.student_id or times > 1:
            yield NoSuchFriend(person_id=person_id)


def _goal_unknown(choice: Choice, learner: Learner | None) -> bool:
    if choice.goal_id is None:
        return choice.step_id is not None
    goal = open_goal(learner, choice.goal_id)
    return goal is None or (choice.step_id is not None and choice.step_id not in goal.step_ids)


def _is_given_out(of: Round, occurrence: Occurrence) -> bool:
    return occurrence.block_id in of.block_ids and is_ranked_in(of, occurrence) and not occurrence.cancelled


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes").replace("+00:00", "Z")
