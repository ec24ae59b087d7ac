"""A sent file: the bytes of the one file in a form, taken out as they come and never kept."""

from collections.abc import AsyncIterable, AsyncIterator
from email.message import Message

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser

from services.web.asking.problems import Problem, Reason, Refused

_LEAST = 1
NO_FILE = Problem(422, (Reason("empty-upload", "Choose the file first."),))


class FileParts:
    """Reads a form that comes in pieces, and gives the content of its fields of this name (RFC 7578)."""

    def __init__(self, content_type: str, name: str) -> None:
        """Raises: Refused where this is no form with files."""
        self._name, self._inside = name, False
        self._header, self._value, self._disposition = b"", b"", b""
        self._found: list[bytes] = []
        told = Message()
        told["content-type"] = content_type
        boundary = told.get_boundary()
        if told.get_content_type() != "multipart/form-data" or not boundary:
            raise Refused(NO_FILE)
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._field,
                "on_header_value": self._told,
                "on_header_end": self._header_over,
                "on_headers_finished": self._open,
                "on_part_data": self._take,
            },
        )

    def feed(self, piece: bytes) -> bytes:
        """What this piece of the form adds to the file. Raises: Refused for a form that is broken."""
        self._found.clear()
        try:
            self._parser.write(piece)
        except MultipartParseError as error:
            raise Refused(NO_FILE) from error
        return b"".join(self._found)

    def _begin(self) -> None:
        self._disposition, self._inside = b"", False
        self._header, self._value = b"", b""

    def _field(self, piece: bytes, start: int, end: int) -> None:
        self._header += piece[start:end]

    def _told(self, piece: bytes, start: int, end: int) -> None:
        self._value += piece[start:end]

    def _header_over(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _open(self) -> None:
        told = Message()
        told["content-disposition"] = self._disposition.decode("latin-1")
        self._inside = told.get_param("name", header="content-disposition") == self._name

    def _take(self, piece: bytes, start: int, end: int) -> None:
        if self._inside:
            self._found.append(piece[start:end])


async def file_in(pieces: AsyncIterable[bytes], content_type: str, name: str) -> AsyncIterator[bytes]:
    """The content of the file in a form, as it comes.

    Raises: Refused where the form holds no such file, or an empty one.
    """
    parts, size = FileParts(content_type, name), 0
    async for piece in pieces:
        content = parts.feed(piece)
        if content:
            size += len(content)
            yield content
    if size < _LEAST:
        raise Refused(NO_FILE)
