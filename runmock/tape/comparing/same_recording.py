"""When two recordings tell the same: whatever the ids, the times, the pace, and how often was polled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runmock.core.replay.ids_in_payloads import payloads_of, thread_of
from runmock.tape.comparing.times import is_time
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.shortening import same_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction


def same_recording(one: Iterable[Interaction], other: Iterable[Interaction]) -> bool:
    """Whether two recordings differ in nothing that an application could tell."""
    return same_json(_comparable(one), _comparable(other))


PASSING = frozenset({"status", "required_action", "last_error", "incomplete_details", "usage"})
"""What of a run changes with its status, besides times."""
TRANSIENT = frozenset({"queued", "in_progress", "cancelling"})
"""What a poll may hear of a run, or may not: how often was polled, and when, is no difference."""


def _comparable(interactions: Iterable[Interaction]) -> list[Any]:
    """What was told, by conversation: how conversations were interleaved is no difference."""
    threads: dict[str | None, list[Interaction]] = {None: []}
    for one in interactions:
        threads.setdefault(thread_of(one), []).append(one)
    common = Aliases()
    alone = _told(common.aliased(threads.pop(None)))
    taken = set(common.names.values())
    told = [
        _told(Aliases(dict(common.names), set(common.auto_created), taken).aliased(one)) for one in threads.values()
    ]
    return [alone, *sorted(told, key=json.dumps)]


def _told(interactions: Iterable[Interaction]) -> list[Any]:
    found = list(interactions)
    told: list[Any] = []
    for one in found:
        if is_passing(one):
            continue
        both = [request_of(one), answer_of(one)]
        if not (told and one.method == "GET" and same_json(told[-1], both)):
            told.append(both)
    polled = {lasting(one.json) for one in found if is_passing(one)}
    return [*told, *sorted(polled - lasting_in(one for one in found if not is_passing(one)))]


def request_of(one: Interaction) -> list[Any]:
    """What was asked, as a JSON value."""
    return [one.method, one.path, sorted((name, list(values)) for name, values in one.query.items()), one.body]


def answer_of(one: Interaction) -> list[Any]:
    """What was answered, whatever the times and the pace, as a JSON value."""
    stream = None if one.stream is None else [[event.name, timeless(event.data), event.raw] for event in one.stream]
    content = None if one.content is None else one.content.sha256
    body = [timeless(one.json), one.text, stream, content]
    return [one.status, sorted(map(list, one.headers)), *body, one.is_truncated]


def is_passing(one: Interaction) -> bool:
    """Whether an answer tells a poll of a run that it goes on."""
    value = one.json
    is_run = one.method == "GET" and isinstance(value, dict) and value.get("object") == "thread.run"
    return is_run and str(value.get("status")) in TRANSIENT


def lasting(run: JSON) -> str:
    """What a run tells of itself whatever its status: its instructions, its model, its tools. As a text, to compare."""
    parts = {key: value for key, value in run.items() if key not in PASSING and not key.endswith("_at")}
    return json.dumps(parts, sort_keys=True)


def lasting_in(interactions: Iterable[Interaction]) -> set[str]:
    """The same of every run that these answers tell."""
    payloads = (payload for one in interactions for payload in payloads_of(one))
    return {lasting(one) for one in payloads if isinstance(one, dict) and one.get("object") == "thread.run"}


def timeless(value: Any, key: str = "") -> Any:
    """The value with whether there is a time, not which."""
    if isinstance(value, dict):
        return {name: part if name == "metadata" else timeless(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [timeless(part) for part in value]
    return "a time" if is_time(key, value) else value
