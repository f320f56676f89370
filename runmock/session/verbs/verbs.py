"""The scripting verbs: a script without a file. Each adds a run, or a step when it is chained.

A verb makes the same mapping as an entry of a cassette's `runs:`, and the same code reads it, so errors have the same
words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from runmock.core.errors import VerbError
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
        """The assistant's message.

            runmock.reply("It is 21 degrees.")
            runmock.reply("It is", " 21", " degrees.")  # three deltas
            runmock.reply(json={"degrees": 21})  # the text is this JSON
            runmock.reply({"image_file": "file-1"}, "Here is the plot.")  # an image, then a text
            runmock.reply("Hello!", usage={"prompt_tokens": 20, "completion_tokens": 2})

        Several `chunks` fix the split into deltas. A text may have `$last_message`, `$outputs.NAME` and
        `$metadata.KEY`; `$$` is a dollar sign. A mapping is a part of its own, in its place:
        `{"image_file": "file-1"}`, `{"image_url": "https://..."}`, `{"text": ..., "annotations": [...]}`,
        `{"refusal": ...}`.

        In a chain, `reply("a").reply("b")` are two messages of one run. For two runs begin each with `runmock.`

        Options of the message: `json` (a value whose JSON is the text), `annotations` (of the text), `images` (ids of
        files, before the text), `text` and `parts` (the same as the arguments without a name).

        Options of the run: `usage` (its tokens), `model`, `metadata`, `run` (other fields of the Run object),
        `response` (fields of every Response object), `poll` (the polls before the run ends: a number, or a list of
        statuses), `pace` (the time between events: `"20ms"`).

        Raises CassetteError for what no cassette can contain.
        """
        checked_chunks("reply", chunks, has_parts=True)
        if not chunks and options.keys() <= set(RUN_KEYS):
            raise VerbError('needs a text, as in reply("It is 21 degrees.")', "reply()")
        if len(chunks) == 1 and isinstance(chunks[0], Mapping) and "json" in chunks[0]:
            if twice := sorted(chunks[0].keys() & options.keys()):
                raise VerbError("given twice, in the mapping and beside it", f"reply({twice[0]}=)")
            return self.reply(**chunks[0], **options)
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
        """The model refuses: its message has a refusal instead of a text. Several `chunks` are its deltas.

            runmock.refusal("I can't help with that.")

        The options of the run are those of `reply`: `usage`, `model`, `metadata`, `run`, `response`, `poll`, `pace`.
        """
        checked_chunks("refusal", chunks, has_parts=False)
        if not chunks:
            raise VerbError('needs a text, as in refusal("I cannot help with that.")', "refusal()")
        return self._run().step({"refusal": chunks[0] if len(chunks) == 1 else list(chunks)}, options)

    @verb
    def calls(self, *pairs: Any, unoffered: bool = False, **by_name: Any) -> Chain:
        """A round of function calls. The run waits until the application submits their outputs.

            runmock.calls(get_weather={"city": "Paris"}).reply("It is $outputs.get_weather degrees.")
            runmock.calls(("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Oslo"})).reply("Paris.")

        `by_name` are calls of different tools; `pairs` allow several calls of one tool. A mapping is the long form,
        `{"name": ..., "arguments": ..., "id": ...}`. Arguments that are a text are sent as they are.

        `unoffered=True`: the model calls a tool that the application does not offer, under any name, as in
        `calls(("multi_tool_use.parallel", {}), unoffered=True)`. Without it such a call is an error of the script.
        """
        if not pairs and not by_name:
            raise VerbError('needs a tool, as in calls(get_weather={"city": "Paris"})', "calls()")
        calls = checked_calls(pairs, by_name)
        return self._run().step({"calls": calls} | ({"unoffered": unoffered} if unoffered else {}))

    @verb
    def fail(self, code: FailCode | str = "server_error", message: str | None = None) -> Chain:
        """The run ends `failed`, with `code` and `message` in its `last_error`.

        Example:
            runmock.fail("rate_limit_exceeded", "Slow down.")
        """
        return self._run().end({"fail": code} | ({} if message is None else {"message": message}))

    @verb
    def expire(self) -> Chain:
        """The run ends `expired`; after `calls` it expires while it waits for the outputs.

        Example:
            runmock.calls(get_weather={"city": "Paris"}).expire()
        """
        return self._run().end({"expire": True})

    @verb
    def cancel(self, late: LateCancel | None = None) -> Chain:
        """The run ends `cancelled`, without a request of the application.

            runmock.cancel()
            runmock.reply("Done.").cancel("refused")

        With `late` the application cancels, but too late: with `"refused"` it gets a 400, with `"overtaken"` the
        request is accepted; in both cases the run is `completed`.
        """
        return self._run().end({"cancel": late or True})

    @verb
    def incomplete(self, reason: IncompleteReason | str = "max_completion_tokens") -> Chain:
        """The run ends `incomplete`, with `reason` in its `incomplete_details`.

            runmock.reply("It is 21 degrees, and").incomplete("max_completion_tokens")

        The reasons are `max_completion_tokens`, `max_prompt_tokens` and `content_filter`.
        """
        return self._run().end({"incomplete": reason})

    @verb
    def stuck(self, status: StuckStatus = "in_progress") -> Chain:
        """The run keeps a `status` for ever: `queued` or `in_progress`.

            runmock.stuck("queued")

        With `cancelling` it is in progress until the application cancels it, and then `cancelling` for ever.
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
        """The request that creates the run is refused with this `status`; the next verb begins another run.

            runmock.http(429, error="rate_limit_exceeded", retry_after=2).reply("Third time lucky.")
            runmock.calls(get_weather={"city": "Paris"}).http(500, times=2).reply("It is warm.")

        After a step, as in the second line, the next request about the run is refused instead: the submit, or a poll.

        `times`: how many requests are refused.
        `retry_after`: the header Retry-After: seconds, `"200ms"`, an HTTP date, or a datetime (local without a zone).
        `headers`: more headers of the answer.
        `error`, `message`, `param` and `type`: the fields of the service's error; `error` is its code.
        `body`: the body in place of the service's error: any JSON; a text, where `headers` have another content type.
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
        """The request is refused with 404, as the retired service does it; `times` requests are.

        Example:
            runmock.sunset()
        """
        return self._run().whole({"sunset": True, "times": times})

    @verb
    def disconnect(self, after: int | None = None) -> Chain:
        """The connection breaks in the run's stream: after `after` events, or after its first delta.

        Example:
            runmock.reply("It is 21 degrees.").disconnect(after=4)
        """
        return self._run().fault("disconnect", {"after": after}, is_end=True)

    @verb
    def truncate(self, after: int | None = None) -> Chain:
        """The run's stream ends too early, without an error: after `after` events, or after its first delta.

        Example:
            runmock.reply("It is 21 degrees.").truncate()
        """
        return self._run().fault("truncate", {"after": after}, is_end=True)

    @verb
    def error_event(
        self,
        code: FailCode | str = "server_error",
        message: str | None = None,
        flat: bool = False,
        after: int | None = None,
    ) -> Chain:
        """An `error` event ends the run's stream: after `after` events, or after its first delta.

            runmock.reply("It is 21 degrees.").error_event("server_error", "Try again.")

        `code` and `message` are those of the error. It is nested under `error`, as the service sends it; with
        `flat=True` it is not, as in the API reference. For `server_error` the event has a `type` and no `code`, as the
        service's own.
        """
        name = "type" if code == "server_error" else "code"
        fields = {name: code, "message": message, "flat": flat or None, "after": after}
        return self._run().fault("error_event", fields, is_end=True)

    @verb
    def stall(self, seconds: float, after: int | None = None) -> Chain:
        """Nothing comes on the run's stream for `seconds`: after `after` events, or after its first delta.

            runmock.reply("It is 21 degrees.").stall(5)

        When that is longer than the client's read timeout, the timeout is raised at once.
        """
        return self._run().fault("stall", {"for": checked_seconds("stall", seconds), "after": after})

    @verb
    def garbage(self, after: int | None = None, kind: GarbageKind = "not_json") -> Chain:
        """Something comes on the run's stream that the service never sends.

            runmock.reply("It is 21 degrees.").garbage(kind="half_frame")

        It comes after `after` events, or after the first delta. `kind` is `not_json`, `half_frame`, `unknown_event`,
        `duplicate`, `out_of_order` or `wrong_index`; for the Responses API also `sequence_gap`, `response_id_changes`
        or `item_id_changes`.
        """
        return self._run().fault("garbage", {"after": after, "kind": kind})

    @verb
    def events(self, events: Iterable[Any]) -> Chain:
        """A run as its server-sent `events`, which are sent as they are.

            runmock.events([("thread.run.created", {"id": "run_1", "status": "queued"}), "done"])

        An event is `(name, data)` or `{name: data}`; `"done"` ends an answer, and the rest goes to the next submit.
        Events whose names begin with `response.` answer a request of the Responses API, others one of Assistants.
        """
        return self._run().whole({"events": checked_events(events)})

    @verb
    def json(self, run: Mapping[str, Any]) -> Chain:
        """A canned Run object, which is sent as it is: `run` is its mapping.

            runmock.json({"id": "run_1", "object": "thread.run", "status": "completed"})

        With `"object": "response"` it is a Response object, which answers a request of the Responses API.
        """
        if not isinstance(run, Mapping):
            raise VerbError(f"takes a Run object as a mapping, got {run!r}", "json()")
        return self._run().whole({"json": dict(run)})

    @verb
    def when(self, **match: Unpack[Conditions]) -> Chain:
        """The run answers the first request that meets all conditions, which are those under `match:` in a cassette.

            runmock.when(last_message="/Paris/", stream=True).reply("It is 21 degrees in Paris.")

        The conditions are `api` (`"assistants"` or `"responses"`), `assistant_id`, `model`, `last_message`,
        `instructions`, `metadata`, `stream` and `body` (keys and values that the body must have, besides others). A
        text between slashes is a regular expression.
        """
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
