"""Recorded answers as they are sent: what is neither JSON nor a stream, and the frames of streams."""

import hashlib

import pytest

from runmock.apis.registry import identify
from runmock.core.engine.pace import Pace
from runmock.core.errors import CassetteError, ScriptError, UnmatchedRequest
from runmock.core.http.json_text import STDLIB_JSON
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.replay.interaction import DONE, AlikeDeltas, Interaction, RecordedPace, StreamEvent, StreamEvents
from runmock.core.replay.recorded_reply import reply_of
from runmock.core.script.script import Source

PNG = b"\x89PNG\r\n\x1a\n\x00"
DIGEST = hashlib.sha256(PNG).hexdigest()
ONE = Interaction(Source("a.yaml", 2, 41), "GET", "/files/file_1/content", identify=identify)


def replied(**answer):
    return reply_of(ONE._replace(**answer), ONE.operation.api, Pace.read(None), STDLIB_JSON)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ((), (("content-type", "application/octet-stream"),)),
        ((("content-type", "image/png"),), (("content-type", "image/png"),)),
        (
            (("Content-Disposition", "attachment"), ("Content-Type", "image/png")),
            (("content-type", "image/png"), ("Content-Disposition", "attachment")),
        ),
    ],
)
def test_bytes_are_sent_as_they_are_with_their_type(headers, expected):
    reply = replied(content=BinaryContent.of(PNG), headers=headers, status=206)
    assert (reply.body(), reply.status, reply.headers, reply.is_stream) == (PNG, 206, expected, False)


def test_json_keeps_a_type_of_json_that_is_not_the_usual_one():
    reply = replied(json={"a": 1}, headers=(("content-type", "application/problem+json"), ("x", "y")))
    assert (reply.body(), reply.headers) == (
        b'{\n  "a": 1\n}',
        (("content-type", "application/problem+json"), ("x", "y")),
    )


def test_bytes_that_were_too_many_are_a_miss_with_the_reason():
    with pytest.raises(UnmatchedRequest) as raised:
        replied(content=BinaryContent(70_000_000, DIGEST))
    assert str(raised.value) == (
        "the answer to GET /files/file_1/content is not in the cassette: its 70,000,000 bytes were too many to keep\n"
        "  cassette  a.yaml, interaction 2, line 41\n"
        "  fix it    put the file beside the cassette, and name it there with 'path'"
    )


def test_a_file_that_is_not_there_fails_the_test_with_its_name():
    def read():
        raise CassetteError("x.files/a.png cannot be read: No such file or directory", "a.yaml")

    with pytest.raises(ScriptError) as raised:
        replied(content=BinaryContent(9, DIGEST, read, "x.files/a.png"), source=Source("a.yaml", 0))
    assert str(raised.value) == (
        "x.files/a.png cannot be read: No such file or directory\n"
        "  cassette  a.yaml, interaction 0, which answers GET /files/file_1/content\n"
        "  fix it    put the file back, or record it again"
    )


@pytest.mark.parametrize(
    ("method", "payload", "waits"),
    [
        ("GET", {"object": "vector_store.file_batch", "status": "in_progress"}, "0"),
        ("GET", {"object": "vector_store.file_batch", "status": "completed"}, None),
        ("GET", [], None),
        ("POST", {"object": "vector_store.file_batch", "status": "in_progress"}, None),
    ],
)
def test_who_polls_what_is_in_progress_is_told_not_to_sleep(method, payload, waits):
    path = "/vector_stores/vs_1/file_batches/vsfb_1"
    interaction = Interaction(Source("a.yaml", 0), method, path, identify=identify, json=payload)
    reply = reply_of(interaction, interaction.operation.api, Pace.read(None), STDLIB_JSON)
    assert dict(reply.headers).get("openai-poll-after-ms") == waits


RUN = StreamEvent("thread.run.created", {"id": "run_1", "object": "thread.run", "status": "queued"})
WORDS = AlikeDeltas(StreamEvent("x.delta", {"delta": "a", "sequence_number": 3}), ("delta",), ["a", "b", "c"])
MANY = WORDS._replace(texts=["a"] * 20)
LONE = AlikeDeltas(StreamEvent("x.delta", {"delta": "z"}), ("delta",), ["z"])


@pytest.mark.parametrize(
    "parts", [[], [DONE], [RUN, WORDS, DONE], [WORDS, RUN], [WORDS], [LONE, WORDS], [LONE], [RUN, MANY, DONE]]
)
@pytest.mark.parametrize("pace", [RecordedPace(5, 3), RecordedPace(5), RecordedPace()])
def test_alike_deltas_have_the_frames_of_their_events(parts, pace):
    stream = StreamEvents(parts)
    replies = [replied_stream(StreamEvents(parts), pace), replied_stream(tuple(stream), pace)]
    first, second = (list(reply.frames) for reply in replies)
    assert first == second
    assert b"".join(frame.data for frame in first) == b"".join(event.encoded() for event in stream)


def replied_stream(stream, pace):
    one = Interaction(Source("a.yaml", 0), "POST", "/threads/runs", identify=identify, stream=stream, pace=pace)
    return reply_of(one, one.operation.api, Pace.read("recorded"), STDLIB_JSON)


def test_the_first_frame_does_not_wait_for_the_alike_deltas(monkeypatch):
    reply = replied_stream(StreamEvents([RUN, MANY, DONE]), RecordedPace())
    monkeypatch.setattr(AlikeDeltas, "between", None)
    monkeypatch.setattr(AlikeDeltas, "with_text", None)
    frames = iter(reply.frames)
    assert next(frames).data == RUN.encoded()
    with pytest.raises(TypeError):
        next(frames)


@pytest.mark.parametrize("number", [14, 15])
def test_only_the_first_frame_of_a_long_stream_has_one_event(number):
    stream = (RUN, *(StreamEvent("x.delta", {"delta": "a"}) for _ in range(number)), DONE)
    together = [15, 1] if number == 14 else [1, 15, 1]
    assert [frame.events for frame in replied_stream(stream, RecordedPace()).frames] == together
    assert [frame.events for frame in replied_stream(stream, RecordedPace(5)).frames] == [1, number, 1]


def test_the_last_run_of_a_stream_is_found_without_its_alike_deltas(monkeypatch):
    monkeypatch.setattr(AlikeDeltas, "events", None)
    completed = StreamEvent("thread.run.completed", RUN.data | {"status": "completed"})
    for parts, status in (([RUN, WORDS, completed, DONE], "completed"), ([RUN, WORDS, DONE], "queued")):
        assert replied_stream(StreamEvents(parts), RecordedPace()).current_run().status == status
    assert replied_stream(StreamEvents([WORDS, DONE]), RecordedPace()).current_run() is None
