"""Times count from the first time in upstream's answers; without `from`, as runmock 0.1.0 counted them."""

from pathlib import Path

import pytest
from reader_0_1_0 import as_0_1_0

from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.script.script import Source
from runmock.tape.comparing.times import first_time
from runmock.tape.reading.cassette import cassette_from, load_cassette
from runmock.tape.writing.cassette_text import Header, cassette_text
from runmock.tape.writing.rewriting import appended

CASSETTES = sorted((Path(__file__).parents[3] / "cassettes").glob("*.yaml"))
WALL = 1_790_000_000
"""The recording client's clock: 2026-09-21T14:13:20Z."""
UPSTREAM = 1_761_861_532
"""Upstream's: 2025-10-30T21:58:52Z."""


def answers(*values):
    return [Interaction(Source("x", 0), "GET", f"/a{number}", json=value) for number, value in enumerate(values)]


def written(*values):
    return cassette_text(Header(WALL, "u", "s"), answers(*values))


def test_a_recording_counts_from_the_first_time_in_upstreams_answers():
    text = written(
        {"id": "a", "created_at": None},
        {"id": "b", "created_at": UPSTREAM, "expires_at": UPSTREAM + 600},
        {"id": "c", "created_at": UPSTREAM + 7, "started_at": UPSTREAM - 2},
    )
    assert text == (
        "runmock: 1\n"
        "recorded: {at: 2026-09-21T14:13:20Z, from: 2025-10-30T21:58:52Z, upstream: u, sdk: s}\n"
        "interactions:\n"
        "  - request: GET /a0\n    json: {id: id_1, created_at: null}\n\n"
        "  - request: GET /a1\n    json: {id: id_2, created_at: +0s, expires_at: +600s}\n\n"
        "  - request: GET /a2\n    json: {id: id_3, created_at: +7s, started_at: -2s}\n"
    )
    recorded = cassette_from(text).recorded
    assert (recorded.at, recorded.counted_from, recorded.base) == (WALL, UPSTREAM, UPSTREAM)


def test_the_same_answers_of_another_day_give_the_same_lines():
    def day(later):
        return written({"created_at": UPSTREAM + later, "data": [{"started_at": UPSTREAM + later + 3.5}]})

    assert day(0).partition("interactions:")[2] == day(86_400).partition("interactions:")[2]
    assert "created_at: +0s" in day(86_400)


FIRST = [
    # what upstream answers, what times count from, and how the line is written
    ({"created_at": UPSTREAM}, UPSTREAM, "{created_at: +0s}"),
    ({"created_at": UPSTREAM + 0.75}, UPSTREAM, "{created_at: +0.75s}"),
    ({"created_at": float(UPSTREAM)}, UPSTREAM, "{created_at: +0.0s}"),
    ({"completed_at": UPSTREAM + 4, "created_at": UPSTREAM}, UPSTREAM, "{completed_at: +4s, created_at: +0s}"),
    ({"expires_at": UPSTREAM + 9, "created_at": UPSTREAM}, UPSTREAM, "{expires_at: +9s, created_at: +0s}"),
    ({"data": [{"created_at": UPSTREAM}]}, UPSTREAM, "- {created_at: +0s}"),
    ({"created_at": 0, "started_at": UPSTREAM}, UPSTREAM, "{created_at: 0, started_at: +0s}"),
    ({"created_at": 0}, None, "{created_at: 0}"),
    ({"created_at": -5}, None, "{created_at: -5}"),
    ({"created_at": UPSTREAM * 1000}, None, "{created_at: 1761861532000}"),
    ({"created_at": UPSTREAM, "ended_at": UPSTREAM * 1000}, UPSTREAM, "{created_at: +0s, ended_at: 1761861532000}"),
    ({"created_at": 253_402_300_799}, None, "{created_at: 253402300799}"),
    ({"created_at": 1e300}, None, "{created_at: 1.0e+300}"),
    ({"created_at": True}, None, "{created_at: true}"),
    ({"created_at": "now"}, None, "{created_at: now}"),
    ({"created": UPSTREAM}, None, "{created: 1761861532}"),
    ({"metadata": {"sent_at": UPSTREAM}}, None, "{metadata: {sent_at: 1761861532}}"),
    ({"expires_at": WALL + 60}, None, "{expires_at: +60s}"),
    ({}, None, "{}"),
]


