"""The story of a cassette for the terminal: the messages of each thread, and between them the timelines of its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from runmock.cli.lines import count
from runmock.core.engine.run_status import RunStatus
from runmock.core.story.story import MessageStory, RunStory
from runmock.documents.progress import UNWATCHED
from runmock.documents.show.bodies import requests_named_once
from runmock.documents.story.timeline_lines import clock, timeline_lines, tokens_of, why_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import RenderableType

    from runmock.core.story.story import RefusalStory, ThreadStory
    from runmock.documents.progress import Progress
    from runmock.documents.show.summary import Summary
    from runmock.documents.story.timeline_lines import TimelineLine

STYLES: Mapping[str, str] = {
    RunStatus.COMPLETED: "green",
    RunStatus.FAILED: "red",
    RunStatus.EXPIRED: "red",
    RunStatus.INCOMPLETE: "yellow",
    RunStatus.CANCELLED: "yellow",
    RunStatus.REQUIRES_ACTION: "magenta",
}
"""The style of a status; every other status is dim."""
MADE_UP = "(made up)"
LONGEST = 300
"""Texts of a timeline are cut after so many characters; the messages of the conversation are never cut."""


def story_lines(summary: Summary, progress: Progress = UNWATCHED) -> Iterator[RenderableType]:
    """Yield the whole story of a cassette, for `rendered`."""
    yield Text(summary.cassette.path, style="bold")
    yield Text(f"{summary.origin}; {summary.counts}".lstrip("; "), style="dim")
    for thread in progress.each("conversations", summary.story.threads.values()):
        yield ""
        yield Text(thread.id + (", which was there before" if thread.existed_before else ""), style="bold")
        yield _conversation(thread, is_timed=summary.story.is_timed)
    for refusal in summary.story.refusals:
        yield _row(*_refusal(refusal))
    if summary.story.others:
        yield ""
        yield Text(f"besides: {', '.join(requests_named_once(summary.story.others))}", style="dim")
    for number, warning in enumerate(_warnings(summary)):
        yield from [warning] if number else ["", warning]


def _warnings(summary: Summary) -> Iterator[RenderableType]:
    if not summary.story.is_timed and summary.cassette.interactions:
        yield Text("no times were recorded: the order is right, the seconds are not", style="dim")
    for finding in summary.findings:
        yield Text(f"line {finding.line}: {finding.rule}: {finding.message}", style="yellow")


def _grid() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, min_width=9)
    table.add_column(overflow="fold")
    return table


def _row(label: Text, text: RenderableType) -> Padding:
    table = _grid()
    table.add_row(label, text)
    return Padding(table, (0, 0, 0, 2), expand=False)


def _conversation(thread: ThreadStory, *, is_timed: bool) -> Padding:
    table = _grid()
    for item in thread.items:
        if isinstance(item, MessageStory):
            table.add_row(Text(item.role, style="bold cyan"), _marked(Text(item.text), is_made_up=item.is_made_up))
        elif isinstance(item, RunStory):
            is_run_timed = is_timed and "times" not in item.made_up
            table.add_row(Text(item.id, style="bold"), Group(_head(item), _timeline(item, is_timed=is_run_timed)))
            for step in item.steps:
                if step.message is not None:
                    table.add_row(Text("assistant", style="bold green"), Text(step.message.text))
        else:
            table.add_row(*_refusal(item))
    return Padding(table, (0, 0, 0, 2), expand=False)


def _head(run: RunStory) -> Text:
    """Return the first line of a run: its assistant and model, whether it was streamed, its last status, its tokens."""
    prompt, completion = tokens_of(run)
    tokens = f", {prompt:,} + {completion:,} tokens" if prompt or completion else ""
    text = Text(", ".join(filter(None, [*run.assistant_and_model, run.way])))
    text.append(", ").append(run.status or "its status was not recorded", style=_style(run.status))
    if why := why_of(run):
        text.append(f" ({why})", style=_style(run.status))
    return text.append(tokens, style="dim")


def _style(status: str) -> str:
    return STYLES.get(status, "dim")


def _timeline(run: RunStory, *, is_timed: bool) -> Table:
    table = Table.grid(padding=(0, 2))
    if is_timed:
        table.add_column(justify="right", no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for line in timeline_lines(run):
        time_cells = [clock(line.at_ms - run.began_ms)] if is_timed else []
        table.add_row(*time_cells, _timeline_text(line, is_timed=is_timed))
    return table


def _timeline_text(line: TimelineLine, *, is_timed: bool) -> Text:
    if line.kind == "status":
        return Text(line.text, style=_style(line.text))
    length_ms = line.pieces[-1] - line.pieces[0] if is_timed and line.pieces else 0
    took = f" in {clock(length_ms)}" if length_ms else ""
    deltas = f"{count(len(line.pieces), 'delta')}{took}"
    if line.kind == "message":
        return Text(f"message, {deltas}" if line.pieces else "message", style="green")
    text = Text(_cut(line.text), style="blue")
    if line.output is not None:
        _marked(text.append(f"\n-> {_cut(line.output)}", style="default"), is_made_up=line.is_output_made_up)
    elif line.is_missing:
        text.append("\n-> never answered", style="red")
    return text.append(f"  {deltas}", style="dim") if line.pieces else text


def _marked(text: Text, *, is_made_up: bool) -> Text:
    return text.append(f"  {MADE_UP}", style="dim italic") if is_made_up else text


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text):,} letters)"


def _refusal(refusal: RefusalStory) -> tuple[Text, Text]:
    error = refusal.error
    code = error.get("code") or error.get("type") or ""
    text = Text(f"{refusal.operation} was refused with {refusal.interaction.status} {code}", style="red")
    return Text("refused", style="bold red"), text.append(f"\n{error.get('message') or ''}", style="default")
