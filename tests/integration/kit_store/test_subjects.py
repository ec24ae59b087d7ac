"""Subjects: whom an address is about, from the document it names, on a real mongod."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.mongo import Mongo as Mongod
from kit.auth import Caller, RoleAt, Subject
from kit.edge import Reader
from kit.ids import new_id
from kit.mongo import Collection, Mongo
from kit.refusals import Kind, Refusal, Refusals
from kit.subjects import Beside, Found, themselves

SHELVES = Collection("shelves", shard_key=("district_id", "_id"))
CARDS = Collection("cards", shard_key=("district_id", "_id"))


class NoSuchShelf(Refusal):
    kind = Kind.MISSING
    text = "There is no such shelf."


class NoSuchLoan(Refusal):
    kind = Kind.MISSING
    text = "There is no such loan."


shelf_asked = Found(
    SHELVES, "shelf_id", NoSuchShelf, organisation="branch_id", circles={"keeper": "keeper_ids", "donor": "donor_ids"}
)
loan_asked = Found(
    CARDS,
    "loan_id",
    NoSuchLoan,
    by="loans.loan_id",
    member="reader_id",
    organisation="loans.branch_id",
    beside=Beside(SHELVES, "loans.shelf_id", {"keeper": "keeper_ids"}),
)
card_asked = Found(CARDS, "card_id", NoSuchLoan, member="reader_id", organisation=None)


@pytest.fixture
async def reader(mongod: Mongod) -> AsyncIterator[Reader]:
    """A branch's shelf with two keepers, and a card with three loans: from it, from another branch, read here.

    Nobody else's district has them."""
    mongo = Mongo(mongod.url_for("profile"), "trellis_profile")
    reader = Reader(mongo, new_id("district"))
    shelf = {"branch_id": "leith", "keeper_ids": ["ida", "tom"], "donor_ids": [], "district_id": reader.district_id}
    loans = [
        {"loan_id": "loan_away", "branch_id": "dean", "shelf_id": "shelf_9"},
        {"loan_id": "loan_1", "branch_id": "leith", "shelf_id": "shelf_1"},
        {"loan_id": "loan_here", "branch_id": "leith", "shelf_id": None},
    ]
    card = {"reader_id": "maya", "loans": loans, "district_id": reader.district_id}
    await mongo.database["shelves"].insert_one({"_id": "shelf_1", **shelf})
    await mongo.database["cards"].insert_one({"_id": "card_1", **card})
    yield reader
    for name in ("shelves", "cards"):
        await mongo.database[name].delete_many({"district_id": reader.district_id})
    mongo.close()


def who(reader: Reader, name: str, *roles: tuple[str, str]) -> Caller:
    return Caller(name, "person", reader.district_id, tuple(RoleAt(*role) for role in roles))


async def test_a_document_says_its_organisation_and_its_circles(reader: Reader) -> None:
    ida = who(reader, "ida", ("librarian", "leith"))
    found = await shelf_asked(reader, {"shelf_id": "shelf_1"}, ida)
    circles = {"keeper": frozenset({"ida", "tom"}), "donor": frozenset[str]()}
    assert found == Subject(None, frozenset({"leith"}), circles=circles)


async def test_who_has_left_the_organisation_is_in_no_circle_there(reader: Reader) -> None:
    for roles in ((), (("librarian", "dean"),)):
        found = await shelf_asked(reader, {"shelf_id": "shelf_1"}, who(reader, "ida", *roles))
        assert found == Subject(None, frozenset({"leith"}))
    at_the_district = who(reader, "ida", ("librarian", reader.district_id))
    assert "ida" in (await shelf_asked(reader, {"shelf_id": "shelf_1"}, at_the_district)).circles["keeper"]


async def test_of_a_list_the_one_that_was_asked_about_counts(reader: Reader) -> None:
    ida = who(reader, "ida", ("librarian", "leith"))
    found = await loan_asked(reader, {"loan_id": "loan_1"}, ida)
    assert found == Subject("maya", frozenset({"leith"}), circles={"keeper": frozenset({"ida", "tom"})})
    assert await loan_asked(reader, {"loan_id": "loan_here"}, ida) == Subject("maya", frozenset({"leith"}))
    assert await loan_asked(reader, {"loan_id": "loan_away"}, ida) == Subject("maya", frozenset({"dean"}))


async def test_ones_own_needs_no_look_beside(reader: Reader) -> None:
    maya = who(reader, "maya", ("reader", "leith"))
    assert await loan_asked(reader, {"loan_id": "loan_1"}, maya) == Subject("maya", frozenset({"leith"}))


async def test_what_is_not_there_or_another_districts_is_missing(reader: Reader) -> None:
    ida = who(reader, "ida", ("librarian", "leith"))
    elsewhere = Reader(reader.mongo, new_id("district"))
    for where, asked in ((reader, {"loan_id": "loan_2"}), (reader, {}), (elsewhere, {"loan_id": "loan_1"})):
        with pytest.raises(Refusals) as raised:
            await loan_asked(where, asked, ida)
        assert raised.value.codes == {"no-such-loan"}


async def test_a_document_of_nobodys_organisation_is_its_members(reader: Reader) -> None:
    assert await card_asked(reader, {"card_id": "card_1"}, who(reader, "ida")) == Subject("maya")


async def test_whoever_holds_the_role_passes_as_themselves_and_others_by_the_document(reader: Reader) -> None:
    find = themselves("reader", shelf_asked)
    maya, ida = who(reader, "maya", ("reader", "dean")), who(reader, "ida", ("librarian", "leith"))
    assert await find(reader, {"shelf_id": "shelf_1"}, maya) == Subject("maya")
    assert (await find(reader, {"shelf_id": "shelf_1"}, ida)).organisations == {"leith"}
