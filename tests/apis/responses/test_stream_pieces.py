"""Streams of Responses as cassettes have them: short, and read back to every event, value and order."""

import json

import pytest
from response_conversation import Responses

from runmock.apis.registry import identify
from runmock.apis.responses.recorded.stream_pieces import ResponsesPieces
from runmock.core.errors import CassetteError
from runmock.core.http.json_values import same_json
from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.script.script import Source
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.cassette_text import Header, cassette_text

EVERYTHING = """
runs:
- steps:
  - reasoning: [Think hard., Think again.]
  - code_interpreter: {input: print(6 * 7), logs: '42'}
  - file_search: {results: [{file_id: file-1, file_name: a.txt, score: 0.9, content: [{type: text, text: warm}]}]}
  - calls: [{get_weather: {city: Paris}}, {get_weather: {city: Oslo}}]
  - reply: {text: 'It was warm [1].', annotations: [{type: file_citation, text: '[1]', file_citation: {file_id: file-1}}]}
- refusal: I must not.
- {reply: Half, incomplete: max_completion_tokens}
- {reply: no, fail: server_error}
"""
RESPONSE = {"id": "resp_1", "object": "response", "status": "in_progress", "output": []}
MESSAGE = {"id": "msg_1", "type": "message", "status": "in_progress", "content": [], "role": "assistant"}
PART = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}


def scripted_streams():
    """Streams with every kind of item, as (name, data), without padding."""
    asked = Responses(EVERYTHING)
    include = ["code_interpreter_call.outputs", "file_search_call.results", "reasoning.encrypted_content"]
    first = asked.streams(include=include)
    calls = [item for item in first[-1][1]["response"]["output"] if item["type"] == "function_call"]
    outputs = [{"type": "function_call_output", "call_id": call["call_id"], "output": "21"} for call in calls]
    second = asked.streams(outputs, previous_response_id=first[-1][1]["response"]["id"])
    streams = [first, second, *(asked.streams("More") for _ in range(3))]
    return [[(name, without_padding(data)) for name, data in stream] for stream in streams]


def without_padding(data):
    return {key: value for key, value in data.items() if key != "obfuscation"}


def recorded(*streams):
    return [
        Interaction(
            Source("x", number),
            "POST",
            "/responses",
            body={"input": f"Question {number}", "stream": True},
            stream=tuple(StreamEvent(*event) for event in stream),
            identify=identify,
        )
        for number, stream in enumerate(streams)
    ]


def read_back(interactions):
    """The text of a cassette of interactions, when it has read back to the same events."""
    text = cassette_text(Header(1_767_225_600), interactions)
    read = cassette_from(text).interactions
    for one, other in zip(read, Aliases().aliased(interactions), strict=True):
        assert same_json([event[:2] for event in one.stream], [event[:2] for event in other.stream])
    assert cassette_text(Header(1_767_225_600), read) == text
    return text


def numbered(*events):
    """Events with type and number."""
    return [(name, {"type": name, "sequence_number": number, **data}) for number, (name, data) in enumerate(events)]


def text_stream(*more, part=PART, words=("It ", "is.")):
    """A stream that says some words; `more` are events behind the deltas."""
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    logprobs = {"logprobs": []} if "logprobs" in part else {}
    return [
        ("response.created", {"response": RESPONSE}),
        ("response.output_item.added", {"output_index": 0, "item": MESSAGE}),
        ("response.content_part.added", {**place, "part": part}),
        *(("response.output_text.delta", {**place, "delta": word, **logprobs}) for word in words),
        *more,
    ]


def test_every_kind_of_item_is_read_back():
    text = read_back(recorded(*scripted_streams()))
    assert "{type: response." not in text
    assert "sequence_number" not in text
    assert '      - arguments: ["{\\"", city, "\\":\\"", Paris, "\\"}"]\n' in text
    assert "      - code: [print" in text
    assert "      - response.output_item.done: {item: {encrypted_content: enc_2}}\n" in text
    assert text.count("Think again.") == 0
    assert text.count("same: resp_1") == 2
    assert "numbered" not in text


