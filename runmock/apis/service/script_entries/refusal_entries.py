"""Refused requests as entries of a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.service.refusals import scripted
from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_values import mapping_inside
from runmock.core.http.media_types import media_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction


def refusal_entry(interaction: Interaction) -> JSON:
    """The entry of one refusal: with the fields of the service's error object, or else with the whole body."""
    headers = dict(interaction.headers)
    wait = headers.pop("retry-after", None)
    keys = _error_keys(interaction)
    if keys is None:
        keys = {"body": interaction.text if interaction.json is None else interaction.json}
    else:
        headers.pop("content-type", None)
    keys |= {"retry_after": int(wait) if wait is not None and wait.isdecimal() else wait, "headers": headers or None}
    return {"http": interaction.status, **{key: value for key, value in keys.items() if value is not None}}


def _error_keys(interaction: Interaction) -> JSON | None:
    """The keys for the service's error object; None when they would not give the recorded body."""
    if interaction.json is None:
        content_type = media_type(dict(interaction.headers).get("content-type", ""))
        return (
            None
            if interaction.text and content_type and not content_type.endswith("json")
            else {"message": interaction.text}
        )
    error = mapping_inside(interaction.json, "error")
    fields = {name: error.get(name) for name in ("message", "type", "param", "code")}
    usual, played_error = scripted(interaction.status), scripted(interaction.status, **fields).envelope()["error"]
    is_text = all(value is None or isinstance(value, str) for value in fields.values())
    if (
        not is_text
        or interaction.json != {"error": error}
        or any(played_error.get(name, error) != error[name] for name in error)
    ):
        return None
    kind = None if error.get("type") == usual.type else error.get("type")
    return {"error": error.get("code"), "message": error.get("message"), "param": error.get("param"), "type": kind}


def add_repeat(last: JSON, entry: JSON) -> bool:
    """Count a refusal in the `times` of the last one if it is the same; returns whether it is."""
    is_same = {**last, "times": None} == {**entry, "times": None}
    if is_same:
        last["times"] = last.get("times", 1) + 1
    return is_same


def numbered_refusals(numbered: Iterable[tuple[int, Interaction | None]]) -> Iterator[tuple[int, JSON]]:
    """The place of the first of equal refusals in a row, and the entry of all of them; None ends a row."""
    last: tuple[int, JSON] | None = None
    for place, interaction in numbered:
        if interaction is None:
            last = None
            continue
        entry = refusal_entry(interaction)
        if last is None or not add_repeat(last[1], entry):
            last = (place, entry)
            yield last


def with_refusals(steps: Iterable[JSON], submits: Iterable[Interaction]) -> list[JSON]:
    """The entries of a run's steps, with the refusals of its outputs after the round of calls to which they belong."""
    entries, waiting = [], iter(submits)
    for step in steps:
        entries.append(step)
        if "calls" not in step:
            continue
        for interaction in waiting:
            if interaction.status < REFUSED:
                break
            entry = refusal_entry(interaction)
            if not add_repeat(entries[-1], entry):
                entries.append(entry)
    return entries
