"""What the service itself refuses, word for word: every text with its status, type, param and code.

Source of the texts: docs/protocol/errors.md, where each carries its own source. `No ... found` and state errors have
`param` and `code` null; only the checks of a request's schema fill them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runmock.core.http.exchange import JSON, Frame, Reply
from runmock.core.http.media_types import media_type
from runmock.core.script.faults import SERVER_ERROR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INVALID_REQUEST = "invalid_request_error"
MIGRATION = "https://platform.openai.com/docs/assistants/migration"
FAILURES = {
    "server_error": "Sorry, something went wrong.",
    "rate_limit_exceeded": (
        "You exceeded your current quota, please check your plan and billing details. For more information on this "
        "error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
    ),
}
"""The service's message for a code of `last_error`. Source: docs/protocol/errors.md#failed-runs."""


@dataclass(frozen=True, slots=True)
class ServiceRefusal:
    """An error answer of the service: an HTTP status and the four fields of its envelope."""

    status: int
    message: str
    type: str | None = INVALID_REQUEST
    param: str | None = None
    code: str | None = None

    def envelope(self) -> JSON:
        """The body: `{"error": {"message", "type", "param", "code"}}`."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}

    def reply(self, headers: Iterable[tuple[str, str]] = ()) -> Reply:
        """The refusal as an answer."""
        return Reply.of_json(self.envelope(), self.status, headers)


@dataclass(frozen=True, slots=True)
class Verbatim(ServiceRefusal):
    """An error answer of a server in between, as a gateway or a proxy, with any body."""

    body: Any = None

    def envelope(self) -> Any:
        """The body."""
        return self.body

    def reply(self, headers: Iterable[tuple[str, str]] = ()) -> Reply:
        """The refusal as an answer; a text is JSON too, unless a header says what else it is."""
        kinds = [value for name, value in headers if name.lower() == "content-type"]
        if isinstance(self.body, str) and kinds and not media_type(kinds[0]).endswith("json"):
            return Reply(self.status, tuple(headers), (Frame(0, self.body.encode()),))
        return Reply.of_json(self.envelope(), self.status, headers)


class Refused(Exception):  # noqa: N818 - the service's refusal, an answer rather than an error of ours
    """The service refuses this call."""

    def __init__(self, refusal: ServiceRefusal, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(refusal.message)
        self.refusal, self.headers = refusal, headers


def not_found(kind: str, object_id: str) -> ServiceRefusal:
    """404, for instance `No thread found with id 'thread_x'.`; `kind` is thread, run, message, run step, assistant."""
    return ServiceRefusal(404, f"No {kind} found with id '{object_id}'.")


def unknown_url(method: str, path: str) -> ServiceRefusal:
    """404 for a method and path that the API does not have."""
    return ServiceRefusal(404, f"Invalid URL ({method} {path})")


def azure_not_found() -> Reply:
    """404 of Azure for an address that it does not have, whose envelope has two fields (langchain_dart#606)."""
    return Reply.of_json({"error": {"code": "404", "message": "Resource not found"}}, 404)


def wrong_id(param: str, object_id: str, prefix: str) -> ServiceRefusal:
    """400: the id of another kind of object, or a text that is no id: `undefined`, a name."""
    text = f"Invalid '{param}': '{object_id}'. Expected an ID that begins with '{prefix}'."
    return ServiceRefusal(400, text, param=param, code="invalid_value")


def unsupported_model(model: str) -> ServiceRefusal:
    """400: a model that exists, but not for assistants."""
    text = f"The requested model '{model}' cannot be used with the Assistants API."
    return ServiceRefusal(400, text, param="model", code="unsupported_model")


def active_run(thread_id: str, run_id: str) -> ServiceRefusal:
    """400: a second run on a thread whose run has not ended."""
    return ServiceRefusal(400, f"Thread {thread_id} already has an active run {run_id}.")


def message_while_active(thread_id: str, run_id: str) -> ServiceRefusal:
    """400: a new message on a thread whose run has not ended."""
    return ServiceRefusal(400, f"Can't add messages to {thread_id} while a run {run_id} is active.")


def thread_while_active(thread_id: str, run_id: str) -> ServiceRefusal:
    """400: a change of a thread whose run has not ended; the text is by analogy, no recording has it."""
    return ServiceRefusal(400, f"Can't update thread {thread_id} while a run {run_id} is active.")


def not_waiting(status: str) -> ServiceRefusal:
    """400: tool outputs for a run that does not wait for them."""
    return ServiceRefusal(400, f'Runs in status "{status}" do not accept tool outputs.')


def wrong_outputs(expected: Sequence[str], got: Sequence[str]) -> ServiceRefusal:
    """400: the tool_call_ids are not those of the waiting step; the service writes no final dot."""
    return ServiceRefusal(400, f"Expected tool outputs for call_ids {list(expected)!r}, got {list(got)!r}")


def cannot_cancel(status: str) -> ServiceRefusal:
    """400: cancelling a run that has ended, or that is being cancelled already."""
    return ServiceRefusal(400, f"Cannot cancel run with status '{status}'.")


def cannot_update(status: str) -> ServiceRefusal:
    """400: a run is modified while it is at work."""
    return ServiceRefusal(400, f"Cannot update run with status '{status}'.")


def nothing_to_answer() -> ServiceRefusal:
    """400: there is no message of a user, and there are no instructions."""
    text = "Run creation requires a Thread with a user message or an assistant with instructions."
    return ServiceRefusal(400, text, code="invalid_thread")


def not_json(detail: str) -> ServiceRefusal:
    """400: the body is not JSON."""
    return ServiceRefusal(
        400, f"We could not parse the JSON body of your request. (HINT: {detail}) The body must be a JSON object."
    )


def not_json_by_name(content_type: str) -> ServiceRefusal:
    """400: the content type is not JSON's (openai-openapi#502)."""
    return ServiceRefusal(
        400,
        f"Unsupported content type: '{content_type}'. This API method only accepts 'application/json' requests, but "
        f"you specified the header 'Content-Type: {content_type}'. Please try again with a supported content type.",
        code="unsupported_content_type",
    )


def too_large(limit: int) -> ServiceRefusal:
    """413: the body has more bytes than the server takes; the service's own text is unknown."""
    return ServiceRefusal(413, f"The body of the request is too large; this server takes {limit:,} bytes.")


def too_slow(seconds: float) -> ServiceRefusal:
    """408: the body did not come; the service's own text is unknown."""
    return ServiceRefusal(408, f"The body of the request did not come within {seconds:g} seconds.")


def no_key() -> ServiceRefusal:
    """401: no API key at all."""
    return ServiceRefusal(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
        "(i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing "
        "the API from your browser and are prompted for a username and password. You can obtain an API key from "
        "https://platform.openai.com/account/api-keys.",
    )


def wrong_key(key: str) -> ServiceRefusal:
    """401: not the key; the text shows its two ends, as the service's does, when it is long enough to hide the rest."""
    masked = f"{key[:4]}{'*' * 8}{key[-4:]}" if len(key) > 16 else "*" * 8  # noqa: PLR2004 - half of it stays hidden
    return replace(STATUS_DEFAULTS[401], message=STATUS_DEFAULTS[401].message.replace("****", masked))


def no_beta_header() -> ServiceRefusal:
    """400: the OpenAI-Beta header is missing."""
    return ServiceRefusal(
        400,
        "You must provide the 'OpenAI-Beta' header to access the Assistants API. "
        "Please try again by setting the header 'OpenAI-Beta: assistants=v2'.",
        code="invalid_beta",
    )


def old_beta_header() -> ServiceRefusal:
    """400: `OpenAI-Beta: assistants=v1`, retired at the end of 2024."""
    return ServiceRefusal(
        400,
        "The v1 Assistants API has been deprecated. Please try again by setting the header "
        f"'OpenAI-Beta: assistants=v2'. See the migration guide for more information: {MIGRATION}.",
        code="invalid_beta",
    )


def sunset(method: str, path: str) -> ServiceRefusal:
    """404, as every endpoint answers since 2026-08-26; its exact body is unknown (docs/protocol/status.md)."""
    return unknown_url(method, path)


STATUS_DEFAULTS: dict[int, ServiceRefusal] = {
    400: ServiceRefusal(400, "Invalid request."),
    401: ServiceRefusal(
        401,
        "Incorrect API key provided: ****. You can find your API key at https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    ),
    403: ServiceRefusal(403, "You are not allowed to do this."),
    404: ServiceRefusal(404, "The requested resource was not found."),
    429: ServiceRefusal(
        429, "You've exceeded the rate limit, please slow down and try again later.", code="rate_limit_exceeded"
    ),
    500: ServiceRefusal(500, **SERVER_ERROR),
    503: ServiceRefusal(503, "The server is overloaded or not ready yet.", type="server_error"),
}
"""The answers of a scripted `http: STATUS`, where the script gives no text."""


def scripted(status: int, **replaced: Any) -> ServiceRefusal:
    """The refusal of a scripted `http: STATUS`; `replaced` (message, type, param, code) replaces the default texts."""
    kind = "server_error" if status >= 500 else INVALID_REQUEST  # noqa: PLR2004 - HTTP's own boundary
    default = STATUS_DEFAULTS.get(status, ServiceRefusal(status, f"HTTP {status}", type=kind))
    fields = {"message": default.message, "type": default.type, "param": default.param, "code": default.code}
    return ServiceRefusal(status, **(fields | {key: value for key, value in replaced.items() if value is not None}))
