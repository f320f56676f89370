"""Replaces functions of libraries by ours, and puts the originals back.

Others patch the same places (respx, pytest-httpx, vcrpy). A patch of theirs may have been put above ours, or taken away
below it, in the meantime. So a function is put back only where ours is still on top; one that is left under another's
patch does nothing while no session is open.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Patches:
    """Our functions and the places they are in; mutable."""

    def __init__(self) -> None:
        self._beneath: dict[int, tuple[Any, Any, bool]] = {}
        """Our function, the function that it replaces, and whether the place had inherited the latter; by the id of our
        function, because other libraries' wrappers compare equal to it."""
        self._places: dict[tuple[Any, str], None] = {}
        """Where our functions were put: the class or module, and the name there."""
        self._lock = RLock()

    def put(self, place: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Replace the present function by what `make` makes of it, unless ours is on top already."""
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
        """Put every original function back where ours is still on top."""
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
        """The function at a place without our patches."""
        found = getattr(place, name)
        while id(found) in self._beneath:
            _, found, _ = self._beneath[id(found)]
        return found


def is_wrapper(function: Any) -> bool:
    """Whether `function` is an object that wraps a function and calls it, as wrapt makes them for tracing."""
    return hasattr(type(function), "__wrapped__")
