"""A recording as a cassette's text, and back: nothing is lost, whatever a server sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.apis.registry import identify
from runmock.core.errors import CassetteError
from runmock.core.http.json_values import same_json
from runmock.core.http.sse import EventDecoder
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.replay.interaction import DONE, NAMELESS_DONE, Interaction, RecordedPace, StreamEvent, event_of
from runmock.core.script.script import Source
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.reading.stream import raw_event
from runmock.tape.writing.cassette_text import Header, cassette_text

SOURCE = Source("x.yaml", 0)
HEADER = Header(1_761_861_532)


def post(path="/threads", **fields):
    return Interaction(SOURCE, "POST", path, identify=identify, **fields)


def get(path="/threads/t", **fields):
    return Interaction(SOURCE, "GET", path, identify=identify, **fields)


def written(*interactions, header=HEADER):
    """What stands below the head of the cassette."""
    return cassette_text(header, interactions).split("interactions:\n", 1)[1]


def event(name, **data):
    return StreamEvent(name, data)


def text_delta(message_id, piece, **more):
    text = {"value": piece, **more}
    part = {"index": 0, "type": "text", "text": text}
    return event("thread.message.delta", id=message_id, object="thread.message.delta", delta={"content": [part]})


def call_delta(**function):
    part = {"index": 0, **({"id": "call_x"} if "name" in function else {}), "type": "function", "function": function}
    details = {"type": "tool_calls", "tool_calls": [part]}
    return event("thread.run.step.delta", id="step_x", object="thread.run.step.delta", delta={"step_details": details})


RUN = {
    "id": "run_abc",
    "object": "thread.run",
    "created_at": 1_761_861_530,
    "status": "queued",
    "instructions": "Be brief.",
}


def test_a_cassette_is_written_for_review():
    done = {**RUN, "status": "completed", "completed_at": 1_761_861_534}
    message = {"id": "msg_abc", "object": "thread.message", "created_at": 1_761_861_533}
    stream = (
        event("thread.run.created", **RUN),
        event("thread.message.created", **message),
        text_delta("msg_abc", "Hello", annotations=[]),
        text_delta("msg_abc", " Ada"),
        event("thread.run.completed", **done),
        StreamEvent("done"),
    )
    text = cassette_text(
        Header(1_761_861_532, "https://gateway.example/v1", "openai 3.57.0"),
        [
            post(body={}, json={"id": "thread_abc", "object": "thread", "created_at": 1_761_861_532.5}),
            post(
                "/threads/thread_abc/runs",
                body={"assistant_id": "asst_mine", "stream": True},
                stream=stream,
                pace=RecordedPace(58, 100),
            ),
            *[get("/threads/thread_abc/runs/run_abc", json=done)] * 3,
            get(
                "/threads/thread_abc/messages",
                query={"limit": ("2",)},
                json={"object": "list", "data": [message, message]},
            ),
            post("/threads/thread_none/runs", body={}, status=404, json={"error": {"message": "No thread_abc."}}),
            get("/files/file_abc/content", text="a: b", headers=(("content-type", "text/plain"),)),
        ],
    )
    assert (
        text
        == """\
runmock: 1
recorded: {at: 2025-10-30T21:58:52Z, from: 2025-10-30T21:58:52Z, upstream: "https://gateway.example/v1", sdk: openai 3.57.0}
interactions:
  - request: POST /threads
    body: {}
    json: {id: thread_1, object: thread, created_at: +0.5s}

  - request: POST /threads/thread_1/runs
    body: {assistant_id: asst_mine, stream: true}
    pace: {first: 58ms, gap: 100ms}
    stream:
      - thread.run.created: {id: run_1, object: thread.run, created_at: -2s, status: queued, instructions: Be brief.}
      - thread.message.created: {id: msg_1, object: thread.message, created_at: +1s}
      - text: [Hello, " Ada"]
      - thread.run.completed: {same: run_1, status: completed, completed_at: +2s}
      - done

  - request: GET /threads/thread_1/runs/run_1
    repeat: 3
    json: {same: run_1}

  - request: GET /threads/thread_1/messages?limit=2
    json:
      object: list
      data:
        - {same: msg_1}
        - {same: msg_1}

  - request: POST /threads/thread_none/runs
    body: {}
    status: 404
    json: {error: {message: No thread_abc.}}

  - request: GET /files/file_abc/content
    headers: {content-type: text/plain}
    text: "a: b"
