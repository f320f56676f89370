"""What `check` says of recordings of Responses, whatever their format: nothing, where the service itself answered."""

import pytest
from response_recordings import FOLDER, exchanges, name_of

from runmock.apis.registry import identify
from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.report.broken_rule import NOTE
from runmock.core.script.script import Source
from runmock.documents.check.recording_rules import RecordingRules

PATHS = sorted(
    path
    for path in FOLDER.rglob("*")
    if path.suffix in {".json", ".yaml", ".yml", ".txt"}
    and not path.stem.startswith("LICENSE")
    and not path.stem.endswith(("request", "_setup"))
)
OPENROUTER = "the output has another id than the events before it"
COPILOT = "each event has a new id of the response, or of its item"
SHORTENED = "deltas and an item were taken out by hand"
TRUE_FINDINGS = {
    "test_openai_responses_raw_cot_stream_openrouter.yaml": (OPENROUTER, ["unknown-id"]),
    "github-copilot-id-rotation.1.chunks.txt": (COPILOT, ["unknown-id"] * 4),
    "openai-phase.1.chunks.txt": (SHORTENED, ["numbering", "text", "numbering", "event-order", "numbering", "text"]),
}
"""By the name of a recording that breaks rules: why, and which."""


def broken_in(path):
    rules = RecordingRules()
    found = []
    for number, exchange in enumerate(exchanges(name_of(path))):
        events = None if exchange.events is None else tuple(StreamEvent(*event) for event in exchange.events)
        interaction = Interaction(
            Source(path.name, number),
            exchange.method,
            exchange.path.removeprefix("/v1"),
            exchange.query,
            exchange.body,
            exchange.status,
            json=exchange.json,
            stream=events,
            identify=identify,
        )
        found += rules.check(interaction, (number,), lambda event, number=number: (number, event))
    return [rule for rule in (*found, *rules.check_end()) if rule.rule != NOTE]


@pytest.mark.parametrize("path", PATHS, ids=name_of)
def test_a_real_recording_keeps_the_rules(path):
    _, expected = TRUE_FINDINGS.get(path.name, ("", []))
    assert [rule.rule for rule in broken_in(path)] == expected
