"""Which collected tests request a fixture that `runmock_session` has made, themselves or through other fixtures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from pytest_runmock import settings
from pytest_runmock.shared.definition import definition_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pytest_runmock.shared.definition import Definition

USERS: pytest.StashKey[dict[Definition, dict[str, frozenset[str]]]] = pytest.StashKey()
"""On the config: by definition, the ids of the tests that request it, each with the ids of the nodes around it.

Deselected tests are included.
"""

FILES: pytest.StashKey[set[Path]] = pytest.StashKey()
"""On the config: the files of all collected tests, deselected tests included."""


def fixtures_of(item: pytest.Item) -> Iterator[tuple[str, Definition]]:
    """Yield name and definition of each such fixture that a test requests, as far as that is known at collection."""
    found = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    for name, fixturedefs in found.items():
        if fixturedefs and (definition := definition_of(fixturedefs[-1])) is not None:
            yield name, definition


def note(item: pytest.Item) -> None:
    """Note a collected test and its file, for each such fixture that it requests and for its cassettes."""
    item.config.stash.setdefault(FILES, set()).add(item.path)
    for _, definition in fixtures_of(item):
        tests = item.config.stash.setdefault(USERS, {}).setdefault(definition, {})
        if item.nodeid not in tests:
            tests[item.nodeid] = frozenset(node.nodeid for node in item.listchain())
            item.config.stash.setdefault(settings.FILES, set()).add(item.path)
            names = item.config.stash.setdefault(settings.NAMED, Counter())
            names.update(str(name) for name in definition.cassettes)


def of(config: pytest.Config, definition: Definition) -> Mapping[str, frozenset[str]]:
    """Return the collected tests that request a fixture, each with the ids of the nodes around it."""
    return config.stash.get(USERS, {}).get(definition, {})


def within(config: pytest.Config, definition: Definition, node: pytest.Item | pytest.Collector) -> list[str]:
    """Return the ids of those tests that are within a node."""
    return [test for test, around in of(config, definition).items() if node.nodeid in around]
