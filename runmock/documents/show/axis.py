"""The time axis of a page: a lane for each run and each of its steps, a bar for its duration, a tick for each delta."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from runmock.core.report.plural import counted
from runmock.documents.story.timeline_lines import clock, timeline_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.story.story import RunStory, Story
    from runmock.documents.story.timeline_lines import TimelineLine

MOST_MARKS = 8
LONGEST_NAME = 60
WIDTH = 100_000
"""The width of the drawing with a lane's ticks, in units of its view box."""


@dataclass(slots=True)
class Axis:
    """Draws the axis of a story as HTML; places and widths are percentages of the whole time."""

    story: Story
    length_ms: float = 1
    """The duration of the whole story, at least 1."""

    def __post_init__(self) -> None:
        self.length_ms = max([self.story.ended_ms, *(run.ended_ms for run in self.story.runs), 1])

    def ruler(self) -> str:
        """Return the marks of the axis at round times; the empty string when no times were recorded."""
        if not self.story.is_timed:
            return ""
        step = _round_step(self.length_ms / MOST_MARKS)
        marks = range(int(self.length_ms // step) + 1)
        return "".join(f'<span style="left:{self._percent(mark * step)}">{clock(mark * step)}</span>' for mark in marks)

    def lanes(self) -> str:
        """Return the lanes of all runs, in the order of the runs."""
        return "\n".join(lane for run in self.story.runs for lane in self._lanes_of_run(run))

    def _lanes_of_run(self, run: RunStory) -> Iterator[str]:
        lines = list(enumerate(timeline_lines(run)))
        states = [(number, line) for number, line in lines if line.kind == "status"]
        ends = [*(line.at_ms for _, line in states[1:]), run.ended_ms][: len(states)]
        bars = "".join(
            self._bar(run, number, line, end, line.text) for (number, line), end in zip(states, ends, strict=True)
        )
        yield f'<div class="lane run-lane">{_label(run.id, "name")}{bars}</div>'
        for number, line in lines:
            if line.kind != "status":
                name = _name(line)
                bar = self._bar(run, number, line, line.until_ms or line.at_ms, name)
                yield f'<div class="lane">{_label(name, "name dim")}{bar}{self._ticks(line)}</div>'

    def _bar(self, run: RunStory, number: int, line: TimelineLine, end_ms: float, name: str) -> str:
        """Return a bar, which links to its line in the conversation; its label has the times for screen readers."""
        width = max(end_ms - line.at_ms, 0)
        pieces = f", {counted(len(line.pieces), 'delta')}" if line.pieces else ""
        times = "" if "times" in run.made_up else f", from {clock(line.at_ms)} to {clock(end_ms)}"
        label, line_id = escape(f"{run.id}: {name}{times}{pieces}"), f"{run.id}-{number}"
        kind = f"s-{line.text}" if line.kind == "status" else f"k-{line.kind}"
        return (
            f'<a class="bar {escape(kind)}" href="#{escape(line_id)}" aria-label="{label}" title="{label}" '
            f'style="left:{self._percent(line.at_ms)};width:{self._percent(width)}">{escape(name)}</a>'
        )

    def _ticks(self, line: TimelineLine) -> str:
        """Return the ticks of a line's deltas as one SVG path; several in the same place are drawn once."""
        if not line.pieces:
            return ""
        places = dict.fromkeys(round(at_ms / self.length_ms * WIDTH) for at_ms in line.pieces)
        path = "".join(f"M{place} 0v1" for place in places)
        view = f'viewBox="0 0 {WIDTH} 1" preserveAspectRatio="none"'
        return f'<svg class="ticks" {view} aria-hidden="true"><path d="{path}"/></svg>'

    def _percent(self, at_ms: float) -> str:
        return f"{at_ms / self.length_ms * 100:.4g}%"


def _label(name: str, classes: str) -> str:
    """Return the label of a lane, which stays visible when the axis is scrolled."""
    return f'<span class="{classes}" title="{escape(name)}">{escape(name)}</span>'


def _name(line: TimelineLine) -> str:
    if line.kind in {"message", "code_interpreter", "file_search"}:
        return line.kind
    return line.text if len(line.text) <= LONGEST_NAME else f"{line.text[:LONGEST_NAME]}..."


def _round_step(about: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is not below `about`."""
    power = 10 ** math.floor(math.log10(about)) if about > 0 else 1
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= about)