"""
    )


def test_an_id_in_a_longer_text_is_an_alias_too():
    text = written(
        post(json={"id": "thread_abcdefghij", "object": "thread"}),
        get("/threads/thread_abcdefghij/runs/run_x", status=404, json={"error": "No run on 'thread_abcdefghij'."}),
    )
    assert "json: {error: No run on 'thread_1'.}" in text


def test_ids_from_the_application_stay_as_they_are():
    text = written(
        post(
            "/threads/thread_1/runs",
            body={"assistant_id": "asst_mine"},
            json={"id": "run_x", "assistant_id": "asst_mine"},
        ),
        post(json={"id": "thread_new"}),
    )
    assert "{id: run_1, assistant_id: asst_mine}" in text
    assert "json: {id: thread_2}" in text  # thread_1 is the application's own


def test_an_id_without_a_prefix_is_named_by_what_it_is():
    text = written(
        post(json={"id": "3f1", "object": "thread.run", "thread_id": "77", "file_ids": ["9"], "tool_id": ""})
    )
    assert 'json: {id: run_1, object: thread.run, thread_id: thread_1, file_ids: [file_1], tool_id: ""}' in text


def test_metadata_is_the_applications_own():
    text = written(post(json={"id": "thread_x", "metadata": {"user_id": "ada", "sent_at": 1_761_861_533}}))
    assert "metadata: {user_id: ada, sent_at: 1761861533}" in text


def test_deltas_of_arguments_and_code_are_gathered():
    begins = call_delta(name="now", arguments="", output=None)
    text = written(post(stream=(begins, call_delta(arguments='{"a'), call_delta(arguments='":1}'), begins)))
    assert '      - arguments: ["{\\"a", "\\":1}"]\n' in text
    assert text.count("- thread.run.step.delta") == 2


def test_a_long_text_is_broken_into_lines():
    pieces = [f"word{number} " for number in range(60)]
    message = event("thread.message.created", id="msg_x", object="thread.message")
    text = written(
        post(
            stream=(message, text_delta("msg_x", "", annotations=[]), *(text_delta("msg_x", piece) for piece in pieces))
        )
    )
    lines = text.splitlines()
    assert max(map(len, lines)) <= 120
    assert _back(text).stream[-1].data["delta"]["content"][0]["text"]["value"] == "word59 "


def _back(text):
    return cassette_from(f"runmock: 1\ninteractions:\n{text}").interactions[0]


STREAM_OF_CHAT = """\
  - request: POST /chat/completions
    stream:
      - message: {id: chatcmpl_1, choices: [{delta: {content: Hi}}]}
      - message: null
      - done: nameless
