"""The scripting verbs: a script without a file. Each adds a run, or a step when it is chained.

A verb makes the same mapping that a cassette's `runs:` would hold, and it is read by the same code, so what is wrong
in it is told in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from runmock.core.errors import UsageError
from runmock.tape.script import run_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.script import ScriptedRun
    from runmock.deck import Deck

RUN_KEYS = frozenset({"usage", "model", "metadata", "run", "poll", "pace"})
"""Keys of a run that a verb takes as options."""


UNSAID: Any = object()
"""In the place of a value that may be None."""


class Verbs:
    """What a session and a run under construction have in common: the verbs."""

    def _run(self) -> Building:
        """The run that the next verb speaks of."""
        raise NotImplementedError

    def reply(self, *chunks: str | Mapping[str, Any], **options: Any) -> Building:
        """The assistant's message; several chunks fix the split into deltas.

        A mapping is a part of its own, in its place: `{"image_file": "file-1"}`, `{"image_url": "https://..."}`,
        `{"text": ..., "annotations": [...]}`, `{"refusal": ...}`.

        Options: `json` (dumped as the text), `annotations`, `images` (ids of files, before the text), and of the run
        `usage`, `model`, `metadata`, `run`, `poll`, `pace`. Raises CassetteError for what a cassette could not say
        either.
        """
        said = {key: value for key, value in options.items() if key not in RUN_KEYS}
        of_run = {key: value for key, value in options.items() if key in RUN_KEYS}
        if any(isinstance(one, Mapping) for one in chunks):
            said["parts"] = [dict(one) if isinstance(one, Mapping) else one for one in chunks]
        elif len(chunks) == 1:
            said["text"] = chunks[0]
        elif chunks:
            said["chunks"] = list(chunks)
        return self._run().step({"reply": said}, of_run)

    def refusal(self, *chunks: str, **options: Any) -> Building:
        """The model refuses: its message has a refusal in the place of a text; several chunks are deltas of it.

        Options of the run: `usage`, `model`, `metadata`, `run`, `poll`, `pace`.
        """
        others = {key: value for key, value in options.items() if key not in RUN_KEYS}
        of_run = {key: value for key, value in options.items() if key in RUN_KEYS}
        return self._run().step({"refusal": chunks[0] if len(chunks) == 1 else list(chunks), **others}, of_run)

    def calls(self, *pairs: Any, unoffered: bool = False, **by_name: Any) -> Building:
        """One round of function calls: `calls(get_weather={"city": "Paris"})`.

        Pairs `("get_weather", {...})` allow one tool several times; a mapping is the long form, `{"name": ...,
        "arguments": ..., "id": ...}`. Arguments that are a string are sent as they are. `unoffered=True`: the model
        calls what nobody offered, under any name: `calls(("multi_tool_use.parallel", {}), unoffered=True)`.
        """
        if not pairs and not by_name:
            raise UsageError('calls() needs a tool: calls(get_weather={"city": "Paris"})')
        calls = [{"name": one[0], "arguments": one[1]} if isinstance(one, tuple) else one for one in pairs]
        calls += [{"name": name, "arguments": arguments} for name, arguments in by_name.items()]
        return self._run().step({"calls": calls} | ({"unoffered": unoffered} if unoffered else {}))

    def fail(self, code: str = "server_error", message: str | None = None) -> Building:
        """The run ends failed, with this `last_error`."""
        return self._run().end({"fail": code} | ({} if message is None else {"message": message}))

    def expire(self) -> Building:
        """The run expires; after `calls`, while it waits for their outputs."""
        return self._run().end({"expire": True})

    def cancel(self, late: str | None = None) -> Building:
        """The run is cancelled, without the application having asked.

        `late` says instead what becomes of a cancel request when the run has just completed: `"refused"`, or
        `"overtaken"`: it is accepted, and the run completes all the same.
        """
        return self._run().end({"cancel": late or True})

    def incomplete(self, reason: str = "max_completion_tokens") -> Building:
        """The run ends incomplete: `max_completion_tokens`, `max_prompt_tokens` or `content_filter`."""
        return self._run().end({"incomplete": reason})

    def stuck(self, status: str = "in_progress") -> Building:
        """The run stays in `status`, queued or in_progress, for ever.

        `cancelling`: it stays in progress until the application cancels it, and then that never ends.
        """
        return self._run().end({"stuck": status})

    def http(  # noqa: PLR0913, PLR0917 - the interface has them
        self,
        status: int,
        error: str | None = None,
        retry_after: float | str | datetime | None = None,
        times: int = 1,
        message: str | None = None,
        headers: Mapping[str, str] | None = None,
        param: str | None = None,
        type: str | None = None,  # noqa: A002 - as the field of the envelope
        body: Any = UNSAID,
    ) -> Building:
        """The request itself is refused, `times` times, before a run exists; what is chained is the next run.

        After a step it is refused in the middle of the run: the submit, or the retrieve, that comes next.
        `error` (the code), `message`, `param` and `type` are the fields of the service's envelope. `body` takes its
        place, sent as it is: any JSON, None included; a text, where `headers` name another content type.
        `retry_after`: seconds, `"200ms"`, an HTTP date, or a datetime, which becomes one (without a zone it is local).
        """
        if isinstance(retry_after, datetime):
            retry_after = format_datetime(retry_after.astimezone(UTC), usegmt=True)
        envelope = {"error": error, "message": message, "param": param, "type": type}
        said = {**envelope, "retry_after": retry_after, "headers": headers}
        given = {key: value for key, value in said.items() if value is not None}
        verbatim = {} if body is UNSAID else {"body": body}
        return self._run().refused({"http": status, "times": times, **given, **verbatim})

    def sunset(self, times: int = 1) -> Building:
        """The request is refused as the retired service does: 404."""
        return self._run().whole({"sunset": True, "times": times})

    def disconnect(self, after: int | None = None) -> Building:
        """The connection breaks after so many events of the run's stream; else after its first delta."""
        return self._run().fault("disconnect", {"after": after}, is_end=True)

    def truncate(self, after: int | None = None) -> Building:
        """The stream ends early, as if that were all."""
        return self._run().fault("truncate", {"after": after}, is_end=True)

    def error_event(
        self,
        code: str = "server_error",
        message: str | None = None,
        flat: bool = False,
        after: int | None = None,
    ) -> Building:
        """An `error` event ends the stream, nested as real ones are; `flat` is the form of the reference.

        Of a server error it tells the type, and no code, as the service does.
        """
        name = "type" if code == "server_error" else "code"
        said = {name: code, "message": message, "flat": flat or None, "after": after}
        return self._run().fault("error_event", said, is_end=True)

    def stall(self, seconds: float, after: int | None = None) -> Building:
        """Nothing comes on the stream for a while; longer than the client's read timeout, it is one at once."""
        return self._run().fault("stall", {"for": f"{seconds:f}s", "after": after})

    def garbage(self, after: int | None = None, kind: str = "not_json") -> Building:
        """Something comes that the service does not send.

        Kinds: `not_json`, `half_frame`, `unknown_event`, `duplicate`, `out_of_order`, `wrong_index`.
        """
        return self._run().fault("garbage", {"after": after, "kind": kind})

    def events(self, events: Sequence[Any]) -> Building:
        """Server-sent events, served verbatim: `{"thread.run.created": {...}}`, `(name, data)`, `"done"`."""
        return self._run().whole({"events": [dict([one]) if isinstance(one, tuple) else one for one in events]})

    def json(self, run: Mapping[str, Any]) -> Building:
        """A canned Run object, served verbatim."""
        return self._run().whole({"json": dict(run)})

    def when(self, **match: Any) -> Building:
        """The run is for the first request that meets these conditions, as under `match:` in a cassette."""
        return self._run().conditions(match)


