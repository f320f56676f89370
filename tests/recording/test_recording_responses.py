"""Responses and conversations are recorded, also at the hosts where Assistants was switched off, and play the same."""

import json

import httpx2
import openai
import pytest
from live import Live
from response_talks import SCRIPT, background, chained, in_a_conversation, stateless
from upstream import KEY, Upstream, client

import runmock

HOSTS = [
    "https://api.openai.com/v1",
    "https://mine.openai.azure.com/openai/v1",
    "https://mine.services.ai.azure.com/api/projects/p/openai/v1",
    "http://gateway.example/v1",
]


def recorded(path, ask, root=HOSTS[-1], mode="once", **other):
    with client(Upstream(SCRIPT, **other), root) as sdk, runmock.use_cassette(path, record_mode=mode):
        return ask(sdk)


def played(path, ask, root=HOSTS[-1]):
    with openai.OpenAI(api_key=KEY, base_url=root, max_retries=0) as sdk, runmock.use_cassette(path):
        return ask(sdk)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weather.yaml"


@pytest.mark.parametrize("root", HOSTS)
@pytest.mark.parametrize("ask", [chained, stateless, in_a_conversation, background])
def test_what_was_recorded_is_played(path, ask, root):
    recorded(path, ask, root)
    once = played(path, ask, root)
    assert played(path, ask, root) == once
    assert shape(once) == shape(recorded(path.with_name("other.yaml"), ask, root))


def shape(value):
    """A value without ids, times, encrypted texts and padding."""
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if key not in {"obfuscation", "encrypted_content"}}
        return {key: "" if key.endswith(("id", "_at")) else shape(part) for key, part in kept.items()}
    return [shape(part) for part in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("ask", [chained, stateless, in_a_conversation, background])
def test_recorded_again_the_file_stays_the_same(path, ask):
    recorded(path, ask)
    before = path.read_bytes()
    recorded(path, ask, mode="all", salt="x", later=1_000)
    assert path.read_bytes() == before


def test_a_stream_is_short(path):
    recorded(path, chained)
    text = path.read_text()
    for word in ("obfuscation", "sequence_number", "{type: response.", KEY):
        assert word not in text
    assert text.count("Think hard.") == 0
    assert "- text: [It was,  21, ', and dry.']" in text or '- text: [It was, " 21", ", and dry."]' in text
    assert {"resp_1", "rs_1", "fc_1", "msg_1", "call_1"} <= set(text.replace(",", " ").replace("}", " ").split())


def test_a_history_is_told_once_and_what_is_encrypted_has_an_alias(path):
    recorded(path, stateless)
    text = path.read_text()
    assert text.count("How warm was it?") == 1
    assert text.count("encrypted_content: enc_1") == 1
    assert "{same: rs_1}" in text


def test_what_is_encrypted_comes_back(path):
    recorded(path, stateless)
    reasoning = played(path, stateless)[0]["output"][0]
    assert (reasoning["type"], reasoning["encrypted_content"]) == ("reasoning", "enc_1")


def test_assistants_stays_refused_where_responses_is_recorded(path):
    with client(Upstream(SCRIPT), HOSTS[0]) as sdk, runmock.use_cassette(path, record_mode="once"):
        chained(sdk)
        with pytest.raises(runmock.UnmatchedRequest, match="the Assistants API was switched off there"):
            sdk.beta.threads.create()
    assert "threads" not in path.read_text()


def test_an_upstream_where_assistants_was_switched_off_may_be_named(path):
    with (
        client(Upstream(SCRIPT), HOSTS[-1]) as sdk,
        runmock.use_cassette(path, record_mode="once", upstream="https://api.openai.com/v1"),
    ):
        stateless(sdk)
        with pytest.raises(runmock.UnmatchedRequest, match=r"nothing can be recorded from api\.openai\.com: "):
            sdk.beta.threads.create()
    assert 'upstream: "https://api.openai.com/v1"' in path.read_text()


def test_it_is_recorded_over_a_real_connection(path):
    live = Live()
    live.plays(SCRIPT)
    try:
        with (
            openai.OpenAI(api_key=KEY, max_retries=0) as sdk,
            runmock.use_cassette(path, record_mode="once", upstream=live.url),
        ):
            chained(sdk)
    finally:
        live.end()
    assert played(path, chained)[1]["id"] == "resp_2"


INVENTED = [
    ("response.created", {"response": {"id": "resp_x", "object": "response", "status": "in_progress", "output": [], "mood": {"id": "mood_x"}}}),
    ("response.dreaming", {"depth": 3, "layers": [{"id": "layer_x", "colour": None}]}),
    ("response.output_item.added", {"output_index": 0, "item": {"id": "dream_x", "type": "dream_call", "vivid": True, "status": "in_progress"}}),
    ("response.dream_call.deepening", {"item_id": "dream_x", "output_index": 0, "depth": 4}),
    ("response.dream_call_text.delta", {"item_id": "dream_x", "output_index": 0, "delta": "A sheep"}),
    ("response.dream_call_text.delta", {"item_id": "dream_x", "output_index": 0, "delta": " jumps"}),
    ("response.dream_call_text.done", {"item_id": "dream_x", "output_index": 0, "text": "A sheep jumps"}),
    ("response.output_item.done", {"output_index": 0, "item": {"id": "dream_x", "type": "dream_call", "vivid": 0.5, "status": "completed", "text": "A sheep jumps"}}),
    ("response.completed", {"response": {"id": "resp_x", "object": "response", "status": "completed", "output": [{"id": "dream_x", "type": "dream_call", "vivid": 0.5, "status": "completed", "text": "A sheep jumps"}], "mood": {"id": "mood_x"}, "wake": 1.0}}),
]  # fmt: skip
"""A stream of a service that has learned something new."""


def test_what_nobody_knows_yet_is_recorded_and_played(path, streaming_server):
    numbered = [(name, {"type": name, "sequence_number": place, **data}) for place, (name, data) in enumerate(INVENTED)]
    root = streaming_server([f"event: {name}\ndata: {json.dumps(data)}\n\n".encode() for name, data in numbered])
    ask = {"model": "gpt-9", "input": "Dream.", "dreams": ["vivid"], "stream": True}

    def heard():
        answer = httpx2.post(f"{root}/responses", json=ask)
        frames = answer.text.strip().split("\n\n")
        return [
            (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
            for name, data in map(str.splitlines, frames)
        ]

    with runmock.use_cassette(path, record_mode="once", hosts=["127.0.0.1"]):
        assert heard() == numbered
    with runmock.use_cassette(path, hosts=["127.0.0.1"]):
        played = heard()
    names = {"resp_x": "resp_1", "mood_x": "mood_1", "layer_x": "layer_1", "dream_x": "dream_1"}
    expected = json.dumps(numbered)
    for real, alias in names.items():
        expected = expected.replace(real, alias)
    assert [[name, data] for name, data in played] == json.loads(expected)
    assert "{same: resp_1, status: completed, wake: 1.0}" in path.read_text()
