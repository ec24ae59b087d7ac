"""Records: frozen dataclasses in and out of documents, with `_id` for their id field."""

from dataclasses import is_dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")
Document = dict[str, Any]


class Record(Generic[T]):
    """One dataclass <-> one document. The field named `id_field` is the document's `_id`."""

    def __init__(self, cls: type[T], id_field: str) -> None:
        assert is_dataclass(cls), cls
        self._adapter = TypeAdapter(cls)
        self._id_field = id_field

    def pack(self, value: T) -> Document:
        """The document of `value`; datetimes stay, sets become lists and dates ISO strings (by the store's codec)."""
        document: Document = self._adapter.dump_python(value)
        document["_id"] = document.pop(self._id_field)
        return document

    def unpack(self, document: Document) -> T:
        """The value of `document`; fields the dataclass does not know are left aside."""
        return self._adapter.validate_python({**document, self._id_field: document["_id"]})
