"""Logs of server-sent events, written by a server or by hand: an error names its line."""

import json

import pytest

from runmock.core.errors import CassetteError
from runmock.tape.importers.sse_log import frames, is_log
from runmock.tape.importers.to_cassette import import_recording
from runmock.tape.reading.cassette import cassette_from

RUN = {"id": "run_abcdefgh", "object": "thread.run", "created_at": 1_700_000_000, "thread_id": "thread_abcdefgh"}
RUN |= {"assistant_id": "asst_x", "status": "queued"}
TEXT = json.dumps(RUN)
OPEN = TEXT[:-1]
"""Its last brace is missing."""
COLUMN = len("data: ") + len(OPEN) + 1
DONE = "event: done\ndata: [DONE]\n\n"
STEP = '{"id": "step_1", "object": "thread.run.step", "status": "completed"'
SPREAD = "".join(f"data: {line}\n" for line in json.dumps(RUN, indent=2).split("\n"))
BAD_SPREAD = SPREAD.replace("queued", 'queued" "')


def event(name, data):
    return f"event: {name}\ndata: {data}\n\n"


@pytest.fixture
def imports(tmp_path):
    """Import a log."""

    def imported(text):
        path = tmp_path / "x.sse"
        path.write_bytes(text.encode())
        return import_recording(path)

    return imported


IS_OPEN = "it ends too early: a brace, a bracket or a quote is not closed"
ONLY = "; no other event names a run, so the request cannot be made up"
OUTPUTS = "; it contains the outputs that were submitted, so the request cannot be made up"
NO_RUN = "this stream has no run in it, so its request cannot be made up; its events are "
CREATED = "the data of the event thread.run.created is not JSON: "

REFUSED = {
    "an open brace": (event("thread.run.created", OPEN) + DONE, f"2:{COLUMN}: {CREATED}{IS_OPEN}{ONLY}"),
    "an open brace after a byte order mark": (
        "\ufeff" + event("thread.run.created", OPEN) + DONE,
        f"2:{COLUMN}: {CREATED}{IS_OPEN}{ONLY}",
    ),
    "an open brace between CR and LF": (
        (event("thread.run.created", OPEN) + DONE).replace("\n", "\r\n"),
        f"2:{COLUMN}: {CREATED}{IS_OPEN}{ONLY}",
    ),
    "an open brace between CRs": (
        (event("thread.run.created", OPEN) + DONE).replace("\n", "\r"),
        f"2:{COLUMN}: {CREATED}{IS_OPEN}{ONLY}",
    ),
    "an open brace after a comment": (
        f": made by hand\n\n: twice\n{event('thread.run.created', OPEN)}{DONE}",
        f"5:{COLUMN}: {CREATED}{IS_OPEN}{ONLY}",
    ),
    "an open brace without a space after the colon": (
        f"event:thread.run.created\ndata:{OPEN}\n\n{DONE}",
        f"2:{COLUMN - 1}: {CREATED}{IS_OPEN}{ONLY}",
    ),
    "an event without a name": (
        f"data: {OPEN}\n\n{DONE}",
        f"1:{COLUMN}: the data of the event message is not JSON: {IS_OPEN}{ONLY}",
    ),
    "data on several lines": (
        f"event: thread.run.created\n{BAD_SPREAD}\n{DONE}",
        f"8:28: {CREATED}a comma, or a closing brace or bracket, is missing{ONLY}",
    ),
    "several that are no JSON": (
        event("thread.run.created", OPEN) + event("thread.run.queued", OPEN) + DONE,
        f"2:{COLUMN}: {CREATED}{IS_OPEN}, and 1 more like it{ONLY}",
    ),
    "no blank line between two events": (
        event("thread.run.created", TEXT).removesuffix("\n") + event("thread.run.queued", TEXT) + DONE,
        f"4:7: the data of the event thread.run.queued is not JSON: these are two events: the blank line between them is missing{ONLY}",
    ),
    "an event without data": (
        event("ping", "").replace("data: \n", "") + DONE,
        f"1:1: the data of the event ping is not JSON: there is none{ONLY}",
    ),
    "the last event is cut off": (
        event("thread.run.created", TEXT) + f"event: thread.run.queued\ndata: {TEXT[:30]}",
        "5:30: this stream breaks off in the middle of an event, thread.run.queued: its data is not JSON: the text that begins here has no closing quote",
    ),
    "the only event is cut off": (
        f"event: thread.run.created\ndata: {OPEN}",
        f"2:{COLUMN}: this stream breaks off in the middle of an event, thread.run.created: its data is not JSON: {IS_OPEN}",
    ),
    "the last event has no end": (
        event("thread.run.created", TEXT) + event("thread.run.queued", TEXT),
        "the stream of POST /threads/thread_abcdefgh/runs is cut off: it ends with thread.run.queued, and neither done nor error",
    ),
    "other events": (event("ping", "{}") + event("pong", "[]") + DONE, f"{NO_RUN}ping, pong, done"),
    "many other events": (
        "".join(event(f"e{number}", number) for number in range(9)),
        f"{NO_RUN}e0, e1, e2, e3, e4 and 4 more",
    ),
    "a run without an id": (
        event("thread.run.created", '{"object": "thread.run"}') + DONE,
        f"{NO_RUN}thread.run.created, done",
    ),
    "a run without a thread": (
        event("thread.run.created", '{"id": "run_1", "object": "thread.run"}') + DONE,
        "no event of this stream has its thread_id, so its request cannot be made up",
    ),
    "outputs that cannot be read": (
        event("thread.run.step.completed", STEP) + event("thread.run.queued", TEXT) + DONE,
        f"2:{len(STEP) + 7}: the data of the event thread.run.step.completed is not JSON: {IS_OPEN}{OUTPUTS}",
    ),
}


