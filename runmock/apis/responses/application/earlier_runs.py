"""Responses that existed before a recording begins: a script that is asked what was recorded has to make them first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.apis.responses.application.conversation import QUESTION
from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_values import inside, text_inside
from runmock.core.script.script import DEFAULT_MODEL

if TYPE_CHECKING:
    from runmock.core.api_documents import ScriptClient
    from runmock.core.replay.id_map import IdMap
    from runmock.core.replay.interaction import Interaction


@dataclass(slots=True)
class ResponsesEarlierRuns:
    """Responses that exist before the recording; mutable: at the first request about one, the script makes it."""

    client: ScriptClient
    id_map: IdMap
    known: set[str] = field(default_factory=set)

    def create_for(self, interaction: Interaction) -> None:
        """Create the response that a request is about. Raises CassetteError when the script has no run for it."""
        response_id = interaction.operation.ids.get("response_id")
        if response_id is None or response_id in self.known or interaction.status >= REFUSED:
            return
        self.known.add(response_id)
        body = {"model": DEFAULT_MODEL, "input": QUESTION, "background": inside(interaction.json, "background")}
        created = self.client.send("POST", "/responses", body)
        self.id_map.bind({text_inside(created.json, "id"): response_id})
