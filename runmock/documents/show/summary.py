"""The facts that `runmock show` needs of a cassette: its origin, its story, and the findings of `check`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from runmock.documents.check.checking import check_text
from runmock.documents.convert.expanding import expanded_with_runs, header_of
from runmock.documents.progress import UNWATCHED
from runmock.documents.show.made_up import mark
from runmock.documents.story.story_of import story_of
from runmock.documents.story.timeline_lines import tokens_of
from runmock.tape.reading.cassette import load_cassette, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import Story
    from runmock.documents.check.findings import Finding
    from runmock.documents.progress import Progress
    from runmock.tape.reading.cassette import Cassette
    from runmock.tape.writing.cassette_text import Header


@dataclass(frozen=True, slots=True)
class Summary:
    """A cassette with its interactions, those that its script gives included, its story and its findings."""

    cassette: Cassette
    interactions: tuple[Interaction, ...]
    header: Header
    story: Story
    findings: tuple[Finding, ...]

    @property
    def origin(self) -> str:
        """A text for people: the cassette is a recording (when, from where, with which SDK), a script, or both."""
        parts: list[str] = []
        if self.cassette.interactions:
            recorded = self.cassette.recorded
            when = "" if recorded is None or recorded.at is None else f" {_date(recorded.at)}"
            where = "" if recorded is None or recorded.upstream is None else f" from {recorded.upstream}"
            sdk = "" if recorded is None or recorded.sdk is None else f", {recorded.sdk}"
            parts.append(f"recorded{when}{where}{sdk}")
        if self.cassette.script is not None:
            parts.append("a script, played to a made-up application that streams")
        return "; ".join(parts)

    @property
    def counts(self) -> str:
        """The numbers of interactions, events, threads, runs and tokens, as a text."""
        runs = self.story.runs
        prompt, completion = (sum(tokens) for tokens in zip(*map(tokens_of, runs), strict=True)) if runs else (0, 0)
        events = sum(len(interaction.stream or ()) for interaction in self.interactions)
        numbers = [
            (len(self.interactions), "interaction"),
            (events, "event"),
            (len(self.story.threads), "thread"),
            (len(runs), "run"),
        ]
        parts = [f"{number:,} {noun}{'' if number == 1 else 's'}" for number, noun in numbers if number]
        if prompt or completion:
            parts.append(f"{prompt:,} + {completion:,} tokens")
        return ", ".join(parts)


def summary_of(
    path: Path, changed: Callable[[Interaction], Interaction] | None = None, progress: Progress = UNWATCHED
) -> Summary:
    """Read a cassette, expand its script, and return its summary. Raises CassetteError.

    `changed` is called with each interaction, and returns it as it is to be shown.
    """
    cassette = load_cassette(path)
    interactions, runs = expanded_with_runs(cassette, progress)
    if changed is not None:
        interactions = tuple(map(changed, interactions))
    header = header_of(cassette)
    findings = tuple(sorted(check_text(text_of(path), str(path))))
    story = story_of(interactions, header.base)
    mark(story, cassette.script, runs)
    return Summary(cassette, interactions, header, story, findings)


def _date(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
