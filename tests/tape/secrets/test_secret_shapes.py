"""Each shape in each form in which it may stand in a recording, and innocents that look a little like one."""

import base64
import json
import re
from urllib.parse import quote

import pytest

from runmock.apis.registry import identify
from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.script.script import Source
from runmock.core.secrets.every_text import texts_of
from runmock.documents.check.checking import check_text
from runmock.tape.secrets.in_interactions import kinds_in, redacted_in_place, without_secrets
from runmock.tape.secrets.redaction import secrets_in
from runmock.tape.secrets.secret_shapes import SHAPES, SHORTEST_WORD
from runmock.tape.writing.cassette_text import Header, cassette_text

WORD = "Zx9qLm2Vt7Rw4Kp8Nd3HcJ6yAb12"
HEX = "9f3c07ba5d1e84620ba7c9d35e18f246"


def b64(text):
    return base64.b64encode(text.encode()).decode()


def interaction_with(value):
    return Interaction(
        Source("c", 0), "POST", "/threads", body={}, json={"id": "thread_1", "a": value}, identify=identify
    )


def pieces(text, size=5):
    """The events of a stream whose deltas add up to a text."""
    for start in range(0, len(text), size):
        part = {"index": 0, "type": "text", "text": {"value": text[start : start + size]}}
        delta = {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": [part]}}
        yield StreamEvent("thread.message.delta", delta)


def streamed(text):
    begin = StreamEvent("thread.message.created", {"id": "msg_1", "object": "thread.message"})
    events = (begin, *pieces(f"it is {text} or so"), StreamEvent("done"))
    return Interaction(Source("c", 0), "POST", "/threads/thread_1/runs", body={}, stream=events, identify=identify)


FORMS = {
    "JSON": lambda secret: interaction_with([{"b": secret}]),
    "JSON in JSON": lambda secret: interaction_with(json.dumps({"b": json.dumps({"c": secret})})),
    "escaped JSON": lambda secret: interaction_with(
        '{"b": "' + "".join(f"\\u{ord(letter):04x}" for letter in secret) + '"}'
    ),
    "a sentence": lambda secret: interaction_with(f"They gave me '{secret}', and I use it."),
    "a URL": lambda secret: interaction_with(f"https://api.example/v1?a=b&c={quote(secret, safe='')}&d=e"),
    "a header": lambda secret: interaction_with(f"POST /v1 HTTP/1.1\r\nX-Mine: {secret}\r\n\r\n"),
    "basic authorisation": lambda secret: interaction_with(f"Authorization: Basic {b64(f'me:{secret}')}"),
    "base64": lambda secret: interaction_with(b64(f"(  {secret}  )")),
    "base64 for URLs": lambda secret: interaction_with(base64.urlsafe_b64encode(f"??>{secret} ".encode()).decode()),
    "base64 in a path": lambda secret: interaction_with(f"/v1/x/{b64(f'me {secret} ')}"),
    "deltas": streamed,
    "a key of a mapping": lambda secret: interaction_with({secret: "x"}),
    "a text": lambda secret: interaction_with(None)._replace(json=None, text=f"a;{secret};b"),
    "an event that is not JSON": lambda secret: streamed("")._replace(
        stream=(StreamEvent("x", None, f"event: x\ndata: <{json.dumps(secret)[1:-1]}>\n\n"),)
    ),
    "a body": lambda secret: interaction_with("")._replace(body=[secret]),
    "a query": lambda secret: interaction_with("")._replace(query={"q": ("a", secret)}),
    "a path": lambda secret: interaction_with("")._replace(path=f"/files/{quote(secret, safe='')}/content"),
    "a header's value": lambda secret: interaction_with("")._replace(
        headers=(("content-disposition", f"a; {secret}"),)
    ),
}


each_shape = pytest.mark.parametrize("shape", SHAPES, ids=[shape.kind for shape in SHAPES])


@each_shape
def test_each_shape_is_found_and_removed_in_each_form(shape):
    secret = shape.pattern.search(shape.sample)[1]
    for form, recorded in FORMS.items():
        interaction = recorded(shape.sample)
        assert [kind.removesuffix(" in base64") for kind in kinds_in(interaction)] == [shape.kind], form
        cleaned = without_secrets(interaction)
        assert kinds_in(cleaned) == [], form
        assert not any(secret in text for text in texts_of(cleaned)), form
        assert any("redacted" in text for text in texts_of(cleaned)), form
        assert cassette_text(Header(0), [cleaned])  # it can be written still


@each_shape
def test_check_finds_each_shape_in_each_form(shape):
    for form, recorded in FORMS.items():
        text = cassette_text(Header(0), [recorded(shape.sample)])
        findings = [finding for finding in check_text(text, "c") if finding.rule == "secret"]
        assert shape.kind in " ".join(finding.message for finding in findings), form
        assert all(finding.line > 3 for finding in findings), form


@each_shape
def test_each_shape_names_its_issuer(shape):
    assert shape.source.startswith("https://")
    assert shape.kind.split()[0] in {"a", "an"}
    assert any(anchor in shape.sample or anchor in shape.sample.lower() for anchor in shape.anchors)


@each_shape
def test_a_shape_that_is_a_word_is_long_and_has_no_white_space(shape):
    shortest, _ = re._parser.parse(shape.pattern.pattern).getwidth()
    assert shortest >= SHORTEST_WORD
    found = shape.pattern.search(shape.sample)[0]
    assert shape.is_word is (len(found.split()) == 1)


def test_a_shape_of_several_words_is_found_between_short_words():
    text = "a bearer\n" + "Zx9qLm2Vt7Rw4Kp8" + " b"
    assert [secret.kind for secret in secrets_in(text)] == ["a bearer token"]
    assert [secret.kind for secret in secrets_in("-----BEGIN PRIVATE KEY----- a")] == ["a private key"]


@pytest.mark.parametrize("shape", SHAPES[:-2], ids=[shape.kind for shape in SHAPES[:-2]])
def test_an_issuers_key_is_not_redacted_behind_a_name_but_refuses(shape):
    interaction = interaction_with({"password": shape.sample})
    assert kinds_in(redacted_in_place(interaction)[0]) == [shape.kind]


@pytest.mark.parametrize("offset", range(4))
@pytest.mark.parametrize("urlsafe", [False, True])
def test_a_known_key_is_found_wherever_it_begins_in_base64(offset, urlsafe):
    known = "my own pass-phrase"
    packed = (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(
        b"?" * offset + known.encode() + b"?>?"
    ).decode()
    for value in (packed, f"x{packed}", f"/v1/ab/{packed}", f"data:;base64,{packed}"):
        interaction = interaction_with({"b": value})
        assert kinds_in(interaction, [known]) == ["a key of the environment in base64"]
        assert kinds_in(without_secrets(interaction, [known]), [known]) == []


@pytest.mark.parametrize("known", ['quoted"pass\\word', "slash/and plus+1", "ünïcode-passwört", "percent%20sign%"])
def test_a_known_key_is_found_in_each_form(known):
    for form, recorded in FORMS.items():
        assert kinds_in(recorded(known), [known]), form
        assert kinds_in(without_secrets(recorded(known), [known]), [known]) == [], form


def test_a_key_of_several_deltas_is_redacted_in_the_delta_where_it_begins():
    key = "sk-proj-" + WORD
    cleaned = without_secrets(streamed(key))
    texts = [event.data["delta"]["content"][0]["text"]["value"] for event in cleaned.stream if "delta" in event.name]
    assert "".join(texts) == "it is redacted or so"
    assert len(texts) == len(list(pieces(f"it is {key} or so")))


def test_deltas_of_several_messages_and_calls_are_joined_each_for_itself():
    key = "sk-proj-" + WORD
    of_key, of_text = list(pieces(key, 7)), list(pieces("x" * len(key), 7))
    for event in of_text:
        event.data["id"] = "msg_2"
    mixed = [event for pair in zip(of_key, of_text, strict=True) for event in pair]
    recorded = Interaction(Source("c", 0), "POST", "/threads/runs", stream=tuple(mixed), identify=identify)
    assert kinds_in(recorded) == ["an OpenAI key"]
    assert kinds_in(without_secrets(recorded)) == []


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize(
    "event",
    [
        lambda piece, at: StreamEvent(
            "response.output_text.delta",
            {"type": "response.output_text.delta", "item_id": "msg_1", "output_index": at, "delta": piece},
        ),
        lambda piece, at: StreamEvent(
            "message", {"id": "chatcmpl-1", "choices": [{"index": at, "delta": {"content": piece}}]}
        ),
        lambda piece, at: StreamEvent(
            "message",
            {
                "id": "chatcmpl-1",
                "choices": [{"index": 0, "delta": {"tool_calls": [{"index": at, "function": {"arguments": piece}}]}}],
            },
        ),
    ],
    ids=["responses", "chat", "arguments in chat"],
)
def test_a_key_that_is_split_in_streams_of_other_kinds_is_found(event, position):
    key = "sk-proj-" + WORD
    events = tuple(event(key[at : at + 5], position) for at in range(0, len(key), 5))
    recorded = Interaction(Source("c", 0), "POST", "/responses", stream=events, identify=identify)
    assert kinds_in(recorded) == ["an OpenAI key"]
    assert kinds_in(without_secrets(recorded)) == []


INNOCENT = {
    "a folder": "PWD=/home/ada/project",
    "call id": f"call_{WORD[:24]}",
    "message id": f"msg_{WORD[:24]}",
    "run id": f"run_{WORD[:24]}",
    "thread id": f"thread_{WORD[:24]}",
    "step id": f"step_{WORD[:24]}",
    "assistant id": f"asst_{WORD[:24]}",
    "file id": f"file-{WORD[:24]}",
    "vector store id": f"vs_{HEX}",
    "response id": f"resp_{HEX}{HEX[:16]}",
    "reasoning id": f"rs_{HEX}{HEX[:16]}",
    "function call id": f"fc_{HEX}{HEX[:16]}",
    "conversation id": f"conv_{HEX}{HEX[:16]}",
    "completion id": f"chatcmpl-{WORD[:29]}",
    "fingerprint": "fp_44709d6fcb",
    "UUID": "123e4567-e89b-12d3-a456-426614174000",
    "UUID behind a name": "idempotency_key=123e4567-e89b-12d3-a456-426614174000",
    "digest": "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "digest behind a name": {"key": "sha256-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    "bare digest": {"sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    "git commit": "commit 9f3c07ba5d1e84620ba7c9d35e18f2460ba7c9d3",
    "image": f"data:image/png;base64,{base64.b64encode(bytes((7 * n * n + n) % 256 for n in range(3000))).decode()}",
    "base64 of words": b64("hello world, this is nothing secret at all"),
    "encrypted content": f"gAAAAABo{base64.urlsafe_b64encode(bytes((11 * n * n + n) % 256 for n in range(600))).decode()}",
    "obfuscation": {"obfuscation": "k3PqXz9LmVt2Rw"},
    "password in prose": "Your password must have eight letters; I forgot my password: can you reset it?",
    "password rules": "password: required, minimum of 8 characters, no secrets",
    "password: see": "Password: see the vault. Token: none. Secret: no.",
    "max_tokens": "max_tokens: 256, token_count=1024, max_completion_tokens = 2048",
    "token counts": {"max_tokens": 256, "token_count": 12, "tokens": "12"},
    "key and value": "key: value\nother_key: other value",
    "code": "token = get_token()\npassword = settings.password\napi_key = os.environ['OPENAI_API_KEY']",
    "code with arguments": "connect(user=name, password=password, token=self.token, key=lambda one: one[1])",
    "types": "def login(username: str, password: str, api_key: Optional[str] = None) -> Token:",
    "JavaScript": "const token = req.headers.authorization; let password = userInput;",
    "environment": "export OPENAI_API_KEY=$KEY PASSWORD=${PASSWORD} TOKEN=<your-token> API_KEY={{ api_key }}",
    "placeholders": 'api_key="your-api-key", password="********", secret="changeme", token="xxxxxxxxxxxxxxxx12"',
    "placeholder key": "sk-your-api-key-here, sk-..., sk-xxxxxxxxxxxxxxxxxxxxxxxx",
    "schema": {"type": "object", "properties": {"password": {"type": "string"}}, "required": ["password", "api_key"]},
    "page tokens": {"next_page_token": "aB3dE5fG7hI9jK1lM3nO5", "continuationToken": "aB3dE5fG7hI9jK1lM3nO5pQ7"},
    "filter": {"type": "eq", "key": "region", "value": "us-east-1"},
    "object in a bucket": {"key": "uploads/2024/ab12cd34ef56ab12/report.pdf"},
    "logprobs": {"token": " Hello", "logprob": -0.1, "bytes": [32, 72]},
    "class names": "sk-loading-indicator-wide, sk-estimator-doc-link, task-force, risk-management-and-assessment",
    "word with org": "org-chart, org-internationalization, proj_x, req_parameters_of_request",
    "bearer in prose": "the bearer of bad news; Bearer tokens are explained below",
    "basic in prose": "a basic understanding, Basic authentication, basic 12345678",
    "URL": "https://platform.openai.com/account/api-keys?a=b&signal=on#token",
    "URL with a port": "http://localhost:8080/a@b, mailto:ada@example.com, git@github.com:a/b.git",
    "time": "12:30, sessions=2, 2024-01-31T12:00:00Z",
    "model": {"key": "claude-3-5-sonnet-20241022", "token": "gpt-4o-mini-2024-07-18"},
    "npm": "npm_config_registry, hf_hub_download, npm_lifecycle_event, key-value-store, SG.1, pat on the back",
    "redacted": {"password": "redacted", "api_key": "REDACTED", "a": "https://u:redacted@h/?sig=redacted&key=redacted"},
}


def test_there_are_enough_shapes_and_innocents():
    assert len(SHAPES) >= 60
    assert len(INNOCENT) >= 40


@pytest.mark.parametrize("value", INNOCENT.values(), ids=INNOCENT)
def test_what_is_no_secret_is_neither_found_nor_changed(value):
    text = value if isinstance(value, str) else json.dumps(value)
    for interaction in (
        interaction_with(value),
        interaction_with("")._replace(body={"a": value}),
        streamed(text),
        interaction_with(text),
    ):
        assert kinds_in(interaction) == []
        assert redacted_in_place(interaction) == (interaction, [])
        assert without_secrets(interaction) == interaction
        written = cassette_text(Header(0), [interaction])
        assert secrets_in(written) == []
        assert [finding for finding in check_text(written, "c") if finding.rule == "secret"] == []
