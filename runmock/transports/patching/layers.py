"""Which session a request belongs to, when several are open.

A context (a thread's, a task's) stands in a place: the session that was opened there last. Tasks get a copy of their
starter's context from Python; threads and the work of executors get their starter's place from `threads.py`. So
whatever a session's code starts belongs to that session, also when another one is opened later.

A context without a place, and one whose sessions are all over, belongs to the innermost session that is open now.
Innermost is the session of the narrowest scope; of several of one scope it is the one that was opened last. Scopes are
pytest's: its plugin sets which sessions were opened for a class, a module or longer. While any session is open, every
request belongs to one.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from threading import get_ident
from typing import TYPE_CHECKING

from runmock.transports.convert import RequestReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runmock.deck.deck import Deck
    from runmock.transports.router import RouterRoutes

SCOPES = ("session", "package", "module", "class", "function")
"""The scopes of sessions, the widest first. Without pytest every session has the scope of a function."""
NARROWEST = len(SCOPES) - 1
OUTERMOST = -1
"""The scope of the session that every test has by default: any other session answers before it."""


class Layer:
    """One session's part in the interception: its deck, and the routes that answer requests to other services."""

    def __init__(self, deck: Deck, routes: RouterRoutes) -> None:
        self.deck, self.routes, self.requests = deck, routes, RequestReader()
        self.place: SessionPlace | None = None
        """The place of the session's code; None while the session is closed."""
        self.scope, self.number = NARROWEST, 0
        """The session's scope as an index of `SCOPES`, and its number in the order of opening."""


class SessionPlace:
    """A session as a context refers to it. Contexts may live long, so a place lets a session go that is closed."""

    __slots__ = ("layer", "outer", "thread")

    def __init__(self, layer: Layer, outer: SessionPlace | None) -> None:
        """`outer` is the place in which the session was opened."""
        self.layer: Layer | None = layer
        """None once the session is closed."""
        self.outer = outer
        self.thread = get_ident()
        """The id of the thread that has opened the session."""


_place: ContextVar[SessionPlace | None] = ContextVar("runmock_place", default=None)
"""The place of the running code; the sessions of that place may be closed."""


def around() -> Iterator[SessionPlace]:
    """The places of the open sessions around the running code, the innermost first."""
    place = _place.get()
    while place is not None:
        if place.layer is not None:
            yield place
        place = place.outer


def enter(layer: Layer) -> None:
    """Open a place for a session, and put the running code there."""
    layer.place = SessionPlace(layer, next(around(), None))
    step_in(layer.place)


def leave(layer: Layer) -> None:
    """Close the place of a session; no code belongs to the session from now on."""
    place, layer.place = layer.place, None
    if place is not None:
        place.layer = None
        step_out(place)


def step_in(place: SessionPlace | None) -> None:
    """Let the running code belong to the session of a place; None: to no session of its own."""
    _place.set(place)


def step_in_from_outside(place: SessionPlace | None) -> None:
    """Put the running code in a place, unless it is in a session of the same or a narrower scope already."""
    layer = place and place.layer
    if not any(outer.layer and layer and outer.layer.scope >= layer.scope for outer in around()):
        step_in(place)


def step_out(place: SessionPlace) -> None:
    """Put the running code back where it was before it entered a place, unless it has moved on."""
    if _place.get() is place:
        _place.set(place.outer)


@contextmanager
def standing(place: SessionPlace | None) -> Iterator[None]:
    """Let the block's code belong to the session of a place; afterwards it belongs to its former one again."""
    before = _place.get()
    _place.set(place)
    try:
        yield
    finally:
        _place.set(before)


class Footing:
    """Keeps the place of a generator from step to step, because each step may run in another context."""

    def __init__(self, place: SessionPlace | None = None, *, is_alone: bool = False) -> None:
        """The generator begins at `place`, or where its first step runs.

        `is_alone`: the caller's place never changes with the generator's.
        """
        self._place, self._begins_there, self._is_alone = place, place is None, is_alone

    @contextmanager
    def step(self) -> Iterator[None]:
        """Run the block as one step of the generator.

        The caller's place changes with the generator's, as with a `with` block inside it, unless the caller has moved.
        """
        before = _place.get()
        if self._begins_there:
            self._place, self._begins_there = before, False
        moves_along = before is self._place and not self._is_alone
        _place.set(self._place)
        try:
            yield
        finally:
            self._place = _place.get()
            if not moves_along:
                _place.set(before)


def sorted_layers(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """The sessions, innermost first."""
    layers = tuple(layers)
    if len(layers) < 2:  # noqa: PLR2004 - nothing to sort, as nearly always
        return layers
    return tuple(sorted(layers, key=lambda layer: (layer.scope, layer.number), reverse=True))


def in_order(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """The open sessions with the running code's own session first."""
    place = next(around(), None)
    own = layers[0] if place is None else place.layer
    if own is layers[0] or own not in layers:
        return layers
    return (own, *[layer for layer in layers if layer is not own])


def here(layers: tuple[Layer, ...]) -> SessionPlace | None:
    """The place for threads and work that the running code starts; None while no session is open."""
    place = next(around(), None)
    return layers[0].place if place is None and layers else place


def of_thread(layers: tuple[Layer, ...]) -> SessionPlace | None:
    """The place of the innermost session that the running thread has opened, else of the innermost one of all."""
    thread, innermost = get_ident(), None
    for layer in layers:
        if layer.place is not None and layer.place.thread == thread:
            return layer.place
        innermost = innermost or layer.place
    return innermost


def of_scope(scope: int, layers: tuple[Layer, ...]) -> SessionPlace | None:
    """The place of the innermost session of a scope or a wider one, else the running code's own place."""
    return next((layer.place for layer in layers if layer.scope <= scope), _place.get())
