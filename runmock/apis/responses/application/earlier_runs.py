"""What existed before a recording begins: a script that is asked what was recorded has to create it first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.apis.responses.application.conversation import QUESTION
from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_values import inside, text_inside
from runmock.core.script.script import DEFAULT_MODEL

if TYPE_CHECKING:
    from runmock.core.api_documents import ScriptClient
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.id_map import IdMap
    from runmock.core.replay.interaction import Interaction


@dataclass(slots=True)
class ResponsesEarlierRuns:
    """What exists before the recording; mutable: at the first request about it, it is created."""

    client: ScriptClient
    id_map: IdMap
    known: set[str] = field(default_factory=set)

    def create_for(self, interaction: Interaction) -> None:
        """Create the response, or the conversation, that a request is about.

        Raises CassetteError when the script has no run for it.
        """
        ids = interaction.operation.ids
        if interaction.status < REFUSED:
            if "response_id" in ids:
                body = {"model": DEFAULT_MODEL, "input": QUESTION, "background": inside(interaction.json, "background")}
                self._create(ids["response_id"], "/responses", body)
            elif "conversation_id" in ids:
                self._create(ids["conversation_id"], "/conversations", {})

    def _create(self, recorded_id: str, path: str, body: JSON) -> None:
        if recorded_id not in self.known:
            self.known.add(recorded_id)
            self.id_map.bind({text_inside(self.client.send("POST", path, body).json, "id"): recorded_id})
