"""Rules for Response objects: which status may follow which, and what an object says of its own end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.responses.rules.call_rules import note_calls
from runmock.apis.responses.rules.known_items import is_left_open
from runmock.apis.responses.rules.known_responses import ENDED, FOLLOWING
from runmock.core.engine.run_status import RunStatus
from runmock.core.errors import did_you_mean
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.report.broken_rule import BrokenRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runmock.apis.responses.rules.known_responses import KnownResponses
    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys

_REASONS = {RunStatus.FAILED: "error", RunStatus.INCOMPLETE: "incomplete_details"}
"""The key that says why a response has ended with a status."""
_OTHER_ENDS = ENDED - {RunStatus.CANCELLED}
"""The statuses with which such a key of another one is a contradiction; who cancels may get any."""


def status_of(response: JSON) -> RunStatus | None:
    """The status of a Response object; None where it has none that the API has."""
    status = response.get("status")
    return RunStatus(status) if status in list(FOLLOWING) else None


def check_response(known: KnownResponses, response: JSON, keys: Keys) -> Iterator[BrokenRule]:
    """Check a Response object in a JSON answer, and remember it."""
    yield from check_object(response, keys)
    response_id, status = response.get("id"), status_of(response)
    if not isinstance(response_id, str) or status is None:
        return
    yield from check_transition(response_id, known.response(response_id).status, status, keys)
    note_response(known, response_id, status, mappings_inside(response, "output"), keys)


def check_object(response: JSON, keys: Keys) -> Iterator[BrokenRule]:
    """Check what a Response object says of itself."""
    response_id, status = response.get("id", "a response"), response.get("status")
    if status is None:
        return
    if status not in list(FOLLOWING):
        hint = did_you_mean(str(status), list(FOLLOWING))
        yield BrokenRule(
            "transition", keys, f"{response_id} has the status {status!r}, which the API does not have{hint}"
        )
        return
    for reason_of, key in _REASONS.items():
        if status == reason_of and key in response and not response[key]:
            yield BrokenRule("ending", keys, f"{response_id} is {status}, and its {key} does not say why")
        elif status in _OTHER_ENDS - {reason_of} and response.get(key):
            yield BrokenRule("ending", keys, f"{response_id} is {status}, and has {key}, as if it were {reason_of}")
    if status in ENDED:
        for item in mappings_inside(response, "output"):
            if is_left_open(item):
                name = text_inside(item, "id") or "a message"
                yield BrokenRule("ending", keys, f"{response_id} is {status}, and {name} in its output is in_progress")


def check_transition(response_id: str, before: RunStatus | None, status: RunStatus, keys: Keys) -> Iterator[BrokenRule]:
    """A status may follow the one before it, or be the same."""
    if before is not None and status is not before and status not in FOLLOWING[before]:
        after = ", ".join(sorted(FOLLOWING[before])) or "nothing"
        yield BrokenRule(
            "transition", keys, f"{response_id} goes from {before} to {status}; after {before} comes {after}"
        )


def note_response(
    known: KnownResponses, response_id: str, status: RunStatus, output: Iterable[JSON], keys: Keys
) -> None:
    """Remember the status of a response, and what it has made."""
    response = known.response(response_id)
    response.status, response.status_keys = status, keys
    made = list(output)
    known.items |= {item["id"]: item for item in made if isinstance(item.get("id"), str)}
    if status is RunStatus.COMPLETED:
        note_calls(known, response_id, made, keys)


def check_unfinished(known: KnownResponses) -> Iterator[BrokenRule]:
    """Yield a broken rule for each response whose end the recording does not show."""
    for response_id, response in known.responses.items():
        if response.is_unfinished:
            message = f"the end of {response_id} was never recorded: its last status is {response.status}"
            yield BrokenRule("unfinished", response.status_keys, message)
