"""The keys of a scripted run, as tables: which go together, which stand alone, and how names are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from runmock.apis.service.function_names import LONGEST_NAME
from runmock.core.script.faults import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.json_values import Keys

KeyedErrors: TypeAlias = "Iterator[tuple[Keys, str]]"

CONTENT = ("reasoning", "file_search", "code_interpreter", "calls", "reply", "refusal")
"""What a step does; also the order in which a run without `steps` does it."""

BESIDE_OTHERS = "reasoning"
"""What comes before something else in the same step, or is a step of its own."""

ENDINGS = ("fail", "expire", "cancel", "incomplete", "stuck")

STREAM_FAULTS = KEYS

DOINGS = (*CONTENT, *ENDINGS, "http")
"""What an item of `steps` may be; a stream fault stands beside it, or alone."""

ALONE = {
    "http": ("error", "message", "param", "type", "body", "retry_after", "times", "headers", "match"),
    "sunset": ("times", "match"),
    "json": ("match", "pace", "poll", *STREAM_FAULTS),
    "events": ("match", "pace", *STREAM_FAULTS),
}
"""Keys that replace the playing of a run, and the keys that may stand beside each."""

WHY_ALONE = {
    "http": "the request is refused before a run exists",
    "sunset": "the service is gone before a run exists",
    "json": "that run is served as it is",
    "events": "those events are served as they are",
}

GOES_WITH = {
    "outputs": ("calls",),
    "unoffered": ("calls",),
    "message": ("fail", "http"),
    "error": ("http",),
    "param": ("http",),
    "type": ("http",),
    "body": ("http",),
    "retry_after": ("http",),
    "times": ("http", "sunset"),
    "headers": ("http",),
}
"""Keys that mean something only beside another."""

NOTHING = (
    "this run does nothing: give it a reply, a refusal, calls, code_interpreter, file_search or steps, an ending "
    "(fail, expire, cancel, incomplete, stuck), a stream fault, or one of http, sunset, json and events"
)
NO_STEP = (
    "a step is one of reply, refusal, calls, code_interpreter and file_search, or a fault: http, a stream fault, and "
    "at the end fail, expire, cancel, incomplete or stuck"
)

ENVELOPE = ("error", "message", "param", "type")
"""The keys of the error in the service's envelope."""
NO_ENVELOPE = "cannot stand beside 'body', which is sent as it is"

DELTAS = ("text", "arguments", "code", "raw")
"""Keys in a recorded stream that are no event's name."""
EVENT_NAME = re.compile(r"[^\x00-\x1f\x7f ][^\x00-\x1f\x7f]*")
WHAT_A_FUNCTION_NAME_IS = f"a function's name: 1 to {LONGEST_NAME} letters, digits, _ and -"
ONE_MESSAGE = "'refusal' takes the place of 'reply': for two messages write 'steps'"

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")


ONE_TEXT = "a reply is one of text, chunks and json"
PARTS_ALONE = "'{key}' cannot stand beside 'parts', which are the whole reply: make it a part"
BESIDE_PARTS = {
    "annotations": "'annotations' belong to one text: write them in its part, as {{text: ..., annotations: [...]}}"
}