@pytest.mark.parametrize(("log", "message"), REFUSED.values(), ids=REFUSED)
def test_a_log_is_refused_with_the_line_and_the_cause(imports, log, message):
    with pytest.raises(CassetteError) as refused:
        imports(log)
    assert str(refused.value).partition("x.sse:")[2].strip() == message


OTHERS = {
    "responses": (event("response.created", '{"type": "response.created"}'), "the Responses API"),
    "responses that are no JSON": (event("response.created", '{"type": "response.created"'), "the Responses API"),
    "chat completions": (
        'data: {"id": "chatcmpl-1", "object": "chat.completion.chunk"}\n\ndata: [DONE]\n\n',
        "chat.completions",
    ),
    "completions": ('data: {"id": "cmpl-1", "object": "text_completion"}\n\ndata: [DONE]\n\n', "completions"),
}


@pytest.mark.parametrize(("log", "api"), OTHERS.values(), ids=OTHERS)
def test_a_log_of_another_api_is_refused_by_its_name(imports, log, api):
    with pytest.raises(CassetteError) as refused:
        imports(log)
    assert str(refused.value).endswith(
        f"x.sse: these are events of {api}: their log has no request, and none can be made up from it; import a recording "
        "that has the request: vcrpy, VCR for Ruby, cassetter, HAR or test-proxy JSON"
    )


def test_data_on_several_lines_is_one_event(imports):
    (interaction,) = cassette_from(imports(f"event: thread.run.created\n{SPREAD}\n{DONE}").text).interactions
    assert interaction.stream[0].data["status"] == "queued"


KEPT = {
    "none": (event("thread.run.created", TEXT) + DONE, 0, ()),
    "an open brace": (event("thread.run.created", TEXT) + event("thread.run.queued", OPEN) + DONE, 1, (5,)),
    "two": (event("thread.run.created", OPEN) + event("x", "{a}") + event("thread.run.queued", TEXT) + DONE, 2, (2, 5)),
    "no blank line": (
        event("thread.run.created", TEXT)
        + event("thread.run.queued", TEXT).removesuffix("\n")
        + event("x", "{}")
        + DONE,
        1,
        (7,),
    ),
    "null": (event("thread.run.created", TEXT) + event("x", "null") + DONE, 0, ()),
}


@pytest.mark.parametrize(("log", "count", "lines"), KEPT.values(), ids=KEPT)
def test_events_that_are_no_json_are_kept_and_counted_when_the_run_is_known(imports, log, count, lines):
    done = imports(log)
    assert (done.odd_frames, done.odd_lines) == (count, lines)
    (interaction,) = cassette_from(done.text).interactions
    assert len([sent for sent in interaction.stream if sent.raw is not None]) == count


@pytest.mark.parametrize(
    ("log", "path"),
    [
        (f"data: {TEXT}\n\n{DONE}", "/threads/thread_abcdefgh/runs"),
        (f'data: {{"id": "thread_abcdefgh", "object": "thread"}}\n\ndata: {TEXT}\n\n{DONE}', "/threads/runs"),
        (f"data: {STEP}}}\n\ndata: {TEXT}\n\n{DONE}", "/threads/thread_abcdefgh/runs/run_abcdefgh/submit_tool_outputs"),
        (
            event("thread.run.created", TEXT.replace('"object": "thread.run", ', "")) + DONE,
            "/threads/thread_abcdefgh/runs",
        ),
    ],
    ids=["a run", "a thread", "a step", "no object"],
)
def test_the_object_of_an_event_is_known_by_its_data_or_its_name(imports, log, path):
    (interaction,) = cassette_from(imports(log).text).interactions
    assert interaction.path.replace("thread_1", "thread_abcdefgh").replace("run_1", "run_abcdefgh") == path


def test_each_event_has_its_lines():
    log = ": hi\nevent: a\ndata: 1\ndata: 2\n\n\ndata:3"
    logged = [(frame.event.name, frame.line, frame.rows, frame.is_closed) for frame in frames(log)]
    assert logged == [("a", 2, ((3, 7), (4, 7)), True), ("message", 7, ((7, 6),), False)]


@pytest.mark.parametrize(
    "text", ["event: a", "data: a", ": c\n\nevent: a\n", "\ufeffdata: x", "id: 3\ndata: x", "id: 3\revent: x"]
)
def test_a_text_of_events_is_a_log(text):
    assert is_log(text)


@pytest.mark.parametrize(
    "text", ["", "runmock: 1\nruns: []\n", "id: 3\nname: data\n", "# data: 3\n", '{"data": 1}', "events: []"]
)
def test_other_texts_are_none(text):
    assert not is_log(text)
