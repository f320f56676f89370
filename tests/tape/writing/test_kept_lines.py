"""In an interaction that has changed, the old lines stay but for those whose value is another now."""

import difflib

import pytest

from runmock.apis.registry import identify
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.replay.interaction import NAMELESS_DONE, Interaction, RecordedPace, StreamEvent
from runmock.core.script.script import Source
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.cassette_text import Header, cassette_text
from runmock.tape.writing.rewriting import rewritten

SOURCE = Source("x", 0)
BEGAN = 1_761_861_532
FIRST, AGAIN = Header(1_790_000_000, "u", "s"), Header(1_790_086_400, "u", "s")
RUN = {"id": "run_abcdefghijkl", "object": "thread.run", "created_at": BEGAN, "model": "gpt-4o", "status": "queued"}


def post(path="/threads/t/runs", body=None, **fields):
    return Interaction(SOURCE, "POST", path, body={} if body is None else body, identify=identify, **fields)


def get(path="/a", **fields):
    return Interaction(SOURCE, "GET", path, identify=identify, **fields)


KEPT = post("/threads", json={"id": "thread_abcdefghijkl", "object": "thread", "created_at": BEGAN})
"""Beside which the others are found again."""


def differ(text, again):
    lines = [line for line in difflib.ndiff(text.split("\n"), again.split("\n")) if line[0] in "-+"]
    return sorted(lines, key=lambda line: line[0] == "+")  # what is gone, then what is new


def changed(old, new, by_hand=lambda text: text, header=AGAIN):
    """The lines that change in a file when it is recorded again, with something beside it that stays."""
    text = by_hand(cassette_text(FIRST, [KEPT, *old]))
    return differ(text, rewritten(text, cassette_from(text), [KEPT, *new], header))


def message(number, text, at=BEGAN):
    return {"id": f"msg_{number:012d}", "object": "thread.message", "created_at": at, "text": text}


def listed(*messages, **more):
    return get("/threads/t/messages", json={"object": "list", "data": list(messages), "has_more": False, **more})


def deltas(*pieces):
    created = StreamEvent("thread.message.created", message(1, ""))
    first = {"value": pieces[0], "annotations": []}
    texts = [first, *({"value": piece} for piece in pieces[1:])]
    contents = [{"content": [{"index": 0, "type": "text", "text": text}]} for text in texts]
    return (
        created,
        *(
            StreamEvent(
                "thread.message.delta", {"id": message(1, "")["id"], "object": "thread.message.delta", "delta": content}
            )
            for content in contents
        ),
        StreamEvent("done"),
    )


def test_a_list_changes_by_the_item():
    old = listed(message(2, "b"), message(1, "a"))
    more = listed(message(3, "c", BEGAN + 9_000), message(2, "b", BEGAN + 8_000), message(1, "a", BEGAN + 8_000))
    assert changed([old], [more]) == ["+         - {id: msg_3, object: thread.message, created_at: +1000s, text: c}"]
    assert changed([old], [listed(message(2, "b", BEGAN + 7), message(1, "A", BEGAN + 5))]) == [
        "-         - {id: msg_2, object: thread.message, created_at: +0s, text: a}",
        "+         - {id: msg_2, object: thread.message, created_at: +0s, text: A}",
    ]


def test_a_key_beside_a_list_changes_alone():
    assert changed([listed(message(1, "a"))], [listed(message(1, "a"), has_more=True)]) == [
        "-       has_more: false",
        "+       has_more: true",
    ]


def test_a_key_that_is_new_or_gone_is_a_line():
    old, new = listed(message(1, "a"), first_id="x"), listed(message(1, "a"), last_id="y")
    assert changed([old], [new]) == ["-       first_id: first_1", "+       last_id: last_1"]
    assert changed([get(json=1)], [get(json=1, status=201, headers=(("retry-after", "1"),))]) == [
        "+     status: 201",
        '+     headers: {retry-after: "1"}',
    ]


