"""Which case a miss is, and what mends just this case, ready to paste."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.core import miss, ways_out
from runmock.core.operations import identify
from runmock.core.other_apis import name_of
from runmock.core.upstream import is_retired
from runmock.tape.place_of_run import place_of_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.exchange import Request
    from runmock.core.playlist import Playlist
    from runmock.options import Options


@dataclass(frozen=True, slots=True)
class Situation:
    """A request that nothing answers, and what the deck has."""

    request: Request
    body: Any
    facts: Mapping[str, Any] | None
    """What the request is matched by, where it creates a run."""
    options: Options
    playlist: Playlist
    has_script: bool
    scripts: Sequence[str]
    """The cassettes that have a script."""
    is_recorded: bool
    """Whether a cassette has a recording."""
    missing: str | None
    only_when: Sequence[Mapping[str, Any]]
    """The conditions of each `when()` that no verb follows."""
    has_route_near: bool = False

    @property
    def is_family(self) -> bool:
        """Whether the request is one of the Assistants API's."""
        return identify(self.request.method, self.request.path) is not None

    @property
    def headline(self) -> str:
        """Which case it is."""
        if not self.is_family:
            if self.has_route_near:
                return miss.NO_ROUTE
            return miss.NOTHING_LEFT if self.is_recorded else miss.of_other_api(name_of(self.request.path))
        if self.playlist.matching:
            return miss.NO_MATCH
        if self.only_when:
            return miss.ONLY_WHEN
        if self.has_script or self.is_recorded:
            return miss.NOTHING_LEFT
        return miss.MISSING if self.missing else miss.NO_SCRIPT

    @property
    def remedies(self) -> tuple[tuple[str, str], ...]:
        """What mends it: a script for this request, a route, a command that records."""
        return (*self._answers(), *self._recordings(), *self.options.ways_out)

    def _answers(self) -> list[tuple[str, str]]:
        request = self.request
        if request.is_served:
            return []
        if self.is_family:
            return [] if (script := self._script()) is None else [script]
        allowed = [ways_out.to_let_through(request, self.options.test)] if request.elsewhere else []
        return [*allowed, ways_out.by_route(request, self.body)]

    def _script(self) -> tuple[str, str] | None:
        """What a script answers it with; None where only a recording can, since no script knows what it tells of."""
        match self.headline:
            case miss.MISSING:
                return ways_out.by_file(str(self.missing))
            case miss.NO_SCRIPT:
                return ways_out.by_verb(None)
            case miss.ONLY_WHEN:
                return ways_out.by_verb(self.facts, self.only_when[-1])
        return None if self.facts is None else self._run(self.facts)

    def _run(self, facts: Mapping[str, Any]) -> tuple[str, str]:
        """One more scripted run: in the first cassette that has a place for it, else by a verb."""
        match = ways_out.met_by(facts) if self.headline == miss.NO_MATCH else None
        places = ((cassette, place_of_run(cassette)) for cassette in self.scripts)
        found = next(((cassette, place) for cassette, place in places if place is not None), None)
        return ways_out.by_verb(facts, match) if found is None else ways_out.by_entry(found[0], *found[1], match)

    def _recordings(self) -> list[tuple[str, str]]:
        """The command that records, where recording can work: what a script answers is never recorded."""
        options = self.options
        if not options.to_record or (self.is_family and self.has_script):
            return []
        is_gone = self.is_family and options.upstream is None and is_retired(self.request.host)
        return [ways_out.to_record(options.to_record, options.test, needs_upstream=is_gone)]
