"""How a run ends, what looks find of it in the background, and what it costs, as a script says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.responses.playing.responding import LIMIT
from runmock.apis.service.script_entries.endings import ended_by_status, failure, is_unfinished
from runmock.core.api import Role
from runmock.core.engine.run_status import TRANSIENT, RunStatus
from runmock.core.http.json_values import inside, mapping_inside, text_inside
from runmock.core.script.script import USUAL_POLLS
from runmock.core.story.timing import is_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import RunStory

USUAL = [str(status) for status in USUAL_POLLS]


def ending_of(run: RunStory, about: Iterable[Interaction]) -> JSON:
    """The keys of a script that say how a run ends; none when it completes, and when its end was not recorded."""
    if is_unfinished(run):
        return failure(next((error for item in about if (error := last_error(item))), {}))
    ending = ended_by_status(run, mapping_inside(run.object, "error"))
    return {"incomplete": "max_completion_tokens"} if ending.get("incomplete") == LIMIT else ending


def last_error(interaction: Interaction) -> JSON:
    """The error with which a stream ends, as that of a response that fails; applications leave the stream there."""
    last = interaction.stream[-1] if interaction.stream else None
    return mapping_inside(last.data, "error") if last is not None and last.name == "error" else {}


def polls_of(run: RunStory, about: Iterable[Interaction], *, is_overtaken: bool) -> JSON:
    """What looks find of the first response that is polled, where it is not the usual.

    A run whose end was not recorded is stuck where it was looked at more often than a script is by default. One that is
    cancelled, also where that is overtaken, may be looked at less often than its script allows.
    """
    found = next((found for response_id in run.objects if (found := _found(response_id, about)) is not None), None)
    is_stuck = is_unfinished(run) or run.status == RunStatus.CANCELLED
    if found is None or found == (USUAL[: len(found)] if is_stuck or is_overtaken else USUAL):
        return {}
    stuck = {"stuck": found[-1]} if is_unfinished(run) else {}
    if is_stuck:
        found = [status for number, status in enumerate(found) if status == "queued" or status not in found[:number]]
    if found == USUAL or stuck == {"stuck": "queued"}:
        return stuck
    count = len(found) // 2
    return {**stuck, "poll": count if found == ["queued"] * count + ["in_progress"] * count else found}


def _found(response_id: str, about: Iterable[Interaction]) -> list[str] | None:
    """What retrieves found before a response had ended; None where it was not polled from its beginning."""
    found: list[str] | None = None
    for interaction in about:
        value, roles = interaction.json, interaction.operation.roles
        if text_inside(value, "id") != response_id:
            continue
        if Role.CREATES_RUN in roles and inside(value, "background") is True:
            found = []
        elif found is not None and Role.RETRIEVES_RUN in roles and text_inside(value, "status") in TRANSIENT:
            found += [text_inside(value, "status")] * interaction.repeat
    was_retrieved = any(interaction.operation.ids.get("response_id") == response_id for interaction in about)
    return found if was_retrieved else None


def usage_of(responses: Sequence[JSON]) -> JSON:
    """The tokens of a run, in the words of a script: those of its responses together."""
    costs = [mapping_inside(response, "usage") for response in responses]
    return {
        "prompt_tokens": _sum(costs, "input_tokens"),
        "completion_tokens": _sum(costs, "output_tokens"),
        **_detail(costs, "prompt_token_details", "input_tokens_details", "cached_tokens"),
        **_detail(costs, "completion_tokens_details", "output_tokens_details", "reasoning_tokens"),
    }


def _detail(costs: Iterable[JSON], key: str, *keys: str) -> JSON:
    tokens = _sum(costs, *keys)
    return {key: {keys[-1]: tokens}} if tokens else {}


def _sum(costs: Iterable[JSON], *keys: str) -> Any:
    return sum(tokens for cost in costs if is_time(tokens := inside(cost, *keys)))