class Building(Verbs):
    """A run under construction; it is on the deck from its first verb on, and grows with each more."""

    def __init__(self, deck: Deck, numbers: Iterator[int]) -> None:
        """`numbers` counts the runs of the session."""
        self._deck, self._numbers, self._index = deck, numbers, next(numbers)
        self._mapping: dict[str, Any] = {}
        self._steps: list[dict[str, Any]] = []
        self._placed: ScriptedRun | None = None
        self._is_whole = False

    def _run(self) -> Building:
        if self._is_whole:
            self._mapping, self._steps, self._placed, self._is_whole = {}, [], None, False
            self._index = next(self._numbers)
        return self

    def step(self, step: dict[str, Any], of_run: Mapping[str, Any] | None = None) -> Building:
        """Add a step, and fields of the run."""
        return self._place([*self._steps, step], {**self._mapping, **(of_run or {})})

    def end(self, ending: Mapping[str, Any]) -> Building:
        """Say how the run ends; the next verb begins another run."""
        self._place(self._steps, {**self._mapping, **ending})
        self._is_whole = True
        return self

    def fault(self, name: str, said: Mapping[str, Any], *, is_end: bool = False) -> Building:
        """Say what happens to the run's stream; after one that ends it, the next verb begins another run."""
        given = {key: value for key, value in said.items() if value is not None}
        has_content = bool(self._steps)
        self._place(self._steps, {**self._mapping, name: given})
        self._is_whole = is_end and has_content
        return self

    def refused(self, entry: Mapping[str, Any]) -> Building:
        """Say that a request is refused: the one that creates the run, or after a step one that follows it."""
        return self.step(dict(entry)) if self._steps else self.whole(entry)

    def whole(self, entry: Mapping[str, Any]) -> Building:
        """Say everything about a run at once; the next verb begins another run."""
        if self._steps:
            raise UsageError(
                f"{next(iter(entry))}() says all about a run; it cannot follow a step, begin with runmock."
            )
        return self.end(entry)

    def conditions(self, match: Mapping[str, Any]) -> Building:
        """Say for which request the run is."""
        self._mapping = {**self._mapping, "match": {**self._mapping.get("match", {}), **match}}
        if self._placed is not None:
            return self._place(self._steps, self._mapping)
        self._deck.only_when[self._index] = self._mapping["match"]
        return self

    def _place(self, steps: list[dict[str, Any]], mapping: dict[str, Any]) -> Building:
        run = run_from({**mapping, **({"steps": steps} if steps else {})}, self._index)
        if self._placed is None:
            self._deck.script(run)
            self._deck.only_when.pop(self._index, None)
        elif not self._deck.rescript(self._placed, run):
            raise UsageError("the application has created this run already; begin the next one with runmock.reply(...)")
        self._steps, self._mapping, self._placed = steps, mapping, run
        return self
