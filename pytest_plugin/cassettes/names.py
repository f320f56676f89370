"""The name of a test's own cassette, which depends on nothing but the test's id.

A name has only characters that every file system allows, and at most LONGEST bytes. Where a character was replaced, or
the name was too long, `-` and ten digits of the whole name's digest follow: else `a/b` and `a:b` would share one file.

0.1.0 added no digest. A cassette under such an old name is still used, and tests with the same old name share it.
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
"""Bytes of a name in UTF-8, without the file's ending; disks allow 255, and temporary files have longer names."""
DIGITS = 10
FIXTURES = ("runmock_config", "runmock_cassette_dir", "runmock_cassette_name")

_IMPOSSIBLE = re.compile(r'[/\\:*?"<>|\x00-\x1f\ud800-\udfff]')
_DEVICE = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
"""Names that Windows takes for a device, with any ending."""


def file_name(full: str) -> str:
    """Return the name of the cassette of a test with the name `full`, without the file's ending."""
    possible = _DEVICE.sub(r"\1-", _IMPOSSIBLE.sub("-", unicodedata.normalize("NFC", full)))
    whole = possible.encode()
    if possible == full and len(whole) <= LONGEST:
        return full
    digest = hashlib.sha256(full.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
    kept = whole[: LONGEST - len("-") - DIGITS].decode(errors="ignore")  # half a character at the cut is left out
    return f"{kept}-{digest}"


def old_name(full: str) -> str:
    """Return the name as 0.1.0 made it: characters replaced, no digest."""
    return _IMPOSSIBLE.sub("-", full)


@dataclass(frozen=True)
class ModulePlace:
    """What the tests of one module or class have in common."""

    folder: Path
    """The folder `cassettes/<module>` beside the module."""
    classes: str
    """The names of the test's classes, outermost first, each followed by a dot."""
    overridden: frozenset[str]
    """The names of runmock's fixtures that the user has overridden."""


def takes_fixture(item: pytest.Item) -> bool:
    """Whether a test's function has an argument `runmock`."""
    return "runmock" in getattr(getattr(item, "_fixtureinfo", None), "argnames", ())


PLACES = pytest.StashKey[dict[Any, ModulePlace]]()
OLD_NAMES = pytest.StashKey[dict[tuple[Path, str], dict[str, None]]]()
"""The full names of tests, by folder and the name that 0.1.0 gave their cassette, in the order of collection."""


def place_of(item: pytest.Item) -> ModulePlace:
    """Return the place of a test's module or class; computed once for each."""
    places = item.config.stash.setdefault(PLACES, {})
    if item.parent not in places:
        overridden = frozenset(name for name in FIXTURES if overriding(item, name) is not None)
        classes = "".join([f"{node.name}." for node in item.listchain() if isinstance(node, pytest.Class)])
        places[item.parent] = ModulePlace(item.path.parent / FOLDER / item.path.stem, classes, overridden)
    return places[item.parent]


def overriding(item: pytest.Item, fixture: str) -> pytest.FixtureDef[Any] | None:
    """Return the fixture of the user that overrides one of runmock's, as a test sees it; None without one."""
    manager = item.session._fixturemanager  # noqa: SLF001 - pytest has no other way to ask
    node: Any = item if pytest.version_tuple >= (8, 1) else item.nodeid  # 8.0 asks for the id
    definitions = manager.getfixturedefs(fixture, node)
    return definitions[-1] if definitions is not None and len(definitions) > 1 else None


def own_folder(item: pytest.Item) -> Path:
    """Return the folder `cassettes/<module>` beside the test."""
    return place_of(item).folder


def full_name(item: pytest.Item) -> str:
    """Return `<Class>.<test>[<id>]`, with any characters and of any length."""
    return f"{place_of(item).classes}{name_without(item)}"


def own_name(item: pytest.Item) -> str:
    """Return the name of a test's own cassette, without the file's ending."""
    return file_name(full_name(item))


def note_old_names(items: Sequence[pytest.Item]) -> None:
    """Note under which names 0.1.0 kept the cassettes of collected tests, also of those that are deselected later."""
    for item in items:
        full = full_name(item)
        notes = item.config.stash.setdefault(OLD_NAMES, {})
        notes.setdefault((own_folder(item), old_name(full)), {})[full] = None


def same_old_name(item: pytest.Item) -> tuple[str, ...]:
    """Return the full names of all tests with the same old name as this test, which is one of them."""
    full = full_name(item)
    return tuple(item.config.stash.get(OLD_NAMES, {}).get((own_folder(item), old_name(full)), (full,)))


class Names(NamedTuple):
    """The names of a test's cassette, in the order in which they are searched."""

    own: str
    old: str
    bare: tuple[str, ...]
    """The names without `[<id>]`, which all parameters of a test may share."""

    def all(self) -> tuple[str, ...]:
        """Return each name once, in the order of the search."""
        return tuple(dict.fromkeys((self.own, self.old, *self.bare)))


NAMES = pytest.StashKey["Names"]()
"""On an item: the names of its cassette where the user gives none; they are needed at collection and at set-up."""


def names(item: pytest.Item, custom: str | None = None) -> Names:
    """Return the names of a test's cassette; `custom` is the value of the user's `runmock_cassette_name`, if any."""
    if custom:
        return _names(item, custom)
    if NAMES not in item.stash:
        item.stash[NAMES] = _names(item)
    return item.stash[NAMES]


def _names(item: pytest.Item, custom: str | None = None) -> Names:
    """The custom name may contain the own name, which is then replaced to make the old and bare ones."""
    full = full_name(item)
    own, old, bare = file_name(full), old_name(full), full.partition("[")[0]
    bares = (own, old) if bare == full else (file_name(bare), old_name(bare))
    custom = str(custom or own)
    old, *others = (custom.replace(own, kind, 1) for kind in (old, *bares))
    return Names(custom, old, (*others, custom.partition("[")[0]))
