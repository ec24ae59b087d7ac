"""People, schools and classes as documents, with what they are looked up by."""

from kit.mongo import Collection, Document, Index
from kit.records import Record
from services.profile.domain.people import Person, School, SchoolClass, lists_with, sign_in_keys

# Whoever was added by hand has no such field: an empty list would stand in a unique index as one value.
_SOURCED: Document = {"source_ids": {"$exists": True}}

PEOPLE = Collection(
    "people",
    shard_key=("district_id", "_id"),
    indexes=(
        # One person for one roster number, whatever happens at the same time.
        Index(("district_id", "source_ids"), unique=True, partial=_SOURCED),
        Index(("district_id", "sign_in")),
        Index(("district_id", "lists", "_id")),
        Index(("district_id", "ward_ids")),
    ),
)
SCHOOLS = Collection(
    "schools",
    shard_key=("district_id", "_id"),
    indexes=(Index(("district_id", "source_id"), unique=True), Index(("district_id", "name", "_id"))),
)
CLASSES = Collection(
    "classes",
    shard_key=("district_id", "_id"),
    indexes=(
        Index(("district_id", "source_id"), unique=True),
        Index(("district_id", "school_id", "title", "_id")),
    ),
)

SCHOOL = Record(School, "school_id")
CLASS = Record(SchoolClass, "class_id")
_PERSON = Record(Person, "person_id")


def pack_person(person: Person) -> Document:
    """The document of a person, with what they are found by: their sign-ins and the lists they stand on."""
    document = {**_PERSON.pack(person), "sign_in": list(sign_in_keys(person)), "lists": list(lists_with(person))}
    if not person.source_ids:
        del document["source_ids"]
    return document


def unpack_person(document: Document) -> Person:
    """The person a document describes."""
    return _PERSON.unpack(document)
