"""Responses and Conversations as the other rooms use them: whose a request is, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.responses import objects, refusals
from runmock.apis.responses.backend import ResponsesBackend
from runmock.apis.responses.judged.facts import facts_of
from runmock.apis.responses.operations import COLLECTIONS, TABLE, Row
from runmock.apis.responses.playing.stream_form import ENDS
from runmock.apis.responses.recorded.recorded_runs import ResponsesRuns
from runmock.apis.responses.recorded.stream_pieces import ResponsesPieces
from runmock.apis.service.addresses import Address, Addresses, identifier
from runmock.apis.service.requests import checking
from runmock.apis.service.roots import end_of_root, may_be_root
from runmock.core.api import IdKinds, Noise
from runmock.core.engine.run_status import RunState, RunStatus
from runmock.core.no_api import NoApi

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.api import Incoming
    from runmock.core.engine.stage import Stage
    from runmock.core.http.exchange import Reply

ADDRESSES = Addresses(TABLE, COLLECTIONS)
STATUSES: Mapping[str, RunStatus] = {str(status): status for status in RunStatus}


def address(method: str, path: str) -> Address[Row] | None:
    """The place of a method and a path in the table; None when they are not of this API.

    Behind a root that is not known anything may come first, but no collection.
    """
    end = end_of_root(path)
    if end is not None:
        return ADDRESSES.at(method, path, end)
    found = ADDRESSES.find(method, path)
    return found if found is not None and may_be_root(found.root) else None


def malformed(incoming: Incoming) -> Reply | None:
    """The service's 400 for a body that is not JSON, or whose content type is not; None when it is fine."""
    return checking.malformed(incoming) if incoming.problem is None else refusals.not_json().reply()


class ResponsesApi(NoApi):
    """Fulfils `Api`."""

    name = "Responses"
    history_key = "input"
    numbers_events = True
    plays_scripts = True
    noise = Noise(
        {"stream": False, "metadata": {}, "include": [], "background": False, "tools": []}, padding="obfuscation"
    )
    id_kinds = IdKinds(
        by_object={"response": "resp", "conversation": "conv"},
        by_key={"previous_response": "resp", "item": "msg"},
        other_keys={"encrypted_content": "enc", "conversation": "conv"},
    )
    conversation_id = "conversation_id"
    run_id = "response_id"
    facts = staticmethod(facts_of)
    malformed = staticmethod(malformed)

    def __init__(self) -> None:
        # Of no API every request is; of this one some.
        self.identify = identifier(self, address, ENDS)  # type: ignore[assignment,method-assign]

    def run_state(self, payload: Any) -> RunState | None:
        """The state of the response that a payload is; None when it is no Response object."""
        if not isinstance(payload, dict) or payload.get("object") != "response":
            return None
        response_id, status = payload.get("id"), payload.get("status")
        conversation_id = objects.conversation_id_of(payload.get("conversation"))
        return RunState(
            response_id if isinstance(response_id, str) else None,
            conversation_id if isinstance(conversation_id, str) else None,
            STATUSES.get(status) if isinstance(status, str) else None,
        )

    def delta_pieces(self, *, is_numbered: bool = True) -> ResponsesPieces:
        """What makes a stream short, and expands it."""
        return ResponsesPieces(is_numbered=is_numbered)

    def recorded_runs(self) -> ResponsesRuns:
        """A new collector of the runs in replayed interactions."""
        return ResponsesRuns()

    def backend(self, stage: Stage) -> ResponsesBackend:
        """A new backend for a session."""
        return ResponsesBackend(stage)


RESPONSES = ResponsesApi()
