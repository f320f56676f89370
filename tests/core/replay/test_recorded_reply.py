"""Answers that are neither JSON nor a stream, as they are sent."""

import hashlib

import pytest

from runmock.apis.registry import identify
from runmock.core.engine.pace import Pace
from runmock.core.errors import CassetteError, ScriptError, UnmatchedRequest
from runmock.core.http.json_text import STDLIB_JSON
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.replay.interaction import Interaction
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