def test_a_text_of_300_deltas_has_less_than_20_lines():
    words = [f"word{number} " for number in range(300)]
    asked = Responses(f"runs: [reply: {json.dumps(words)}]")
    [stream] = [[(name, without_padding(data)) for name, data in asked.streams()]]
    text = read_back(recorded(stream))
    assert sum(name == "response.output_text.delta" for name, _ in stream) == 300
    assert len(text.splitlines()) < 20
    assert text.count("word7 ") == 1


def test_a_stream_without_numbers_is_marked():
    bare = [
        (name, {key: value for key, value in data.items() if key != "sequence_number"})
        for name, data in scripted_streams()[0]
    ]
    text = read_back(recorded(bare))
    assert "    numbered: false\n    stream:\n" in text
    assert "{type: response." not in text


def test_numbers_that_do_not_count_stand_there():
    jump = numbered(*text_stream())
    jump[3][1]["sequence_number"] = 7
    jump[4][1]["sequence_number"] = 8
    text = read_back(recorded(jump))
    assert '- response.output_text.delta: {sequence_number: 7, delta: "It "}\n      - text: is.' in text


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (text_stream(part={"type": "output_text", "annotations": [], "text": ""}), ' text: ["It ", is.]'),
        (
            text_stream(
                ("response.output_text.done", {"item_id": "msg_1", "output_index": 0, "content_index": 0, "text": "x"})
            ),
            "response.output_text.done: {text: x, drop: [logprobs]}",
        ),
        (
            text_stream(
                (
                    "response.content_part.done",
                    {
                        "item_id": "msg_1",
                        "output_index": 0,
                        "content_index": 0,
                        "part": {"type": "output_text", "text": "It is."},
                    },
                )
            ),
            "response.content_part.done: {part: {drop: [annotations, logprobs]}}",
        ),
        (
            text_stream(
                ("response.output_item.done", {"output_index": 0, "item": {**MESSAGE, "id": "msg_2", "content": []}})
            ),
            "{item: {id: msg_2,",
        ),
        (text_stream(("response.hiccup", {"a": 1})), "- response.hiccup: {a: 1}"),
        (text_stream(("error", {"error": {"code": "server_error"}})), "- error: {error: {code: server_error}}"),
        (text_stream(("response.web_search_call.searching", {"item_id": "msg_1", "output_index": 0})), "searching: {}"),
        (
            text_stream(("response.completed", {"response": {**RESPONSE, "status": "completed"}})),
            "same: resp_1, status",
        ),
        (
            text_stream(("response.completed", {"response": RESPONSE, "more": 1})),
            "- response.completed: {type: response.completed, sequence_number: 5, response: {",
        ),
        (text_stream(("response.completed", {"response": None})), "response: null}"),
        ([("response.output_text.delta", {"delta": "x"})], "- response.output_text.delta: {delta: x}"),
        ([("response.output_item.done", {"output_index": 0, "item": MESSAGE})], "item: {id: msg_1"),
        (
            [
                ("response.created", {"response": RESPONSE}),
                ("response.output_item.added", {"output_index": 1, "item": MESSAGE}),
            ],
            "- response.output_item.added: {output_index: 1, item:",
        ),
        (text_stream(("response.content_part.done", {"item_id": "msg_1", "part": None})), "part: null, drop: ["),
        (text_stream(("response.output_item.added", {"output_index": 1, "item": None})), "item: null"),
        (text_stream(words=(5,)), "delta: 5"),
        ([("response.output_text.delta", {"item_id": "msg_0", "delta": "x"})], "{item_id: msg_1, delta: x}"),
    ],
)
def test_what_is_unusual_is_written(events, expected):
    assert expected in read_back(recorded(numbered(*events)))


