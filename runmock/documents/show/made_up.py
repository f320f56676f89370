"""Marks what is made up in the story of a script: questions and outputs of the application, times, tokens.

A script does not contain these. They are marked, so that nobody takes them for something that happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.script.faults import PAUSES
from runmock.core.script.patterns import ANYTHING, as_regex
from runmock.core.script.script import DEFAULT_MODEL, Match, Reasoning, ToolCalls
from runmock.core.story.story import MessageStory, RunStory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runmock.core.script.script import Script, ScriptedRun
    from runmock.core.story.story import Story, ThreadStory


def mark(story: Story, script: Script | None, runs: Mapping[int, ScriptedRun]) -> None:
    """Mark in a story what is made up; `runs` has the scripted run that an interaction plays, by its number."""
    for thread in story.threads.values():
        scripted = runs.get(thread.place)
        if script is not None and scripted is not None:
            _mark(thread, script, scripted)
    story.is_timed &= any("times" not in run.made_up for run in story.runs)


def _mark(thread: ThreadStory, whole: Script, script: ScriptedRun) -> None:
    has_words = script.match is not None and _is_literal(script.match.last_message)
    for item in thread.items:
        if isinstance(item, MessageStory):
            item.is_made_up = not has_words
        elif isinstance(item, RunStory):
            _mark_run(item, whole, script)


def _mark_run(run: RunStory, whole: Script, script: ScriptedRun) -> None:
    run.made_up = frozenset(key for key, is_known in _known(run, whole, script).items() if not is_known)
    _add_thoughts(run, script)
    functions = (call for call in run.calls if call.kind == "function")
    for call, expected in zip(functions, _expected(script), strict=False):
        call.is_output_made_up = call.output is not None and not _is_literal(expected)


def _add_thoughts(run: RunStory, script: ScriptedRun) -> None:
    """Put what the model thinks before the step that it comes before: the API of the story shows nothing of it."""
    shown, thoughts = iter(run.steps), list[str]()
    for step in script.steps:
        if isinstance(step, Reasoning):
            thoughts += step.summaries or ("(no summary)",)
        elif (story := next(shown, None)) is not None:
            story.thoughts, thoughts = thoughts, []


def _known(run: RunStory, whole: Script, script: ScriptedRun) -> Mapping[str, bool]:
    """Return for each fact of a run whether the script itself says it."""
    match = script.match or Match()
    is_verbatim = script.canned is not None or bool(script.events)
    assistant = next((entry for entry in whole.assistants if entry["id"] == run.object.get("assistant_id")), None)
    models = (script.overrides.get("model"), (assistant or {}).get("model"), whole.model != DEFAULT_MODEL)
    return {
        "times": bool(script.pace_ms) or any(fault.kind in PAUSES for fault in script.faults),
        "tokens": is_verbatim or script.usage is not None,
        "assistant_id": is_verbatim or assistant is not None or _is_literal(match.assistant_id),
        "model": is_verbatim or any(models) or _is_literal(match.model),
    }


def _expected(script: ScriptedRun) -> Iterator[Any]:
    """Yield the output that the script expects for each of its calls; None where it expects none."""
    for step in script.steps:
        for number, call in enumerate(step.calls if isinstance(step, ToolCalls) else ()):
            assert isinstance(step, ToolCalls)
            outputs = step.outputs
            yield outputs[number] if isinstance(outputs, tuple) else (outputs or {}).get(call.name)


def _is_literal(pattern: Any) -> bool:
    return pattern is not None and pattern != ANYTHING and as_regex(pattern) is None
