"""The responses of a run as one row of steps, though a request can continue any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.responses.continuation import before_messages, behind_last_message, text_of_output
from runmock.apis.responses.recorded.story_builder import messages_in
from runmock.apis.responses.script_entries.item_entries import NoStepError, step_entries
from runmock.core.http.json_values import mappings_inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.core.http.exchange import JSON
    from runmock.core.story.story import RunStory

FORKS = "two requests continue one response, and the answers differ: a script says the same again"


def path_of(run: RunStory, requests: Mapping[str, JSON]) -> list[tuple[str, list[JSON]]]:
    """The id of each response up to the end of the run, with its entries; `requests`: the bodies, by response.

    Where several requests continue one response, a script plays the same for each. Raises NoStepError where they are
    not the same, and for what no step says.
    """
    offered, varying = _offered(run, requests), _varying([requests.get(response_id, {}) for response_id in run.objects])
    entries: dict[str, list[JSON]] = {}
    for response_id in run.objects:
        steps = [step for step in run.steps if step.object_id == response_id]
        entries[response_id] = step_entries(steps, offered, varying)
    following: dict[str, list[str]] = {}
    for response_id in [*run.objects][1:]:
        following.setdefault(_continued_by(requests.get(response_id, {}), run, response_id), []).append(response_id)
    return _path(next(iter(run.objects)), entries, following)


def _path(
    first: str, entries: Mapping[str, list[JSON]], following: Mapping[str, list[str]]
) -> list[tuple[str, list[JSON]]]:
    longest: list[tuple[str, list[JSON]]] = []
    for way in (_path(next_id, entries, following) for next_id in following.get(first, ())):
        shorter, longest = sorted((longest, way), key=len)
        longest = [
            (response_id, _merged(made, shorter[number][1]) if number < len(shorter) else made)
            for number, (response_id, made) in enumerate(longest)
        ]
    return [(first, entries[first]), *longest]


def _merged(entries: list[JSON], others: list[JSON]) -> list[JSON]:
    """The entries of two responses that say the same; outputs only where both do not have others."""
    if list(map(_without_outputs, entries)) != list(map(_without_outputs, others)):
        raise NoStepError(FORKS)
    return [
        entry if other.get("outputs", entry.get("outputs")) == entry.get("outputs") else _without_outputs(entry)
        for entry, other in zip(entries, others, strict=True)
    ]


def _without_outputs(entry: JSON) -> JSON:
    return {key: value for key, value in entry.items() if key != "outputs"}


def _continued_by(body: JSON, run: RunStory, response_id: str) -> str:
    """The id of the response that a request continues: the one that announced the last output that it brings.

    Without an output of its own it is the response before it.
    """
    items = messages_in(body)
    outputs = behind_last_message(items) or before_messages(items)
    made_by = {call.id: step.object_id for step in run.steps for call in step.calls}
    known = [made_by[call_id] for output in outputs if (call_id := output.get("call_id")) in made_by]
    ids = [*run.objects]
    return known[-1] if known else ids[ids.index(response_id) - 1]


def _offered(run: RunStory, requests: Mapping[str, JSON]) -> set[str] | None:
    """The names of the functions that the run's requests offer; None where a prompt or an agent may offer others."""
    bodies = [requests.get(response_id, {}) for response_id in run.objects]
    if any(body.get(key) for body in bodies for key in ("prompt", "agent", "agent_reference")):
        return None
    tools = [tool for body in bodies for tool in mappings_inside(body, "tools")]
    tools += [inner for tool in tools for inner in mappings_inside(tool, "tools")]
    return {str(tool.get("name")) for tool in tools if tool.get("type") == "function"}


def _varying(bodies: Iterable[JSON]) -> set[str]:
    """The ids of calls that got other outputs in another request."""
    given: dict[str, set[str]] = {}
    for body in bodies:
        for item in messages_in(body):
            if item["type"] == "function_call_output":
                given.setdefault(str(item.get("call_id")), set()).add(text_of_output(item.get("output")))
    return {call_id for call_id, texts in given.items() if len(texts) > 1}
