"""The markers of a test add up: the nearest one's cassettes come first, and its keywords win.

The nearest place is a case of `parametrize`, then the test, its class, the base classes, the module. Cassettes of outer
markers are shared with other tests: a test with cassettes or a script of its own need not play them.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable


def of_test(item: pytest.Item) -> list[pytest.Mark]:
    """Return the markers of a test, the nearest one first."""
    return [mark for place in by_place(item) for mark in place]


def by_place(item: pytest.Item) -> list[list[pytest.Mark]]:
    """Return the markers of a test as one list for each place, the nearest place first."""
    marks = list(item.iter_markers_with_node("runmock"))
    if len(marks) < 2:  # noqa: PLR2004 - nothing to sort, as nearly always
        return [[mark] for _, mark in marks]
    nodes = item.listchain()

    def far(placed_mark: tuple[Any, pytest.Mark]) -> tuple[int, int]:
        return -nodes.index(placed_mark[0]), _distance(*placed_mark)

    return [[mark for _, mark in marks_there] for _, marks_there in groupby(sorted(marks, key=far), far)]


def _distance(node: Any, mark: pytest.Mark) -> int:
    """Return how far a marker is among those of its node.

    pytest lists a case's markers after the test's, and a base class's before the class's.
    """
    if isinstance(node, pytest.Class):
        owners = (vars(base_class).get("pytestmark", ()) for base_class in node.obj.__mro__)
        lists = ([owned] if isinstance(owned, pytest.Mark | pytest.MarkDecorator) else owned for owned in owners)
        return next((far for far, own in enumerate(lists) if _is_among(mark, own)), 0)
    callspec = getattr(node, "callspec", None)
    return 1 if callspec is None or not _is_among(mark, callspec.marks) else 0


def _is_among(mark: pytest.Mark, marks: Iterable[Any]) -> bool:
    return any(mark is getattr(other, "mark", other) for other in marks)


def cassettes_named(item: pytest.Item) -> tuple[Any, ...]:
    """Return the cassettes that the markers of a test name, those of the nearest marker first, each once."""
    names: list[Any] = []
    for mark in of_test(item):
        names += [name for name in mark.args if name not in names]
    return tuple(names)


def own_content(item: pytest.Item) -> tuple[tuple[Any, ...], bool]:
    """Return the cassettes at the nearest place that names any or has a script, and whether it has a script.

    No cassettes and True when there is no such place.
    """
    for place in by_place(item):
        names = tuple(name for mark in place for name in mark.args)
        has_script = any(mark.kwargs.get("script") is not None for mark in place)
        if names or has_script:
            return names, has_script
    return (), True
