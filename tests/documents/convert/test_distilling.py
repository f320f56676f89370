"""A recording distilled to a script plays the same, as far as scripts can express it; the rest is listed with its reason."""

import json

import pytest
from recordings import NAMES
from traffic_data import TRAFFIC

from runmock.core.errors import CassetteError
from runmock.documents.compare import compared
from runmock.documents.convert.distilling import distilled
from runmock.documents.convert.expanding import expanded, expanded_text
from runmock.tape.importers.to_cassette import import_recording
from runmock.tape.reading.cassette import cassette_from, load_cassette

TOKENS = "a script gives the tokens of a run, and divides them among its steps"
LISTED = "the real list was longer than what was recorded"
POLLED = "`poll:` decides when a polled run moves on, and a distilled script leaves it at its default"
NEVER_READ = "no request read it when this was recorded"
NO_KEY = "a script has no key for this"

DEVIATIONS = {
    "BasicAssistantOperationsWork.json": {LISTED: 1},
    "BasicMessageOperationsWork.json": {NO_KEY: 2},
    "BasicRunOperationsWork.json": {POLLED: 2},
    "BasicRunStepFunctionalityWorks.json": {TOKENS: 35, NEVER_READ: 6},
    "BasicThreadOperationsWork.json": {NO_KEY: 1},
    "FileSearchStreamingWorks.json": {TOKENS: 4},
    "FileSearchWorks.json": {TOKENS: 6},
    "Pagination_CanPageThroughAssistantCollection.json": {LISTED: 1},
    "StreamingToolCall.json": {TOKENS: 6},
    "test_streaming_existing_assistant.yaml": {TOKENS: 6},
    "test_streaming_new_assistant.yaml": {TOKENS: 6},
}
"""How many values of a recording the script plays otherwise, by the reason that is reported; the others play it all."""

UNFINISHED = {
    "SettingResponseFormatWorks.json": ("queued", "completed"),
    "canned_run.yaml": ("queued", "completed"),
}
"""The last recorded status of a run whose end was never recorded, and the status with which its script ends it."""


def in_the_end(differing):
    """The statuses that differ, where nothing else does."""
    assert [change.fact for run in differing for change in run.changes] == ["status"] * len(differing)
    return next(((change.before, change.after) for run in differing for change in run.changes), None)


@pytest.fixture(scope="module")
def imported():
    """A recording of the real service as a cassette."""
    return lambda name: cassette_from(import_recording(TRAFFIC / name).text, name)


@pytest.mark.parametrize("name", NAMES)
def test_real_traffic_plays_the_same_or_the_reason_is_reported(imported, name):
    done = distilled(imported(name))
    reasons = [deviation.why for deviation in done.deviations]
    assert {why: reasons.count(why) for why in reasons} == DEVIATIONS.get(name.rpartition("/")[2], {})


@pytest.mark.parametrize("name", NAMES)
def test_every_event_of_real_traffic_is_played_but_for_a_steps_tokens(imported, name):
    streams = [deviation for deviation in distilled(imported(name)).deviations if deviation.where.startswith("stream")]
    assert [deviation for deviation in streams if ".usage." not in deviation.where] == []


@pytest.mark.parametrize("name", NAMES)
def test_real_runs_distilled_and_expanded_are_the_same_runs(imported, name):
    recording = imported(name)
    script = cassette_from(distilled(recording).text)
    played = cassette_from(expanded_text(script, expanded(script))) if script.script.runs else None
    assert in_the_end(compared(recording, script)) == UNFINISHED.get(name.rpartition("/")[2])
    assert played is None or len([interaction for interaction in played.interactions if interaction.stream]) >= len(
        script.script.runs
    )


def test_real_traffic_becomes_short(imported):
    lines = {name.rpartition("/")[2]: distilled(imported(name)).text.count("\n") for name in NAMES}
    assert lines["StreamingRunWorks.json"] == 4
    assert lines["StreamingToolCall.json"] == 7
    assert sum(lines.values()) <= 281


def test_messages_that_were_read_while_their_run_was_active_are_read_so_again(imported):
    done = distilled(imported("openai-dotnet/BasicRunOperationsWork.json"))
    assert done.text.splitlines()[1] == "defaults: {advance: polls}"


@pytest.mark.parametrize("is_streamed", [True, False], ids=["streamed", "polled"])
def test_an_example_expanded_and_distilled_is_the_same_runs(examples, is_streamed):
    for path in sorted(examples.glob("*.yaml")):
        script = load_cassette(path)
        recording = cassette_from(expanded_text(script, expanded(script, is_streamed=is_streamed)))
        differing = compared(recording, cassette_from(distilled(recording).text))
        assert in_the_end(differing) == (None if is_streamed else UNFINISHED.get(path.name)), path


def round_trip(script, *, is_streamed=True):
    """A script's text after it was expanded and distilled again, and the reasons for what plays otherwise."""
    cassette = cassette_from({"runs": script})
    recording = cassette_from(expanded_text(cassette, expanded(cassette, is_streamed=is_streamed)))
    done = distilled(recording)
    return cassette_from(done.text).script.runs, cassette.script.runs, [deviation.why for deviation in done.deviations]


