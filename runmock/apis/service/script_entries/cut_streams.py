"""Where the streams of a script have to break off, so that they play the recorded ones."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runmock.core.api_documents import Replay
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import RunStory


def cut_streams(
    replays: Sequence[Replay], run_of: Callable[[Interaction], RunStory | None]
) -> Iterator[tuple[RunStory, int]]:
    """The runs whose recorded streams break off, each with the number of its events up to there, over all its streams.

    `run_of` returns the run that an interaction is about.
    """
    streamed: Counter[str] = Counter()
    for replay in replays:
        run = run_of(replay.recorded)
        if run is None or replay.played is None or replay.played.stream is None:
            continue
        if replay.recorded.is_truncated and (count := replay.events_recorded()):
            yield run, streamed[run.id] + count
        streamed[run.id] += len(replay.played.stream)