def test_the_pace_and_the_polls_stay_with_what_changed():
    old = post(stream=(StreamEvent("a", {"x": 1}), StreamEvent("done")), pace=RecordedPace(10, 20))
    new = post(stream=(StreamEvent("a", {"x": 2}), StreamEvent("done")), pace=RecordedPace(5, 6))
    assert changed([old], [new]) == ["-       - a: {x: 1}", "+       - a: {x: 2}"]
    assert changed([get(json={"x": 1})] * 3, [get(json={"x": 2})]) == ["-     json: {x: 1}", "+     json: {x: 2}"]


def test_of_a_long_text_only_the_line_of_the_word_changes():
    words = [f"word{number} " for number in range(80)]
    other = [*words[:20], "another ", *words[21:]]
    diff = changed([post(stream=deltas(*words))], [post(stream=deltas(*other))])
    assert [line.replace("another", "word20")[1:] for line in diff[1:]] == [diff[0][1:]]
    more = changed([post(stream=deltas(*words))], [post(stream=deltas(*words, "more"))])
    assert len(more) <= 3
    less = changed([post(stream=deltas(*words))], [post(stream=deltas(*words[40:]))])
    assert [line for line in less if line[0] == "+"] == [line for line in less if line[0] == "+"][:2]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["a", "b"], ["a"]),
        (["a"], ["a", "b"]),
        (["a", "b", "c"], ["x", "b", "c"]),
        ([f"w{number} " for number in range(90)], ["x"]),
        (["]", ", ", "# no", '"'], ["]", ", ", "# no", "'"]),
        (["x" * 130, "y" * 130, "z"], ["x" * 130, "Y" * 130, "z"]),
        (["x" * 130, "y" * 130, "z" * 130], ["y" * 130, "z" * 130, "x" * 130]),
    ],
)
def test_any_deltas_read_back_as_they_were_sent(old, new):
    text = cassette_text(FIRST, [KEPT, post(stream=deltas(*old))])
    again = cassette_from(rewritten(text, cassette_from(text), [KEPT, post(stream=deltas(*new))], AGAIN))
    read = [event.data["delta"]["content"][0]["text"]["value"] for event in again.interactions[1].stream[1:-1]]
    assert read == new
    assert again.recorded.at == FIRST.at


def test_a_short_form_whose_object_has_changed_is_compared_by_its_present_meaning():
    """`{same: run_1, status: completed}` stands in the file, and the run's model is another one now."""

    def run(model):
        started = RUN | {"model": model, "status": "in_progress"}
        return post(
            stream=(
                StreamEvent("thread.run.created", RUN | {"model": model}),
                StreamEvent("thread.run.in_progress", started),
                StreamEvent("thread.run.completed", RUN | {"model": "gpt-4o", "status": "completed"}),
            )
        )

    assert changed([run("gpt-4o")], [run("gpt-4.1")]) == [
        "-       - thread.run.created: {id: run_1, object: thread.run, created_at: +0s, model: gpt-4o, status: queued}",
        "-       - thread.run.completed: {same: run_1, status: completed}",
        "+       - thread.run.created: {id: run_1, object: thread.run, created_at: +0s, model: gpt-4.1, status: queued}",
        "+       - thread.run.completed: {same: run_1, model: gpt-4o, status: completed}",
    ]


def test_an_equal_interaction_whose_short_form_would_mean_something_else_is_written_anew():
    def two(model):
        return [post(json=RUN | {"model": model}), get(json=RUN | {"status": "completed"})]

    assert changed(two("gpt-4o"), two("gpt-4.1")) == [
        "-     json: {id: run_1, object: thread.run, created_at: +0s, model: gpt-4o, status: queued}",
        "-     json: {same: run_1, status: completed}",
        "+     json: {id: run_1, object: thread.run, created_at: +0s, model: gpt-4.1, status: queued}",
        "+     json: {same: run_1, model: gpt-4o, status: completed}",
    ]


HAND = """\
# by hand
runmock: 1
recorded:
  at: 2025-10-30T21:58:52Z   # long ago
interactions:   # all of them

# first
- request: POST /threads   # a thread
  # its answer
  json:
    id: thread_1
    object: thread

- body: {}
  request: "POST /threads/t/runs"
  pace: {first: 0.01s, gap: 20}
  # what came
  stream:
  # in the beginning
  - thread.run.created:
      id: run_1
      object: thread.run
      created_at: +0s
      model: gpt-4o
      status: queued

  - thread.run.in_progress: {same: run_1,
                             status: in_progress}
  # in the end
  - thread.run.completed: {same: run_1, status: completed}   # at last
  # that was all
# the end
defaults: {pace: 1ms}
"""


