"""The stand-in for the service: it answers a request from scripted runs and from the state it keeps in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from weakref import WeakSet

from runmock.apis.assistants.endpoints import assistants, threads
from runmock.apis.assistants.operations import BY_NAME
from runmock.apis.assistants.requests.checks import refused
from runmock.apis.assistants.state import Memory, ThreadRun
from runmock.apis.service.answer_headers import POLL_HEADER, answer_headers
from runmock.apis.service.call import Call
from runmock.apis.service.provider import provider_at
from runmock.apis.service.refusals import Refused
from runmock.core.api import Role
from runmock.core.engine.played_run import RunStream
from runmock.core.engine.progress import pass_time
from runmock.core.engine.run_status import TERMINAL, UNWELCOME, RunState
from runmock.core.http.exchange import Reply
from runmock.core.report.run_views import RunView, by_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.api import Incoming
    from runmock.core.engine.stage import Stage
    from runmock.core.script.script import Script


class AssistantsBackend:
    """Answers the Assistants API from the scripts of a session; `memory` is what it knows."""

    def __init__(self, stage: Stage) -> None:
        self.memory = Memory(stage)
        self._headers = stage.shared(answer_headers)
        self._streams: WeakSet[RunStream] = WeakSet()

    def add(self, script: Script) -> None:
        """Remember the assistants and threads that exist beforehand."""
        self.memory.files.add(script)
        for assistant in script.assistants:
            assistants.remember(self.memory, assistant["id"], assistant)
        for thread in script.threads:
            threads.remember(self.memory, thread["id"], thread)

    def answer(self, incoming: Incoming) -> Reply:
        """The answer to a request, after the service's checks of it.

        Raises NothingScripted, ScriptError and OutputMismatch; in a chaos experiment also Hung.
        """
        request, operation = incoming.request, incoming.operation
        provider = provider_at(request.host, operation.root, request.is_served)
        refusal = refused(request, operation, incoming.body, self.memory, provider)
        if refusal is not None:
            return refusal
        return self.perform(
            Call(operation.name, operation.ids, operation.path, incoming.body or {}, request.query, provider)
        )

    def perform(self, call: Call) -> Reply:
        """The answer to a call that was checked."""
        memory = self.memory
        if memory.stage.chaos is not None:
            memory.stage.chaos.count()
        created = memory.stage.created
        before = len(created)
        read = self._read_run(call) if Role.READS_MESSAGES in BY_NAME[call.operation].roles else None
        was_ended = read is not None and read.status in TERMINAL
        reply = self._reply(call)
        run = (
            cast("ThreadRun", created[before]) if len(created) > before else memory.runs.get(call.ids.get("run_id", ""))
        )
        if read is not None and not was_ended and read.status in UNWELCOME:
            run = read  # its messages show that it ended badly
        return (
            reply if run is None else reply.with_run(lambda: RunState(run.id, run.object.get("thread_id"), run.status))
        )

    def _read_run(self, call: Call) -> ThreadRun | None:
        """The active run of the thread whose messages a call reads; None when there is none."""
        thread = self.memory.threads.get(call.ids["thread_id"])
        return None if thread is None else thread.active

    def _reply(self, call: Call) -> Reply:
        memory, stage = self.memory, self.memory.stage
        if stage.instant:
            pass_time(stage)
        headers = next(self._headers)
        try:
            answer = BY_NAME[call.operation].handler(memory, call)
        except Refused as refused_call:
            return refused_call.refusal.reply((*headers, *refused_call.headers))
        if isinstance(answer, RunStream):
            self._streams.add(answer)
            if answer.pace_ms or stage.pace.fixed_ms:
                answer.pace_ms = stage.pace.delay_ms(answer.pace_ms)
            return Reply.of_events(answer, headers)
        run = memory.runs.get(str(answer.get("id")))
        if run is not None and (not run.never_settles or stage.chaos is not None):
            headers = (*headers, (POLL_HEADER, str(int(stage.pace.delay_ms(run.script.pace_ms)))))
        return Reply.of_json(answer, 200, headers, written=stage.written)

    @property
    def is_streaming(self) -> bool:
        """Whether the stream of a run is open."""
        return any(stream.is_open for stream in self._streams)

    def views(self) -> Iterator[RunView]:
        """Views of the runs in their present state, in the order of their creation."""
        return (_view(run) for run in self.memory.stage.created if isinstance(run, ThreadRun))


def _view(run: ThreadRun) -> RunView:
    written = [message for message in run.thread.messages.values() if message.get("run_id") == run.id]
    return RunView(
        id=run.id,
        thread_id=str(run.object.get("thread_id") or run.thread.object["id"]),
        status=str(run.status),
        request=run.request,
        tool_outputs=by_name({call_id: call.name for call_id, call in run.calls.items()}, run.outputs),
        messages=written,
        usage=run.object.get("usage"),
    )
