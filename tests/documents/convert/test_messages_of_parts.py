"""Messages of several parts in every document: in stories, distilled, expanded, compared, checked."""

import pytest

from runmock.documents.check.checking import check_text
from runmock.documents.compare import Change, compared
from runmock.documents.convert.distilling import distilled
from runmock.documents.convert.expanding import expanded, expanded_text
from runmock.documents.story.story_of import story_of
from runmock.tape.reading.cassette import cassette_from


def recorded(script, *, is_streamed=True):
    """The text of the recording that a script expands to."""
    cassette = cassette_from(script)
    return expanded_text(cassette, expanded(cassette, is_streamed=is_streamed))


SAME = [
    ("reply: [{image_file: file_1}, Here it is]", "{images: [file_1], text: Here it is}"),
    ("reply: {images: [file_1]}", "{images: [file_1]}"),
    ("reply: {text: a, images: [{image_url: u}, file_1]}", "{images: [{image_url: u}, file_1], text: a}"),
    ("reply: [a, {image_file: file_1}]", "[{text: a}, {image_file: file_1}]"),
    ("reply: [{image_file: {file_id: file_1, detail: low}}, a]", "{images: [{image_file: {file_id: file_1, detail: low}}], text: a}"),
    ("reply: [{image_file: file_1}, a, {image_url: u}]", "[{image_file: file_1}, {text: a}, {image_url: u}]"),
    ("reply: [{text: a}, {text: b}]", "[{text: a}, {text: b}]"),
    ("reply: [{text: '{\"a\":1}'}, {text: $$b}]", "[{text: '{\"a\":1}'}, {text: $$b}]"),
    ("reply: [{text: 'See [1]', annotations: [{text: '[1]'}]}, b]", "[{text: 'See [1]', annotations: [{text: '[1]'}]}, {text: b}]"),
    ("reply: {text: 'See [1]', images: [file_1], annotations: [{text: '[1]'}]}", "{images: [file_1], text: 'See [1]', annotations: [{text: '[1]'}]}"),
    ("reply: {json: {a: 1}, images: [file_1]}", "{images: [file_1], json: {a: 1}}"),
    ("reply: [No., {refusal: Never $$x}]", "[{text: No.}, {refusal: Never $$x}]"),
]  # fmt: skip


@pytest.mark.parametrize(("run", "reply"), SAME, ids=[run for run, _ in SAME])
@pytest.mark.parametrize("is_streamed", [True, False], ids=["streamed", "polled"])
def test_a_message_distilled_plays_the_same(run, reply, is_streamed):
    text = recorded(f"runs: [{{{run}}}]", is_streamed=is_streamed)
    assert list(check_text(text, "x.yaml")) == []
    done = distilled(cassette_from(text))
    assert (done.deviations, done.made_up) == ((), ())
    (wanted,) = cassette_from(f"runs: [reply: {reply}]").script.runs
    (found,) = cassette_from(done.text).script.runs
    assert found.steps == wanted.steps
    assert compared(cassette_from(text), cassette_from(done.text)) == []


@pytest.mark.parametrize("is_streamed", [True, False], ids=["streamed", "polled"])
def test_a_refusal_distilled_is_a_refusal(is_streamed):
    text = recorded("runs: [refusal: 'Not $$this, [sorry].']", is_streamed=is_streamed)
    assert distilled(cassette_from(text)).text == 'runmock: 1\nruns:\n  - refusal: "Not $$this, [sorry]."\n'


def test_where_a_refusal_is_split_is_no_difference():
    text = recorded("runs: [refusal: [No, t th, is]]")
    done = distilled(cassette_from(text))
    assert (done.text, done.deviations) == (
        "runmock: 1\nruns:\n  - refusal: Not this\n    usage: {prompt_tokens: 31, completion_tokens: 3}\n",
        (),
    )


def test_a_stream_that_breaks_off_has_the_parts_that_came():
    script = "runs: [{reply: [{image_file: file_1}, a, b, {refusal: c d}, {image_url: u}], truncate: {after: 12}}]"
    story = story_of(cassette_from(recorded(script)).interactions)
    (message,) = [step.message for run in story.runs for step in run.steps]
    assert message.text == "[image_file file_1]\nab\n[refusal] c d"
    assert message.parts == [
        {"type": "image_file", "image_file": {"file_id": "file_1"}},
        {"type": "text", "text": {"value": "ab", "annotations": []}},
        {"type": "refusal", "refusal": "c d"},
    ]
    assert [piece.text for piece in message.pieces] == ["", "a", "b", "c", " d"]


def test_citations_of_a_stream_that_breaks_off_are_kept():
    script = "runs: [{reply: {text: 'See [1] there', annotations: [{text: '[1]'}]}, truncate: {after: 10}}]"
    story = story_of(cassette_from(recorded(script)).interactions)
    (message,) = [step.message for run in story.runs for step in run.steps]
    (part,) = message.parts
    assert (part["text"]["value"], [citation["text"] for citation in part["text"]["annotations"]]) == (
        "See [1]",
        ["[1]"],
    )


def test_another_image_and_another_refusal_are_differences():
    before = cassette_from("runs: [{reply: [{image_url: u}, a]}, {refusal: No.}, {reply: a}]")
    after = cassette_from("runs: [{reply: [{image_url: v}, a]}, {refusal: Never.}, {reply: [{image_file: f}, a]}]")
    assert [run.changes for run in compared(before, after)] == [
        [Change("reply", "[image_url u]\na", "[image_url v]\na")],
        [Change("reply", "[refusal] No.", "[refusal] Never.")],
        [Change("reply", "a", "[image_file file_1]\na")],
    ]


def test_a_refusal_is_another_answer_than_a_text_of_the_same_words():
    before, after = cassette_from("runs: [{reply: No.}]"), cassette_from("runs: [{refusal: No.}]")
    assert [run.changes for run in compared(before, after)] == [[Change("reply", "No.", "[refusal] No.")]]


def test_a_refusal_that_does_not_add_up_is_a_finding():
    text = recorded("runs: [{refusal: Never ever}]").replace("refusal: Never ever", "refusal: Never again")
    assert [str(finding) for finding in check_text(text, "x.yaml")] == [
        "x.yaml:24:9: text: the text of msg_2: the deltas add up to 'Never ever', but here it is 'Never again'"
    ]
