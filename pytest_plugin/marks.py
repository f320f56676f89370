"""The markers of a test add up: the nearest one's cassettes come first, and its keywords win.

Nearest is what stands at a case of `parametrize`, then at the test, at its class, at the base classes, at the module.
What markers further out add is shared with other tests: a test with cassettes or a script of its own need not play it.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable


def of_test(item: pytest.Item) -> list[pytest.Mark]:
    """The markers of a test, the nearest one first: its parameters', its own, its class's, the base classes', ..."""
    return [mark for place in by_place(item) for mark in place]


def by_place(item: pytest.Item) -> list[list[pytest.Mark]]:
    """The same, those that stand at one place together."""
    found = list(item.iter_markers_with_node("runmock"))
    if len(found) < 2:  # noqa: PLR2004 - nothing to sort, as nearly always
        return [[mark] for _, mark in found]
    nodes = item.listchain()

    def far(one: tuple[Any, pytest.Mark]) -> tuple[int, int]:
        return -nodes.index(one[0]), _distance(*one)

    return [[mark for _, mark in several] for _, several in groupby(sorted(found, key=far), far)]


def _distance(node: Any, mark: pytest.Mark) -> int:
    """How far one is among those of its node: pytest has a case's behind the test's, a base's before the class's."""
    if isinstance(node, pytest.Class):
        owners = (vars(one).get("pytestmark", ()) for one in node.obj.__mro__)
        lists = ([owned] if isinstance(owned, pytest.Mark | pytest.MarkDecorator) else owned for owned in owners)
        return next((far for far, own in enumerate(lists) if _is_among(mark, own)), 0)
    callspec = getattr(node, "callspec", None)
    return 1 if callspec is None or not _is_among(mark, callspec.marks) else 0


def _is_among(mark: pytest.Mark, several: Iterable[Any]) -> bool:
    return any(mark is getattr(one, "mark", one) for one in several)


def cassettes_named(item: pytest.Item) -> tuple[Any, ...]:
    """The cassettes that the markers of a test name, the nearest one's first; what a nearer one names is left out."""
    names: list[Any] = []
    for mark in of_test(item):
        names += [name for name in mark.args if name not in names]
    return tuple(names)


def own_content(item: pytest.Item) -> tuple[tuple[Any, ...], bool]:
    """The cassettes that the nearest place names which has any, or a script; and whether it has one."""
    for place in by_place(item):
        names = tuple(name for mark in place for name in mark.args)
        has_script = any(mark.kwargs.get("script") is not None for mark in place)
        if names or has_script:
            return names, has_script
    return (), True
