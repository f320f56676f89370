"""Scripts that play on Responses, as documents: what `check` says of the recordings that they give."""

import pytest

from runmock.documents.check.checking import check_text
from runmock.documents.convert.expanding import expanded, expanded_text
from runmock.tape.reading.cassette import cassette_from

STEPS = """steps: [
  {reasoning: [First., Second.], calls: [f, {get_weather: {city: Paris}}], outputs: [any, /21/]},
  {code_interpreter: {input: 1 + 1, logs: "2"}}, {file_search: {results: [{text: found}]}}, {reply: [a, b, c]}]"""
GOOD = (
    "reply: one two three",
    "refusal: No.",
    "reasoning: []",
    "reply: {text: 'See a.txt.', annotations: [{type: file_citation, text: a.txt, file_citation: {file_id: file-1}}]}",
    "fail: server_error",
    "reply: one, incomplete: max_completion_tokens",
    "incomplete: content_filter",
    "cancel: true",
    "calls: [f, g]",
    "reply: one, poll: 3",
    "http: 429, times: 2",
    "json: {object: response, status: completed, output: []}",
    "reply: one, stall: 5s",
    "reply: one, garbage: unknown_event",
    "reply: one, error_event: server_error",
    "reply: one, error_event: {flat: true}",
    STEPS,
)
FAULTS = {
    "disconnect: true": {"truncated"},
    "disconnect: {after: 0}": {"truncated"},
    "truncate: true": {"truncated"},
    "garbage: not_json": {"text"},
    "garbage: half_frame": {"truncated"},
    "garbage: duplicate": {"numbering", "text"},
    "garbage: out_of_order": {"numbering", "text"},
    "garbage: wrong_index": {"event-order", "text"},
    "garbage: sequence_gap": {"numbering"},
    "garbage: response_id_changes": {"unknown-id"},
    "garbage: item_id_changes": {"unknown-id"},
    "truncate: {after: 5}, fail: server_error": {"truncated"},
}
"""What `check` finds in the recording of such a script."""


def rules_in(text):
    return {finding.rule for finding in check_text(text, "x.yaml")}


def script(run):
    return f"runmock: 1\nruns:\n  - {{match: {{api: responses}}, {run}}}\n"


def recording(run, *, is_streamed):
    cassette = cassette_from(script(run))
    interactions = expanded(cassette, is_streamed=is_streamed)
    assert {interaction.operation.api.name for interaction in interactions} == {"Responses"}
    return expanded_text(cassette, interactions)


@pytest.mark.parametrize("run", GOOD)
@pytest.mark.parametrize("is_streamed", [True, False], ids=["streamed", "json"])
def test_what_a_script_plays_breaks_no_rule(run, is_streamed):
    assert rules_in(script(run)) == rules_in(recording(run, is_streamed=is_streamed)) == set()


@pytest.mark.parametrize(("fault", "rules"), FAULTS.items())
def test_what_goes_wrong_is_found_in_the_recorded_stream_and_not_in_the_script(fault, rules):
    run = f"reply: one two three, {fault}"
    assert rules_in(script(run)) == set()
    text = recording(run, is_streamed=True)
    assert rules_in(text) == rules
    assert ("truncated: true" in text) == (rules == {"truncated"})


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_a_response_that_is_stuck_is_not_recorded_to_its_end(status):
    text = recording(f"stuck: {status}", is_streamed=False)
    [found] = check_text(text, "x.yaml")
    assert (found.rule, found.message) == (
        "unfinished",
        f"the end of resp_1 was never recorded: its last status is {status}",
    )


VERBATIM = {
    "json: {object: response, status: incomplete, incomplete_details: null}": [
        "ending: the canned response is incomplete, and its incomplete_details does not say why"
    ],
    "json: {object: response, id: resp_1, status: finished}": [
        "transition: resp_1 has the status 'finished', which the API does not have"
    ],
    "events: [response.created: {response: {id: resp_1, object: response, status: in_progress}}]": [
        "truncated: the stream ends with response.created, and neither response.completed, response.failed, response.incomplete nor error"
    ],
    "events: [response.created: {sequence_number: 0}, response.hiccup: {sequence_number: 1}, response.failed: {sequence_number: 3}]": [
        "numbering: response.failed has the sequence_number 3; 2 is next"
    ],
    "events: [response.in_progress: {response: {id: resp_1}}, response.created: {}, response.created: {response: {id: resp_2}}, error: {}]": [
        "event-order: response.created comes first",
        "unknown-id: response.created is about resp_2, and the events before it are about resp_1",
    ],
    "events: [response.created: {}, response.completed: {response: {id: resp_1, status: completed, output: []}}]": [],
    "json: {object: thread.run, status: finished}": [
        "transition: the canned run has the status 'finished', which the API does not have"
    ],
}


@pytest.mark.parametrize(("run", "expected"), VERBATIM.items())
def test_what_stands_verbatim_in_a_script_keeps_the_rules_of_its_api(run, expected):
    found = check_text(f"runmock: 1\nruns:\n  - {{{run}}}\n", "x.yaml")
    assert [f"{finding.rule}: {finding.message}" for finding in sorted(found)] == expected


BOTH = """\
runmock: 1
recorded: {at: 2026-11-22T10:23:29Z}
interactions:
  - request: POST /threads/runs
    body: {assistant_id: asst_weather}
    json: {id: run_1, object: thread.run, thread_id: thread_1, status: queued}

  - request: POST /responses
    body: {model: gpt-4o, input: Hi, background: true}
    json: {id: resp_1, object: response, status: queued, background: true}

  - request: GET /threads/thread_1/runs/run_1
    json: {same: run_1, status: completed}

  - request: GET /responses/resp_1
    json: {same: resp_1, status: completed}
"""


def test_each_api_in_a_recording_has_its_own_rules():
    assert rules_in(BOTH) == set()
    text = BOTH.replace("status: completed", "status: in_progress")
    assert [str(found) for found in sorted(check_text(text, "c"))] == [
        "c:13:5: unfinished: the end of run_1 was never recorded: its last status is in_progress",
        "c:16:5: unfinished: the end of resp_1 was never recorded: its last status is in_progress",
    ]
