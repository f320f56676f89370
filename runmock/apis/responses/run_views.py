"""A run as a test looks back on it: its responses, what they called, said and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.responses import objects
from runmock.core.report.run_views import RunView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.http.exchange import JSON


def view_of(
    responses: Sequence[JSON], requests: Sequence[Mapping[str, Any]], *, status: str, tool_outputs: Mapping[str, Any]
) -> RunView:
    """The view of a run, of its Response objects and of the bodies of the requests that created them."""
    output = [item for response in responses for item in objects.items_of(response)]
    return RunView(
        id=responses[0]["id"],
        thread_id=None,
        status=status,
        request=requests[0] if requests else {},
        tool_outputs=tool_outputs,
        messages=[item for item in output if item["type"] == "message"],
        usage=_usage_of(responses),
        api="responses",
        responses=[*responses],
        requests=[*requests],
        conversation_id=next(filter(None, map(_conversation_id_of, responses)), None),
    )


def _conversation_id_of(response: JSON) -> Any:
    return objects.conversation_id_of(response.get("conversation"))


def _usage_of(responses: Sequence[JSON]) -> JSON | None:
    """What all responses of a run have cost; None while none has ended."""
    known = [response["usage"] for response in responses if isinstance(response.get("usage"), dict)]
    if not known:
        return None
    names = ("input_tokens", "output_tokens", "total_tokens")
    return {name: sum(usage.get(name, 0) for usage in known) for name in names}
