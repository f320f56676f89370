"""Moves the times of a new recording to the clock of an old one, so that kept and new interactions fit together.

A recording from today is put into one from last year: `created_at` of a run that is in both becomes the old time again.
A time that has a counterpart in the old recording takes the counterpart's value, and the two are a mark: so much is
the old clock ahead. A time without a counterpart keeps its distance to the last mark before it.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from runmock.core.replay.interaction import StreamEvent
from runmock.tape.comparing.counterparts import counterparts
from runmock.tape.comparing.pairing import canonical
from runmock.tape.comparing.same_recording import timeless
from runmock.tape.comparing.times import AHEAD, BELIEVED, is_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction


class Clocks:
    """Moves times of a new recording to the clock of the old one. Mutable: it learns from counterparts."""

    def __init__(self, distance: int) -> None:
        """`distance`: how many seconds the old clock is ahead of the new one while there is no mark."""
        self._distance = distance
        self._times: dict[tuple[str, str, float], float] = {}
        """The old time, by the object's id, the key and the new time."""
        self._marks: list[tuple[float, float]] = []
        """Pairs of a new and an old time, sorted once `end` was called."""

    def learn(self, old: Interaction, new: Interaction) -> None:
        """Note which old time each new time stands for, in two interactions that are counterparts."""
        for old_object, new_object in _counterparts(old, new):
            for key, time in new_object.items():
                if is_time(key, time) and is_time(key, old_object.get(key)):
                    self._times.setdefault((str(new_object.get("id")), key, time), old_object[key])
                    if key != AHEAD and _is_believed(time):
                        self._marks.append((time, old_object[key]))

    def end(self) -> None:
        """Everything is learned; has to be called before `on_old_clock`."""
        self._marks.sort()

    def on_old_clock(self, new: Interaction, old: Interaction | None = None) -> Interaction:
        """The interaction with times of the old clock; `old` is its counterpart, if it has one."""
        old_objects = (
            {} if old is None else {id(new_object): old_object for old_object, new_object in _counterparts(old, new)}
        )
        stream = new.stream and tuple(
            event if event.raw is not None else StreamEvent(event.name, self._value(event.data, old_objects))
            for event in new.stream
        )
        return new._replace(json=self._value(new.json, old_objects), stream=stream)

    def _value(self, value: Any, old_objects: dict[int, JSON]) -> Any:
        if isinstance(value, list):
            return [self._value(part, old_objects) for part in value]
        if not isinstance(value, dict):
            return value
        counterpart = old_objects.get(id(value), {})
        changed = {}
        for key, part in value.items():
            if isinstance(part, dict | list) and key != "metadata":
                changed[key] = self._value(part, old_objects)
            elif is_time(key, part):
                changed[key] = counterpart[key] if is_time(key, counterpart.get(key)) else self._time(key, part, value)
        return value | changed

    def _time(self, key: str, time: float, within: JSON) -> float:
        learnt = self._times.get((str(within.get("id")), key, time))
        if learnt is not None or not _is_believed(time):
            return time if learnt is None else learnt
        begin = within.get("created_at")
        if key == AHEAD and isinstance(begin, int | float) and begin != time:
            return time + round(self._time("created_at", begin, within) - begin)
        return time + self._ahead(time)

    def _ahead(self, time: float) -> int:
        if not self._marks:
            return self._distance
        new, old = self._marks[max(bisect_right(self._marks, time, key=lambda mark: mark[0]) - 1, 0)]
        return round(old - new)


def _counterparts(old: Interaction, new: Interaction) -> Iterator[tuple[JSON, JSON]]:
    """The objects in two answers that stand for each other."""
    return counterparts(answer_values(old), answer_values(new), _keys, _keys)


def answer_values(interaction: Interaction) -> JSON:
    """An answer's JSON and its events, each a mapping with one key, as one value to look for counterparts in."""
    return {
        "json": interaction.json,
        "stream": [{event.name: event.data} for event in interaction.stream or () if event.raw is None],
    }


def _keys(value: Any) -> tuple[str, str]:
    return canonical(timeless(value)), kind_of(value)


def kind_of(value: Any) -> str:
    """What an item of a list is known by: an event by its name, an object by its id, `object` and `type`."""
    if not isinstance(value, dict):
        return type(value).__name__
    if len(value) == 1:
        return str(next(iter(value)))
    return canonical([value.get("id"), value.get("object"), value.get("type")])


def _is_believed(time: float) -> bool:
    return BELIEVED.start <= time < BELIEVED.stop
