"""Functions of ours in the place of a library's, put on top of whatever stands there, and taken away again.

Others patch the same places (respx, pytest-httpx, vcrpy). A patch of theirs may have been put above ours, or taken away
below it, in the meantime. So a function is put back only where ours still stands; one that is left under another's
patch does nothing while no session is open.
"""

from __future__ import annotations

from threading import RLock
from types import FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Patches:
    """Which functions of ours stand where; mutable."""

    def __init__(self) -> None:
        self._beneath: dict[Any, tuple[Any, bool]] = {}
        """By function of ours: the one in whose place it stands, and whether the place had inherited that."""
        self._places: dict[tuple[Any, str], None] = {}
        """Where ours were put: the class or module, and the name there."""
        self._lock = RLock()

    def put(self, place: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Put what `make` makes of the present function in its place, unless ours stands on top already."""
        if self._is_ours(getattr(place, name)):
            self._places[place, name] = None  # it may have been left there under another's, in an earlier session
            return
        with self._lock:
            found = getattr(place, name)
            if self._is_ours(found):
                return
            ours = make(found)
            self._beneath[ours] = found, name not in vars(place)
            self._places[place, name] = None
            setattr(place, name, ours)

    def take_away(self) -> None:
        """Put every function back where ours still stands on top."""
        with self._lock:
            for place, name in self._places:
                while self._is_ours(ours := vars(place).get(name)):
                    found, is_inherited = self._beneath.pop(ours)
                    if is_inherited:
                        delattr(place, name)
                    else:
                        setattr(place, name, found)
            self._places.clear()

    def beneath(self, place: Any, name: str) -> Any:
        """The function at a place when ours are not counted."""
        found = getattr(place, name)
        while self._is_ours(found):
            found, _ = self._beneath[found]
        return found

    def _is_ours(self, function: Any) -> bool:
        return is_plain(function) and function in self._beneath


def is_plain(function: Any) -> bool:
    """Whether it is a function, as ours are. A wrapper of wrapt around one is equal to it, and says that it is one."""
    return type(function) is FunctionType


def is_wrapper(function: Any) -> bool:
    """Whether it is an object around a function, as wrapt makes them: it notes what is called, and calls it."""
    return hasattr(type(function), "__wrapped__")
