"""The Assistants API as the other rooms use it: whose a request is, and what its operations and bodies mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.backend import AssistantsBackend
from runmock.apis.assistants.delta_pieces import AssistantsPieces
from runmock.apis.assistants.endpoints.runs import tool_outputs
from runmock.apis.assistants.operations import BY_NAME, TABLE
from runmock.apis.assistants.recorded_runs import AssistantsRuns
from runmock.apis.assistants.run_fields import ENDS, EVENTS
from runmock.apis.service.addresses import Addresses, identifier
from runmock.apis.service.requests.checking import malformed
from runmock.core.api import IdKinds, Noise, Retirement, Role
from runmock.core.engine.run_status import RunState, RunStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.core.engine.stage import Stage
    from runmock.core.report.acts import FactsOf

NOT_IDS = frozenset({"runs"})
"""`/threads/runs` creates a thread and a run: `runs` is never a thread's id."""

ADDRESSES = Addresses(TABLE, ("assistants", "threads"), NOT_IDS)
STATUSES: Mapping[str, RunStatus] = {str(status): status for status in RunStatus}


class AssistantsApi:
    """Fulfils `Api`."""

    name = "Assistants"
    plays_scripts = True
    yields_to_routes = False
    history_key = ""
    numbers_events = False
    retirement = Retirement(("api.openai.com", "*.openai.azure.com"), "2026-08-26")
    """Source: docs/protocol/status.md."""
    noise = Noise(
        {
            "stream": False,
            "additional_messages": [],
            "messages": [],
            "attachments": [],
            "metadata": {},
            "tool_resources": {},
        },
        ("messages", "additional_messages", "thread"),
    )
    """Source: docs/protocol/clients.md#requests-that-mean-the-same."""
    id_kinds = IdKinds(
        by_object={
            "assistant": "asst",
            "thread": "thread",
            "thread.message": "msg",
            "thread.run": "run",
            "thread.run.step": "step",
            "vector_store": "vs",
        },
        by_key={"message": "msg", "assistant": "asst", "tool_call": "call", "thread_run": "run"},
    )
    conversation_id = "thread_id"
    run_id = "run_id"
    facts: FactsOf | None = None
    events = EVENTS

    malformed = staticmethod(malformed)

    def __init__(self) -> None:
        self.identify = identifier(self, ADDRESSES.find, ENDS)

    def conversation_in(self, payloads: Iterable[Any]) -> str | None:
        """The id of the thread that an answer with these payloads has created; None when it has created none."""
        objects = (payload for payload in payloads if isinstance(payload, dict))
        threads = (value.get("id" if value.get("object") == "thread" else "thread_id") for value in objects)
        return next((thread for thread in threads if isinstance(thread, str)), None)

    def compared_fields(self, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The members of a body, of tool outputs the ids and the outputs; `stream` where the operation has streams."""
        roles = BY_NAME[operation].roles
        fields: dict[str, Any] = {"stream": body.get("stream", False)} if Role.STREAMS in roles else {}
        if Role.SUBMITS_OUTPUTS in roles:
            outputs = tool_outputs(body)
            fields["tool_call_ids"] = [call_id for call_id, _ in outputs]
            fields["outputs"] = [output for _, output in outputs]
        return fields | {key: value for key, value in body.items() if key not in ("stream", "tool_outputs")}

    def run_state(self, payload: Any) -> RunState | None:
        """The state of the run that a payload is; None when it is no Run object."""
        if not isinstance(payload, dict) or payload.get("object") != "thread.run":
            return None
        run_id, thread_id, status = payload.get("id"), payload.get("thread_id"), payload.get("status")
        return RunState(
            run_id if isinstance(run_id, str) else None,
            thread_id if isinstance(thread_id, str) else None,
            STATUSES.get(status) if isinstance(status, str) else None,
        )

    def recorded_runs(self) -> AssistantsRuns:
        """A new collector of the runs in replayed interactions."""
        return AssistantsRuns()

    def note_of_replays(self, stage: Stage) -> None:
        """None: nothing is noted."""

    def delta_pieces(self, *, is_numbered: bool = True) -> AssistantsPieces:  # noqa: ARG002 - as in Api
        """What makes pieces of the deltas of one stream."""
        return AssistantsPieces()

    def backend(self, stage: Stage) -> AssistantsBackend:
        """A new backend for a session."""
        return AssistantsBackend(stage)


ASSISTANTS = AssistantsApi()
