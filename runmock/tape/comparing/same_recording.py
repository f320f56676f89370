"""Whether two recordings are the same for an application: ids, times, pace and the number of polls do not count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runmock.core.engine.run_status import TRANSIENT
from runmock.core.http.json_values import same_json
from runmock.core.replay.ids_in_payloads import conversation_of, payloads_of
from runmock.tape.comparing.times import is_time
from runmock.tape.writing.aliases import Aliases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.engine.run_status import RunStatus
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction


def same_recording(left: Iterable[Interaction], right: Iterable[Interaction]) -> bool:
    """Whether two recordings are the same but for ids, times, pace, number of polls, and order of conversations."""
    return same_json(_comparable(left), _comparable(right))


PASSING = frozenset(
    {
        "status",
        "required_action",
        "last_error",
        "error",
        "incomplete_details",
        "output",
        "usage",
        "service_tier",
        "billing",
    }
)
"""Keys of a run, or of a response, whose values change with its status; so do its times."""


def _comparable(interactions: Iterable[Interaction]) -> list[Any]:
    """A recording as a value to compare: the exchanges of each conversation, whatever way they were interleaved."""
    threads: dict[str | None, list[Interaction]] = {None: []}
    for interaction in interactions:
        threads.setdefault(conversation_of(interaction), []).append(interaction)
    common = Aliases()
    alone = _exchanges(common.aliased(threads.pop(None)))
    taken = set(common.names.values())
    conversations = [
        _exchanges(Aliases(dict(common.names), set(common.auto_created), taken).aliased(conversation))
        for conversation in threads.values()
    ]
    return [alone, *sorted(conversations, key=json.dumps)]


def _exchanges(interactions: Iterable[Interaction]) -> list[Any]:
    """Requests with their answers, equal GETs in a row once.

    Polls that were answered "still running" are left out; what only they say of a run's lasting keys comes last.
    """
    conversation = list(interactions)
    settled = [interaction for interaction in conversation if not is_passing(interaction)]
    exchanges: list[Any] = []
    for interaction in settled:
        exchange = [request_of(interaction), answer_of(interaction)]
        if not (exchanges and interaction.method == "GET" and same_json(exchanges[-1], exchange)):
            exchanges.append(exchange)
    polled = {lasting(interaction.json) for interaction in conversation if is_passing(interaction)}
    return [*exchanges, *sorted(polled - lasting_in(settled))]


def request_of(interaction: Interaction) -> list[Any]:
    """The request, as a JSON value."""
    return [
        interaction.method,
        interaction.path,
        sorted((name, list(values)) for name, values in interaction.query.items()),
        interaction.body,
    ]


def answer_of(interaction: Interaction) -> list[Any]:
    """The answer without its times and its pace, as a JSON value."""
    stream = (
        None
        if interaction.stream is None
        else [[event.name, timeless(event.data), event.raw] for event in interaction.stream]
    )
    content = None if interaction.content is None else interaction.content.sha256
    body = [timeless(interaction.json), interaction.text, stream, content]
    return [interaction.status, sorted(map(list, interaction.headers)), *body, interaction.is_truncated]


def is_passing(interaction: Interaction) -> bool:
    """Whether this is a poll of a run that was answered "still running": queued, in progress, cancelling."""
    return interaction.method == "GET" and status_in(interaction) in TRANSIENT


def status_in(interaction: Interaction) -> RunStatus | None:
    """The status of the run, or of the response, that an answer is; None when it is no such object."""
    state = interaction.operation.api.run_state(interaction.json)
    return None if state is None else state.status


def lasting(run: JSON) -> str:
    """The keys of a run that no status changes, such as instructions, model and tools; as a text, to compare."""
    parts = {key: value for key, value in run.items() if key not in PASSING and not key.endswith("_at")}
    return json.dumps(parts, sort_keys=True)


def lasting_in(interactions: Iterable[Interaction]) -> set[str]:
    """`lasting` of every run in these answers."""
    return {
        lasting(payload)
        for interaction in interactions
        for payload in payloads_of(interaction)
        if interaction.operation.api.run_state(payload) is not None
    }


def timeless(value: Any, key: str = "") -> Any:
    """The value with `a time` in the place of every time."""
    if isinstance(value, dict):
        return {name: part if name == "metadata" else timeless(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [timeless(part) for part in value]
    return "a time" if is_time(key, value) else value
