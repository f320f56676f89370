"""The case of a miss, and what mends just this case, ready to paste."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runmock.core.assistants.operations import identify
from runmock.core.assistants.other_apis import name_of
from runmock.core.replay import miss, ways_out
from runmock.core.replay.record_modes import RecordMode
from runmock.core.replay.upstream import is_retired
from runmock.tape.writing.place_of_run import place_of_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.http.exchange import Request
    from runmock.core.script.playlist import Playlist
    from runmock.deck.options import Options
    from runmock.tape.reading.cassette import Cassette


@dataclass(frozen=True, slots=True)
class Situation:
    """A request that nothing answers, and the facts about the deck that decide what mends it."""

    request: Request
    body: Any
    facts: Mapping[str, Any] | None
    """The values that `match` compares, if the request creates a run; else None."""
    options: Options
    playlist: Playlist
    has_script: bool
    scripts: Sequence[Cassette | None]
    """The cassettes that have a script, and None for verbs; the latest comes last."""
    is_recorded: bool
    """Whether a cassette has a recording."""
    is_replayed: bool
    """Whether the request contains ids that only a recording has, and that no upstream knows."""
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
        """The first line of the message, which names the case."""
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
        """What mends it, as pairs of aim and text: a script for this request, a route, a command that records."""
        return (*self._answers(), *self._recordings(), *self.options.ways_out)

    def _answers(self) -> list[tuple[str, str]]:
        if self.is_family:
            return [] if (script := self._script()) is None else [script]
        request, access = self.request, self.options.access
        if request.is_served:
            return []
        allowed = [ways_out.to_let_through(request, self.options.test)] if request.elsewhere else []
        return [*allowed, *([ways_out.by_route(request, self.body, access)] if access.name else [])]

    def _script(self) -> tuple[str, str] | None:
        """The script that would answer; None where only a recording can, as for a request about a recorded run."""
        match self.headline:
            case miss.MISSING:
                return ways_out.by_file(str(self.missing))
            case miss.NO_SCRIPT:
                return self._verb(None)
            case miss.ONLY_WHEN:
                return self._verb(self.only_when[-1])
        return None if self.facts is None else self._run(self.facts)

    def _verb(self, match: Mapping[str, Any] | None) -> tuple[str, str] | None:
        """A verb for the test, or a script where it has no session; None for clients of a server."""
        if self.request.is_served:
            return None
        access = self.options.access
        return ways_out.by_verb(access, self.facts, match) if access.name else ways_out.by_script()

    def _run(self, facts: Mapping[str, Any]) -> tuple[str, str] | None:
        """One more scripted run after the latest one, so that the others still answer the same requests as before."""
        match = ways_out.met_by(facts) if self.headline == miss.NO_MATCH else None
        latest = self.scripts[-1]
        if latest is None:
            return self._verb(match)
        return ways_out.by_entry(_name(latest), place_of_run(_text(latest)), match)

    def _recordings(self) -> list[tuple[str, str]]:
        """The command that records; none where a script answers, because that is never recorded."""
        if self.is_family and self.has_script:
            return []
        mode = RecordMode.ALL if self.is_replayed else RecordMode.NEW_EPISODES
        return [] if (again := recording_again(self.request, self.options, mode)) is None else [again]


def recording_again(request: Request, options: Options, mode: RecordMode) -> tuple[str, str] | None:
    """The command that records a request's test again; None where there is none."""
    if not options.to_record:
        return None
    root = None
    if options.upstream is None and identify(request.method, request.path) is not None and is_retired(request.host):
        root = "URL"
    elif options.upstream is not None and options.names_upstream:
        root = options.upstream.root
    return ways_out.to_record(options.to_record, options.test, mode, root)


def _name(cassette: Cassette) -> str:
    """A cassette's name in a sentence."""
    if cassette.file is not None:
        return cassette.path
    return "the mapping of load()" if cassette.path == "inline" else f"the {cassette.path}"


def _text(cassette: Cassette) -> str:
    """The text of a cassette; empty for a mapping, and where the file cannot be read."""
    if cassette.file is None:
        return cassette.text or ""
    try:
        return Path(cassette.file).read_text("utf-8")
    except (OSError, ValueError):
        return ""