SCRIPTS = {
    "a text": [{"reply": "Hello Ada!"}],
    "nothing": [{"reply": ""}],
    "several lines": [{"reply": "a\n\nb\n"}],
    "dollar signs": [{"reply": "$$last_message costs $5, $$$$ or $$a"}],
    "json": [{"reply": {"json": {"a": [1, None, "no"]}}}],
    "arguments with spaces": [{"steps": [{"calls": [{"f": '{"a": 1}'}], "outputs": ["x"]}, {"reply": "a"}]}],
    "broken arguments": [{"steps": [{"calls": [{"f": '{"a'}], "outputs": ["x"]}, {"reply": "a"}]}],
    "no arguments": [{"steps": [{"calls": ["f", "g"], "outputs": ["x", "y"]}, {"reply": "a"}]}],
    "outputs that look like patterns": [
        {"steps": [{"calls": ["f", "g"], "outputs": ["/^/a.b/$/", "/^any$/"]}, {"reply": "a"}]}
    ],
    "two rounds": [{"steps": [{"calls": ["f"], "outputs": ["x"]}, {"calls": ["g"], "outputs": ["y"]}, {"reply": "a"}]}],
    "a failure": [{"fail": "server_error"}],
    "a failure of its own words": [{"reply": "I was", "fail": "rate_limit_exceeded", "message": "slow"}],
    "a limit": [{"reply": "I was", "incomplete": "max_completion_tokens"}],
    "expired": [{"expire": True}],
    "cancelled": [{"cancel": True}],
    "stuck": [{"stuck": "in_progress"}],
    "refused twice": [
        {"http": 429, "error": "rate_limit_exceeded", "message": "slow", "retry_after": 2, "times": 2},
        {"reply": "a"},
    ],
    "refused for its own reason": [{"http": 400, "error": "odd", "message": "not today"}, {"reply": "a"}],
    "a server's error": [{"http": 500, "message": "oh"}, {"reply": "a"}],
    "a citation": [
        {
            "reply": {
                "text": "See [1].",
                "annotations": [{"text": "[1]", "file_citation": {"file_id": "file_1"}}],
            }
        }
    ],
}


SPELT_OTHERWISE = {"dollar signs", "outputs that look like patterns"}
"""Scripts that have several ways to say the same; what is played is compared in any case."""


@pytest.mark.parametrize("is_streamed", [True, False], ids=["streamed", "polled"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_comes_back_as_it_was(name, is_streamed):
    again, before, deviations = round_trip(SCRIPTS[name], is_streamed=is_streamed)
    assert deviations == []
    if name not in SPELT_OTHERWISE:
        assert [(run.steps, run.ending, run.http) for run in again] == [
            (run.steps, run.ending, run.http) for run in before
        ]
    assert len(again) == len(before)


def recorded(*interactions):
    return cassette_from({"interactions": list(interactions)})


CREATED = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1", "assistant_id": "asst_x", "status": "queued"}


def test_a_stream_that_no_script_makes_is_served_as_it_was():
    stream = [
        {"thread.run.created": CREATED},
        {"thread.run.in_progress": {**CREATED, "status": "in_progress"}},
        {"error": {"error": {"message": "The server had an error", "type": "server_error"}}},
    ]
    request = {"request": "POST /threads/thread_1/runs", "body": {"assistant_id": "asst_x", "stream": True}}
    done = distilled(recorded({**request, "stream": stream}))
    assert done.deviations == ()
    assert [next(iter(event)) for event in json.loads(json.dumps(cassette_from(done.text).script.runs[0].events))] == [
        "thread.run.created",
        "thread.run.in_progress",
        "error",
    ]


def test_what_is_not_of_the_family_stays_a_recording():
    done = distilled(recorded({"request": "POST /files", "json": {"id": "file_1", "object": "file"}}))
    assert done.text.endswith(
        "runs: []\ninteractions:\n  - request: POST /files\n    json: {id: file_1, object: file}\n"
    )
    assert cassette_from(done.text).interactions[0].json == {"id": "file_1", "object": "file"}


def test_a_cassette_without_a_recording_cannot_be_distilled():
    with pytest.raises(CassetteError, match="there is no recording in this cassette: nothing to distil"):
        distilled(cassette_from({"runs": [{"reply": "a"}]}))


def test_a_script_beside_the_recording_is_not_lost():
    both = {"runs": [{"reply": "a"}], "interactions": [{"request": "POST /threads", "json": {"id": "thread_1"}}]}
    with pytest.raises(CassetteError, match="this cassette has a script beside its recording, which would be lost"):
        distilled(cassette_from(both))


@pytest.mark.parametrize(
    "fault", ["disconnect", "truncate", "garbage: half_frame", "garbage", "error_event", "stall: 1s"]
)
def test_a_script_in_which_a_stream_breaks_off_expands_to_what_an_application_gets(fault):
    key, _, value = fault.partition(": ")
    script = cassette_from({"runmock": 1, "runs": [{"reply": "one two three", key: value or True}]})
    expanded_again = cassette_from(expanded_text(script, expanded(script)))
    (stream,) = (known for known in expanded_again.interactions if known.stream is not None)
    assert stream.is_truncated == (fault in {"disconnect", "truncate", "garbage: half_frame"})
    assert [event.name for event in stream.stream][:8][-1] == "thread.message.delta"
