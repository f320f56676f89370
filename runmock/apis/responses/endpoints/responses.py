"""Responses that exist: retrieved, streamed again, cancelled, deleted; and what their requests brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.responses import objects, refusals
from runmock.apis.responses.endpoints.shown_items import shown_page
from runmock.apis.responses.playing.response_stream import ResponseStream
from runmock.apis.service.refusals import Refused
from runmock.apis.service.scripted_refusals import refused_by

if TYPE_CHECKING:
    from runmock.apis.responses.state import Memory
    from runmock.apis.responses.stored import StoredResponse
    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON


def find(memory: Memory, call: Call) -> StoredResponse:
    """The response in the path. Raises Refused (404)."""
    response_id = call.ids["response_id"]
    response = memory.retrievable(response_id)
    if response is None:
        raise Refused(refusals.no_response(response_id))
    return response


def retrieve_response(memory: Memory, call: Call) -> StoredResponse | ResponseStream:
    """GET /responses/{response_id}; of a background response each one moves it on as its script says.

    A scripted refusal between two steps refuses the retrieve that would find the response past it.
    """
    response = find(memory, call)
    run = response.run
    run.step = response.played
    if (error := run.due_refusal(is_submit=False)) is not None:
        run.refused += 1
        raise refused_by(error, call)
    if call.option("stream") == "true":
        if not response.is_background:
            raise Refused(refusals.not_to_be_streamed())
        after = call.option("starting_after")
        return stream_of(memory, response, after=-1 if after is None else int(after))
    response.look()
    return response


def stream_of(memory: Memory, response: StoredResponse, *, after: int = -1) -> ResponseStream:
    """The events of a response behind the one with the number `after`."""
    return ResponseStream(response, memory.stage.encode, response.run.script.pace_ms, after=after)


def cancel_response(memory: Memory, call: Call) -> StoredResponse:
    """POST /responses/{response_id}/cancel: of a background response; one that has ended stays as it is."""
    in_foreground = memory.responses.get(call.ids["response_id"])
    if in_foreground is not None and in_foreground.is_synchronous:
        raise Refused(refusals.not_in_background())
    response = find(memory, call)
    if response.has_ended or response.never_cancels:
        return response
    if response.run.script.ending.late_cancel:
        response.end()
    else:
        memory.forget_calls(response)
        response.cancel()
    return response


def delete_response(memory: Memory, call: Call) -> JSON:
    """DELETE /responses/{response_id}."""
    response = find(memory, call)
    response.is_deleted = True
    return {"id": response.id, "object": "response.deleted", "deleted": True}


def list_input_items(memory: Memory, call: Call) -> JSON:
    """GET /responses/{response_id}/input_items: the whole chain before it and its own input, newest first."""
    response = find(memory, call)
    items = {item["id"]: objects.listed(item) for item in [*response.before, *response.input]}
    return shown_page(items, call)