"""


def test_a_stream_without_names_is_one_of_messages_and_its_end_is_nameless():
    chunk = event("message", id="chatcmpl_1", choices=[{"delta": {"content": "Hi"}}])
    interaction = post("/chat/completions", stream=(chunk, StreamEvent("message"), NAMELESS_DONE))
    assert written(interaction) == STREAM_OF_CHAT
    assert cassette_from(cassette_text(HEADER, [interaction])).interactions[0].stream == interaction.stream


def test_the_ends_with_a_name_and_without_are_distinguished():
    interaction = post("/threads/runs", stream=(NAMELESS_DONE, DONE))
    assert written(interaction).endswith("stream:\n      - done: nameless\n      - done\n")
    assert cassette_from(cassette_text(HEADER, [interaction])).interactions[0].stream == interaction.stream


def test_an_event_that_is_named_message_is_kept_as_it_was_sent():
    (sent,) = EventDecoder().feed(b'event: message\ndata: {"a":1}\n\n')
    interaction = post("/mcp", stream=(event_of(sent),))
    assert written(interaction).endswith('      - raw: "event: message\\ndata: {\\"a\\":1}\\n\\n"\n')
    assert cassette_from(cassette_text(HEADER, [interaction])).interactions[0].stream == interaction.stream


@pytest.mark.parametrize(
    ("raw", "event"), [("data: [DONE]\n\n", NAMELESS_DONE), ("event: done\ndata: [DONE]\n\n", DONE)]
)
def test_an_end_that_an_older_cassette_has_as_raw_is_the_same_end(raw, event):
    assert raw_event(raw, ValueError) == event


@pytest.mark.parametrize(
    "raw",
    [
        "event: ping\ndata: pong\n\n",
        "event: text\ndata: {}\n\n",
        "event: arguments\ndata: {}\n\n",
        "event: raw\ndata: {}\n\n",
        'event: thread.run.created\ndata: {"at": NaN}\n\n',
        'event: thread.run.created\ndata: {"created_at": "+3s"}\n\n',
        'event: thread.run.created\ndata: {"same": "x"}\n\n',
        "event: done\ndata: {}\n\n",
        "data: [DONE]\n\n",
        "event: x\ndata: {\ndata: }\n\n",
        "event: x\ndata: " + "[" * 90 + "]" * 90 + "\n\n",
    ],
)
def test_an_event_that_the_format_cannot_express_is_kept_as_it_was_sent(raw):
    (sent,) = EventDecoder().feed(raw.encode())
    event = raw_event(raw, ValueError)
    text = written(post(stream=(event,)))
    (back,) = _back(text).stream
    assert EventDecoder().feed(back.encoded()) == [sent]


@pytest.mark.parametrize(
    "value",
    [{"same": "x"}, {"created_at": "+3s"}, [{"same": "x"}], {"a": "\ud800"}, {"data": [{"same": "x"}]}],
)
def test_json_that_the_format_cannot_express_is_a_text_of_that_type(value):
    back = _back(written(post(json=value)))
    assert (back.json, dict(back.headers)) == (None, {"content-type": "application/json"})
    assert same_json(json.loads(back.text), value)


def test_a_body_that_is_nested_too_deep_is_refused_by_name():
    deep = []
    for _ in range(90):
        deep = [deep]
    with pytest.raises(CassetteError, match="the body of POST /threads cannot be written in YAML"):
        written(post(body=deep))


IDS = st.sampled_from(["run_abcdefghijkl", "msg_abcdefghijkl", "x", "thread_1", "call_1", "run_1"])
TEXTS = (
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
    | IDS
    | st.sampled_from(["+3s", "done", "no"])
)
KEYS = (
    st.sampled_from(["id", "object", "created_at", "run_id", "metadata", "same", "drop", "data", "status", "a_at"])
    | TEXTS
)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2_000_000_000) | st.floats(0, 2e9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)
OBJECTS = st.builds(
    lambda more, object_id, kind: {"id": object_id, "object": kind, **more},
    st.dictionaries(KEYS, JSONS, max_size=3),
    IDS,
    st.sampled_from(["thread.run", "thread.message", "thread.message.delta"]),
)
PAYLOADS = JSONS | OBJECTS
DELTAS = st.builds(text_delta, IDS, TEXTS) | st.builds(lambda piece: text_delta("x", piece, annotations=[]), TEXTS)
EVENTS = (
    DELTAS
    | st.builds(lambda piece: call_delta(arguments=piece), TEXTS)
    | st.just(call_delta(name="now", arguments=""))
    | st.builds(
        lambda name, data: StreamEvent(name=name, data=data),  # not `raw`, which hypothesis would make up
        st.sampled_from(["thread.run.created", "thread.message.created", "text", "raw", "done", "é"]),
        PAYLOADS,
    )
    | st.just(StreamEvent("done"))
)
ANSWERS = (
    st.builds(lambda value: {"json": value}, PAYLOADS)
    | st.builds(lambda events: {"stream": tuple(events)}, st.lists(EVENTS, max_size=8))
    | st.builds(lambda text: {"text": text}, TEXTS)
    | st.builds(lambda data: {"content": BinaryContent.of(data)}, st.binary(max_size=200))
)
INTERACTIONS = st.builds(
    lambda method, path, query, body, status, answer: Interaction(
        SOURCE, method, path, query=query, body=body, status=status, **answer, identify=identify
    ),
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(["/threads", "/threads/x/runs/run_abcdefghijkl", "/a%20b"]),
    st.dictionaries(TEXTS.filter(bool), st.lists(TEXTS, min_size=1, max_size=2).map(tuple), max_size=2),
    PAYLOADS,
    st.sampled_from([200, 404]),
    ANSWERS,
)


@given(st.lists(INTERACTIONS, max_size=6))
def test_any_recording_survives(interactions):
    """Written and read again, aliases are all that differs: writing what was read gives the same text."""
    text = cassette_text(HEADER, interactions)
    back = cassette_from(text).interactions
    counted = [interaction for interaction in back for _ in range(interaction.repeat)]
    assert [(interaction.method, interaction.status) for interaction in counted] == [
        (interaction.method, interaction.status) for interaction in interactions
    ]
    for read, sent in zip(counted, interactions, strict=True):
        assert _shape(read) == _shape(sent)
        assert read.content == sent.content
    assert cassette_text(HEADER, [interaction._replace(source=SOURCE) for interaction in back]) == text


def _shape(interaction):
    """What of an interaction no alias changes: its events by name, its answer with texts left out."""
    events = None if interaction.stream is None else [name.decode() for name in _names(interaction)]
    answer = interaction.json if interaction.text is None or interaction.json is not None else interaction.text
    if interaction.text is not None and ("content-type", "application/json") in interaction.headers:
        answer = json.loads(interaction.text)
    return events, _without_texts(answer), _without_texts(interaction.body), len(interaction.query)


def _names(interaction):
    return [event.encoded().split(b"\n")[0] for event in interaction.stream]


def _without_texts(value):
    if isinstance(value, dict):
        return {key: _without_texts(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_texts(part) for part in value]
    return "..." if isinstance(value, str) else (type(value).__name__, value)
