"""What the session says of tool loops over responses: whose outputs were submitted, and whose were not."""

import pytest

import runmock

SCRIPT = """
runs:
- poll: 1
  steps:
  - calls: [get_weather: {city: Paris}]
  - calls: [get_weather: {city: Oslo}]
  - reply: It was $outputs.get_weather.
"""
TOOLS = [{"type": "function", "name": "get_weather", "parameters": {}}]


def outputs_of(response):
    calls = [item for item in response.output if item.type == "function_call"]
    return [{"type": "function_call_output", "call_id": call.call_id, "output": "21"} for call in calls]


def asked(client, **how):
    """The response to a request, once it is at rest."""
    response = client.responses.create(model="gpt-4o", tools=TOOLS, **how)
    while response.status in {"queued", "in_progress"}:
        response = client.responses.retrieve(response.id)
    return response


@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_outputs_that_never_come_are_missed_and_no_others(client, rounds, background):
    with runmock.use_cassette(script=SCRIPT) as session:
        response = asked(client, input="How warm?", background=background)
        for _ in range(rounds):
            response = asked(
                client, input=outputs_of(response), previous_response_id=response.id, background=background
            )
        kinds = [verdict.kind for verdict in session.verdicts]
        assert kinds == ([] if rounds == 2 else ["outputs_never_submitted"])
        assert [view.status for view in session.runs] == ["completed" if rounds == 2 else "requires_action"]
