"""Makes the story of a recording: each interaction is read by its API, in the order of the recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.registry import story_reader
from runmock.core.story.story import Story
from runmock.core.story.timing import StoryTime

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runmock.core.api import Api
    from runmock.core.api_documents import StoryReader
    from runmock.core.replay.interaction import Interaction


def story_of(
    interactions: Iterable[Interaction], began_at: float | None = None, *, began_ms: Sequence[float] = ()
) -> Story:
    """The story of a recording that began at `began_at` (seconds since the epoch), else with its first object.

    `began_ms`: when each request was sent, in milliseconds since the recording began, where that is known.
    """
    story, time = Story(), StoryTime(began_at)
    readers: dict[Api, StoryReader | None] = {}
    for place, interaction in enumerate(interactions):
        api = interaction.operation.api
        if began_ms:
            time.now_ms = began_ms[place]
        if api not in readers:
            readers[api] = story_reader(api, story, time)
        reader, begun = readers[api], time.now_ms
        if reader is None:
            story.others.append(interaction)
        else:
            reader.add(place, interaction)
        story.spans.append((begun, time.now_ms))
    story.ended_ms = time.now_ms
    return story
