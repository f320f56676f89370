"""The time axis of a page: a lane for each run and each of its steps, bars where something took its time, ticks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from runmock.core.report.plural import counted
from runmock.documents.story.timeline_lines import clock, timeline_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.documents.story.story import RunStory, Story
    from runmock.documents.story.timeline_lines import TimelineLine

MOST_MARKS = 8
LONGEST_NAME = 60
WIDTH = 100_000
"""Of the drawing that holds a lane's ticks, in units of its own."""


@dataclass(slots=True)
class Axis:
    """Where things stand on the axis, as percentages of the whole time."""

    story: Story
    length_ms: float = 1
    """The whole time."""

    def __post_init__(self) -> None:
        self.length_ms = max([self.story.ended_ms, *(run.ended_ms for run in self.story.runs), 1])

    def ruler(self) -> str:
        """Times in round numbers."""
        if not self.story.is_timed:
            return ""
        step = _round_step(self.length_ms / MOST_MARKS)
        marks = range(int(self.length_ms // step) + 1)
        return "".join(f'<span style="left:{self._percent(mark * step)}">{clock(mark * step)}</span>' for mark in marks)

    def lanes(self) -> str:
        """Every run's lanes, in the order of the runs."""
        return "\n".join(lane for run in self.story.runs for lane in self._run(run))

    def _run(self, run: RunStory) -> Iterator[str]:
        told = list(enumerate(timeline_lines(run)))
        states = [(number, one) for number, one in told if one.kind == "status"]
        ends = [*(one.at_ms for _, one in states[1:]), run.ended_ms][: len(states)]
        bars = "".join(
            self._bar(run, number, one, end, one.text) for (number, one), end in zip(states, ends, strict=True)
        )
        yield f'<div class="lane run-lane">{_label(run.id, "name")}{bars}</div>'
        for number, one in told:
            if one.kind != "status":
                name = _name(one)
                bar = self._bar(run, number, one, one.until_ms or one.at_ms, name)
                yield f'<div class="lane">{_label(name, "name dim")}{bar}{self._ticks(one)}</div>'

    def _bar(self, run: RunStory, number: int, one: TimelineLine, end_ms: float, name: str) -> str:
        """A bar is a link to its line in the conversation; its label says all that the drawing does."""
        width = max(end_ms - one.at_ms, 0)
        pieces = f", {counted(len(one.pieces), 'delta')}" if one.pieces else ""
        times = "" if "times" in run.made_up else f", from {clock(one.at_ms)} to {clock(end_ms)}"
        label, line_id = escape(f"{run.id}: {name}{times}{pieces}"), f"{run.id}-{number}"
        kind = f"s-{one.text}" if one.kind == "status" else f"k-{one.kind}"
        return (
            f'<a class="bar {escape(kind)}" href="#{escape(line_id)}" aria-label="{label}" title="{label}" '
            f'style="left:{self._percent(one.at_ms)};width:{self._percent(width)}">{escape(name)}</a>'
        )

    def _ticks(self, one: TimelineLine) -> str:
        """One path for all deltas, however many there are; those in the same place are drawn once."""
        if not one.pieces:
            return ""
        places = dict.fromkeys(round(at_ms / self.length_ms * WIDTH) for at_ms in one.pieces)
        path = "".join(f"M{place} 0v1" for place in places)
        view = f'viewBox="0 0 {WIDTH} 1" preserveAspectRatio="none"'
        return f'<svg class="ticks" {view} aria-hidden="true"><path d="{path}"/></svg>'

    def _percent(self, at_ms: float) -> str:
        return f"{at_ms / self.length_ms * 100:.4g}%"


def _label(name: str, classes: str) -> str:
    """What a lane is; it stays in sight when the axis is moved."""
    return f'<span class="{classes}" title="{escape(name)}">{escape(name)}</span>'


def _name(one: TimelineLine) -> str:
    if one.kind in {"message", "code_interpreter", "file_search"}:
        return one.kind
    return one.text if len(one.text) <= LONGEST_NAME else f"{one.text[:LONGEST_NAME]}..."


def _round_step(about: float) -> float:
    """1, 2 or 5 of a power of ten, not below `about`."""
    power = 10 ** math.floor(math.log10(about)) if about > 0 else 1
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= about)
