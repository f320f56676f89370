"""A run as lines in the order of time: one line for each status, each message and each call of a tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.core.http.json_values import inside, mappings_inside, text_inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON
    from runmock.core.story.story import CallStory, Delta, RunStory, StepStory


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One line of a run; `until_ms` is None for a status, which takes no time."""

    at_ms: float
    kind: str
    """`status`, `reasoning`, `message`, `function`, `code_interpreter` or `file_search`."""
    text: str
    until_ms: float | None = None
    pieces: tuple[float, ...] = ()
    """When each of its deltas came, in milliseconds."""
    output: str | None = None
    is_missing: bool = False
    """Whether this is a function call for which no output was submitted."""
    is_output_made_up: bool = False
    """Whether nobody wrote this output: the script leaves it open."""


def timeline_lines(run: RunStory) -> list[TimelineLine]:
    """The lines of a run, in the order of time."""
    states = [(state.at_ms, state.order, TimelineLine(state.at_ms, "status", state.status)) for state in run.states]
    steps = [(line.at_ms, step.order, line) for step in run.steps for line in _of_step(run, step)]
    return [line for *_, line in sorted([*states, *steps], key=lambda entry: entry[:2])]


def _of_step(run: RunStory, step: StepStory) -> Iterator[TimelineLine]:
    until = step.ended_ms if step.ended_ms is not None else run.ended_ms
    for thought in step.thoughts:
        yield TimelineLine(step.began_ms, "reasoning", f"reasoning: {thought}", step.began_ms)
    if step.message is not None:
        text = (
            step.message.text if step.status in {"completed", "in_progress"} else f"{step.message.text} ({step.status})"
        )
        yield TimelineLine(step.began_ms, "message", text, until, _times(step.message.pieces))
    for call in step.calls:
        began = call.pieces[0].at_ms if call.pieces else step.began_ms
        is_missing = call.kind == "function" and call.output is None
        facts = (call_text(call), until, _times(call.pieces), output_of(call), is_missing, call.is_output_made_up)
        yield TimelineLine(began, call.kind, *facts)


def _times(pieces: list[Delta]) -> tuple[float, ...]:
    return tuple(piece.at_ms for piece in pieces)


def call_text(call: CallStory) -> str:
    """A call as one text: `name(arguments)`, the code that was run, or `file_search` with what was searched."""
    if call.kind == "function":
        return f"{call.name}({call.input})"
    if call.kind == "file_search":
        queries = call.object.get("queries")
        return "file_search" + (f": {', '.join(map(str, queries))}" if isinstance(queries, list) and queries else "")
    return call.input


def output_of(call: CallStory) -> str | None:
    """The output of a call: submitted for a function, in the step for a built-in tool; None when there is none."""
    if call.kind == "function":
        return call.output
    if call.kind == "file_search":
        return ", ".join(_search_result(part) for part in mappings_inside(call.object, call.kind, "results")) or None
    parts = mappings_inside(call.object, call.kind, "outputs")
    texts = [text_inside(part, "logs") or text_inside(part, "image", "file_id") for part in parts]
    return "\n".join(text for text in texts if text) or None


def _search_result(result: JSON) -> str:
    score = result.get("score")
    return f"{result.get('file_name')}{f' ({score:.2f})' if isinstance(score, float) else ''}"


def clock(at_ms: float) -> str:
    """A time since the beginning: `0.35 s`, `12.0 s`, `2:05.5 min`."""
    seconds = at_ms / 1000
    if seconds >= 60:  # noqa: PLR2004 - a minute
        return f"{int(seconds // 60)}:{seconds % 60:04.1f} min"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"  # noqa: PLR2004 - two digits are enough


def why_of(run: RunStory) -> str:
    """Why a run failed or is incomplete, or how its stream ended early; the empty string when no reason is known."""
    reasons = (run.object.get(key) for key in ("last_error", "error", "incomplete_details"))
    reason: Any = next(filter(None, reasons), {})
    why = ": ".join(str(part) for part in reason.values() if part) if isinstance(reason, dict) else ""
    return why or run.broken_off


def tokens_of(run: RunStory) -> tuple[int, int]:
    """Tokens of the prompt and of the completion; 0 where the number is unknown or made up."""
    if "tokens" in run.made_up:
        return 0, 0
    prompt, completion = (
        next((count for name in names if isinstance(count := inside(run.object, "usage", f"{name}_tokens"), int)), 0)
        for names in (("prompt", "input"), ("completion", "output"))
    )
    return prompt, completion
