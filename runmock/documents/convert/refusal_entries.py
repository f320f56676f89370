"""Requests that were refused, in the keys of a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.assistants.refusals import scripted
from runmock.core.http.json_values import mapping_inside
from runmock.core.http.media_types import media_type
from runmock.documents.story.story_builder import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction


def refusal_entry(one: Interaction) -> JSON:
    """One refusal, as the recording has it: by the fields of the service's envelope, else by its whole body."""
    headers = dict(one.headers)
    wait = headers.pop("retry-after", None)
    said = _fields(one)
    if said is None:
        said = {"body": one.text if one.json is None else one.json}
    else:
        headers.pop("content-type", None)
    said |= {"retry_after": int(wait) if wait is not None and wait.isdecimal() else wait, "headers": headers or None}
    return {"http": one.status, **{key: value for key, value in said.items() if value is not None}}


def _fields(one: Interaction) -> JSON | None:
    """What a script says of the service's envelope; None where that would be another body."""
    if one.json is None:
        content_type = media_type(dict(one.headers).get("content-type", ""))
        return None if one.text and content_type and not content_type.endswith("json") else {"message": one.text}
    error = mapping_inside(one.json, "error")
    given = {name: error.get(name) for name in ("message", "type", "param", "code")}
    usual, told = scripted(one.status), scripted(one.status, **given).envelope()["error"]
    is_said = all(value is None or isinstance(value, str) for value in given.values())
    if not is_said or one.json != {"error": error} or any(told.get(name, error) != error[name] for name in error):
        return None
    kind = None if error.get("type") == usual.type else error.get("type")
    return {"error": error.get("code"), "message": error.get("message"), "param": error.get("param"), "type": kind}


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
