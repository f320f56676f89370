"""What the service itself refuses on this API, word for word. Source: docs/protocol/responses.md#refused-requests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from runmock.apis.service.refusals import FAILURES, ServiceRefusal

if TYPE_CHECKING:
    from runmock.core.script.script import HttpError


def no_response(response_id: str) -> ServiceRefusal:
    """404: there is no such response, or it was deleted, or it was not stored."""
    return ServiceRefusal(404, f"Response with id '{response_id}' not found.")


def no_conversation(conversation_id: str) -> ServiceRefusal:
    """404: there is no such conversation."""
    return ServiceRefusal(404, f"Conversation with id '{conversation_id}' not found.")


def no_item(item_id: str) -> ServiceRefusal:
    """404: the conversation has no such item."""
    return ServiceRefusal(404, f"Item with id '{item_id}' not found in conversation.")


def no_previous_response(response_id: str) -> ServiceRefusal:
    """400: the response that is to be continued is not there."""
    text = f"Previous response with id '{response_id}' not found."
    return ServiceRefusal(400, text, param="previous_response_id", code="previous_response_not_found")


def two_states() -> ServiceRefusal:
    """400: a previous response and a conversation; the empty and the short quotations are the service's."""
    text = "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or 'conversation'."
    return ServiceRefusal(400, text, code="mutually_exclusive_parameters")


def no_output(call_id: str) -> ServiceRefusal:
    """400: a call whose output is missing."""
    return ServiceRefusal(400, f"No tool output found for function call {call_id}.", param="input")


def no_call(call_id: str) -> ServiceRefusal:
    """400: an output whose call is nowhere."""
    text = f"No tool call found for function call output with call_id {call_id}."
    return ServiceRefusal(400, text, param="input")


def not_persisted(item_id: str) -> ServiceRefusal:
    """404: a reference to an item that is not there."""
    text = (
        f"Item with id '{item_id}' not found. Items are not persisted when `store` is set to false. Try again with "
        "`store` set to true, or remove this item from your input."
    )
    return ServiceRefusal(404, text, param="input")


def no_follower(item_id: str) -> ServiceRefusal:
    """400: reasoning without what the model made of it."""
    text = f"Item '{item_id}' of type 'reasoning' was provided without its required following item."
    return ServiceRefusal(400, text, param="input")


def no_tool(kind: str) -> ServiceRefusal:
    """400: a choice of a tool that is not offered; the service's own text is not recorded."""
    text = f"Tool choice '{kind}' not found in 'tools' parameter."
    return ServiceRefusal(400, text, param="tool_choice")


def not_json() -> ServiceRefusal:
    """400: the body is not JSON."""
    text = (
        "Invalid body: failed to parse JSON value. Please check the value to ensure it is valid JSON. (Common errors "
        "include trailing commas, missing closing brackets, missing quotation marks, etc.)"
    )
    return ServiceRefusal(400, text, code="invalid_json")


def not_in_background() -> ServiceRefusal:
    """400: only background responses can be cancelled; the service's own text is not recorded."""
    return ServiceRefusal(400, "Cannot cancel a synchronous response.")


def not_to_be_streamed() -> ServiceRefusal:
    """400: only background responses can be streamed again."""
    text = "This response cannot be streamed because it was not created with background=true."
    return ServiceRefusal(400, text, param="stream", code="invalid_request_error")


def in_the_services_words(error: HttpError, model: object) -> HttpError:
    """A script's refusal with the words that the service has for its code, where the script has none.

    The service never makes these refusals by itself here: they depend on an account, or on chance.
    """
    known = {
        "model_not_found": ServiceRefusal(400, f"The requested model '{model}' does not exist.", param="model"),
        "conversation_locked": ServiceRefusal(
            400,
            "Another process is currently operating on this conversation. Please retry in a few seconds.",
            param="conversation",
        ),
        "insufficient_quota": ServiceRefusal(429, FAILURES["rate_limit_exceeded"], type="insufficient_quota"),
    }.get(error.error or "")
    if known is None or error.message is not None:
        return error
    return replace(error, message=known.message, param=error.param or known.param, type=error.type or known.type)
