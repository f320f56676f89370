"""The times of a new recording on the clock of an old one, so that what stays and what is new tell one story.

Times that stand for each other in both recordings are marks: what has a counterpart takes the old time, what has none
keeps its distance to the last mark before it.
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
    """Learns from answers that stand for each other; mutable. Ids are the same in both recordings by now."""

    def __init__(self, distance: int) -> None:
        """`distance`: how far the old clock is ahead of the new one, where no mark tells."""
        self._distance = distance
        self._times: dict[tuple[str, str, float], float] = {}
        """The old time, by the object's id, the key and the new time."""
        self._marks: list[tuple[float, float]] = []
        """New and old times."""

    def learn(self, old: Interaction, new: Interaction) -> None:
        """Take the times of two interactions that stand for each other."""
        for one, other in _both(old, new):
            for key, time in other.items():
                if is_time(key, time) and is_time(key, one.get(key)):
                    self._times.setdefault((str(other.get("id")), key, time), one[key])
                    if key != AHEAD and _is_believed(time):
                        self._marks.append((time, one[key]))

    def end(self) -> None:
        """All is learned."""
        self._marks.sort()

    def told(self, new: Interaction, old: Interaction | None = None) -> Interaction:
        """The interaction with times of the old clock; `old` is the one that it stands for."""
        known = {} if old is None else {id(other): one for one, other in _both(old, new)}
        stream = new.stream and tuple(
            event if event.raw is not None else StreamEvent(event.name, self._value(event.data, known))
            for event in new.stream
        )
        return new._replace(json=self._value(new.json, known), stream=stream)

    def _value(self, value: Any, known: dict[int, JSON]) -> Any:
        if isinstance(value, list):
            return [self._value(part, known) for part in value]
        if not isinstance(value, dict):
            return value
        twin = known.get(id(value), {})
        told = {}
        for key, part in value.items():
            if isinstance(part, dict | list) and key != "metadata":
                told[key] = self._value(part, known)
            elif is_time(key, part):
                told[key] = twin[key] if is_time(key, twin.get(key)) else self._time(key, part, value)
        return value | told

    def _time(self, key: str, time: float, within: JSON) -> float:
        exactly = self._times.get((str(within.get("id")), key, time))
        if exactly is not None or not _is_believed(time):
            return time if exactly is None else exactly
        begin = within.get("created_at")
        if key == AHEAD and isinstance(begin, int | float) and begin != time:
            return time + round(self._time("created_at", begin, within) - begin)
        return time + self._ahead(time)

    def _ahead(self, time: float) -> int:
        if not self._marks:
            return self._distance
        new, old = self._marks[max(bisect_right(self._marks, time, key=lambda mark: mark[0]) - 1, 0)]
        return round(old - new)


def _both(old: Interaction, new: Interaction) -> Iterator[tuple[JSON, JSON]]:
    return counterparts(answer_values(old), answer_values(new), _keys, _keys)


def answer_values(one: Interaction) -> JSON:
    """An answer's JSON, and its events as mappings with one key: what counterparts are looked for in."""
    return {"json": one.json, "stream": [{event.name: event.data} for event in one.stream or () if event.raw is None]}


def _keys(value: Any) -> tuple[str, str]:
    return canonical(timeless(value)), kind_of(value)


def kind_of(value: Any) -> str:
    """What kind of thing an item of a list is: an event by its name, an object by its id, its type or its kind."""
    if not isinstance(value, dict):
        return type(value).__name__
    if len(value) == 1:
        return str(next(iter(value)))
    return canonical([value.get("id"), value.get("object"), value.get("type")])


def _is_believed(time: float) -> bool:
    return BELIEVED.start <= time < BELIEVED.stop