def test_data_that_is_no_object_and_events_without_a_type_stay_as_they_came():
    odd = [
        ("response.created", 5),
        ("response.x", [1]),
        ("response.y", {"type": "response.z"}),
        ("response.w", {"a": 1}),
    ]
    text = read_back(recorded(odd))
    assert "      - response.created: 5\n" in text
    assert "      - response.y: {type: response.z}\n" in text
    assert "      - raw: " in text


def test_items_that_are_told_by_turns_are_told_apart():
    call = {"type": "function_call", "status": "in_progress", "arguments": "", "name": "f"}
    one, two = ({**call, "id": f"fc_{number}", "call_id": f"call_{number}"} for number in (1, 2))
    delta = "response.function_call_arguments.delta"
    text = read_back(
        recorded(
            numbered(
                ("response.created", {"response": RESPONSE}),
                ("response.output_item.added", {"output_index": 0, "item": one}),
                ("response.output_item.added", {"output_index": 1, "item": two}),
                (delta, {"item_id": "fc_1", "output_index": 0, "delta": "{"}),
                (delta, {"item_id": "fc_1", "output_index": 0, "delta": "}"}),
                (delta, {"item_id": "fc_2", "output_index": 1, "delta": "[]"}),
                (
                    "response.function_call_arguments.done",
                    {"item_id": "fc_1", "output_index": 0, "arguments": "{}"},
                ),
                (
                    "response.output_item.done",
                    {"output_index": 0, "item": {**one, "status": "completed", "arguments": "{}"}},
                ),
            )
        )
    )
    assert '- response.function_call_arguments.delta: {item_id: fc_1, output_index: 0, delta: "{"}' in text
    assert '- arguments: "}"' in text
    assert 'response.function_call_arguments.done: {item_id: fc_1, output_index: 0, arguments: "{}"}' in text
    assert text.endswith("- response.output_item.done: {}\n")


@pytest.mark.parametrize(("key", "what"), [("text", "a part"), ("arguments", "an item"), ("code", "an item")])
def test_a_piece_that_continues_nothing_is_an_error(key, what):
    with pytest.raises(
        CassetteError, match=f"'{key}' continues {what} with such a text, and no event before it begins"
    ):
        cassette_from(f"runmock: 1\ninteractions: [{{request: POST /responses, stream: [{key}: x]}}]")


def test_a_piece_of_another_kind_of_item_is_an_error():
    with pytest.raises(CassetteError, match="'code' continues an item"):
        cassette_from(
            "runmock: 1\ninteractions:\n- request: POST /responses\n  stream:\n"
            "  - response.output_item.added: {item: {id: msg_1, type: message}}\n  - code: x\n"
        )


def test_what_is_no_delta_has_no_piece():
    pieces = ResponsesPieces()
    assert pieces.piece_of("response.output_text.delta", {"delta": 5}) is None
    assert pieces.piece_of("response.output_text.done", {"text": "x"}) is None
    assert pieces.piece_of("response.output_text.delta", {"delta": "x"}) is None
    pieces.note("ping", None)
    assert pieces.full("ping", None) is None


CALL = {"id": "fc_1", "type": "function_call", "arguments": ""}


@pytest.mark.parametrize("item", [MESSAGE, CALL], ids=["a part", "an item"])
def test_more_pieces_count_and_are_part_of_the_text(item):
    pieces = ResponsesPieces()
    pieces.note_alike(["nothing"])  # what no item has said changes the number alone
    pieces.note("response.output_item.added", {"sequence_number": 1, "output_index": 0, "item": item})
    if item is MESSAGE:
        place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
        pieces.note("response.content_part.added", {"sequence_number": 2, **place, "part": PART})
    key, text, end = (
        ("text", "text", "output_text") if item is MESSAGE else ("arguments", "arguments", "function_call_arguments")
    )
    first = pieces.delta(key, "a").data["sequence_number"]
    pieces.note_alike(["b", "c"])
    assert pieces.delta(key, "d").data["sequence_number"] == first + 3
    assert pieces.full(f"response.{end}.done", {})[text] == "abcd"
