"""The scripting verbs: a script without a file. Each adds a run, or a step when it is chained.

A verb makes the same mapping as an entry of a cassette's `runs:`, and the same code reads it, so errors have the same
words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from runmock.core.errors import UsageError, VerbError
from runmock.session.verbs.verb_errors import checked_calls, checked_chunks, checked_events, checked_seconds, verb
from runmock.session.verbs.verb_options import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    from runmock.core.script.choices import ErrorCode, FailCode, GarbageKind, IncompleteReason, LateCancel, StuckStatus
    from runmock.session.verbs.verb_options import Conditions, ReplyOptions, RunOptions

RUN_KEYS = NAMES["Unpack[RunOptions]"]


NOT_GIVEN: Any = object()
"""The default of an argument for which None is a value."""


class Verbs:
    """The verbs, of a session and of a run under construction."""

    def _run(self) -> Chain:
        """The run that the next verb adds to."""
        raise NotImplementedError

    @verb
    def reply(self, *chunks: str | Mapping[str, Any], **options: Unpack[ReplyOptions]) -> Chain:
        """The assistant's message; several chunks fix the split into deltas.

        In a chain, `reply("a").reply("b")` are two messages of one run. For two runs begin each with `runmock.`

        A mapping is a part of its own, in its place: `{"image_file": "file-1"}`, `{"image_url": "https://..."}`,
        `{"text": ..., "annotations": [...]}`, `{"refusal": ...}`.

        Options: `json` (dumped as the text), `annotations`, `images` (ids of files, before the text), and of the run
        `usage`, `model`, `metadata`, `run`, `poll`, `pace`. Raises CassetteError for what no cassette can
        contain.
        """
        checked_chunks("reply", chunks, has_parts=True)
        if not chunks and options.keys() <= set(RUN_KEYS):
            raise VerbError('needs a text, as in reply("It is 21 degrees.")', "reply()")
        message: dict[str, Any] = {key: value for key, value in options.items() if key not in RUN_KEYS}
        if chunks and (twice := sorted(message.keys() & {"text", "chunks", "parts"})):
            raise VerbError("given twice, without its name and with it", f"reply({twice[0]}=)")
        of_run = {key: value for key, value in options.items() if key in RUN_KEYS}
        if any(isinstance(chunk, Mapping) for chunk in chunks):
            message["parts"] = [dict(chunk) if isinstance(chunk, Mapping) else chunk for chunk in chunks]
        elif len(chunks) == 1:
            message["text"] = chunks[0]
        elif chunks:
            message["chunks"] = list(chunks)
        return self._run().step({"reply": message}, of_run)

    @verb
    def refusal(self, *chunks: str, **options: Unpack[RunOptions]) -> Chain:
        """The model refuses: its message has a refusal instead of a text; several chunks are its deltas.

        Options of the run: `usage`, `model`, `metadata`, `run`, `poll`, `pace`.
        """
        checked_chunks("refusal", chunks, has_parts=False)
        if not chunks:
            raise VerbError('needs a text, as in refusal("I cannot help with that.")', "refusal()")
        return self._run().step({"refusal": chunks[0] if len(chunks) == 1 else list(chunks)}, options)

    @verb
    def calls(self, *pairs: Any, unoffered: bool = False, **by_name: Any) -> Chain:
        """One round of function calls: `calls(get_weather={"city": "Paris"})`.

        Pairs `("get_weather", {...})` allow one tool several times; a mapping is the long form, `{"name": ...,
        "arguments": ..., "id": ...}`. Arguments that are a string are sent as they are. `unoffered=True`: the model
        calls what nobody offered, under any name: `calls(("multi_tool_use.parallel", {}), unoffered=True)`.
        """
        if not pairs and not by_name:
            raise UsageError('calls() needs a tool: calls(get_weather={"city": "Paris"})')
        calls = checked_calls(pairs, by_name)
        return self._run().step({"calls": calls} | ({"unoffered": unoffered} if unoffered else {}))

    @verb
    def fail(self, code: FailCode | str = "server_error", message: str | None = None) -> Chain:
        """The run ends failed, with this `last_error`."""
        return self._run().end({"fail": code} | ({} if message is None else {"message": message}))

    @verb
    def expire(self) -> Chain:
        """The run expires; after `calls`, while it waits for their outputs."""
        return self._run().end({"expire": True})

    @verb
    def cancel(self, late: LateCancel | None = None) -> Chain:
        """The run is cancelled, without a request of the application.

        With `late` it is not: `late` is the effect of a cancel request that comes when the run has just completed:
        `"refused"`, or `"overtaken"`: it is accepted, and the run completes all the same.
        """
        return self._run().end({"cancel": late or True})

    @verb
    def incomplete(self, reason: IncompleteReason | str = "max_completion_tokens") -> Chain:
        """The run ends incomplete: `max_completion_tokens`, `max_prompt_tokens` or `content_filter`."""
        return self._run().end({"incomplete": reason})

    @verb
    def stuck(self, status: StuckStatus = "in_progress") -> Chain:
        """The run stays in `status`, queued or in_progress, for ever.

        `cancelling`: it stays in progress until the application cancels it, and then that never ends.
        """
        return self._run().end({"stuck": status})

    @verb
    def http(  # noqa: PLR0913, PLR0917 - the interface has them
        self,
        status: int,
        error: ErrorCode | str | None = None,
        retry_after: float | str | datetime | None = None,
        times: int = 1,
        message: str | None = None,
        headers: Mapping[str, str] | None = None,
        param: str | None = None,
        type: str | None = None,  # noqa: A002 - as the field of the envelope
        body: Any = NOT_GIVEN,
    ) -> Chain:
        """The request that creates a run is refused, `times` times; a verb that is chained begins the next run.

        After a step, the next request about the run is refused instead: the submit, or the retrieve.
        `error` (the code), `message`, `param` and `type` are the fields of the service's envelope. `body` takes its
        place, sent as it is: any JSON, None included; a text, where `headers` name another content type.
        `retry_after`: seconds, `"200ms"`, an HTTP date, or a datetime, which becomes one (without a zone it is local).
        """
        if isinstance(retry_after, datetime):
            retry_after = format_datetime(retry_after.astimezone(UTC), usegmt=True)
        envelope = {"error": error, "message": message, "param": param, "type": type}
        fields = {**envelope, "retry_after": retry_after, "headers": headers}
        entry = {key: value for key, value in fields.items() if value is not None}
        verbatim = {} if body is NOT_GIVEN else {"body": body}
        return self._run().refused({"http": status, "times": times, **entry, **verbatim})

    @verb
    def sunset(self, times: int = 1) -> Chain:
        """The request is refused as the retired service does: 404."""
        return self._run().whole({"sunset": True, "times": times})

    @verb
    def disconnect(self, after: int | None = None) -> Chain:
        """The connection breaks after `after` events of the run's stream, else after its first delta."""
        return self._run().fault("disconnect", {"after": after}, is_end=True)

    @verb
    def truncate(self, after: int | None = None) -> Chain:
        """The stream ends early, without an error: after `after` events, else after its first delta."""
        return self._run().fault("truncate", {"after": after}, is_end=True)

    @verb
    def error_event(
        self,
        code: FailCode | str = "server_error",
        message: str | None = None,
        flat: bool = False,
        after: int | None = None,
    ) -> Chain:
        """An `error` event ends the stream, after `after` events, else after the first delta.

        Its error is nested under `error`, as the service sends it, or with `flat` it is not, as the API reference says.
        For `server_error` the event has a `type` and no `code`, as the service's own.
        """
        name = "type" if code == "server_error" else "code"
        fields = {name: code, "message": message, "flat": flat or None, "after": after}
        return self._run().fault("error_event", fields, is_end=True)

    @verb
    def stall(self, seconds: float, after: int | None = None) -> Chain:
        """Nothing is sent on the stream for `seconds`, after `after` events, else after its first delta.

        Where that is longer than the client's read timeout, the timeout is raised at once.
        """
        return self._run().fault("stall", {"for": checked_seconds("stall", seconds), "after": after})

    @verb
    def garbage(self, after: int | None = None, kind: GarbageKind = "not_json") -> Chain:
        """The stream contains something that the service never sends, after `after` events, else after its first delta.

        Kinds: `not_json`, `half_frame`, `unknown_event`, `duplicate`, `out_of_order`, `wrong_index`.
        """
        return self._run().fault("garbage", {"after": after, "kind": kind})

    @verb
    def events(self, events: Iterable[Any]) -> Chain:
        """Server-sent events, served verbatim: `{"thread.run.created": {...}}`, `(name, data)`, `"done"`."""
        return self._run().whole({"events": checked_events(events)})

    @verb
    def json(self, run: Mapping[str, Any]) -> Chain:
        """A canned Run object, served verbatim."""
        if not isinstance(run, Mapping):
            raise VerbError(f"takes a Run object as a mapping, got {run!r}", "json()")
        return self._run().whole({"json": dict(run)})

    @verb
    def when(self, **match: Unpack[Conditions]) -> Chain:
        """The run is for the first request that meets these conditions, as under `match:` in a cassette."""
        return self._run().conditions(match)


class Chain(Verbs):
    """A run that verbs write: what verbs can add to it. `RunBuilder` implements it."""

    def step(self, step: dict[str, Any], of_run: Mapping[str, Any] | None = None) -> Chain:
        """Add a step to the run, and set the run's keys that are in `of_run`."""
        raise NotImplementedError

    def end(self, ending: Mapping[str, Any]) -> Chain:
        """Set how the run ends; the next verb begins another run."""
        raise NotImplementedError

    def fault(self, name: str, options: Mapping[str, Any], *, is_end: bool = False) -> Chain:
        """Add a fault of the run's stream; after a fault that ends the stream, the next verb begins another run."""
        raise NotImplementedError

    def refused(self, entry: Mapping[str, Any]) -> Chain:
        """Add a refusal: of the request that creates the run, or after a step of a later request about it."""
        raise NotImplementedError

    def whole(self, entry: Mapping[str, Any]) -> Chain:
        """Set a whole run at once; the next verb begins another run."""
        raise NotImplementedError

    def conditions(self, match: Mapping[str, Any]) -> Chain:
        """Add conditions on the request that the run answers."""
        raise NotImplementedError
