"""Keeps every request of a session with its answer, as the application read it, for pages that show them."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from runmock.core.errors import CassetteError
from runmock.core.http.exchange import Disconnected, Reply
from runmock.core.replay.recorder import AnswerEnd, CapturedAnswer, UpstreamCall
from runmock.core.script.script import Source
from runmock.tape.reading.from_take import interaction_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from runmock.core.api import Incoming
    from runmock.core.errors import RunmockFailure
    from runmock.core.http.exchange import Frame
    from runmock.core.replay.interaction import Interaction

_NOWHERE = Source("", 0)


class Seen(NamedTuple):
    """A request and its answer so far, for people to look at."""

    number: int
    """Counts from 1, in the order in which requests came."""
    interaction: Interaction
    began_ms: float
    """Since the witness began."""
    ended_ms: float
    """When the last bytes of its answer had come so far."""
    note: str = ""
    """What went wrong: a miss, a script error; empty when nothing did."""


@dataclass(slots=True)
class _Sighting:
    number: int
    incoming: Incoming
    began_ms: float
    take: CapturedAnswer | None = None
    call: UpstreamCall | None = None
    note: str = ""


class Witness:
    """Sees the requests of one session; mutable."""

    def __init__(self, now_ms: Callable[[], float], most: int | None = None) -> None:
        """`now_ms` is a clock that counts from the beginning.

        `most`: how many requests are kept, the latest ones; None keeps all.
        """
        self._now_ms = now_ms
        self._sightings: deque[_Sighting] = deque(maxlen=most)
        self._numbers = itertools.count(1)

    def sees(self, incoming: Incoming, answer: Reply | UpstreamCall) -> Reply | UpstreamCall:
        """Keep a request with its answer; returns the answer, whose frames are kept as they are read."""
        sighting = self._begin(incoming)
        if isinstance(answer, UpstreamCall):
            sighting.call = answer
            return answer
        headers = tuple((name.lower(), value) for name, value in answer.headers)
        sighting.take = take = CapturedAnswer(incoming, "", answer.status, headers)
        if answer.is_stream:
            return answer.framed(_WatchedFrames(answer.frames, take, lambda: self._now_ms() - sighting.began_ms))
        frames = tuple(answer.frames)
        for frame in frames:
            take.feed(frame.data, self._now_ms() - sighting.began_ms)
        take.seal(AnswerEnd.WHOLE)
        return answer.framed(frames)

    def sees_failure(self, incoming: Incoming, failure: RunmockFailure) -> None:
        """Keep a request that was not answered."""
        self._begin(incoming).note = str(failure)

    def _begin(self, incoming: Incoming) -> _Sighting:
        sighting = _Sighting(next(self._numbers), incoming, self._now_ms())
        self._sightings.append(sighting)
        return sighting

    def seen(self, but: Container[int] = ()) -> Iterator[Seen]:
        """Every request that was kept, except for those with a number in `but`, with its answer so far, in order."""
        for sighting in tuple(self._sightings):
            if sighting.number in but:
                continue
            interaction, why = _interaction(sighting)
            yield Seen(sighting.number, interaction, sighting.began_ms, _ended_ms(sighting), sighting.note or why)


def _ended_ms(sighting: _Sighting) -> float:
    take = sighting.call.take if sighting.call is not None else sighting.take
    return sighting.began_ms + (0 if take is None else take.last_ms)


def _interaction(sighting: _Sighting) -> tuple[Interaction, str]:
    """What was seen as an interaction, and why its answer is missing."""
    take = sighting.call.take if sighting.call is not None else sighting.take
    why = sighting.call.error or "" if sighting.call is not None else ""
    if take is not None:
        try:
            return interaction_of(take, _NOWHERE), why
        except CassetteError as error:
            why = str(error)
    nothing = CapturedAnswer(sighting.incoming, "", 0, (("content-type", "text/plain"),), ending=AnswerEnd.WHOLE)
    return interaction_of(nothing, _NOWHERE), why


class _WatchedFrames:
    """A stream's frames, which are kept as they are read."""

    def __init__(self, frames: Iterable[Frame], take: CapturedAnswer, now_ms: Callable[[], float]) -> None:
        self._frames, self._take, self._now_ms = iter(frames), take, now_ms

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        try:
            frame = next(self._frames)
        except StopIteration:
            self._take.seal(AnswerEnd.WHOLE)
            raise
        except Disconnected:
            self._take.seal(AnswerEnd.BROKEN)
            raise
        self._take.feed(frame.data, self._now_ms())
        return frame

    def close(self) -> None:
        """The application stops reading."""
        self._take.seal(AnswerEnd.LEFT)
        close: Callable[[], object] = getattr(self._frames, "close", tuple)
        close()
