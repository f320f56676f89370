"""The runs of a session for a test to look at afterwards, scripted and recorded ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.assistants.message_texts import texts_of
from runmock.core.replay.matching import tool_outputs
from runmock.core.report.request_view import brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from runmock.core.assistants.memory import PlayedRun
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import RequestKey


@dataclass(slots=True)
class RunView:
    """One run: its present state, the request that created it, its tool outputs and messages."""

    id: str
    thread_id: str
    status: str
    request: Mapping[str, Any]
    """The body of the create-run request."""
    tool_outputs: Mapping[str, Any]
    """What the application submitted, by tool name; a tool that was called several times has a list, in call order."""
    messages: list[JSON] = field(default_factory=list)
    """The messages that the run wrote, as the API's message objects."""
    usage: Mapping[str, Any] | None = None

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


def view(run: PlayedRun) -> RunView:
    """The view of a scripted run in its present state."""
    written = [message for message in run.thread.messages.values() if message.get("run_id") == run.id]
    return RunView(
        id=run.id,
        thread_id=str(run.object.get("thread_id") or run.thread.object["id"]),
        status=str(run.object["status"]),
        request=run.request,
        tool_outputs=by_name(run.calls, run.outputs),
        messages=written,
        usage=run.object.get("usage"),
    )


def by_name(calls: Mapping[str, JSON], outputs: Mapping[str, str]) -> dict[str, Any]:
    """Submitted outputs by the tool's name; a name that was called several times has a list, in call order."""
    named: dict[str, list[str]] = {}
    for call_id, call in calls.items():
        if call_id in outputs:
            named.setdefault(call["function"]["name"], []).append(outputs[call_id])
    return {name: values[0] if len(values) == 1 else values for name, values in named.items()}


@dataclass(slots=True)
class _Recorded:
    object: JSON
    request: Mapping[str, Any]
    calls: dict[str, JSON] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    messages: dict[str, JSON] = field(default_factory=dict)


@dataclass(slots=True)
class RunViews:
    """Collects the runs in replayed interactions; mutable."""

    runs: dict[str, _Recorded] = field(default_factory=dict)

    def note(self, sent: RequestKey, body: Any, interaction: Interaction) -> None:
        """Record the runs and messages in one replayed interaction; `body` is the request's, as it was sent."""
        body = body if isinstance(body, dict) else {}
        for value in _objects_in(interaction):
            kind = value.get("object")
            if kind == "thread.run":
                self._note_run(value, body if sent.operation.startswith("create") else {})
            elif kind == "thread.message" and value.get("run_id") in self.runs:
                self.runs[value["run_id"]].messages[value["id"]] = value
        run = self.runs.get(sent.ids.get("run_id", ""))
        if run is not None and sent.operation == "submit_tool_outputs":
            run.outputs |= {str(call_id): output for call_id, output in tool_outputs(body)}

    def _note_run(self, value: JSON, request: Mapping[str, Any]) -> None:
        run = self.runs.setdefault(value["id"], _Recorded(value, request))
        run.object = value
        action = value.get("required_action") or {}
        calls = (action.get("submit_tool_outputs") or {}).get("tool_calls", ())
        run.calls |= {call["id"]: call for call in calls}

    def views(self) -> Iterator[RunView]:
        """The replayed runs, in the order of their first appearance."""
        for run_id, run in self.runs.items():
            yield RunView(
                id=run_id,
                thread_id=str(run.object.get("thread_id")),
                status=str(run.object.get("status")),
                request=run.request,
                tool_outputs=by_name(run.calls, run.outputs),
                messages=list(run.messages.values()),
                usage=run.object.get("usage"),
            )


def _objects_in(interaction: Interaction) -> Iterable[JSON]:
    """Every object in an answer, those in lists included."""
    if interaction.stream is not None:
        return [event.data for event in interaction.stream if isinstance(event.data, dict)]
    value = interaction.json
    if not isinstance(value, dict):
        return []
    if value.get("object") == "list":
        return [item for item in value.get("data") or () if isinstance(item, dict)]
    return [value]
