"""What documents ask the Responses API: stories, rules, and the way from a script to a recording and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.responses.application.conversation import converse
from runmock.apis.responses.recorded.story_builder import ResponsesStory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.api_documents import ApiRules, EarlierRuns, ScriptClient, ScriptEntries
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

    def earlier_runs(self, client: ScriptClient, id_map: IdMap) -> EarlierRuns:
        """What creates the runs that a recording does not create."""
        raise NotImplementedError

    def script_entries(self, story: Story, recording: Sequence[Interaction]) -> ScriptEntries:
        """The script of a recording, with its shortest entries."""
        raise NotImplementedError


DOCUMENTS = ResponsesDocuments()
