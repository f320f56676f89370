"""The case of a miss, and what mends just this case, ready to paste."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runmock.apis import registry
from runmock.apis.service.claims import is_of_client
from runmock.apis.service.other_apis import name_of, smallest, smallest_answer
from runmock.core.api import Role
from runmock.core.replay import miss, ways_out
from runmock.core.replay.record_modes import RecordMode
from runmock.core.replay.upstream import is_retired
from runmock.core.secrets.redacted import redacted
from runmock.tape.writing.place_of_run import place_of_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.api import Incoming
    from runmock.core.http.exchange import Request
    from runmock.core.replay.ways_out import Access
    from runmock.core.script.playlist import Playlist
    from runmock.deck.options import Options
    from runmock.tape.reading.cassette import Cassette


@dataclass(frozen=True, slots=True)
class Situation:
    """A request that nothing answers, and the facts about the deck that decide what mends it."""

    incoming: Incoming
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
    takers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Where several APIs were asked: the runs that each has taken."""

    @property
    def request(self) -> Request:
        """The request itself."""
        return self.incoming.request

    @property
    def is_family(self) -> bool:
        """Whether the request is of an API that scripts play."""
        return self.incoming.operation.is_played

    @property
    def is_unscripted(self) -> bool:
        """Whether no script answers the request, though scripts play its API."""
        return Role.UNSCRIPTED in self.incoming.operation.roles

    @property
    def headline(self) -> str:
        """The first line of the message, which names the case."""
        if not self.is_family and self.has_route_near:
            return miss.NO_ROUTE
        if not self.is_family or self.is_unscripted:
            of_its_kind = miss.NOT_SCRIPTED if self.is_unscripted else _of_other_api(name_of(self.request.path))
            return miss.NOTHING_LEFT if self.is_recorded else of_its_kind
        if self.playlist.leftovers():
            return miss.NO_MATCH
        if self.only_when:
            return miss.ONLY_WHEN
        if self.has_script or self.is_recorded:
            return miss.NOTHING_LEFT
        return miss.MISSING if self.missing else miss.NO_SCRIPT

    @property
    def remedies(self) -> tuple[tuple[str, str], ...]:
        """What mends it, as pairs of aim and text: a script for this request, a route, a command that records."""
        return (*self._answers(), *self._for_one_api(), *self._recordings(), *self.options.ways_out)

    def _answers(self) -> list[tuple[str, str]]:
        if self.is_unscripted:
            return [*self._interactions(), *self._routes()]
        if self.is_family:
            return [] if (script := self._script()) is None else [script]
        request = self.request
        if request.is_served:
            return []
        allowed = [ways_out.to_let_through(request, self.options.test)] if request.elsewhere else []
        return [*allowed, *self._routes()]

    def _routes(self) -> list[tuple[str, str]]:
        """A route of the router; none for clients of a server, and where the test has no session."""
        access = self.options.access
        if self.request.is_served or not access.name:
            return []
        return [by_route(self.request, self.incoming.body, access)]

    def _interactions(self) -> list[tuple[str, str]]:
        """One more interaction on the latest cassette that is a file."""
        files = [cassette for cassette in self.scripts if cassette is not None and cassette.file is not None]
        return [by_interaction(_name(files[-1]), self.incoming)] if files else []

    def _for_one_api(self) -> list[tuple[str, str]]:
        """How a run is kept for the API of the request, where another API has taken one."""
        api = self.incoming.operation.api.name
        if self.facts is None or not any(runs for other, runs in self.takers.items() if other != api):
            return []
        return [ways_out.for_one_api(api)]

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
        return [] if (again := recording_again(self.incoming, self.options, mode)) is None else [again]


def recording_again(incoming: Incoming, options: Options, mode: RecordMode) -> tuple[str, str] | None:
    """The command that records a request's test again; None where there is none."""
    if not options.to_record:
        return None
    root = None
    host = incoming.request.host if options.upstream is None else options.upstream.host
    if is_retired(incoming.operation.api, host):
        root = "URL"
    elif options.upstream is not None and options.names_upstream:
        root = options.upstream.root
    return ways_out.to_record(options.to_record, options.test, mode, root)


def sender(request: Request) -> str:
    """Who sends a request to a host that is none of the service's; empty where that is not known."""
    return "by an OpenAI client" if request.elsewhere and is_of_client(request) else ""


def by_route(request: Request, body: Any, access: Access) -> tuple[str, str]:
    """A route of the router that answers this request, for APIs that no script answers."""
    url = json.dumps(f"{ways_out.root_of(request)}{request.path}", ensure_ascii=False)
    answer = smallest_answer(request.method, request.path, body)
    return access.aim, f"{access.name}.router.{request.method.lower()}({url}).respond({answer})"


def by_interaction(cassette: str, incoming: Incoming) -> tuple[str, str]:
    """One more entry of `interactions:`, in a syntax that JSON and YAML share."""
    request, operation = incoming.request, incoming.operation
    entry = {
        "request": f"{request.method} {operation.path}",
        "body": redacted(incoming.body),
        "json": smallest(request.method, request.path),
    }
    return "to answer it", f"add this to interactions in {cassette}\n{json.dumps(entry, ensure_ascii=False)}"


def _of_other_api(name: str | None) -> str:
    """The headline for a request of an API that scripts do not play."""
    played = [api.name for api in registry.APIS if api.plays_scripts]
    if name is None:
        return f"this request is not of the {' or '.join(played)} API, and nothing answers it"
    return f"{name} is another API than {' and '.join(played)}, and nothing answers it"


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
