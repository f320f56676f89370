"""What is left on the cassettes when a test has ended: each thing by name, with what it would have done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from runmock.core.engine.run_status import RunStatus
from runmock.core.replay.mismatches import shown
from runmock.core.replay.ways_out import for_one_api
from runmock.core.report.plural import counted
from runmock.core.script.conditions import conditions_of
from runmock.core.script.script import CodeInterpreter, FileSearch, Image, Message, Reasoning, Refusal, ToolCalls

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runmock.core.engine.played_run import PlayedRun
    from runmock.core.replay.track import Track
    from runmock.core.script.script import Part, ScriptedRun, Step

_LONGEST = 60
MOST = 10
"""At most this many leftovers of a cassette are listed; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """One scripted run that was not created, one recorded request that was not sent, or outputs not submitted."""

    cassette: str
    text: str
    is_begun: bool = False
    """Whether the application has created the run."""


def leftovers(runs: Iterable[ScriptedRun], recorded: Iterable[tuple[str, Sequence[Track]]]) -> list[Leftover]:
    """Leftovers by name; `recorded` are unplayed interactions by their cassette."""
    never_sent = [unsent(path, track) for path, tracks in recorded for track in tracks]
    never_created = [
        Leftover(run.source.cassette, f"run {run.source.index}{_line(run.source.line)}: {describe(run)}")
        for run in runs
    ]
    return never_sent + never_created


def unanswered(runs: Iterable[PlayedRun]) -> list[Leftover]:
    """Runs that still wait for tool outputs which their script checks: the check never happened."""
    return [
        Leftover(
            run.script.source.cassette,
            f"run {run.script.source.index}{_line(run.script.source.line)}: outputs for {', '.join(run.waiting)} "
            "were never submitted",
            is_begun=True,
        )
        for run in runs
        if run.expected_outputs is not None
        and not run.ends_while_waiting
        and not run.outputs.keys() >= set(run.waiting)
    ]


IN_A_TEST = "@pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=warn"


def report(
    left: Sequence[Leftover],
    to_allow: str = IN_A_TEST,
    by: str = "",
    takers: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The text that fails the test: leftovers under the name of their cassette, ten of each, and how to allow them.

    `by` ends the first line: who did not play them, where it is not one test. `takers` are the names of the runs that
    each API has taken, where several were asked.
    """
    lines = [f"runmock: not everything on the cassette was played{by}"]
    for cassette in dict.fromkeys(leftover.cassette for leftover in left):
        lines.append(f"  {cassette}")
        texts = [leftover.text for leftover in left if leftover.cassette == cassette]
        lines += [f"    {text}" for text in texts[:MOST]]
        if len(texts) > MOST:
            lines.append(f"    and {len(texts) - MOST:,} more")
    if any((takers or {}).values()):
        lines += [f"  {api} took {', '.join(runs) or 'none'}" for api, runs in (takers or {}).items()]
        lines.append("  {}: {}".format(*for_one_api(*(takers or {}))))
    lines.append(f"  to allow it: {to_allow}")
    return "\n".join(lines)


def describe(run: ScriptedRun) -> str:
    """A scripted run in one line: when it is used, its steps, how it ends."""
    matched = {} if run.match is None else conditions_of(replace(run, only_api=None))
    conditions = [f"{name} {shown(value)}" for name, value in matched.items()]
    parts = [f"when {' and '.join(conditions)}"] if conditions else []
    parts += [_step(step) for step in run.steps]
    if run.http is not None:
        parts.append("sunset" if run.http.is_sunset else f"http {run.http.status}")
    elif run.canned is not None or run.events:
        parts.append("json" if run.canned is not None else counted(len(run.events), "event"))
    elif run.ending.is_stuck:
        parts.append(f"stuck {run.ending.status}")
    elif run.ending.status is not RunStatus.COMPLETED:
        parts.append(str(run.ending.status))
    return "; ".join(parts) or "no steps"


def _step(step: Step) -> str:
    if isinstance(step, Message):
        content = ", ".join(_part(part) for part in step.content)
        return content if content.startswith("refusal") else f"reply {content}"
    if isinstance(step, ToolCalls):
        return f"calls {', '.join(call.name for call in step.calls)}"
    return {CodeInterpreter: "code_interpreter", FileSearch: "file_search", Reasoning: "reasoning"}[type(step)]


def _part(part: Part) -> str:
    if isinstance(part, Image):
        return f"{part.kind} {part.image.get('file_id') or part.image.get('url')}"
    text = part.text or "".join(part.chunks)
    if isinstance(part, Refusal):
        return f'refusal "{_cut(text)}"'
    return f'"{_cut(shown(part.json) if part.text is None and not part.chunks else text)}"'


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _line(line: int | None) -> str:
    return f", line {line}" if line else ""


def unsent(cassette: str, track: Track) -> Leftover:
    """A recorded request that was not sent."""
    request = f"{track.interaction.method} {track.interaction.path}"
    named = request if track.request.label == request else f"{request} ({track.request.label})"
    return Leftover(cassette, f"{track.place}: {named}")
