"""Which run each interaction of a recording is about: the responses that answer each other's calls are one run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.apis.responses.continuation import before_messages, behind_last_message
from runmock.apis.responses.recorded.recorded_runs import responses_in
from runmock.apis.responses.recorded.story_builder import messages_in
from runmock.core.api import Role
from runmock.core.http.exchange import REFUSED
from runmock.core.replay.ids_in_payloads import payloads_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import RunStory, Story


@dataclass(slots=True)
class RecordedAbout:
    """The interactions of a recording by the runs of its story."""

    story: Story
    recording: Sequence[Interaction]
    creates: dict[str, int] = field(default_factory=dict)
    """The index of the request that created a response, by the response's id."""
    _by_response: dict[str, RunStory] = field(default_factory=dict)
    _by_call: dict[str, RunStory] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for run in self.story.runs:
            self._by_response |= dict.fromkeys(run.objects, run)
            self._by_call |= {call.id: run for call in run.calls}
        for place, interaction in enumerate(self.recording):
            if Role.CREATES_RUN in interaction.operation.roles and interaction.status < REFUSED:
                for response in responses_in(payloads_of(interaction)):
                    self.creates.setdefault(response["id"], place)

    def run_of(self, interaction: Interaction) -> RunStory | None:
        """The run that an interaction is about; of a refused create the one that it would have continued."""
        if (response_id := interaction.operation.ids.get("response_id")) is not None:
            return self._by_response.get(response_id)
        shown = next(responses_in(payloads_of(interaction)), None)
        if shown is not None:
            return self._by_response.get(shown["id"])
        if Role.CREATES_RUN not in interaction.operation.roles:
            return None
        items = messages_in(_body_of(interaction))
        outputs = behind_last_message(items) or before_messages(items)
        run = next((run for item in outputs if (run := self._by_call.get(str(item.get("call_id"))))), None)
        return self._continued_later(interaction) if run is None else run

    def _continued_later(self, refused: Interaction) -> RunStory | None:
        """The run that the same request continued later, when it was not refused."""
        for response_id, place in self.creates.items():
            run = self._by_response.get(response_id)
            if run is not None and place != run.place and self.recording[place].body == refused.body:
                return run
        return None

    def about(self, run: RunStory) -> list[Interaction]:
        """The interactions about a run, in order."""
        return [interaction for interaction in self.recording if self.run_of(interaction) is run]

    def bodies(self, run: RunStory) -> dict[str, JSON]:
        """The bodies of the requests that created the run's responses, by the ids of these."""
        places = {response_id: self.creates[response_id] for response_id in run.objects if response_id in self.creates}
        return {response_id: _body_of(self.recording[place]) for response_id, place in places.items()}


def _body_of(interaction: Interaction) -> JSON:
    return interaction.body if isinstance(interaction.body, dict) else {}
