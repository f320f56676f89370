"""Finds a request's row in an API's table of operations, by its method and its path, wherever the API root is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar
from urllib.parse import unquote

from runmock.core.api import Operation, Role
from runmock.core.secrets.redacted import HINTING_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from runmock.core.api import Api


class Placed(Protocol):
    """What a row of a table must say: a method, and the template of a path, with the names of its ids in braces."""

    @property
    def name(self) -> str:
        """The operation's name."""

    @property
    def roles(self) -> frozenset[Role]:
        """What it does in the life of a run."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def path(self) -> str:
        """The template below the API root."""


R = TypeVar("R", bound=Placed)
MOST_KEPT = 16_384
"""So many operations of an API are kept: those of a large cassette are asked for when it is read and when it is played.

Each takes less than a kilobyte.
"""


class Address(NamedTuple, Generic[R]):
    """A request's place in a table: its row, the ids in its path, the API root before it and the path below it."""

    row: R
    ids: Mapping[str, str]
    root: str
    path: str
    may_hold_secret: bool
    """Whether the path has to be searched for secrets."""


class Addresses(Generic[R]):
    """The addresses in a table. Words and ids take turns in a path."""

    def __init__(self, table: Iterable[R], collections: Collection[str], not_ids: Collection[str] = ()) -> None:
        """`collections`: the first words of paths; `not_ids`: words that are never an id."""
        table = tuple(table)
        self._collection = re.compile(rf"/(?:{'|'.join(collections)})(?=/|$)")
        self._not_ids = frozenset(not_ids)
        self._by_path = {(row.method, row.path): row for row in table if "{" not in row.path}
        self._by_words: dict[tuple[str, int, tuple[str, ...]], tuple[R, list[str]]] = {}
        """By the words at every other place of a path, with ids between them: the row, and the names of its ids."""
        for row in table:
            if (row.method, row.path) not in self._by_path:
                _, *segments = row.path.split("/")
                names = [word.strip("{}") for word in segments[1::2]]
                self._by_words[row.method, len(segments), tuple(segments[::2])] = row, names

    def find(self, method: str, path: str) -> Address[R] | None:
        """The place of a method and the whole path of a URL in the table; None when they are not in it."""
        for found in self._collection.finditer(path):
            if (address := self.at(method, path, found.start())) is not None:
                return address
        return None

    def at(self, method: str, path: str, start: int) -> Address[R] | None:
        """The place of a method and a path whose API root ends at `start`; None when they are not in the table."""
        root, below = path[:start], path[start:].rstrip("/")
        may_hold_secret = any(map(below.lower().__contains__, HINTING_WORDS))
        if (row := self._by_path.get((method, below))) is not None:
            return Address(row, {}, root, below, may_hold_secret)
        _, *segments = below.split("/")
        ids = [unquote(segment) for segment in segments[1::2]]
        known = self._by_words.get((method, len(segments), tuple(segments[::2])))
        if known is not None and all(ids) and self._not_ids.isdisjoint(segments[1::2]):
            row, names = known
            return Address(row, dict(zip(names, ids, strict=True)), root, below, may_hold_secret)
        return None


def identifier(
    api: Api, find: Callable[[str, str], Address[R] | None], ends: tuple[str, ...] = ()
) -> Callable[[str, str], Operation | None]:
    """Returns what identifies the requests of an API: from a method and the whole path of a URL, the operation or None.

    `find` returns their place in the API's table; `ends` are the events that end a stream, of a row that has streams.
    """

    @lru_cache(MOST_KEPT)
    def identify(method: str, path: str) -> Operation | None:
        found = find(method, path)
        if found is None:
            return None
        row, ids, root, below, may_hold_secret = found
        ends_of_row = ends if Role.STREAMS in row.roles else ()
        return Operation(api, row.name, method, ids, root, below, row.roles, ends_of_row, may_hold_secret)

    return identify
