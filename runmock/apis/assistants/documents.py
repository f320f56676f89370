"""What documents ask the Assistants API: stories, rules, and the way from a script to a recording and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.assistants.application.conversation import converse
from runmock.apis.assistants.application.earlier_runs import AssistantsEarlierRuns
from runmock.apis.assistants.rules.recorded_rules import AssistantsRules
from runmock.apis.assistants.rules.verbatim_rules import broken_verbatim
from runmock.apis.assistants.script_entries.script_entries import AssistantsEntries
from runmock.apis.assistants.story.story_builder import AssistantsStory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runmock.core.api_documents import ScriptClient
    from runmock.core.replay.id_map import IdMap
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import Story
    from runmock.core.story.timing import StoryTime


class AssistantsDocuments:
    """Fulfils `ApiDocuments`."""

    broken_verbatim = staticmethod(broken_verbatim)
    converse = staticmethod(converse)

    def story_reader(self, story: Story, time: StoryTime) -> AssistantsStory:
        """What reads interactions into the story."""
        return AssistantsStory(story, time)

    def rules(self, ids: Iterable[str]) -> AssistantsRules:
        """The rules for one recording."""
        return AssistantsRules(ids)

    def earlier_runs(self, client: ScriptClient, id_map: IdMap) -> AssistantsEarlierRuns:
        """What creates the runs that a recording does not create."""
        return AssistantsEarlierRuns(client, id_map)

    def script_entries(self, story: Story, recording: Sequence[Interaction]) -> AssistantsEntries:
        """The script of a recording, with its shortest entries."""
        return AssistantsEntries(story, recording)


DOCUMENTS = AssistantsDocuments()
