"""What documents ask the Responses API: stories, rules, and the way from a script to a recording and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.responses.application.conversation import converse
from runmock.apis.responses.application.earlier_runs import ResponsesEarlierRuns
from runmock.apis.responses.recorded.story_builder import ResponsesStory
from runmock.apis.responses.rules.recorded_rules import ResponsesRules
from runmock.apis.responses.rules.verbatim_rules import broken_verbatim
from runmock.apis.responses.script_entries.script_entries import ResponsesEntries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runmock.core.api_documents import ScriptClient
    from runmock.core.replay.id_map import IdMap
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import Story
    from runmock.core.story.timing import StoryTime


class ResponsesDocuments:
    """Fulfils `ApiDocuments`."""

    broken_verbatim = staticmethod(broken_verbatim)
    converse = staticmethod(converse)

    def story_reader(self, story: Story, time: StoryTime) -> ResponsesStory:
        """What reads interactions into the story."""
        return ResponsesStory(story, time)

    def rules(self, ids: Iterable[str]) -> ResponsesRules:
        """The rules for one recording."""
        return ResponsesRules(ids)

    def earlier_runs(self, client: ScriptClient, id_map: IdMap) -> ResponsesEarlierRuns:
        """What creates the responses that a recording does not create."""
        return ResponsesEarlierRuns(client, id_map)

    def script_entries(self, story: Story, recording: Sequence[Interaction]) -> ResponsesEntries:
        """The script of a recording, with its shortest entries."""
        return ResponsesEntries(story, recording)


DOCUMENTS = ResponsesDocuments()
