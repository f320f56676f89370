"""The runs of a session for a test to look at afterwards, scripted and recorded ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.report.message_texts import texts_of
from runmock.core.report.request_view import brief

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.http.exchange import JSON


@dataclass(slots=True)
class RunView:
    """One run: its present state, the request that created it, its tool outputs and messages."""

    id: str
    thread_id: str | None
    status: str
    request: Mapping[str, Any]
    """The body of the create-run request."""
    tool_outputs: Mapping[str, Any]
    """What the application submitted, by tool name; a tool that was called several times has a list, in call order."""
    messages: list[JSON] = field(default_factory=list)
    """The messages that the run wrote, as the API's message objects."""
    usage: Mapping[str, Any] | None = None
    api: str = "assistants"
    """The API that the run was created with: `assistants` or `responses`."""
    responses: list[JSON] = field(default_factory=list)
    """The Response objects of the run, in order; none on Assistants."""
    requests: list[Mapping[str, Any]] = field(default_factory=list)
    """The bodies of the requests that created it and its responses, in order; the one of `request` if left out."""
    conversation_id: str | None = None
    """The conversation of the run; None on Assistants, and where it has none."""

    def __post_init__(self) -> None:
        """A run that one request created has just this one."""
        self.requests = self.requests or [self.request]

    def __repr__(self) -> str:
        """The fields by which runs differ, short enough for the line in which an assertion fails."""
        facts = {
            "id": self.id,
            "thread_id": self.thread_id,
            "status": self.status,
            "tool_outputs": self.tool_outputs,
            "texts": [texts_of(message.get("content")) for message in self.messages],
            "request": self.request,
        }
        return f"RunView({', '.join(f'{name}={brief(value)}' for name, value in facts.items())})"


def by_name(names: Mapping[str, str], outputs: Mapping[str, str]) -> dict[str, Any]:
    """Submitted outputs by the tool's name; `names` has it for each call id, in call order.

    A name that was called several times has a list.
    """
    named: dict[str, list[str]] = {}
    for call_id, name in names.items():
        if call_id in outputs:
            named.setdefault(name, []).append(outputs[call_id])
    return {name: values[0] if len(values) == 1 else values for name, values in named.items()}
