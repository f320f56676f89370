"""The keywords of the verbs as types: editors complete them, and the verbs check their arguments with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.script.choices import PollStatus
    from runmock.tape.format.model_run import ApiKey


class RunOptions(TypedDict, total=False):
    """Options of the run that a message belongs to."""

    usage: Mapping[str, Any]
    model: str
    metadata: Mapping[str, str]
    run: Mapping[str, Any]
    """Fields of the Run object."""
    response: Mapping[str, Any]
    """Fields of every Response object of the run."""
    poll: int | Sequence[PollStatus]
    """The polls before the run comes to rest: their number, or their statuses."""
    pace: str | float
    """The delay between events, as `20ms`."""


class ReplyOptions(RunOptions, total=False):
    """Options of a message, and of its run."""

    json: Any
    """The text, as a JSON value."""
    annotations: Sequence[Mapping[str, Any]]
    images: Sequence[str | Mapping[str, Any]]
    """Ids of files, before the text."""
    text: str
    parts: Sequence[str | Mapping[str, Any]]


class Conditions(TypedDict, total=False):
    """Conditions on the request that a run answers: a text, or a regular expression between slashes."""

    api: ApiKey
    """The API that the request is of."""
    assistant_id: str
    model: str
    last_message: str
    instructions: str
    metadata: Mapping[str, Any]
    stream: bool
    body: Mapping[str, Any]
    """Keys and values that the request's body must contain, besides others."""


NOT_IN_PARTS = frozenset({"json", "images", *RunOptions.__annotations__})
"""Options of `reply` that no part of a message has."""
NAMES = {
    "Unpack[RunOptions]": tuple(RunOptions.__annotations__),
    "Unpack[ReplyOptions]": (*ReplyOptions.__annotations__, "chunks"),
    "Unpack[Conditions]": tuple(Conditions.__annotations__),
}
"""The names of options, by the annotation of a verb's `**`.

`chunks` is not in the type, because the verb's arguments without a name have this name.
"""
