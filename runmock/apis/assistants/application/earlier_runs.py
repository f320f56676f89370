"""Runs that existed before a recording begins: a script that is asked what was recorded has to create them first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.apis.assistants.application.conversation import ASSISTANT
from runmock.apis.assistants.endpoints.runs import tool_outputs
from runmock.core.api import Role
from runmock.core.engine.run_status import AT_REST
from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.replay.ids_in_payloads import unlike_payloads

if TYPE_CHECKING:
    from runmock.core.api_documents import ScriptClient
    from runmock.core.replay.id_map import IdMap
    from runmock.core.replay.interaction import Interaction

MOST_POLLS = 50
"""How often a request is sent, at most, until the script's run is created, or waits for outputs."""


@dataclass(slots=True)
class AssistantsEarlierRuns:
    """Runs that exist before the recording begins; mutable: at the first request about a run, the script creates it."""

    client: ScriptClient
    id_map: IdMap
    known: set[str] = field(default_factory=set)

    def create_for(self, interaction: Interaction) -> None:
        """Create the run that a request is about; for a request with outputs, poll the run until it waits for them.

        Raises CassetteError when the script has no run for it.
        """
        operation = interaction.operation
        run_id = operation.ids.get("run_id", "")
        if not run_id or run_id in self.known or interaction.status >= REFUSED:
            return
        self.known.add(run_id)
        path = f"/threads/{self.id_map.value_in_application_ids(operation.ids['thread_id'])}/runs"
        for _ in range(MOST_POLLS):
            created = self.client.send("POST", path, {"assistant_id": _assistant(interaction)})
            if created.status < REFUSED:
                break
        else:
            return
        made_id = text_inside(created.json, "id")
        self.id_map.bind({made_id: run_id})
        if Role.SUBMITS_OUTPUTS in operation.roles and isinstance(interaction.body, dict):
            self._poll_until_waiting(
                f"{path}/{made_id}", [str(call_id) for call_id, _ in tool_outputs(interaction.body)]
            )

    def _poll_until_waiting(self, path: str, call_ids: list[str]) -> None:
        for _ in range(MOST_POLLS):
            run = self.client.send("GET", path).json
            if text_inside(run, "status") in AT_REST:
                break
        calls = mappings_inside(run, "required_action", "submit_tool_outputs", "tool_calls")
        pairs = zip((text_inside(call, "id") for call in calls), call_ids, strict=False)
        self.id_map.bind({made_id: call_id for made_id, call_id in pairs if made_id})


def _assistant(interaction: Interaction) -> str:
    """The id of the assistant in an answer; a default one when there is none."""
    names = (text_inside(payload, "assistant_id") for payload in unlike_payloads(interaction))
    return next((name for name in names if name), ASSISTANT)
