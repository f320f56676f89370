"""Refusals with a type, a parameter or a body of their own, calls that nobody offered, events that are new: both ways."""

import json

import pytest

from runmock.documents.check.checking import check_text
from runmock.documents.compare import compared
from runmock.documents.convert.distilling import distilled
from runmock.documents.convert.expanding import expanded, expanded_text
from runmock.documents.convert.replay_against_script import replayed
from runmock.documents.story.story_of import story_of
from runmock.tape.reading.cassette import cassette_from

REFUSALS = [
    "  - http: 400\n    error: invalid_value\n    message: No.\n    param: metadata\n    type: image_parse_error\n",
    "  - http: 402\n    body: {detail: Budget exceeded.}\n",
    "  - http: 402\n    body: {error: Budget exceeded.}\n",
    "  - http: 402\n    body: {error: {message: Budget exceeded., code: 402}}\n",
    "  - http: 429\n    body: {error: {message: Slow., type: null, param: null, code: null}}\n    retry_after: 2\n",
    "  - http: 502\n    body: []\n",
    "  - http: 502\n    body: Bad gateway\n    headers: {content-type: text/html}\n",
]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_is_distilled_to_what_it_was_written_as(refusal):
    text = f"runmock: 1\nruns:\n{refusal}  - reply: Hello!\n"
    script = cassette_from(text)
    recording = expanded_text(script, expanded(script))
    assert list(check_text(text, "x.yaml")) == list(check_text(recording, "x.yaml")) == []
    again = distilled(cassette_from(recording)).text
    assert again == text
    assert compared(script, cassette_from(again)) == []


def test_in_the_middle_of_a_run_too():
    text = "runmock: 1\nruns:\n  - steps:\n      - calls: [f]\n        outputs: [any]\n      - http: 402\n        body: [1]\n      - reply: a\n"
    recording = cassette_from(expanded_text(script := cassette_from(text), expanded(script)))
    assert "      - http: 402\n        body: [1]\n" in distilled(recording).text


@pytest.mark.parametrize(
    ("body", "shown_message"),
    [("{detail: a}", '{"detail":"a"}'), ("[]", "[]"), ("a", '"a"'), ("{error: {message: No.}}", "No."), ("null", "")],
)
def test_a_story_has_the_body_of_a_refusal_that_has_no_message(body, shown_message):
    script = cassette_from(f"runmock: 1\nruns:\n  - http: 402\n    body: {body}\n")
    recording = cassette_from(expanded_text(script, expanded(script)))
    (refusal,) = story_of(recording.interactions).threads["thread_1"].items[-1:]
    assert refusal.error["message"] == shown_message


MADE_UP = "runmock: 1\nruns:\n  - calls: [multi_tool_use.parallel]\n    unoffered: true\n    reply: a\n"


def test_a_call_that_nobody_offered_is_played_and_distilled_again():
    script = cassette_from(MADE_UP)
    text = expanded_text(script, expanded(script))
    assert "tools: []" in text
    assert list(check_text(MADE_UP, "x.yaml")) == list(check_text(text, "x.yaml")) == []
    again = distilled(cassette_from(text)).text
    assert "- calls: [multi_tool_use.parallel]" in again
    assert "unoffered: true" in again
    assert compared(script, cassette_from(again)) == []


def test_so_is_one_whose_name_only_this_request_does_not_offer():
    script = cassette_from("runmock: 1\nruns:\n  - steps: [{calls: [get_wether], unoffered: true}, {calls: [f]}]\n")
    text = expanded_text(script, expanded(script))
    assert "tools: [{type: function, function: {name: f}}]" in text
    again = cassette_from(distilled(cassette_from(text)).text).script.runs[0]
    assert [step.is_unoffered for step in again.steps] == [True, False]


def test_an_event_that_is_new_is_no_finding_in_a_script():
    text = (
        "runmock: 1\nruns:\n- events:\n"
        "  - thread.run.created: {id: run_1, object: thread.run, status: queued}\n"
        "  - heartbeat: {n: 1}\n"
        "  - thread.run.failed: {id: run_1, object: thread.run, status: failed}\n"
        "  - done\n"
    )
    assert list(check_text(text, "x.yaml")) == []


def of_upstream(upstream, **options):
    """A recording in which a gateway, or a provider, took a request that others would not."""
    body = {"assistant_id": "asst_1", **options}
    script = cassette_from({"runs": [{"reply": "Hello!"}]})
    text = expanded_text(script, expanded(script))
    head = f'recorded: {{at: 2026-01-01T00:00:00Z, upstream: "{upstream}"}}'
    text = text.replace("recorded: {at: 2026-01-01T00:00:00Z}", head)
    return text.replace("body: {assistant_id: asst_1, stream: true}", f"body: {json.dumps(body | {'stream': True})}")


ACCEPTED = [
    ("https://gateway.example/v1", {"custom_llm_provider": "openai"}),
    ("http://litellm:4000/v1", {"tools": [{"type": "retrieval"}], "custom": {}}),
    ("https://mine.services.ai.azure.com/api/projects/p", {"tools": [{"type": "bing_grounding"}]}),
]


@pytest.mark.parametrize(("upstream", "options"), ACCEPTED)
def test_a_recording_is_distilled_by_the_rules_of_its_upstream(upstream, options):
    recording = cassette_from(of_upstream(upstream, **options))
    assert [interaction.status for interaction in recording.interactions] == [200] * len(recording.interactions)
    assert distilled(recording).text.endswith("runs:\n  - reply: Hello!\n")
    replayed_interactions = replayed(cassette_from({"runs": [{"reply": "Hello!"}]}), recording)
    assert [interaction.played.status for interaction in replayed_interactions] == [200] * len(replayed_interactions)


def test_without_one_openais_rules_hold():
    recording = cassette_from(of_upstream("https://api.openai.com/v1", custom_llm_provider="openai"))
    replayed_interactions = replayed(cassette_from({"runs": [{"reply": "Hello!"}]}), recording)
    assert [interaction.played.status for interaction in replayed_interactions] == [200, 200, 400]