def hand(status, **more):
    return [
        post("/threads", json={"id": "thread_xbcdefghijkl", "object": "thread"})._replace(body=None),
        post(
            pace=RecordedPace(1, 2),
            stream=(
                StreamEvent("thread.run.created", RUN | {"created_at": BEGAN + 99}),
                StreamEvent("thread.run.in_progress", RUN | {"created_at": BEGAN + 99, "status": "in_progress"}),
                StreamEvent(f"thread.run.{status}", RUN | {"created_at": BEGAN + 99, "status": status} | more),
            ),
        ),
    ]


def again(text, new, header=AGAIN):
    return rewritten(text, cassette_from(text), new, header)


def test_what_people_wrote_stays_as_they_wrote_it():
    assert again(HAND, hand("completed")) == HAND
    text_again = again(HAND, hand("failed", failed_at=BEGAN + 101))
    assert differ(HAND, text_again) == [
        "-   - thread.run.completed: {same: run_1, status: completed}   # at last",
        "+   - thread.run.failed: {same: run_1, status: failed, failed_at: +2s}",
    ]
    stream = cassette_from(text_again).interactions[1].stream
    assert stream[2].data == RUN | {"id": "run_1", "status": "failed", "failed_at": BEGAN + 2}


def test_what_is_put_before_after_and_between_stands_as_deep_as_the_rest():
    first, second = hand("completed")
    text_again = again(HAND, [get("/x", json=1), first, get("/y", json=2), second, get("/z", json=3)])
    assert differ(HAND, text_again) == [
        "+ - request: GET /x",
        "+   json: 1",
        "+ ",
        "+ - request: GET /y",
        "+   json: 2",
        "+ ",
        "+ - request: GET /z",
        "+   json: 3",
    ]
    assert (
        text_again.index("GET /x")
        < text_again.index("# first")
        < text_again.index("GET /y")
        < text_again.index("- body")
        < text_again.index("/z")
    )


def test_what_is_not_written_by_lines_is_written_anew_where_it_changes():
    flow = HAND.replace(
        "- request: POST /threads   # a thread", "- {request: GET /q, json: [1,  2]}\n\n- request: POST /threads"
    )
    new = hand("completed")
    assert again(flow, [get("/q", json=[1, 2]), *new]) == flow
    assert differ(flow, again(flow, [get("/q", json=[1, 3]), *new])) == [
        "- - {request: GET /q, json: [1,  2]}",
        "+ - request: GET /q",
        "+   json: [1, 3]",
    ]


def test_an_anchor_that_goes_removes_its_aliases():
    text = HAND.replace("  json:\n    id", "  json: &it\n    id") + "\n"
    text = text.replace("# the end", "- request: GET /t\n  json: *it\n# the end")
    same = [*hand("completed"), get("/t", json={"id": "thread_xbcdefghijkl", "object": "thread"})]
    assert again(text, same) == text
    text_again = again(text, [*same[1:]])
    assert [interaction.path for interaction in cassette_from(text_again).interactions] == ["/threads/t/runs", "/t"]
    assert text_again.startswith("# by hand\nrunmock: 1\nrecorded: ")
    assert text_again.endswith("# the end\ndefaults: {pace: 1ms}\n\n")


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (Header(1_790_086_400, "u", "s"), None),
        (Header(1_790_086_400, "u"), None),
        (
            Header(1_790_086_400, "u", "t"),
            "{at: 2026-09-22T14:13:20Z, from: 2025-10-30T21:58:52Z, upstream: u, sdk: t}",
        ),
        (
            Header(1_790_086_400, "v", "s"),
            "{at: 2026-09-22T14:13:20Z, from: 2025-10-30T21:58:52Z, upstream: v, sdk: s}",
        ),
    ],
)
def test_the_line_of_the_recording_stays_unless_it_names_another_upstream_or_sdk(header, line):
    diff = changed([get(json=1)], [get(json=2)], header=header)
    assert [changed_line[12:] for changed_line in diff if changed_line.startswith("+ recorded")] == (
        [] if line is None else [line]
    )
    assert len(diff) == (2 if line is None else 4)


