"""Redaction: what may never stand in a log line, taken out whoever wrote it."""

import re
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

HIDDEN = "[hidden]"
_SECRET_WORDS = re.compile(r"passw|token|authori[sz]ation|cookie|secret|api_?key|credential|e_?mail", re.IGNORECASE)
_PERSONAL_KEYS = frozenset(
    {
        "name",
        "names",
        "given_name",
        "middle_name",
        "family_name",
        "preferred_name",
        "display_name",
        "full_name",
        "username",
        "user_name",
        "phone",
        "sms",
        "address",
        "birth_date",
        "identifier",
        "identifiers",
        "sourced_id",
    }
)
_SECRET_VALUES = re.compile(
    r"(?i:bearer\s+)\S+"  # an Authorization header
    r"|eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)*"  # a JSON Web Token
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user and password in a URL
    r"|[^\s@\"'<>(),;:=]+@[^\s@\"'<>(),;:]+\.[^\s@\"'<>(),;:]+"  # an e-mail address
)


def redact(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: hide values under secret or personal keys, and values that look like secrets anywhere."""
    for key, value in line.items():
        line[key] = HIDDEN if _is_private(key) else _clean(value)
    return line


def redacted(text: str) -> str:
    """`text` without tokens, passwords in addresses, and e-mail addresses."""
    return _SECRET_VALUES.sub(HIDDEN, text)


@lru_cache(maxsize=1024)
def _is_private(key: str) -> bool:
    return key.lower() in _PERSONAL_KEYS or _SECRET_WORDS.search(key) is not None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        # Most values are ids and words, in which no secret above can hide: that is a tenth of the search's cost.
        return value if value.isidentifier() else _SECRET_VALUES.sub(HIDDEN, value)
    if isinstance(value, Mapping):
        return {str(key): HIDDEN if _is_private(str(key)) else _clean(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_clean(inner) for inner in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return _SECRET_VALUES.sub(HIDDEN, str(value))
