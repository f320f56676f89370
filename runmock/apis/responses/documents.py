"""What documents ask the Responses API: stories, rules, and the way from a script to a recording and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.responses.application.conversation import converse
from runmock.apis.responses.application.earlier_runs import ResponsesEarlierRuns
from runmock.apis.responses.recorded.story_builder import ResponsesStory
from runmock.apis.responses.script_entries.script_entries import ResponsesEntries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.api_documents import ApiRules, ScriptClient
    from runmock.core.replay.id_map import IdMap
    from runmock.core.replay.interaction import Interaction
    from runmock.core.report.broken_rule import BrokenRule
    from runmock.core.script.script import ScriptedRun
    from runmock.core.story.story import Story
    from runmock.core.story.timing import StoryTime


class ResponsesDocuments:
    """Fulfils `ApiDocuments`."""

    converse = staticmethod(converse)

    def story_reader(self, story: Story, time: StoryTime) -> ResponsesStory:
        """What reads interactions into the story."""
        return ResponsesStory(story, time)

    def rules(self, ids: Iterable[str]) -> ApiRules:
        """The rules for one recording."""
        raise NotImplementedError

    def broken_verbatim(self, run: ScriptedRun) -> Iterator[BrokenRule]:
        """Yield the rules that the answers under `json:` and `events:` break."""
        raise NotImplementedError

    def earlier_runs(self, client: ScriptClient, id_map: IdMap) -> ResponsesEarlierRuns:
        """What creates the responses and conversations that a recording does not create."""
        return ResponsesEarlierRuns(client, id_map)

    def script_entries(self, story: Story, recording: Sequence[Interaction]) -> ResponsesEntries:
        """The script of a recording, with its shortest entries."""
        return ResponsesEntries(story, recording)


DOCUMENTS = ResponsesDocuments()
