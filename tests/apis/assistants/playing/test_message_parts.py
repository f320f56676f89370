"""Messages of several parts: how each goes over a stream, and what the message is afterwards."""

import pytest
from conversation import MESSAGES, Service, data_of

FILE = {"type": "image_file", "image_file": {"file_id": "file-1"}}
URL = {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}


def text(value):
    return {"type": "text", "text": {"value": value, "annotations": []}}


def refusal(value):
    return {"type": "refusal", "refusal": value}


def deltas_of(events):
    """The parts of every delta."""
    return [part for delta in data_of(events, "thread.message.delta") for part in delta["delta"]["content"]]


@pytest.mark.parametrize(
    ("run", "deltas", "content"),
    [
        (
            "reply: [{image_file: file-1}, Here, ' it is', {image_url: 'https://a.example/b.png'}]",
            [
                {"index": 0, **FILE},
                {"index": 1, **text("Here")},
                {"index": 1, "type": "text", "text": {"value": " it is"}},
                {"index": 2, **URL},
            ],
            [FILE, text("Here it is"), URL],
        ),
        (
            "reply: {text: Here it, images: [file-1]}",
            [
                {"index": 0, **FILE},
                {"index": 1, **text("Here")},
                {"index": 1, "type": "text", "text": {"value": " it"}},
            ],
            [FILE, text("Here it")],
        ),
        ("reply: {images: [file-1]}", [{"index": 0, **FILE}], [FILE]),
        (
            "reply: [{text: a}, {text: b}]",
            [{"index": 0, **text("a")}, {"index": 1, **text("b")}],
            [text("a"), text("b")],
        ),
        ("refusal: I can't", [{"index": 0, **refusal("I")}, {"index": 0, **refusal(" can't")}], [refusal("I can't")]),
        (
            "refusal: [I c, an't]",
            [{"index": 0, **refusal("I c")}, {"index": 0, **refusal("an't")}],
            [refusal("I can't")],
        ),
        ("refusal: ''", [{"index": 0, **refusal("")}], [refusal("")]),
        (
            "reply: [No., {refusal: Never.}]",
            [{"index": 0, **text("No.")}, {"index": 1, **refusal("Never.")}],
            [text("No."), refusal("Never.")],
        ),
        (
            "reply: [{image_file: {file_id: file-1, detail: low}}]",
            [{"index": 0, "type": "image_file", "image_file": {"file_id": "file-1", "detail": "low"}}],
            [{"type": "image_file", "image_file": {"file_id": "file-1", "detail": "low"}}],
        ),
    ],
)
def test_each_part_is_streamed_in_deltas_and_then_whole(run, deltas, content):
    service = Service(f"runs: [{{{run}}}]")
    events = service.creates(stream=True)
    assert deltas_of(events) == deltas
    (message,) = data_of(events, "thread.message.completed")
    assert message["content"] == service.messages()[0]["content"] == content
    assert [data["content"] for data in data_of(events, "thread.message.created")] == [[]]


def test_a_poll_returns_the_same_message_as_a_stream():
    service = Service("runs: [{reply: [{image_file: file-1}, a]}]")
    service.finishes(service.creates())
    assert service.messages()[0]["content"] == [FILE, text("a")]


def test_citations_find_their_places_in_their_own_part():
    service = Service("runs: [{reply: [{text: 'Before.'}, {text: 'See [1]', annotations: [{text: '[1]'}]}]}]")
    service.finishes(service.creates())
    _, part = service.messages()[0]["content"]
    assert [(annotation["start_index"], annotation["end_index"]) for annotation in part["text"]["annotations"]] == [
        (4, 7)
    ]


def test_a_refusal_may_speak_of_what_went_before():
    service = Service("runs: [{refusal: 'Not $last_message.'}, {reply: [{image_file: file-1}, '$metadata.user']}]")
    service.asks("POST", MESSAGES, {"role": "user", "content": "that"})
    service.finishes(service.creates())
    service.finishes(service.creates(metadata={"user": "Ada"}))
    refused, shown = service.messages()[1:]
    assert (refused["content"], shown["content"]) == ([refusal("Not that.")], [FILE, text("Ada")])


def test_a_run_that_is_cancelled_leaves_the_parts_that_it_has_sent():
    service = Service("runs: [{reply: [{image_file: file-1}, a, b]}]")
    stream = service.opens("POST", "/threads/thread_1/runs", {"assistant_id": "asst_1", "stream": True})
    events = stream.reads_to("thread.message.delta")
    run = next(data for _, data in events if data["object"] == "thread.run")
    service.cancels(run)
    assert service.messages()[0]["content"] == [FILE]


def test_a_run_that_ends_early_leaves_an_incomplete_message_with_its_parts():
    events = Service("runs: [{reply: [{image_file: file-1}, a], incomplete: max_completion_tokens}]").creates(
        stream=True
    )
    (message,) = data_of(events, "thread.message.incomplete")
    assert (message["status"], message["content"]) == ("incomplete", [FILE, text("a")])


def test_messages_of_a_thread_are_there_beforehand_with_all_parts():
    service = Service(
        "threads: [{id: thread_1, messages: [{role: user, content: [{image_file: file-1}, a, b]}, "
        "{role: assistant, content: [{refusal: No.}]}]}]"
    )
    question, answered = service.messages()
    shown = {"type": "image_file", "image_file": {"file_id": "file-1", "detail": "auto"}}
    assert (question["content"], answered["content"]) == ([shown, text("ab")], [refusal("No.")])
