"""How a test's own cassette is called, which depends on nothing but the test's own id.

A name holds only what every disk can hold, in at most LONGEST bytes. Where a character had to be replaced, or the name
was too long, `-` and ten digits of the whole name's digest follow: without them `a/b` and `a:b` would share one file.

0.1.0 added no digest. A cassette under such an old name is still used, and tests that find the same one share it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from pytest_runmock.chaos.passes import name_without

from runmock.tape.files.search import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 150
"""Bytes of a name in UTF-8, without the file's ending; a disk takes 255, and half-written files have longer names."""
DIGITS = 10
FIXTURES = ("runmock_config", "runmock_cassette_dir", "runmock_cassette_name")

_IMPOSSIBLE = re.compile(r'[/\\:*?"<>|\x00-\x1f\ud800-\udfff]')
_DEVICE = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever stands behind the dot."""


def file_name(full: str) -> str:
    """The name of the cassette of a test that is called `full`, without the file's ending."""
    possible = _DEVICE.sub(r"\1-", _IMPOSSIBLE.sub("-", unicodedata.normalize("NFC", full)))
    whole = possible.encode()
    if possible == full and len(whole) <= LONGEST:
        return full
    digest = hashlib.sha256(full.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
    kept = whole[: LONGEST - len("-") - DIGITS].decode(errors="ignore")  # half a character at the cut is left out
    return f"{kept}-{digest}"


def old_name(full: str) -> str:
    """The same in 0.1.0, which replaced characters and added nothing."""
    return _IMPOSSIBLE.sub("-", full)


@dataclass(frozen=True)
class ModulePlace:
    """What the tests of one module or class have in common."""

    folder: Path
    """`cassettes/<module>` beside it."""
    classes: str
    """The names of its classes, each with a dot behind it."""
    overridden: frozenset[str]
    """Our fixtures in whose place the user has put others."""


def takes_fixture(item: pytest.Item) -> bool:
    """Whether the function of a test has `runmock` among its arguments."""
    return "runmock" in getattr(getattr(item, "_fixtureinfo", None), "argnames", ())


PLACES = pytest.StashKey[dict[Any, ModulePlace]]()
OLD_NAMES = pytest.StashKey[dict[tuple[Path, str], dict[str, None]]]()
"""The tests that have one old name, by folder and that name; in the order in which they were collected."""


def place_of(item: pytest.Item) -> ModulePlace:
    """Where a test is; found once for each module and class."""
    places = item.config.stash.setdefault(PLACES, {})
    if item.parent not in places:
        overridden = frozenset(name for name in FIXTURES if _is_overridden(item, name))
        classes = "".join([f"{node.name}." for node in item.listchain() if isinstance(node, pytest.Class)])
        places[item.parent] = ModulePlace(item.path.parent / FOLDER / item.path.stem, classes, overridden)
    return places[item.parent]


def _is_overridden(item: pytest.Item, fixture: str) -> bool:
    manager = item.session._fixturemanager  # noqa: SLF001 - pytest has no other way to ask
    node: Any = item if pytest.version_tuple >= (8, 1) else item.nodeid  # 8.0 asks for the id
    defined = manager.getfixturedefs(fixture, node)
    return defined is not None and len(defined) > 1


def own_folder(item: pytest.Item) -> Path:
    """`cassettes/<module>` beside the test."""
    return place_of(item).folder


def full_name(item: pytest.Item) -> str:
    """`<Class>.<test>[<id>]`, of whatever characters and length."""
    return f"{place_of(item).classes}{name_without(item)}"


def own_name(item: pytest.Item) -> str:
    """The name of a test's own cassette, without the file's ending."""
    return file_name(full_name(item))


def note_old_names(items: Sequence[pytest.Item]) -> None:
    """Tests were collected: note which of them had the same name in 0.1.0, also when they are deselected later."""
    for item in items:
        full = full_name(item)
        notes = item.config.stash.setdefault(OLD_NAMES, {})
        notes.setdefault((own_folder(item), old_name(full)), {})[full] = None


def same_old_name(item: pytest.Item) -> tuple[str, ...]:
    """The full names of the tests that had a test's name in 0.1.0, its own among them."""
    full = full_name(item)
    return tuple(item.config.stash.get(OLD_NAMES, {}).get((own_folder(item), old_name(full)), (full,)))


class Names(NamedTuple):
    """The names under which a test's cassette is looked for, in this order."""

    own: str
    old: str
    bare: tuple[str, ...]
    """Those without `[<id>]`, which all parameters of a test may share."""

    def all(self) -> tuple[str, ...]:
        """Each of them once."""
        return tuple(dict.fromkeys((self.own, self.old, *self.bare)))


def names(item: pytest.Item, given: str | None = None) -> Names:
    """The names of a test's cassette; `given` is the one that a fixture of the user's gives, maybe made of the own."""
    full = full_name(item)
    own, bare = file_name(full), full.partition("[")[0]
    given = str(given or own)
    old, *bares = (given.replace(own, kind, 1) for kind in (old_name(full), file_name(bare), old_name(bare)))
    return Names(given, old, (*bares, given.partition("[")[0]))
