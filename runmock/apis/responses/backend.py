"""Answers Responses and Conversations from scripts, and from what a session remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakSet

from runmock.apis.responses import objects, refusals
from runmock.apis.responses.endpoints.named_objects import create_named
from runmock.apis.responses.operations import BY_NAME
from runmock.apis.responses.playing.response_stream import ResponseStream, silence
from runmock.apis.responses.run_views import view_of
from runmock.apis.responses.state import Memory
from runmock.apis.responses.stored import ResponsesRun, StoredResponse
from runmock.apis.service.answer_headers import answer_headers
from runmock.apis.service.call import Call
from runmock.apis.service.provider import provider_at
from runmock.apis.service.refusals import Refused
from runmock.apis.service.requests.checking import check
from runmock.core.http.exchange import Reply
from runmock.core.report.run_views import by_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.api import Incoming
    from runmock.core.engine.stage import Stage
    from runmock.core.report.run_views import RunView
    from runmock.core.script.script import Script


NO_UNICODE = refusals.not_json()
RETRIES = "x-stainless-retry-count"
"""The header in which the SDK counts how often it has sent the request before."""


class ResponsesBackend:
    """Fulfils `Backend`."""

    def __init__(self, stage: Stage) -> None:
        self.memory = Memory(stage)
        self._headers = stage.shared(answer_headers)
        self._streams: WeakSet[ResponseStream] = WeakSet()

    def add(self, script: Script) -> None:
        """Nothing of this API exists beforehand."""

    def answer(self, incoming: Incoming) -> Reply:
        """The answer to a request. Raises NothingScripted, ScriptError and OutputMismatch."""
        request, operation = incoming.request, incoming.operation
        provider = provider_at(request.host, operation.root, request.is_served)
        is_retry = request.headers.get(RETRIES, "0") != "0"
        call = Call(
            operation.name,
            operation.ids,
            operation.path,
            incoming.body or {},
            request.query,
            provider,
            root=operation.root,
            is_retry=is_retry,
        )
        stage, row = self.memory.stage, BY_NAME[operation.name]
        if stage.chaos is not None:
            stage.chaos.count()
        headers = next(self._headers)
        body_model = (row.lenient_body or row.body) if stage.is_stock else row.body
        query_model = (row.lenient_query or row.query) if stage.is_stock else row.query
        fault = check(
            body_model,
            incoming.body,
            query_model,
            request.query,
            provider,
            lenient=stage.is_stock,
            no_unicode=NO_UNICODE,
        )
        if fault is not None:
            return fault.reply(headers)
        if stage.is_stock:
            create_named(self.memory, call)
        try:
            answer = row.handler(self.memory, call)
        except Refused as refused:
            return refused.refusal.reply((*headers, *refused.headers))
        if isinstance(answer, ResponseStream):
            self._streams.add(answer)
            if answer.pace_ms or stage.pace.fixed_ms:
                answer.pace_ms = stage.pace.delay_ms(answer.pace_ms)
            return Reply.of_events(answer, headers).with_run(answer.response.state)
        if isinstance(answer, StoredResponse):
            return self._response(answer, headers)
        return Reply.of_json(answer, 200, headers, written=stage.written)

    def _response(self, response: StoredResponse, headers: tuple[tuple[str, str], ...]) -> Reply:
        stage = self.memory.stage
        poll_ms = stage.pace.delay_ms(response.run.script.pace_ms)
        if response.is_stuck and not response.is_background:
            return Reply(200, (("content-type", "application/json"), *headers), silence(), is_stream=True)
        is_whole = response.has_ended and not response.is_verbatim
        shown = objects.at_rest(response.shown) if is_whole else response.shown
        return Reply.of_json(shown, 200, headers, lambda: response.state(poll_ms), stage.written)

    @property
    def is_streaming(self) -> bool:
        """Whether the stream of a response is open."""
        return any(stream.is_open for stream in self._streams)

    def views(self) -> Iterator[RunView]:
        """Views of the runs in their present state, in the order of their creation; of those that could be played."""
        return (_view(run) for run in self.memory.runs if run.responses)


def _view(run: ResponsesRun) -> RunView:
    submitted = by_name({call_id: call.name for call_id, call in run.calls.items()}, run.outputs)
    made = [response.shown for response in run.responses]
    return view_of(made, run.requests, status=str(run.status), tool_outputs=submitted)
