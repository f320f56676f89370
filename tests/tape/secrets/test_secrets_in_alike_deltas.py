"""Alike deltas are searched as one; what is found and what is written is the same as without that."""

import pytest
from test_secret_shapes import SHAPES, pieces

from runmock.apis.assistants.deltas import message_delta
from runmock.apis.registry import identify
from runmock.core.replay.interaction import AlikeDeltas, Interaction, StreamEvent, StreamEvents
from runmock.core.script.script import Source
from runmock.core.secrets.every_text import texts_of
from runmock.tape.secrets.in_interactions import kinds_in, redacted_in_place, without_secrets
from runmock.tape.writing.cassette_text import Header, cassette_text

KEYS = ("content", 0, "text", "value")
BEGIN, DONE = StreamEvent("thread.message.created", {"id": "msg_1", "object": "thread.message"}), StreamEvent("done")


def streamed(*texts, before=""):
    """A stream with alike deltas, and a first one before them that is another part."""
    alone, first = next(pieces(before or " ")), next(pieces("x"))
    alike = AlikeDeltas(first, ("delta", *KEYS), texts)
    stream = StreamEvents([BEGIN, alone, alike, DONE])
    return Interaction(Source("c", 0), "POST", "/threads/thread_1/runs", body={}, stream=stream, identify=identify)


def plain(interaction):
    return interaction._replace(stream=tuple(interaction.stream))


def split(text, size=5):
    return [text[start : start + size] for start in range(0, len(text), size)]


def forms(secret):
    """Ways in which deltas may hold a secret."""
    yield streamed(*split(f"it is {secret} or so"))
    yield streamed(
        "it is", secret, "or so"
    )  # between letters no shape begins, but a delta's text is searched alone, too
    yield streamed(*split(secret[3:]), " or so", before=secret[:3])
    yield streamed("a", "b ", *split(secret, 1))


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.kind for shape in SHAPES])
def test_each_shape_is_found_in_alike_deltas(shape):
    secret = shape.pattern.search(shape.sample)[1]
    for interaction in forms(shape.sample):
        kinds = kinds_in(interaction)
        assert [kind.removesuffix(" in base64") for kind in kinds] == [shape.kind]
        assert kinds == kinds_in(plain(interaction))
        cleaned = without_secrets(interaction)
        assert cleaned == without_secrets(plain(interaction))
        assert not any(secret in text for text in texts_of(cleaned))


@pytest.mark.parametrize("secret", ["password=Tr0ub4dor&3x", "request id 9f3c07ba-5d1e-4462-8ba7-c9d35e18f246"])
def test_what_only_its_name_shows_is_redacted_in_alike_deltas(secret):
    for interaction in forms(secret):
        redacted, warnings = redacted_in_place(interaction)
        assert (redacted, warnings) == redacted_in_place(plain(interaction))
        assert without_secrets(interaction) == without_secrets(plain(interaction)) != interaction
        assert "redacted" in "".join(texts_of(redacted))
        assert secret not in "".join(texts_of(redacted))


def test_a_known_key_is_found_in_alike_deltas():
    for interaction in forms("my own pass-phrase"):
        assert kinds_in(interaction, ["my own pass-phrase"]) == ["a key of the environment"]
        assert kinds_in(interaction) == []


def test_a_stream_without_secrets_stays_as_it_is():
    clean = streamed(*split("The key to the token is a word: pass on, please. " * 9))
    assert redacted_in_place(clean) == (clean, [])
    assert redacted_in_place(clean)[0] is clean
    assert without_secrets(clean) is clean
    assert kinds_in(clean) == []


@pytest.mark.parametrize(
    "texts",
    [split("It was warm. " * 20), ["no", "msg_1", "thread_abcdefghijkl", "+3s", 'a"b', "\u2028", "\x7f", ""], ["one"]],
    ids=["many", "odd", "one"],
)
def test_alike_deltas_are_written_as_they_would_be_alone(texts):
    for before in ("", "a"):
        interaction = streamed(*texts, before=before)
        assert cassette_text(Header(0), [interaction]) == cassette_text(Header(0), [plain(interaction)])


def with_parts(*parts):
    return streamed("a")._replace(stream=StreamEvents(parts))


OTHER = AlikeDeltas(StreamEvent("x.delta", {"delta": "x", "more": 1}), ("delta",), ["a", "b", "c"])
BEGINNING = AlikeDeltas(
    StreamEvent(
        "thread.message.delta",
        message_delta("msg_1", {"index": 0, "type": "text", "text": {"value": "", "annotations": []}}),
    ),
    ("delta", *KEYS),
    ["a", "b", "c"],
)


@pytest.mark.parametrize(
    ("parts", "pieces"),
    [([BEGIN, OTHER], 0), ([streamed("a", "b", "c").stream.parts[2]], 2), ([BEGIN, BEGINNING], 1)],
    ids=["no deltas of a message", "of no message that was named", "each the first of its message"],
)
def test_alike_deltas_that_no_piece_stands_for_are_written_one_by_one(parts, pieces):
    interaction = with_parts(*parts)
    text = cassette_text(Header(0), [interaction])
    assert text == cassette_text(Header(0), [plain(interaction)])
    assert text.count(".delta: ") == 3 - pieces


@pytest.fixture
def long(monkeypatch):
    """Every text of more than 40 characters is a long one."""
    for module in (
        "core.secrets.windows",
        "core.secrets.every_text",
        "core.secrets.first_look",
        "tape.secrets.redaction",
    ):
        monkeypatch.setattr(f"runmock.{module}.SIZE", 40)


WORDS = ["is one of many words, " * 3] * 20


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.kind for shape in SHAPES])
def test_each_shape_is_found_in_a_long_stream(shape, long):
    interaction = streamed(*WORDS, *split(f"it is {shape.sample} or so"), *WORDS)
    assert kinds_in(interaction) == kinds_in(plain(interaction))
    assert [kind.removesuffix(" in base64") for kind in kinds_in(interaction)] == [shape.kind]


def test_a_long_stream_without_secrets_stays_as_it_is(long):
    interaction = streamed(*WORDS)
    assert kinds_in(interaction) == []
    assert redacted_in_place(interaction) == (interaction, [])
    assert redacted_in_place(interaction)[0] is interaction


@pytest.mark.parametrize("texts", [["a ", "b"], WORDS], ids=["short", "long"])
def test_of_a_stream_without_secrets_no_events_are_made(texts, long, monkeypatch):
    interaction = streamed(*texts)
    monkeypatch.setattr(AlikeDeltas, "events", None)
    assert redacted_in_place(interaction)[0] is without_secrets(interaction) is interaction
    assert kinds_in(interaction) == []


def test_a_password_in_a_long_stream_is_redacted(long):
    interaction = streamed(*WORDS, "the pass", "word: hunter", "2 and ", *WORDS)
    redacted, warnings = redacted_in_place(interaction)
    texts = "".join(
        event.data["delta"]["content"][0]["text"]["value"] for event in redacted.stream if "delta" in (event.data or {})
    )
    assert "hunter2" not in texts
    assert len(warnings) == 1
    assert redacted_in_place(plain(interaction)) == (redacted, warnings)


def test_a_key_of_the_environment_with_spaces_is_found_in_a_long_text(long):
    key = "correct horse battery staple " * 60
    assert kinds_in(streamed(*WORDS, "is it ", key.strip(), *WORDS), [key.strip()]) == ["a key of the environment"]
