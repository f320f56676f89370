"""The commands on a recording of Responses and of another API: imported, shown, checked, compared; nothing of it is lost."""

import json

import yaml

from runmock.tape.reading.cassette import cassette_from

URL = "https://api.openai.com/v1"
RESPONSE = {"id": "resp_abcdefghijklmnop", "object": "response", "output": []}
DELTA = {"item_id": "msg_abcdefghijklmnop", "delta": "Hi", "obfuscation": "abcdefghijklmn"}
EVENTS = [
    ("response.created", {"response": RESPONSE}),
    ("response.output_text.delta", DELTA),
    ("response.output_text.delta", DELTA | {"delta": " you"}),
    ("response.completed", {"response": RESPONSE | {"status": "completed"}}),
]
CHAT = 'data: {"id": "chatcmpl-abcdefghijkl", "choices": []}\n\ndata: [DONE]\n\n'


def recorded(path, sse):
    answer = {"status": {"code": 200}, "headers": {"Content-Type": ["text/event-stream"]}, "body": {"string": sse}}
    return {
        "request": {"method": "POST", "uri": URL + path, "body": '{"stream": true}', "headers": {}},
        "response": answer,
    }


def stream_of(events):
    return "".join(f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n" for name, data in events)


KEPT = {"interactions": [recorded("/responses", stream_of(EVENTS)), recorded("/chat/completions", CHAT)]}
INTERACTIONS = """\
  - request: POST /responses
    body: {stream: true}
    numbered: false
    stream:
      - response.created: {id: resp_1, object: response, output: []}
      - response.output_text.delta: {item_id: msg_1, delta: Hi}
      - response.output_text.delta: {item_id: msg_1, delta: " you"}
      - response.completed: {same: resp_1, status: completed}

  - request: POST /chat/completions
    body: {stream: true}
    stream:
      - message: {id: chatcmpl_1, choices: []}
      - done: nameless
"""

AS_RECORDED = [
    "as it was recorded: line 4: POST /responses  resp_1 under 'events:'",
    "  here the stream has response.output_text.delta, where a script's has response.in_progress",
]


def test_each_command_copes_with_streams_of_responses_and_of_chat(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(KEPT))
    ran = runmock_command("import", "a.yaml")
    assert (ran.code, ran.out.partition(", ")[0]) == (0, "a.yaml -> a.runmock.yaml: 2 interactions")
    head, _, rest = (tmp_path / "a.runmock.yaml").read_text().partition("interactions:\n")
    assert (head.splitlines()[0], rest) == ("runmock: 1", INTERACTIONS)
    ran = runmock_command("check", "a.runmock.yaml")
    assert (ran.code, ran.out) == (0, "1 cassette, nothing found\n")
    ran = runmock_command("show", "a.runmock.yaml")
    assert ran.code == 0
    assert "2 interactions, 6 events, 1 thread, 1 run" in " ".join(ran.out.split())
    assert "besides: POST /chat/completions" in ran.out
    assert runmock_command("diff", "a.runmock.yaml", "a.runmock.yaml").code == 0
    originals = cassette_from(f"interactions:\n{INTERACTIONS}").interactions
    ran = runmock_command("expand", "a.runmock.yaml")
    assert ran.code == 0
    assert [interaction.stream for interaction in cassette_from(ran.out).interactions] == [
        interaction.stream for interaction in originals
    ]
    ran = runmock_command("distill", "a.runmock.yaml")
    assert (ran.code, ran.err.splitlines()) == (0, AS_RECORDED)
    script = cassette_from(ran.out)
    assert [interaction.stream for interaction in script.interactions] == [originals[1].stream]
    assert [name for name, _ in script.script.runs[0].events] == [name for name, _ in EVENTS]
    ran = runmock_command("show", "--full", "a.runmock.yaml")
    assert "      - done: nameless\n" in ran.out
    assert [interaction.stream for interaction in cassette_from(ran.out).interactions] == [
        interaction.stream for interaction in originals
    ]
