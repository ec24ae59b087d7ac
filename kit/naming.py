"""A database as a transaction sees it: its collections, made once, perhaps under other names."""

from typing import Any, cast

from kit.mongo import Database


class _Collections:
    def __init__(self, database: Database, prefix: str) -> None:
        self._database, self._prefix = database, prefix
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._database[self._prefix + name]
        return made


def collections_of(database: Database, prefix: str = "") -> Database:
    """`database`, whose collections are kept (making one costs more than a handler does) and named `prefix` + name.

    It is looked into by collection alone, which is all that a `Transaction` does with it.
    """
    return cast(Database, _Collections(database, prefix))
