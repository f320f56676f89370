"""Requests that were refused, in the keys of a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.inside import mapping_inside
from runmock.documents.telling import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.exchange import JSON
    from runmock.core.interaction import Interaction


def refusal_entry(one: Interaction) -> JSON:
    """One refusal, as the recording has it."""
    error = mapping_inside(one.json, "error")
    headers = dict(one.headers)
    wait = headers.pop("retry-after", None)
    headers.pop("content-type", None)
    said = {
        "http": one.status,
        "error": error.get("code"),
        "message": error.get("message") if error else one.text,
        "retry_after": int(wait) if wait is not None and wait.isdecimal() else wait,
        "headers": headers or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def once_more(last: JSON, entry: JSON) -> bool:
    """Whether a refusal is the last one again, which counts it then."""
    is_same = {**last, "times": None} == {**entry, "times": None}
    if is_same:
        last["times"] = last.get("times", 1) + 1
    return is_same


def with_refusals(steps: Iterable[JSON], submits: Iterable[Interaction]) -> list[JSON]:
    """A run's steps, and after each round of calls the refusals that its outputs met before they were taken."""
    told, waiting = [], iter(submits)
    for step in steps:
        told.append(step)
        if "calls" not in step:
            continue
        for one in waiting:
            if one.status < REFUSED:
                break
            entry = refusal_entry(one)
            if not once_more(told[-1], entry):
                told.append(entry)
    return told
