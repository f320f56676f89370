"""Functions of ours in the place of a library's, put on top of whatever stands there, and taken away again.

Others patch the same places (respx, pytest-httpx, vcrpy). A patch of theirs may have been put above ours, or taken away
below it, in the meantime. So a function is put back only where ours still stands; one that is left under another's
patch does nothing while no session is open.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Patches:
    """Which functions of ours stand where; mutable."""

    def __init__(self) -> None:
        self._beneath: dict[int, tuple[Any, Any, bool]] = {}
        """By the id of a function of ours, which wrappers of others equal: itself, what it stands in the place of, and
        whether the place had inherited that."""
        self._places: dict[tuple[Any, str], None] = {}
        """Where ours were put: the class or module, and the name there."""
        self._lock = RLock()

    def put(self, place: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Put what `make` makes of the present function in its place, unless ours stands on top already."""
        self._places[place, name] = None
        if id(vars(place).get(name)) in self._beneath:
            return
        with self._lock:
            original = getattr(place, name)  # as a caller gets it: a wrapper may be a descriptor
            found = vars(place).get(name, original)
            if id(found) in self._beneath:
                return
            ours = make(original)
            self._beneath[id(ours)] = ours, found, name not in vars(place)
            setattr(place, name, ours)

    def take_away(self) -> None:
        """Put every function back where ours still stands on top."""
        with self._lock:
            for place, name in tuple(self._places):
                while (number := id(vars(place).get(name))) in self._beneath:
                    _, found, is_inherited = self._beneath.pop(number)
                    if is_inherited:
                        delattr(place, name)
                    else:
                        setattr(place, name, found)
            self._places.clear()

    def beneath(self, place: Any, name: str) -> Any:
        """The function at a place when ours are not counted."""
        found = getattr(place, name)
        while id(found) in self._beneath:
            _, found, _ = self._beneath[id(found)]
        return found


def is_wrapper(function: Any) -> bool:
    """Whether it is an object around a function, as wrapt makes them: it notes what is called, and calls it."""
    return hasattr(type(function), "__wrapped__")