@pytest.mark.parametrize(("payload", "begin", "line"), FIRST)
def test_what_is_no_time_of_its_day_is_no_beginning_and_is_written_as_it_is(payload, begin, line):
    text = written(payload)
    assert line in text
    assert ("from:" in text) is (begin is not None)
    cassette = cassette_from(text)
    assert cassette.recorded.counted_from == begin
    assert cassette.interactions[0].json == payload


def test_the_first_time_of_a_stream_may_be_in_any_event():
    events = (StreamEvent("a", {"id": "x"}), StreamEvent("b", {"created_at": UPSTREAM}), StreamEvent("done"))
    interaction = Interaction(Source("x", 0), "POST", "/a", stream=events)
    assert first_time([interaction]) == UPSTREAM
    assert "b: {created_at: +0s}" in cassette_text(Header(WALL), [interaction])


TIMED = "interactions: [{request: GET /a, json: {created_at: +2s}}]\nrunmock: 1\n"


@pytest.mark.parametrize(
    ("header", "base"),
    [
        ("", 1_767_225_600),
        ("recorded: {sdk: s}", 1_767_225_600),
        ("recorded: {at: 2026-09-21T14:13:20Z}", WALL),
        ("recorded: {at: 2026-09-21T14:13:20Z, from: null}", WALL),
        ("recorded: {at: 2026-09-21T14:13:20Z, from: 2025-10-30T21:58:52Z}", UPSTREAM),
        ("recorded: {at: 2026-09-21T14:13:20Z, from: 1761861532}", UPSTREAM),
        ("recorded: {from: 2025-10-30T22:58:52+01:00}", UPSTREAM),
        ("recorded: {at: 2026-09-21T14:13:20Z, from: 0}", 0),
    ],
)
def test_times_count_from_from_else_from_at_else_from_the_beginning_of_2026(header, base):
    cassette = cassette_from(f"{header}\n{TIMED}")
    assert cassette.interactions[0].json == {"created_at": base + 2}
    assert cassette.base == base


@pytest.mark.parametrize("header", ["at: 2026-09-21T14:13:20Z", "at: 2026-01-01, from: 2026-09-21T14:13:20Z"])
def test_what_is_appended_counts_as_the_file_does(header):
    text = f"runmock: 1\nrecorded: {{{header}}}\ninteractions:\n  - request: GET /a\n    json: {{created_at: +2s}}\n"
    more = appended(text, cassette_from(text), answers({"created_at": WALL + 9}), Header(WALL + 100))
    assert more == f"{text}\n  - request: GET /a0\n    json: {{created_at: +9s}}\n"


def times_in(value, key=""):
    if isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from times_in(part, name)
    elif str(key).endswith("_at") and value is not None:
        yield key, value


def times_of(cassette):
    payloads = [
        [interaction.json, *(event.data for event in interaction.stream or ())] for interaction in cassette.interactions
    ]
    return sorted(times_in(payloads))


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: path.stem)
def test_every_cassette_of_0_1_0_keeps_its_times(path):
    text = path.read_text()
    assert times_of(load_cassette(path)) == as_0_1_0(text)
    assert ("interactions:" in text) is bool(times_of(load_cassette(path)))


RECORDED_BY_0_1_0 = """\
runmock: 1
recorded: {at: 2026-09-21T14:13:20Z, upstream: "http://gateway.example/v1", sdk: openai 3.54.0}
interactions:
  - request: POST /threads
    body: {}
    json: {id: thread_1, object: thread, created_at: -3s}

  - request: POST /threads/thread_1/runs
    body: {assistant_id: asst_mine, stream: true}
    stream:
      - thread.run.created: {id: run_1, object: thread.run, created_at: -2s, expires_at: +598s, completed_at: null}
      - thread.run.completed: {same: run_1, completed_at: +1s, expires_at: null}
      - done
"""


def test_a_recording_of_0_1_0_keeps_its_times():
    assert times_of(cassette_from(RECORDED_BY_0_1_0)) == as_0_1_0(RECORDED_BY_0_1_0) != []
