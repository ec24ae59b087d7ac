"""Static files: style, script, letters and mark, each under a name that says its content, to be kept for ever."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "static"
PREFIX = "/static/"
FOR_EVER = "public, max-age=31536000, immutable"
_SHOWN = frozenset({".css", ".js", ".svg", ".woff2", ".png"})
_SQUEEZED = frozenset({".css", ".js", ".svg"})
_TYPES = {".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file: its content as it is and compressed (None where that does not pay)."""

    name: str
    content: bytes
    squeezed: bytes | None
    media_type: str


class StaticFiles:
    """All static files, in memory: they are a few hundred kilobytes."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._names: dict[str, str] = {}
        self.files: dict[str, StaticFile] = {}
        found = sorted(path for path in folder.iterdir() if path.suffix in _SHOWN)
        # Styles come last: they speak of letters by the name under which those are given out.
        for path in sorted(found, key=lambda path: path.suffix == ".css"):
            self._add(path.name, self._content(path))

    def address(self, name: str) -> str:
        """Where the file of this plain name is given out. Raises: KeyError where there is none."""
        return PREFIX + self._names[name]

    def _content(self, path: Path) -> bytes:
        content = path.read_bytes()
        if path.suffix == ".css":
            for plain, given in self._names.items():
                content = content.replace(plain.encode(), given.encode())
        return content

    def _add(self, plain: str, content: bytes) -> None:
        stem, suffix = Path(plain).stem, Path(plain).suffix
        given = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{suffix}"
        squeezed = gzip.compress(content, 9, mtime=0) if suffix in _SQUEEZED else None
        media_type = _TYPES.get(suffix) or mimetypes.guess_type(plain)[0] or "application/octet-stream"
        self._names[plain] = given
        self.files[given] = StaticFile(given, content, squeezed, media_type)
