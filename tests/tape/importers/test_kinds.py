"""Recordings of other tools in the place of a cassette: each is called by its name, with what makes a cassette of it."""

import json

import pytest

from runmock.core.errors import CassetteError
from runmock.tape.importers.kinds import foreign_recording
from runmock.tape.importers.to_cassette import import_recording
from runmock.tape.reading.cassette import load_cassette

URL = "https://api.openai.com/v1/threads"
ANSWER = '{"id": "thread_1", "object": "thread"}'
VCRPY = f"""\
interactions:
- request:
    body: '{{}}'
    headers: {{}}
    method: POST
    uri: {URL}
  response:
    body:
      string: '{ANSWER}'
    headers: {{}}
    status: {{code: 200, message: OK}}
version: 1
"""
BINARY = VCRPY.replace(f"string: '{ANSWER}'", "string: !!binary |\n        eyJpZCI6ICJ0aHJlYWRfMSJ9")
CASSETTER = f"""\
version: 1
interactions:
- request: {{method: POST, uri: '{URL}', headers: {{}}, body: {{type: none}}}}
  response: {{status: 200, headers: {{}}, body: {{type: text, content: '{ANSWER}'}}}}
  recorded_at: 2026-01-01T00:00:00Z
"""
HAR = {
    "log": {
        "entries": [
            {
                "request": {"method": "POST", "url": URL, "postData": {"text": "{}"}},
                "response": {"status": 200, "headers": [], "content": {"text": ANSWER}},
                "startedDateTime": "2026-01-01T00:00:00Z",
            }
        ]
    }
}
PROXY = {
    "Entries": [
        {"RequestMethod": "POST", "RequestUri": URL, "RequestBody": None, "StatusCode": 200, "ResponseBody": ANSWER}
    ]
}
RUBY = f"""\
---
http_interactions:
- request:
    method: post
    uri: {URL}
    body: {{encoding: UTF-8, string: "{{}}"}}
    headers: {{}}
  response:
    status: {{code: 200, message: OK}}
    headers: {{}}
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        eyJpZCI6ICJ0aHJlYWRfMSJ9
  recorded_at: Tue, 14 Nov 2023 21:48:50 GMT
recorded_with: VCR 6.1.0
"""
PARSED = VCRPY.replace(f"body:\n      string: '{ANSWER}'", f"parsed_body: {ANSWER}").replace(
    "body: '{}'", "parsed_body: {}"
)
OLD = VCRPY.replace(f"body:\n      string: '{ANSWER}'", f"content: '{ANSWER}'").replace(
    "status: {code: 200, message: OK}", "status_code: 200"
)
AS_JSON = {
    "version": 1,
    "interactions": [
        {
            "request": {"method": "POST", "uri": URL, "body": None},
            "response": {"status": {"code": 200}, "headers": {}, "body": {"string": ANSWER}},
        }
    ],
}

RECORDINGS = [
    pytest.param("a.yaml", VCRPY, "this is a vcrpy cassette", id="vcrpy"),
    pytest.param("a.runmock.yaml", VCRPY, "this is a vcrpy cassette", id="vcrpy, named as a cassette"),
    pytest.param("a.yaml", BINARY, "this is a vcrpy cassette", id="vcrpy with bytes"),
    pytest.param("a.yaml", f"\ufeff{VCRPY}", "this is a vcrpy cassette", id="vcrpy behind a byte order mark"),
    pytest.param("a.json", json.dumps(AS_JSON, indent="\t"), "this is a vcrpy cassette", id="vcrpy in JSON"),
    pytest.param("a.json", json.dumps(AS_JSON), "this is a vcrpy cassette", id="vcrpy in JSON on one line"),
    pytest.param("a.yaml", PARSED, "this is a vcrpy cassette", id="vcrpy with parsed bodies"),
    pytest.param("a.yaml", OLD, "this is a vcrpy cassette", id="vcrpy's older form for httpx"),
    pytest.param("a.yml", RUBY, "this is a recording of VCR for Ruby", id="VCR for Ruby"),
    pytest.param("a.yaml", CASSETTER, "this is a cassetter cassette", id="cassetter"),
    pytest.param("a.har", json.dumps(HAR), "this is an HTTP archive (HAR)", id="HAR"),
    pytest.param("a.json", json.dumps(PROXY), "this is a recording of the Azure SDKs' test proxy", id="test proxy"),
    pytest.param(
        "a.txt",
        'event: thread.run.created\ndata: {"id": "run_1", "object": "thread.run", "thread_id": "thread_1", '
        '"assistant_id": "asst_1", "status": "queued"}\n\nevent: done\ndata: [DONE]\n\n',
        "these are server-sent events",
        id="SSE log",
    ),
]


@pytest.mark.parametrize(("file", "text", "sentence"), RECORDINGS)
def test_the_error_for_a_file_opened_as_a_cassette_names_its_kind(tmp_path, monkeypatch, file, text, sentence):
    monkeypatch.chdir(tmp_path)
    path = tmp_path.relative_to(tmp_path) / file
    path.write_text(text)
    with pytest.raises(CassetteError) as caught:
        load_cassette(path)
    assert str(caught.value) == f"{file}:1:1: {sentence}: runmock import {file}"
    assert import_recording(path).interactions == 1


def test_the_command_can_be_pasted_whatever_the_file_is_called():
    assert foreign_recording(VCRPY, "my tests/a b.yaml") == (
        "this is a vcrpy cassette: runmock import 'my tests/a b.yaml'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "a: [1",
        "interactions: [",
        "interactions: []",
        "interactions: 3",
        "interactions:\n- request: POST /threads\n  json: {}\n",
        "runmock: 1\ninteractions:\n- request: {}\n",
        '{"runmock": 1, "interactions": [{"request": {}}]}',
        "log: [a]",
        "[interactions]",
    ],
)
def test_all_else_is_left_to_what_is_wrong_with_it(text):
    assert foreign_recording(text, "a.yaml") == ""
