"""A sentence with examples for each key that describes a fault; the other keys are in `key_docs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from runmock.core.script.choices import GarbageKind
from runmock.tape.format.model import KeyDoc
from runmock.tape.format.model_faults import ErrorEvent, FaultsModel, Garbage, StallModel, StreamFaultModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.tape.format.model import Model

FAULT_DOCS: Mapping[type[Model], Mapping[str, KeyDoc]] = {
    FaultsModel: {
        "fail": KeyDoc(
            "The run, or the response, fails with this code in its error.", ["server_error", "rate_limit_exceeded"]
        ),
        "expire": KeyDoc("The run ends as expired. Responses have no such status.", [True]),
        "cancel": KeyDoc(
            "true: the run ends as cancelled, without being asked to. refused: a cancel request finds that the run has "
            "just completed. overtaken: it is accepted, and the run completes all the same. Only responses in the "
            "background can be cancelled.",
            [True, "refused", "overtaken"],
        ),
        "incomplete": KeyDoc(
            "The run ends as incomplete, for this reason. On Responses max_completion_tokens is max_output_tokens, and "
            "there is no max_prompt_tokens.",
            ["max_completion_tokens", "max_prompt_tokens", "content_filter"],
        ),
        "stuck": KeyDoc(
            "The run never leaves this status. cancelling: it is in progress till it is cancelled, which never ends.",
            ["in_progress", "queued", "cancelling"],
        ),
        "http": KeyDoc(
            "A request is refused with this HTTP status: the one that creates the run, before it exists; in a step, "
            "the submit or the retrieve that comes next. On Responses the create that continues is the submit.",
            [429],
        ),
        "error": KeyDoc("The code in the refusal's error, beside 'http'.", ["rate_limit_exceeded"]),
        "message": KeyDoc("The error's message, beside 'fail' or 'http'.", ["Try again in 60 seconds."]),
        "param": KeyDoc("The parameter that the refusal's error names, beside 'http'.", ["metadata", "tools[0].type"]),
        "type": KeyDoc("The type of the refusal's error, beside 'http'.", ["insufficient_quota"]),
        "body": KeyDoc(
            "The refusal's whole body, sent as it is, beside 'http': any JSON; a text, where 'headers' name another "
            "content type.",
            [{"detail": "Budget exceeded."}, [], "upstream timed out"],
        ),
        "retry_after": KeyDoc(
            "The refusal's 'retry-after', beside 'http': seconds, or an HTTP date; 200ms is 'retry-after-ms'.",
            [2, 0.5, "200ms"],
        ),
        "times": KeyDoc("How many requests are refused, beside 'http' or 'sunset'; one if it is left out.", [2]),
        "headers": KeyDoc("More headers of the refusal, beside 'http'.", [{"x-should-retry": "false"}]),
        "disconnect": KeyDoc("The connection breaks in the middle of the stream.", [{"after": 4}, True]),
        "truncate": KeyDoc("The stream ends early, and the client gets no error.", [{"after": 4}, True]),
        "stall": KeyDoc("The stream stops for a while.", ["5s", {"for": "30s", "after": 4}]),
        "garbage": KeyDoc(
            "The stream contains something that the service never sends.", [{"after": 4}, "duplicate", True]
        ),
        "error_event": KeyDoc(
            "An 'error' event ends the stream.",
            ["server_error", {"code": "rate_limit_exceeded", "message": "Slow down.", "flat": True}, True],
        ),
    },
    StreamFaultModel: {
        "after": KeyDoc(
            "The number of events before the fault; if it is left out, the fault comes after the first delta.", [4, 0]
        ),
    },
    StallModel: {"for": KeyDoc("How long the stream stops.", ["5s", "200ms"])},
    Garbage: {
        "kind": KeyDoc(
            "not_json: half the data of an event. half_frame: the stream ends inside of an event. unknown_event: one "
            "of a name that the API does not have. duplicate: an event twice. out_of_order: two events change places. "
            "wrong_index: a delta for a part that does not exist. sequence_gap: the numbers of the events leave one "
            "out. response_id_changes: the response has another id from there on. item_id_changes: an item has another "
            "id when it is done. The last three are for the Responses API only.",
            list(get_args(GarbageKind)),
        ),
    },
    ErrorEvent: {
        "code": KeyDoc("The error's code.", ["rate_limit_exceeded"]),
        "message": KeyDoc("The error's message.", ["Slow down."]),
        "type": KeyDoc("The error's type.", ["server_error"]),
        "flat": KeyDoc("The error itself is the data, as the reference has it; real ones are nested.", [True]),
    },
}
"""What each key means, by the model that has it."""
