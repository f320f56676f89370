"""A client without stored state sends the whole history each time; the file grows by what is new."""

import json

import pytest
from response_talks import TOOLS, outputs_of
from upstream import Upstream, recorded

from runmock.tape.reading.cassette import load_cassette

TURNS = 20
SCRIPT = "runs:\n" + "\n".join(
    f"- steps: [{{calls: [get_weather: {{city: City {turn}}}]}}, {{reply: In City {turn} take coat {turn}.}}]"
    for turn in range(TURNS)
)


def whole(item):
    """An item as the SDK dumps it."""
    return item.to_dict()


def without_id(item):
    """An item as frameworks send it that know no ids."""
    if item.type == "message":
        return {"role": "assistant", "content": item.content[0].text}
    return {"type": "function_call", "call_id": item.call_id, "name": item.name, "arguments": item.arguments}


def typed(item):
    """An item with the keys that a framework knows."""
    if item.type == "message":
        parts = [{"type": "output_text", "text": part.text, "annotations": []} for part in item.content]
        return {"type": "message", "id": item.id, "role": "assistant", "content": parts}
    return without_id(item) | {"id": item.id}


def converse(sdk, echo):
    history, answers = [], []
    for turn in range(TURNS):
        history.append({"role": "user", "content": f"How is it in City {turn}?"})
        while len(answers) == turn:
            body = {"input": history}  # the SDK takes long to look through an input of its own
            response = sdk.responses.create(model="gpt-4o", tools=TOOLS, store=False, extra_body=body)
            history += [echo(item) for item in response.output]
            history += outputs_of(response)
            if response.output_text:
                answers.append(response.output_text)
    return answers


@pytest.mark.parametrize("echo", [whole, without_id, typed])
def test_each_item_of_a_history_is_in_the_file_once(tmp_path, echo):
    path = tmp_path / "long.yaml"
    with recorded(path, Upstream(SCRIPT)) as sdk:
        answers = converse(sdk, echo)
    assert len(answers) == TURNS
    interactions = load_cassette(path).interactions
    lines = [line for line in path.read_text().splitlines() if line.startswith("    body:")]
    assert len(lines) == len(interactions) == 2 * TURNS
    assert len(interactions[-1].body["input"]) == 4 * TURNS - 1
    assert sum(map(len, lines)) < sum(len(json.dumps(one.body)) for one in interactions) / 10
    assert max(map(len, lines)) < 300
    bodies = "\n".join(lines)
    for turn in range(TURNS):
        assert bodies.count(f"How is it in City {turn}?") == 1
        assert bodies.count(f"In City {turn} take coat {turn}.") == (0 if echo is whole or turn == TURNS - 1 else 1)
    with recorded(path, Upstream(), "none", allow_unplayed=False) as sdk:
        assert converse(sdk, echo) == answers
