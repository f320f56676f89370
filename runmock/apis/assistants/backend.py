"""The stand-in for the service: it answers a request from scripted runs and from the state it keeps in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from runmock.apis.assistants.endpoints import assistants, creation, messages, runs, steps, threads
from runmock.apis.assistants.endpoints.call import Call, Refused
from runmock.apis.assistants.progress import pass_time
from runmock.apis.assistants.stream import RunStream
from runmock.core.assistants.memory import Memory, PlayedRun
from runmock.core.assistants.operations import READS
from runmock.core.assistants.provider import Provider
from runmock.core.engine.new_ids import Clock, Ids
from runmock.core.engine.pace import Pace
from runmock.core.engine.run_status import TERMINAL, UNWELCOME
from runmock.core.http.exchange import JSON, Reply
from runmock.core.http.json_text import STDLIB_JSON, JsonText
from runmock.core.script.playlist import Playlist
from runmock.core.script.script import DEFAULT_CLOCK, DEFAULT_MODEL, Script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HANDLERS: Mapping[str, Callable[[Memory, Call], JSON | RunStream]] = {
    "create_assistant": assistants.create_assistant,
    "list_assistants": assistants.list_assistants,
    "retrieve_assistant": assistants.retrieve_assistant,
    "modify_assistant": assistants.modify_assistant,
    "delete_assistant": assistants.delete_assistant,
    "create_thread": threads.create_thread,
    "create_thread_and_run": creation.create_thread_and_run,
    "retrieve_thread": threads.retrieve_thread,
    "modify_thread": threads.modify_thread,
    "delete_thread": threads.delete_thread,
    "create_message": messages.create_message,
    "list_messages": messages.list_messages,
    "retrieve_message": messages.retrieve_message,
    "modify_message": messages.modify_message,
    "delete_message": messages.delete_message,
    "create_run": creation.create_run,
    "list_runs": runs.list_runs,
    "retrieve_run": runs.retrieve_run,
    "modify_run": runs.modify_run,
    "cancel_run": runs.cancel_run,
    "submit_tool_outputs": runs.submit_tool_outputs,
    "list_run_steps": steps.list_run_steps,
    "retrieve_run_step": steps.retrieve_run_step,
}
"""Every operation of `core.operations.TABLE`."""

VERSION_HEADER = ("openai-version", "2020-10-01")
POLL_HEADER = "openai-poll-after-ms"
"""The SDK's poll helpers sleep this long instead of a second; a stuck run keeps the second.

Source: docs/protocol/polling.md#the-poll-helpers-of-the-sdk.
"""


class Backend:
    """Answers the Assistants family from scripts; `memory` is what it knows."""

    def __init__(self, *, is_stock: bool = False, written: JsonText = STDLIB_JSON) -> None:
        """`is_stock`: there is no script; every request is answered, in the shapes that strict types need."""
        self.memory = Memory(
            Ids(),
            Clock(DEFAULT_CLOCK),
            mode="lenient",
            model=DEFAULT_MODEL,
            shapes="reference" if is_stock else "live",
            playlist=Playlist(),
            is_stock=is_stock,
            written=written,
        )
        self.pace = Pace()
        self._has_settings = False
        self._answered = 0
        self._streams: WeakSet[RunStream] = WeakSet()

    def add(self, script: Script) -> None:
        """Load a cassette's script: append its runs; its settings count only if it is the first script."""
        memory = self.memory
        if not self._has_settings:
            self._has_settings = True
            memory.clock.now, memory.mode = script.clock, script.ids
            memory.model, memory.shapes = script.model, script.shapes
        for assistant in script.assistants:
            assistants.remember(memory, assistant["id"], assistant)
        for thread in script.threads:
            threads.remember(memory, thread["id"], thread)
        memory.playlist.add(script.runs)

    def answer(
        self,
        operation: str,
        ids: Mapping[str, str],
        body: Any,
        query: Mapping[str, tuple[str, ...]],
        provider: Provider = Provider.OPENAI,
    ) -> Reply:
        """The answer to a request, as `provider` gives it.

        Raises NothingScripted, ScriptError and OutputMismatch; in a chaos experiment also Hung.
        """
        if self.memory.chaos is not None:
            self.memory.chaos.count()
        before = len(self.memory.created)
        read = self._read_run(operation, ids)
        was_ended = read is not None and read.status in TERMINAL
        reply = self._answer(Call(operation, ids, body or {}, query, provider))
        created = self.memory.created[before:]
        run = created[0] if created else self.memory.runs.get(ids.get("run_id", ""))
        if read is not None and not was_ended and read.status in UNWELCOME:
            run = read  # its messages show that it ended badly
        return reply if run is None else reply.with_run(lambda: run.object)

    def _read_run(self, operation: str, ids: Mapping[str, str]) -> PlayedRun | None:
        """The active run of the thread whose messages this operation reads; else None."""
        thread = self.memory.threads.get(ids.get("thread_id", "")) if operation in READS else None
        return None if thread is None else thread.active

    def _answer(self, call: Call) -> Reply:
        self._answered += 1
        pass_time(self.memory)
        headers: tuple[tuple[str, str], ...] = (VERSION_HEADER, ("x-request-id", f"req_{self._answered:032x}"))
        try:
            answer = HANDLERS[call.operation](self.memory, call)
        except Refused as refused:
            return refused.refusal.reply((*headers, *refused.headers))
        if isinstance(answer, RunStream):
            self._streams.add(answer)
            answer.pace_ms = self.pace.delay_ms(answer.pace_ms)
            return Reply.of_events(answer, headers)
        run = self.memory.runs.get(str(answer.get("id")))
        if run is not None and (not run.never_settles or self.memory.chaos is not None):
            headers = (*headers, (POLL_HEADER, str(int(self.pace.delay_ms(run.script.pace_ms)))))
        return Reply.of_json(answer, 200, headers, written=self.memory.written)

    @property
    def is_streaming(self) -> bool:
        """Whether the stream of a run is open."""
        return any(stream.is_open for stream in self._streams)

    @property
    def runs(self) -> list[PlayedRun]:
        """Every run of the session, in the order of their creation."""
        return list(self.memory.created)
