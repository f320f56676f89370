"""A written script becomes a `core.script.script.Script`: every shorthand spelled out, every default filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.service.refusals import FAILURES
from runmock.core.engine.run_status import RunStatus
from runmock.core.script import script as core
from runmock.tape.format.model_file import Defaults, File
from runmock.tape.format.model_run import RunModel
from runmock.tape.format.run_checks import in_order
from runmock.tape.format.run_keys import ALONE, ENDINGS
from runmock.tape.format.validation_errors import validated
from runmock.tape.reading.script_faults import ending_of, faults_of, refusal
from runmock.tape.reading.script_files import FOUND_ID, files_of
from runmock.tape.reading.script_messages import message_of, thread_of
from runmock.tape.yaml.plain_values import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.tape.format import model_content
    from runmock.tape.format import model_run as written
    from runmock.tape.format.model import Model
    from runmock.tape.format.model_faults import FaultsModel


def run_from(
    mapping: Mapping[str, Any], index: int, cassette: str = "inline", defaults: Mapping[str, Any] | None = None
) -> core.ScriptedRun:
    """The scripted run that a mapping describes, as an entry of `runs:` does; `defaults`: as a cassette has them."""
    run = validated(RunModel, plain(mapping, cassette), cassette, None, ("runs", index))
    run_defaults = validated(Defaults, plain(defaults or {}, cassette), cassette, None, ("defaults",))
    return _scripted(run, core.Source(cassette, index), run_defaults)


def script_of(file: File, path: str, lines: Mapping[str, Sequence[int]], folder: str | None = None) -> core.Script:
    """A cassette's script; `lines`: the lines on which the items of `runs` begin, if they are known.

    `folder`: where the paths of files begin; None is the working directory.
    """
    defaults, starts = file.defaults or Defaults(), lines.get("runs", ())
    sources = (
        core.Source(path, index, starts[index] if index < len(starts) else None)
        for index in range(len(file.runs or ()))
    )
    return core.Script(
        runs=tuple(_scripted(run, source, defaults) for run, source in zip(file.runs or (), sources, strict=True)),
        assistants=tuple(_as_written(assistant) for assistant in file.assistants or ()),
        threads=tuple(thread_of(thread) for thread in file.threads or ()),
        ids=file.ids or "lenient",
        model=defaults.model or core.DEFAULT_MODEL,
        shapes=defaults.shapes or "live",
        clock=core.DEFAULT_CLOCK if defaults.clock is None else defaults.clock,
        others=files_of(file, path, folder),
    )


def _as_written(model: Model) -> JSON:
    return model.model_dump(by_alias=True, exclude_unset=True)


def _scripted(run: RunModel, source: core.Source, defaults: Defaults) -> core.ScriptedRun:
    poll = run.poll if run.poll is not None else defaults.poll
    pace = run.pace if run.pace is not None else defaults.pace
    polls = core.USUAL_POLLS if poll is None else tuple(RunStatus(status) for status in poll)
    run_faults = faults_of(run)
    says_more = run.active_keys() & {*ENDINGS, *ALONE} or ending_of(run) is not run
    steps = tuple(STEPS[kind](step) for _, kind, step in in_order(run, run.steps))
    return core.ScriptedRun(
        source=source,
        # A run that has nothing but a fault gets a stock reply, so that there is a stream with that fault.
        steps=steps or (() if says_more else (core.Message(text=core.DEFAULT_REPLY),)),
        ending=_ending(ending_of(run)),
        match=None if run.match is None else core.Match(**run.match.model_dump()),
        pace_ms=pace or 0,
        usage=_usage(run.usage or defaults.usage),
        overrides=_overrides(run, defaults),
        http=core.HttpError(404, times=run.times or 1, is_sunset=True) if run.sunset else refusal(run),
        refusals=run_faults.refusals,
        faults=run_faults.faults,
        canned=run.json_,
        response=run.response or {},
        only_api=run.canned_api,
        events=tuple((event.name, event.data) for event in run.events or ()),
        moves_by_looks=defaults.advance == "polls",
        polls=polls,
    )


def _reasoning(step: model_content.ContentModel) -> core.Reasoning:
    return core.Reasoning(tuple(step.reasoning or ()))


def _refusal(step: model_content.ContentModel) -> core.Message:
    refusal = step.refusal
    assert refusal is not None
    return core.Message(parts=(core.Refusal(refusal.text, tuple(refusal.chunks or ())),))


def _tool_calls(step: model_content.ContentModel) -> core.ToolCalls:
    calls = tuple(core.FunctionCall(call.name, call.arguments, call.id) for call in step.calls or ())
    outputs = tuple(step.outputs) if isinstance(step.outputs, list) else step.outputs
    return core.ToolCalls(calls, outputs, is_unoffered=bool(step.unoffered))


def _code(step: model_content.ContentModel) -> core.CodeInterpreter:
    code = step.code_interpreter
    assert code is not None
    return core.CodeInterpreter(code.input, code.logs, tuple(code.images))


def _search(step: model_content.ContentModel) -> core.FileSearch:
    assert step.file_search is not None
    return core.FileSearch(tuple(_result(result) for result in step.file_search.results))


def _result(result: model_content.FileSearchResultModel) -> JSON:
    content = result.content if result.text is None else [{"type": "text", "text": result.text}]
    return {
        "file_id": result.file_id or FOUND_ID,
        "file_name": result.file_name or "file.txt",
        "score": 0.5 if result.score is None else result.score,
        "attributes": result.attributes or {},
        **({} if content is None else {"content": content}),
    }


STEPS: Mapping[str, Callable[[model_content.ContentModel], core.Step]] = {
    "reasoning": _reasoning,
    "file_search": _search,
    "code_interpreter": _code,
    "calls": _tool_calls,
    "reply": lambda step: message_of(step.reply),
    "refusal": _refusal,
}


def _ending(run: FaultsModel) -> core.Ending:
    if run.fail is not None:
        message = run.message if run.message is not None else FAILURES.get(run.fail, run.fail.replace("_", " "))
        return core.Ending(RunStatus.FAILED, code=run.fail, message=message)
    if run.incomplete is not None:
        return core.Ending(RunStatus.INCOMPLETE, reason=run.incomplete)
    if run.stuck is not None:
        return core.Ending(RunStatus(run.stuck), is_stuck=True)
    if isinstance(run.cancel, str):
        return core.Ending(late_cancel=run.cancel)
    if run.expire or run.cancel:
        return core.Ending(RunStatus.EXPIRED if run.expire else RunStatus.CANCELLED)
    return core.Ending()


def _usage(usage: written.UsageModel | None) -> JSON | None:
    if usage is None:
        return None
    total = usage.prompt_tokens + usage.completion_tokens if usage.total_tokens is None else usage.total_tokens
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": total,
        **(usage.model_extra or {}),
    }


def _overrides(run: RunModel, defaults: Defaults) -> JSON:
    metadata = {**(defaults.metadata or {}), **(run.metadata or {})}
    return {
        **({"model": run.model} if run.model else {}),
        **({"metadata": metadata} if metadata else {}),
        **(run.run or {}),
    }
