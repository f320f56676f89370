"""What a Response repeats of its request, with what the service fills in; docs/protocol/responses.md."""

import pytest
from response_conversation import Responses

HI = "runs: [{reply: Hi}]"
CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
FUNCTION = {"type": "function", "description": None, "name": "a", "output_schema": None}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (
            {"parameters": CITY, "name": "a", "type": "function"},
            FUNCTION | {"parameters": {**CITY, "additionalProperties": False}, "strict": True},
        ),
        (
            {"type": "function", "name": "a", "parameters": CITY, "strict": None},
            FUNCTION | {"parameters": {**CITY, "additionalProperties": False}, "strict": True},
        ),
        (
            {"type": "function", "name": "a", "description": "", "parameters": {}, "strict": False},
            FUNCTION | {"parameters": {"type": "object", "properties": {}}, "strict": False},
        ),
        ({"type": "function", "name": "a", "strict": True}, FUNCTION | {"parameters": None, "strict": True}),
        (
            {"type": "file_search", "vector_store_ids": ["vs_1"]},
            {
                "type": "file_search",
                "filters": None,
                "max_num_results": 20,
                "ranking_options": {"ranker": "auto", "score_threshold": 0.0},
                "vector_store_ids": ["vs_1"],
            },
        ),
        ({"type": "hologram", "b": 1, "a": 2}, {"type": "hologram", "a": 2, "b": 1}),
    ],
)
def test_a_tool_has_its_keys_by_the_alphabet(given, shown):
    [tool] = Responses(HI).creates(tools=[given])["tools"]
    assert tool == shown
    assert list(tool) == ["type", *sorted(key for key in tool if key != "type")]


@pytest.mark.parametrize(
    ("model", "usual"),
    [
        ("gpt-4o", {"context": None, "effort": None, "summary": None}),
        ("gpt-4.1-2025-04-14", {"context": None, "effort": None, "summary": None}),
        ("o4-mini", {"context": "current_turn", "effort": "medium", "mode": "standard", "summary": None}),
        ("gpt-5.6-sol", {"context": "current_turn", "effort": "medium", "mode": "standard", "summary": None}),
    ],
)
def test_models_that_reason_say_how(model, usual):
    service = Responses("runs: [{reply: Hi}, {reply: Hi}]")
    assert service.creates(model=model)["reasoning"] == usual
    said = {"effort": "low", "summary": "auto"}
    assert service.creates(model=model, reasoning=said)["reasoning"] == usual | {"effort": "low", "summary": "detailed"}


def test_the_model_of_the_script_answers():
    service = Responses("runs: [{reply: Hi, model: gpt-5.4}]")
    made = service.creates()
    assert (made["model"], made["reasoning"]["mode"]) == ("gpt-5.4", "standard")


def test_newer_models_say_which_message_is_the_answer():
    run = "{steps: [{reply: I look.}, {calls: [get_weather]}, {reply: 21 degrees.}]}"
    service = Responses(f"runs: [{run}, {run}]")
    first = service.creates(model="gpt-5.4")
    assert [item.get("phase") for item in first["output"]] == ["commentary", None]
    assert list(first["output"][0]) == ["id", "type", "status", "content", "phase", "role"]
    assert service.continues(first, "21", model="gpt-5.4")["output"][0]["phase"] == "final_answer"
    assert "phase" not in service.creates(model="gpt-5")["output"][0]


def test_a_stored_prompt_has_a_version():
    service = Responses("runs: [{reply: Hi}, {reply: Hi}]")
    assert service.creates(prompt={"id": "pmpt_1"})["prompt"] == {"id": "pmpt_1", "variables": {}, "version": "1"}
    said = {"id": "pmpt_1", "version": "2", "variables": {"city": "Paris"}}
    assert service.creates(prompt=said)["prompt"] == said
