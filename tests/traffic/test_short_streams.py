"""Streams of Responses are short in a cassette: an event a line, deltas in one line."""

import json

import httpx2
from traffic_data import TRAFFIC

import runmock
from runmock.tape.importers.to_cassette import import_recording
from runmock.tape.reading.cassette import load_cassette

LONG = TRAFFIC / "responses/openai__openai-dotnet/ResponsesToolTests/CodeInterpreterToolStreaming.json"
URL = "https://api.openai.com/v1/responses"


def recorded(body, path):
    """The lines of the cassette of one stream."""
    answer = httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=body)
    with (
        httpx2.Client(transport=httpx2.MockTransport(lambda _: answer)) as client,
        runmock.use_cassette(path, record_mode="once"),
    ):
        client.post(URL, json={"model": "gpt-4o", "input": "Hi", "stream": True})
    return path.read_text().splitlines()


def test_a_code_interpreter_stream_of_160_kb_has_about_40_lines(tmp_path):
    (entry,) = json.loads(LONG.read_text(encoding="utf-8-sig"))["Entries"]
    body = "".join(entry["ResponseBody"])
    assert LONG.stat().st_size > 160_000
    assert len(import_recording(LONG).text.splitlines()) <= 40
    lines = recorded(body.encode(), tmp_path / "code.yaml")
    assert len(lines) <= 40
    (interaction,) = load_cassette(tmp_path / "code.yaml").interactions
    assert len(interaction.stream) == body.count("event: ")


def test_a_text_stream_of_300_deltas_has_under_20_lines(tmp_path):
    words = [f"word {number}, " for number in range(300)]
    script = tmp_path / "script.yaml"
    script.write_text(json.dumps({"runmock": 1, "runs": [{"reply": words}]}))
    with httpx2.Client() as client, runmock.use_cassette(script):
        body = client.post(URL, json={"model": "gpt-4o", "input": "Hi", "stream": True}).content
    assert body.count(b"event: response.output_text.delta") == 300
    lines = recorded(body, tmp_path / "text.yaml")
    assert len(lines) < 20
    with httpx2.Client() as client, runmock.use_cassette(tmp_path / "text.yaml"):
        played = client.post(URL, json={"model": "gpt-4o", "input": "Hi", "stream": True}).text
    deltas = [
        json.loads(line[6:])["delta"]
        for line in played.splitlines()
        if '"response.output_text.delta"' in line and line.startswith("data: ")
    ]
    assert deltas == words
