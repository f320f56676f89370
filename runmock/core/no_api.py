"""The API of requests that belong to no API package: nothing is known of them but what every API has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.api import IdKinds, Noise, Operation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.core.api import Backend, DeltaPieces, Incoming, NoteOfReplays, RecordedRuns, Retirement
    from runmock.core.engine.run_status import RunState
    from runmock.core.engine.stage import Stage
    from runmock.core.http.exchange import Reply
    from runmock.core.report.acts import FactsOf


class NoApi:
    """Fulfils `Api` for every request. An operation's name is its method and its path."""

    name = "no API"
    plays_scripts = False
    yields_to_routes = True
    retirement: Retirement | None = None
    noise = Noise({"stream": False, "metadata": {}})
    id_kinds = IdKinds({}, {})
    conversation_id = ""
    run_id = ""
    events: frozenset[str] = frozenset()
    history_key = ""
    numbers_events = False
    facts: FactsOf | None = None

    def identify(self, method: str, path: str) -> Operation:
        """The operation of any method and path."""
        return Operation(self, f"{method} {path}", method, {}, "", path)

    def conversation_in(self, payloads: Iterable[Any]) -> str | None:
        """None: nothing is known of conversations."""

    def compared_fields(self, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - as in Api
        """The members of the body."""
        return dict(body)

    def run_state(self, payload: Any) -> RunState | None:
        """None: nothing is known of runs."""

    def recorded_runs(self) -> RecordedRuns | None:
        """None: nothing is known of runs."""

    def note_of_replays(self, stage: Stage) -> NoteOfReplays | None:
        """None: nothing is noted."""

    def delta_pieces(self, *, is_numbered: bool = True) -> DeltaPieces | None:
        """None: nothing is known of deltas."""

    def backend(self, stage: Stage) -> Backend | None:
        """None: no script answers."""

    def malformed(self, incoming: Incoming) -> Reply | None:
        """None: bodies may be anything."""


NO_API = NoApi()


def of_no_api(method: str, path: str) -> Operation:
    """The operation of a method and a path when no API package is asked."""
    return NO_API.identify(method, path)
