"""Rounds in the store: rounds, what they hold, rankings, runs with each student's result, and credit."""

from collections.abc import Iterable, Sequence
from typing import Any

from kit.mongo import Collection, Document, Index
from kit.records import Record
from kit.transaction import Rows
from services.scheduler.domain.rankings import Ranking
from services.scheduler.domain.round_runs import Result, Run
from services.scheduler.domain.rounds import Hold, Round

_AT_WORK: Document = {"at_work": True}

ROUNDS = Collection(
    "rounds",
    shard_key=("district_id", "school_id"),
    indexes=(
        Index(("district_id", "school_id", "-made_at", "-_id")),
        Index(("settling.asked_at",), partial=_AT_WORK),
    ),
)
HOLDS = Collection(
    "round_holds",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "round_id")), Index(("district_id", "school_id"))),
)
"""One row a block, so that two rounds never hold the same one."""

RANKINGS = Collection(
    "rankings",
    shard_key=("district_id", "_id"),
    indexes=(
        Index(("district_id", "round_id", "student_id")),
        Index(("district_id", "student_id")),
        Index(("district_id", "friend_ids")),
    ),
)
RUNS = Collection(
    "round_runs",
    shard_key=("district_id", "round_id"),
    indexes=(Index(("district_id", "round_id", "-asked_at", "-_id")), Index(("asked_at",), partial=_AT_WORK)),
)
RESULTS = Collection(
    "round_results",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "run_id", "place", "_id")), Index(("district_id", "student_id"))),
)
CREDITS = Collection("credits", shard_key=("district_id", "_id"), indexes=(Index(("district_id", "student_id")),))
"""A student's credit at a school, moved by what is published there."""

_ROUND, _RUN = Record(Round, "round_id"), Record(Run, "run_id")
HOLD = Record(Hold, "block_id")
RANKING = Record(Ranking, "ranking_id")
RESULT = Record(Result, "result_id")


def pack_round(value: Round) -> Document:
    """The document of a round; `at_work` is what the workers' index is made of."""
    return {**_ROUND.pack(value), "at_work": value.at_work}


def unpack_round(row: Document) -> Round:
    """The round in a document."""
    return _ROUND.unpack(row)


def pack_run(value: Run) -> Document:
    """The document of a run; `at_work` is what the workers' index is made of."""
    return {**_RUN.pack(value), "at_work": value.at_work}


def unpack_run(row: Document) -> Run:
    """The run in a document."""
    return _RUN.unpack(row)


def credit_id(school_id: str, student_id: str) -> str:
    """`<school_id>:<student_id>`: a student has one credit a school."""
    return f"{school_id}:{student_id}"


async def round_of(rows: Rows, round_id: str) -> Round | None:
    """The round with this id, or None."""
    found = await rows.get(round_id)
    return unpack_round(found) if found else None


async def run_of(rows: Rows, round_id: str, run_id: str) -> Run | None:
    """The run with this id of this round, or None."""
    found = await rows.one({"_id": run_id, "round_id": round_id})
    return unpack_run(found) if found else None


async def ranking_of(rows: Rows, key: str) -> Ranking | None:
    """The ranking with this id, or None."""
    found = await rows.get(key)
    return RANKING.unpack(found) if found else None


async def rankings_in(rows: Rows, round_id: str) -> list[Ranking]:
    """Every ranking of a round, by student."""
    found = await rows.find({"round_id": round_id}, sort=[("student_id", 1)])
    return [RANKING.unpack(row) for row in found]


async def results_left(rows: Rows, run_id: str, settled: Document, most: int) -> list[Result]:
    """The first `most` results of a run, in lottery order, that `settled` does not exclude."""
    found = await rows.find({"run_id": run_id, **settled}, sort=[("place", 1), ("_id", 1)], limit=most)
    return [RESULT.unpack(row) for row in found]


async def credits_of(rows: Rows, school_id: str, student_ids: Iterable[str]) -> dict[str, Document]:
    """The credit rows of these students, by student; who never had any is left out."""
    keys: Sequence[str] = [credit_id(school_id, student_id) for student_id in student_ids]
    return {row["student_id"]: row for row in (await rows.many(keys)).values()}


def credit_row(school_id: str, student_id: str, credit: float, was: Document | None) -> dict[str, Any]:
    """A student's credit row with a new value."""
    return {
        "_id": credit_id(school_id, student_id),
        "version": was["version"] if was is not None else 0,
        "school_id": school_id,
        "student_id": student_id,
        "credit": credit,
    }
