"""What happened in a run, one line a happening, in the order of time: statuses, messages, calls of tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runmock.core.http.json_values import inside, mappings_inside, text_inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON
    from runmock.documents.story.story import CallStory, Delta, RunStory, StepStory


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """A status, or something that took its time: `until_ms` is None for what has no length."""

    at_ms: float
    kind: str
    """`status`, `message`, `function`, `code_interpreter` or `file_search`."""
    text: str
    until_ms: float | None = None
    pieces: tuple[float, ...] = ()
    """When each of its deltas came."""
    output: str | None = None
    is_missing: bool = False
    """A call that nobody answered."""
    is_output_made_up: bool = False
    """Nobody wrote the output: the script does not say it."""


def timeline_lines(run: RunStory) -> list[TimelineLine]:
    """Everything in a run, in the order of time."""
    states = [(state.at_ms, state.order, TimelineLine(state.at_ms, "status", state.status)) for state in run.states]
    steps = [(one.at_ms, step.order, one) for step in run.steps for one in _of_step(run, step)]
    return [one for *_, one in sorted([*states, *steps], key=lambda told: told[:2])]


def _of_step(run: RunStory, step: StepStory) -> Iterator[TimelineLine]:
    until = step.ended_ms if step.ended_ms is not None else run.ended_ms
    if step.message is not None:
        text = (
            step.message.text if step.status in {"completed", "in_progress"} else f"{step.message.text} ({step.status})"
        )
        yield TimelineLine(step.began_ms, "message", text, until, _times(step.message.pieces))
    for call in step.calls:
        began = call.pieces[0].at_ms if call.pieces else step.began_ms
        is_missing = call.kind == "function" and call.output is None
        facts = (said(call), until, _times(call.pieces), output_of(call), is_missing, call.is_output_made_up)
        yield TimelineLine(began, call.kind, *facts)


def _times(pieces: list[Delta]) -> tuple[float, ...]:
    return tuple(piece.at_ms for piece in pieces)


def said(call: CallStory) -> str:
    """A call as people write it."""
    if call.kind == "function":
        return f"{call.name}({call.input})"
    if call.kind == "file_search":
        return "file_search"
    return call.input


def output_of(call: CallStory) -> str | None:
    """What came back of a call: as it was submitted, or as the step told it; None when nothing did."""
    if call.kind == "function":
        return call.output
    if call.kind == "file_search":
        return ", ".join(_found(one) for one in mappings_inside(call.told, call.kind, "results")) or None
    outputs = mappings_inside(call.told, call.kind, "outputs")
    parts = [text_inside(one, "logs") or text_inside(one, "image", "file_id") for one in outputs]
    return "\n".join(part for part in parts if part) or None


def _found(result: JSON) -> str:
    score = result.get("score")
    return f"{result.get('file_name')}{f' ({score:.2f})' if isinstance(score, float) else ''}"


def clock(at_ms: float) -> str:
    """A time since the beginning: `0.35 s`, `12.0 s`, `2:05.5 min`."""
    seconds = at_ms / 1000
    if seconds >= 60:  # noqa: PLR2004 - a minute
        return f"{int(seconds // 60)}:{seconds % 60:04.1f} min"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"  # noqa: PLR2004 - two digits are enough


def why_of(run: RunStory) -> str:
    """Why a run failed or was cut short, or how its stream ended early; the empty string when nothing was told."""
    told = run.object.get("last_error") or run.object.get("incomplete_details") or {}
    why = ": ".join(str(part) for part in told.values() if part) if isinstance(told, dict) else ""
    return why or run.broken_off


def tokens_of(run: RunStory) -> tuple[int, int]:
    """Tokens of the prompt and of the completion, as far as they were told; none that are made up."""
    if "tokens" in run.made_up:
        return 0, 0
    prompt, completion = (inside(run.object, "usage", f"{kind}_tokens") for kind in ("prompt", "completion"))
    return (prompt if isinstance(prompt, int) else 0), (completion if isinstance(completion, int) else 0)
