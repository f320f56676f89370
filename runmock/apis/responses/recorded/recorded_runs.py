"""The runs in replayed interactions: the responses that answer each other's calls are one run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.responses.continuation import before_messages, behind_last_message, text_of_output
from runmock.apis.responses.run_views import view_of
from runmock.core.api import Role
from runmock.core.http.json_values import mappings_inside
from runmock.core.report.run_views import by_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from runmock.core.api import Operation
    from runmock.core.http.exchange import JSON
    from runmock.core.report.run_views import RunView


@dataclass(slots=True)
class _Recorded:
    responses: dict[str, JSON] = field(default_factory=dict)
    """The Response objects by their ids, as they were seen last."""
    requests: list[Mapping[str, Any]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """By call id, the name of the function."""
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """Of the last response; while outputs are awaited, as on Assistants."""
        last = [*self.responses.values()][-1]
        waits = any(item["call_id"] not in self.outputs for item in _calls_of(last))
        return "requires_action" if waits else str(last.get("status"))


@dataclass(slots=True)
class ResponsesRuns:
    """Fulfils `RecordedRuns`; mutable."""

    runs: list[_Recorded] = field(default_factory=list)
    _of_response: dict[str, _Recorded] = field(default_factory=dict)
    _of_call: dict[str, _Recorded] = field(default_factory=dict)

    def note(self, operation: Operation, body: Any, payloads: Iterable[Any]) -> None:
        """Record the responses in one replayed interaction; `body` is the request's, as it was sent."""
        seen = {told["id"]: told for told in responses_in(payloads)}
        if not seen:
            return
        sent = body if isinstance(body, dict) else {}
        run = self._of_response.get(next(iter(seen)))
        if run is None:
            run = self._answered_by(sent) or self._new()
        if Role.CREATES_RUN in operation.roles:
            run.requests.append(sent)
        for response_id, told in seen.items():
            run.responses[response_id] = told
            self._of_response[response_id] = run
            for call in _calls_of(told):
                run.names[call["call_id"]] = str(call.get("name"))
                self._of_call[call["call_id"]] = run

    def _new(self) -> _Recorded:
        self.runs.append(_Recorded())
        return self.runs[-1]

    def _answered_by(self, body: Mapping[str, Any]) -> _Recorded | None:
        """The run whose calls a request answers; its outputs are noted. None where it begins something new."""
        items = [{"type": "message", **item} for item in mappings_inside(body, "input")]
        known = self._called(behind_last_message(items))
        if not known:
            followed = self._called(before_messages(items))
            known = [(output, run) for output, run in followed if output["call_id"] not in run.outputs]
        for output, run in known:
            run.outputs[output["call_id"]] = text_of_output(output.get("output"))
        return known[-1][1] if known else None

    def _called(self, outputs: Iterable[JSON]) -> list[tuple[JSON, _Recorded]]:
        """The outputs of calls that are known, each with the run that called."""
        return [(output, run) for output in outputs if (run := self._of_call.get(str(output.get("call_id"))))]

    def views(self) -> Iterator[RunView]:
        """Views of the runs, in the order of their first appearance."""
        for run in self.runs:
            submitted = by_name(run.names, run.outputs)
            yield view_of([*run.responses.values()], run.requests, status=run.status, tool_outputs=submitted)


def responses_in(payloads: Iterable[Any]) -> Iterator[JSON]:
    """Every Response object in an answer: itself, or in an event."""
    for value in payloads:
        told = value.get("response", value) if isinstance(value, dict) else None
        if isinstance(told, dict) and told.get("object") == "response" and isinstance(told.get("id"), str):
            yield told


def _calls_of(response: JSON) -> Iterator[JSON]:
    """The function calls in a response, as far as they have an id."""
    items = mappings_inside(response, "output")
    return (item for item in items if item.get("type") == "function_call" and isinstance(item.get("call_id"), str))
