"""The page of a cassette, one HTML file: the conversation beside a time axis of runs, steps and deltas."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from pathlib import PurePath
from typing import TYPE_CHECKING

from runmock.core.engine.run_status import RunStatus
from runmock.core.story.story import MessageStory, RunStory
from runmock.core.story.timing import event_times
from runmock.documents.show.axis import Axis
from runmock.documents.show.bodies import requests_named_once
from runmock.documents.story.timeline_lines import clock, timeline_lines, tokens_of, why_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runmock.core.story.story import RefusalStory, ThreadStory
    from runmock.documents.show.summary import Summary
    from runmock.documents.story.timeline_lines import TimelineLine

CLASSES: Mapping[str, str] = {
    RunStatus.COMPLETED: "good",
    RunStatus.FAILED: "bad",
    RunStatus.EXPIRED: "bad",
    RunStatus.INCOMPLETE: "warn",
    RunStatus.CANCELLED: "warn",
    RunStatus.REQUIRES_ACTION: "ask",
}
"""The CSS class of a status; every other status is dim."""


MADE_UP = ' <span class="dim">(made up)</span>'


def page_of(summary: Summary) -> str:
    """Return the page of a cassette as HTML."""
    story, axis = summary.story, Axis(summary.story)
    requests, events = _events(summary)
    note = "seconds since the recording began" if story.is_timed else "no times were recorded: this is the order only"
    values = {
        "title": escape(PurePath(summary.cassette.path).name),
        "origin": escape(summary.origin),
        "counts": escape(summary.counts),
        "findings": _findings(summary),
        "conversation": "\n".join(_conversation(summary)),
        "axis_note": note,
        "ruler": axis.ruler(),
        "lanes": axis.lanes(),
        "event_count": f"{len(events):,} answer{'' if len(events) == 1 else 's'} and events",
        "data": json.dumps({"requests": requests, "events": events}, ensure_ascii=False).replace("<", "\\u003c"),
    }
    page = (files("runmock.documents.show") / "page.html").read_text(encoding="utf-8")
    pieces = page.split("{{")
    page_parts = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}}")
        page_parts += [values[name], rest]
    return "".join(page_parts)


def _events(summary: Summary) -> tuple[list[str], list[list[object]]]:
    """Return every request, and every answer or event as its time, the number of its request, its name and its data."""
    requests: list[str] = []
    events: list[list[object]] = []
    now, is_timed = 0.0, summary.story.is_timed
    for number, interaction in enumerate(summary.interactions):
        requests.append(f"{interaction.method} {interaction.path}")
        times = event_times(interaction, now, summary.header.base)
        now = max([now, *times])
        if interaction.stream is None:
            data = (
                interaction.text if interaction.text is not None else json.dumps(interaction.json, ensure_ascii=False)
            )
            events.append([clock(times[0]) if is_timed else "", number, f"answer {interaction.status}", data])
            continue
        for event, at_ms in zip(interaction.stream, times, strict=True):
            data = event.raw or ("" if event.data is None else json.dumps(event.data, ensure_ascii=False))
            events.append([clock(at_ms) if is_timed else "", number, event.name, data])
    return requests, events


def _findings(summary: Summary) -> str:
    if not summary.findings:
        return ""
    items = "".join(
        f"<li>line {finding.line}: {escape(finding.rule)}: {escape(finding.message)}</li>"
        for finding in summary.findings
    )
    return f'<h2 class="warn">What is wrong with it</h2><ul class="findings">{items}</ul>'


def _conversation(summary: Summary) -> Iterator[str]:
    for thread in summary.story.threads.values():
        auto_created = ' <span class="dim">was there before</span>' if thread.existed_before else ""
        yield f"<h2>{escape(thread.id)}{auto_created}</h2><ol>"
        yield from _items(thread, is_timed=summary.story.is_timed)
        yield "</ol>"
    if summary.story.refusals:
        yield "<h2>Refused</h2><ol>"
        yield from (_refusal(refusal) for refusal in summary.story.refusals)
        yield "</ol>"
    if summary.story.others:
        yield f'<p class="dim">Besides: {escape(", ".join(requests_named_once(summary.story.others)))}</p>'


def _items(thread: ThreadStory, *, is_timed: bool) -> Iterator[str]:
    for item in thread.items:
        if isinstance(item, MessageStory):
            yield _message(item)
        elif isinstance(item, RunStory):
            yield _run(item, is_timed=is_timed and "times" not in item.made_up)
            yield from (_message(step.message) for step in item.steps if step.message is not None)
        else:
            yield _refusal(item)


def _message(message: MessageStory) -> str:
    kind = "assistant" if message.role == "assistant" else "user"
    made_up = MADE_UP if message.is_made_up else ""
    head, text = f"<h3>{escape(message.role)}{made_up}</h3>", escape(message.text)
    return f'<li class="item {kind}">{head}<p class="text">{text}</p></li>'


def _refusal(refusal: RefusalStory) -> str:
    error = refusal.error
    why = f"{refusal.interaction.status} {error.get('code') or error.get('type') or ''}"
    return (
        f'<li class="item refused"><h3 class="bad">{escape(f"{refusal.operation} was refused with {why}")}</h3>'
        f'<p class="text">{escape(str(error.get("message") or ""))}</p></li>'
    )


def _run(run: RunStory, *, is_timed: bool) -> str:
    prompt, completion = tokens_of(run)
    tokens = f", {prompt:,} + {completion:,} tokens" if prompt or completion else ""
    about = ", ".join(filter(None, [*run.assistant_and_model, run.way])) + tokens
    why = f'<p class="text {_css_class(run.status)}">{escape(why_of(run))}</p>' if why_of(run) else ""
    lines = "".join(
        _line(line, f"{run.id}-{number}", is_timed=is_timed) for number, line in enumerate(timeline_lines(run))
    )
    return (
        f'<li class="item run"><h3>{escape(run.id)} <span class="{_css_class(run.status)}">{escape(run.status)}</span> '
        f'<span class="dim">{escape(about)}</span></h3>{why}<ol class="happenings">{lines}</ol></li>'
    )


def _css_class(status: str) -> str:
    return CLASSES.get(status, "dim")


def _line(line: TimelineLine, line_id: str, *, is_timed: bool) -> str:
    time = clock(line.at_ms) if is_timed else ""
    return f'<li id="{escape(line_id)}" tabindex="-1"><time>{time}</time><span>{_text(line)}</span></li>'


def _text(line: TimelineLine) -> str:
    if line.kind == "status":
        return f'<span class="{_css_class(line.text)}">{escape(line.text)}</span>'
    count = len(line.pieces)
    deltas = f' <span class="dim">{count:,} delta{"" if count == 1 else "s"}</span>' if count else ""
    if line.kind == "message":
        return f"message{deltas}"
    made_up = MADE_UP if line.is_output_made_up else ""
    output = (
        "" if line.output is None else f'<span class="output text mono">&rarr; {escape(line.output)}{made_up}</span>'
    )
    missing = '<span class="output bad">&rarr; never answered</span>' if line.is_missing else ""
    return f'<span class="text mono">{escape(line.text)}</span>{deltas}{output}{missing}'
