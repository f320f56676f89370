"""Messages that consist of more than one text: how they are written, and what they mean."""

import pytest

from runmock.core.errors import CassetteError
from runmock.core.script.script import Image, Message, Refusal, Text
from runmock.tape.reading.cassette import cassette_from, load_cassette

FILE = Image("image_file", {"file_id": "file-1"})
URL = Image("image_url", {"url": "https://a.example/b.png"})
CITED = {"type": "file_citation", "text": "[1]"}

REPLIES = [
    ("[{image_file: file-1}, Here it is.]", (FILE, Text(chunks=("Here it is.",)))),
    ("[Here, ' it is.', {image_file: file-1}, a, b]", (Text(chunks=("Here", " it is.")), FILE, Text(chunks=("a", "b")))),
    ("[{image_url: 'https://a.example/b.png'}]", (URL,)),
    ("[{image_file: {file_id: file-1, detail: low}}]", (Image("image_file", {"file_id": "file-1", "detail": "low"}),)),
    ("[{image_url: {url: u, detail: null}}]", (Image("image_url", {"url": "u", "detail": None}),)),
    ("[{type: image_file, image_file: {file_id: file-1}}]", (FILE,)),
    ("[{text: a}, {text: b}, c]", (Text("a"), Text("b"), Text(chunks=("c",)))),
    ("[{type: text, text: a}]", (Text("a"),)),
    ("[{type: text, text: {value: a, annotations: []}}]", (Text("a"),)),
    ("[{text: {value: 'a [1]', annotations: [{type: file_citation, text: '[1]'}]}}]", (Text("a [1]", annotations=(CITED,)),)),
    ("[{chunks: [a, b]}, c]", (Text(chunks=("a", "b", "c")),)),
    ("[{chunks: ['[1]'], annotations: [{type: file_citation, text: '[1]'}]}, c]", (Text(chunks=("[1]",), annotations=(CITED,)), Text(chunks=("c",)))),
    ("[Sorry., {refusal: I can't.}]", (Text(chunks=("Sorry.",)), Refusal("I can't."))),
    ("{parts: [{image_file: file-1}, a]}", (FILE, Text(chunks=("a",)))),
    ("{text: Here it is., images: [file-1]}", (FILE, Text("Here it is."))),
    ("{chunks: [a, b], images: [file-1, {image_url: 'https://a.example/b.png'}]}", (FILE, URL, Text(chunks=("a", "b")))),
    ("{json: {a: 1}, images: [file-1]}", (FILE, Text(json={"a": 1}))),
    ("{json: null, images: [file-1]}", (FILE, Text("null"))),
    ("{images: [file-1]}", (FILE,)),
    ("{text: 'a [1]', images: [file-1], annotations: [{type: file_citation, text: '[1]'}]}", (FILE, Text("a [1]", annotations=(CITED,)))),
]  # fmt: skip


@pytest.mark.parametrize(("written", "parts"), REPLIES, ids=[written for written, _ in REPLIES])
def test_a_reply_has_these_parts(written, parts):
    (run,) = cassette_from(f"runs: [reply: {written}]").script.runs
    assert run.steps == (Message(parts=parts),)


@pytest.mark.parametrize(
    ("written", "refusal"),
    [("I can't.", Refusal("I can't.")), ("[I, ' can''t.']", Refusal(chunks=("I", " can't."))), ("''", Refusal(""))],
)
def test_a_refusal_is_a_message_of_its_own(written, refusal):
    (alone, step) = cassette_from(f"runs: [refusal: {written}, steps: [refusal: {written}]]").script.runs
    assert alone.steps == step.steps == (Message(parts=(refusal,)),)


def test_a_text_alone_is_the_message_itself():
    runs = cassette_from("runs: [reply: a, reply: [a, b], reply: {json: 1}]").script.runs
    assert [run.steps[0].content for run in runs] == [(Text("a"),), (Text(chunks=("a", "b")),), (Text(json=1),)]