def test_a_file_that_counts_from_at_counts_so_when_its_line_changes():
    text = cassette_text(FIRST, [KEPT, get(json={"x": 1, "created_at": BEGAN})])
    text = text.replace("at: 2026-09-21T14:13:20Z, from: ", "at: ")
    text_again = again(text, [KEPT, get(json={"x": 2, "created_at": BEGAN + 50})], Header(1_790_086_400, "u", "t"))
    assert "recorded: {at: 2026-09-22T14:13:20Z, from: 2025-10-30T21:58:52Z, upstream: u, sdk: t}\n" in text_again
    assert "json: {x: 2, created_at: +0s}" in text_again


def test_of_another_recording_nothing_stays():
    text = cassette_text(FIRST, [get("/a", json={"id": "run_a", "created_at": BEGAN})])
    text_again = again(text, [get("/b", json={"id": "run_b", "created_at": BEGAN + 5_000})])
    assert text_again == (
        "runmock: 1\n"
        "recorded: {at: 2026-09-22T14:13:20Z, from: 2025-10-30T23:22:12Z, upstream: u, sdk: s}\n"
        "interactions:\n  - request: GET /b\n    json: {id: run_1, created_at: +0s}\n"
    )


def test_a_new_id_differs_from_all_ids_of_the_file():
    old = [post(json=RUN), post("/x", json={"id": "run_b", "object": "thread.run"})]
    new = [post(json=RUN), post("/y", json={"id": "run_c", "object": "thread.run"})]
    assert "+     json: {id: run_3, object: thread.run}" in changed(old, new)


def test_an_id_of_the_application_that_is_an_alias_of_the_file_is_distinguished():
    old = [get("/a", json={"id": "run_b", "object": "thread.run"})]
    text = cassette_text(FIRST, [KEPT, *old])
    new = [KEPT, get("/runs/run_1", json={"id": "run_1"}), get("/a", json={"id": "run_b", "object": "thread.run"})]
    assert [interaction.json["id"] for interaction in cassette_from(again(text, new)).interactions] == [
        "thread_1",
        "run_1",
        "run_2",
    ]


def test_a_post_that_is_answered_twice_is_not_answered_three_times():
    text = f"{cassette_text(FIRST, [KEPT])}\n  - request: POST /a\n    body: {{}}\n    repeat: 2\n    json: 1\n"
    read = cassette_from(again(text, [KEPT, post("/a", json=1), post("/a", json=1)])).interactions
    assert sum(interaction.repeat for interaction in read) == 3


PNG, LONG = BinaryContent.of(bytes(range(256))), BinaryContent.of(bytes(range(256)) * 80)


@pytest.mark.parametrize("content", [PNG, LONG], ids=["in lines", "in a file"])
def test_the_bytes_of_a_file_stay_when_something_else_of_the_answer_changes(content):
    old, new = (
        get("/files/f/content", content=content, headers=headers) for headers in ((), (("content-type", "image/png"),))
    )
    assert changed([old], [new]) == ["+     headers: {content-type: image/png}"]


def test_other_bytes_are_other_lines():
    other = BinaryContent.of(bytes(range(255)))
    diff = changed([get(content=PNG, status=201)], [get(content=other, status=201)])
    assert [line[0] for line in diff] == ["-", "+"]  # the last line of base64


def test_events_without_a_name_and_their_end_keep_their_lines():
    def chunks(text):
        events = [{"id": "c", "delta": piece} for piece in ("a", text, "c")]
        return post(
            "/chat/completions",
            stream=(*(StreamEvent("message", data) for data in events), NAMELESS_DONE),
        )

    assert changed([chunks("b")], [chunks("B")]) == [
        "-       - message: {id: id_1, delta: b}",
        "+       - message: {id: id_1, delta: B}",
    ]
