"""The runs in replayed interactions, as a test looks back on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.endpoints.runs import tool_outputs
from runmock.core.api import Role
from runmock.core.report.run_views import RunView, by_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from runmock.core.api import Operation
    from runmock.core.http.exchange import JSON


@dataclass(slots=True)
class _Recorded:
    object: JSON
    request: Mapping[str, Any]
    names: dict[str, str] = field(default_factory=dict)
    """By call id, the name of the tool."""
    outputs: dict[str, str] = field(default_factory=dict)
    messages: dict[str, JSON] = field(default_factory=dict)


@dataclass(slots=True)
class AssistantsRuns:
    """Collects the runs in replayed interactions; mutable."""

    runs: dict[str, _Recorded] = field(default_factory=dict)

    def note(self, operation: Operation, body: Any, payloads: Iterable[Any]) -> None:
        """Record the runs and messages in one replayed interaction; `body` is the request's, as it was sent."""
        body = body if isinstance(body, dict) else {}
        for value in _objects_in(payloads):
            kind = value.get("object")
            if kind == "thread.run":
                self._note_run(value, body if Role.CREATES_RUN in operation.roles else {})
            elif kind == "thread.message" and value.get("run_id") in self.runs:
                self.runs[value["run_id"]].messages[value["id"]] = value
        run = self.runs.get(operation.ids.get("run_id", ""))
        if run is not None and Role.SUBMITS_OUTPUTS in operation.roles:
            run.outputs |= {str(call_id): output for call_id, output in tool_outputs(body)}

    def _note_run(self, value: JSON, request: Mapping[str, Any]) -> None:
        run = self.runs.setdefault(value["id"], _Recorded(value, request))
        run.object = value
        action = value.get("required_action") or {}
        calls = (action.get("submit_tool_outputs") or {}).get("tool_calls", ())
        run.names |= {call["id"]: call["function"]["name"] for call in calls}

    def views(self) -> Iterator[RunView]:
        """The replayed runs, in the order of their first appearance."""
        for run_id, run in self.runs.items():
            yield RunView(
                id=run_id,
                thread_id=str(run.object.get("thread_id")),
                status=str(run.object.get("status")),
                request=run.request,
                tool_outputs=by_name(run.names, run.outputs),
                messages=list(run.messages.values()),
                usage=run.object.get("usage"),
            )


def _objects_in(payloads: Iterable[Any]) -> Iterator[JSON]:
    """Every object in an answer, those in lists included."""
    for value in payloads:
        if isinstance(value, dict):
            items = value.get("data") or () if value.get("object") == "list" else (value,)
            yield from (item for item in items if isinstance(item, dict))