CONTENTS = [
    ("What is it?", "What is it?"),
    ("[What, ' is it?']", "What is it?"),
    ("[]", []),
    ("[{type: text, text: a}]", [{"type": "text", "text": "a"}]),
    ("[{image_file: file-1}, 'What is it?']", [{"type": "image_file", "image_file": {"file_id": "file-1"}}, {"type": "text", "text": "What is it?"}]),
    ("[{image_url: {url: u, detail: low}}]", [{"type": "image_url", "image_url": {"url": "u", "detail": "low"}}]),
    ("[{refusal: No.}]", [{"type": "refusal", "refusal": "No."}]),
    (
        "[{text: 'a [1]', annotations: [{text: '[1]'}]}]",
        [{"type": "text", "text": {"value": "a [1]", "annotations": [{"type": "file_citation", "text": "[1]", "start_index": 2, "end_index": 5}]}}],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("written", "content"), CONTENTS, ids=[written for written, _ in CONTENTS])
def test_a_message_that_is_there_beforehand_has_this_content(written, content):
    text = f"threads: [{{id: t, messages: [{{role: user, content: {written}}}]}}]"
    assert cassette_from(text).script.threads == ({"id": "t", "messages": [{"role": "user", "content": content}]},)


FAULTS = [
    ("- reply: [a, {imgae_file: file-1}]", "3:15: unknown key 'imgae_file' in a part of a message; did you mean 'image_file'?"),
    ("- reply: [a, b, {image_file: 3}]", "3:18: 'image_file' should be the id of a file, or a mapping with 'file_id', got 3"),
    ("- reply: [a, b, {image_file: ''}]", "3:18: 'image_file' should be a text that is not empty, got ''"),
    ("- reply: [a, 21, {image_file: file-1}]", "3:14: 'reply[1]' should be a text, got 21: write it in quotes"),
    ("- reply: [{image_file: file-1}, [a]]", "3:33: 'reply[1]' should be a mapping, got a list"),
    ("- reply: [{image_url: [a]}]", "3:12: 'image_url' should be the address of an image, or a mapping with 'url', got a list"),
    ("- reply: [{image_file: a, image_url: b}]", "3:27: a part is one of text, chunks, image_file, image_url and refusal"),
    ("- reply: [{type: text}]", "3:11: a part is one of text, chunks, image_file, image_url and refusal"),
    ("- reply: [{type: text, image_file: a}]", "3:12: the type is 'text', and the part is 'image_file'"),
    ("- reply: [{type: image, image_file: a}]", "3:12: 'type' should be 'text', 'image_file', 'image_url' or 'refusal', got 'image'; did you mean 'image_url'?"),
    ("- reply: [{image_file: a, annotations: []}]", "3:27: 'annotations' go with 'text' or 'chunks'"),
    ("- reply: [{image_file: {file_id: a, detail: big}}]", "3:37: 'detail' should be 'auto', 'low' or 'high', got 'big'"),
    ("- reply: [{image_file: {id: a}}]", "3:12: image_file needs the key 'file_id'\nx.yaml:3:25: unknown key 'id' in image_file; known: file_id, detail"),
    ("- reply: [{image_file: a}, $lastmessage]", "3:28: '$lastmessage' is not a substitution; did you mean $last_message? Write $$ for a dollar sign"),
    ("- reply: [{refusal: $outputs.a}]", "3:12: '$outputs.a' names no earlier call of this run; no call comes before it in this run"),
    ("- reply: {images: []}", "3:11: 'images' is empty"),
    ("- reply: {images: [3]}", "3:20: 'images[0]' should be the id of a file, or a mapping with 'image_file' or 'image_url', got 3"),
    ("- reply: {images: [text: a]}", "3:20: unknown key 'text' in an image; known: image_file, image_url, type"),
    ("- reply: {images: [a], annotations: []}", "3:24: 'annotations' go with 'text' or 'chunks'"),
    ("- reply: {parts: [a], text: b}", "3:23: 'text' cannot stand beside 'parts', which are the whole reply: make it a part"),
    ("- reply: {parts: [a], images: [b]}", "3:23: 'images' cannot stand beside 'parts', which are the whole reply: make it a part"),
    ("- reply: {parts: [a], annotations: []}", "3:23: 'annotations' belong to one text: write them in its part, as {text: ..., annotations: [...]}"),
    ("- reply: {parts: []}", "3:11: 'parts' is empty"),
    ("- reply: {parts: a}", "3:11: 'parts' should be a list, got 'a'"),
    ("- refusal: 3", "3:3: 'refusal' should be a text, got 3: write it in quotes"),
    ("- refusal: {text: a}", "3:3: 'refusal' should be a text, got a mapping"),
    ("- refusal: []", "3:3: 'refusal' is empty"),
    ("- refusal: [a, 3]", "3:16: 'refusal[1]' should be a text, got 3: write it in quotes"),
    ("- refusal: Not $today", "3:3: '$today' is not a substitution; write $$ for a dollar sign"),
    ("- reply: a\n  refusal: b", "4:3: 'refusal' takes the place of 'reply': for two messages write 'steps'"),
    ("- steps:\n  - {reply: a, refusal: b}", "4:16: 'refusal' cannot stand beside 'reply': make it a step of its own"),
]  # fmt: skip


@pytest.mark.parametrize(("runs", "message"), FAULTS, ids=[runs for runs, _ in FAULTS])
def test_a_faulty_message_is_refused_at_its_place(tmp_path, monkeypatch, runs, message):
    monkeypatch.chdir(tmp_path)
    path = tmp_path.relative_to(tmp_path) / "x.yaml"
    path.write_text(f"runmock: 1\nruns:\n{runs}\n")
    with pytest.raises(CassetteError) as caught:
        load_cassette(path)
    assert str(caught.value) == f"x.yaml:{message}"


def test_a_faulty_message_of_a_thread_is_refused_at_its_place():
    with pytest.raises(CassetteError) as caught:
        cassette_from("threads: [{id: t, messages: [{role: user, content: [a, b, {image: c}]}]}]")
    assert str(caught.value) == ("inline:1:60: unknown key 'image' in a part of a message; did you mean 'image_url'?")


def test_own_keys_at_the_top_are_a_place_for_anchors():
    text = "x-says: &says {reply: Hello}\nx-7: [nothing, that: is known]\nruns:\n- *says\n- {<<: *says, poll: 0}\n"
    first, second = cassette_from(text).script.runs
    assert first.steps == second.steps == (Message(text="Hello"),)
    assert second.polls == ()


def test_own_keys_are_only_at_the_top():
    with pytest.raises(CassetteError) as caught:
        cassette_from("runs: [{reply: a, x-note: b}]")
    assert str(caught.value).startswith("inline:1:19: unknown key 'x-note' in a run; known: reply, refusal, calls, ")
