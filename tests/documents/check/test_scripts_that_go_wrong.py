"""Scripts in which something goes wrong, as documents: checked, expanded, distilled, compared."""

import pytest

from runmock.core.errors import CassetteError
from runmock.documents.check.checking import check_text
from runmock.documents.compare import compared
from runmock.documents.convert.distilling import distilled
from runmock.documents.convert.expanding import expanded, expanded_text
from runmock.documents.story.story_of import story_of
from runmock.documents.story.timeline_lines import why_of
from runmock.tape.reading.cassette import cassette_from

CUT = ["reply", "status"]
FAULTS = {
    "disconnect: true": ({"truncated"}, CUT),
    "disconnect: {after: 0}": ({"truncated"}, ["no run"]),
    "truncate: true": ({"truncated"}, CUT),
    "stall: 5s": (set(), []),
    "garbage: not_json": ({"text"}, []),
    "garbage: half_frame": ({"truncated"}, CUT),
    "garbage: unknown_event": ({"event-order"}, []),
    "garbage: duplicate": ({"text"}, []),
    "garbage: out_of_order": ({"text"}, []),
    "garbage: wrong_index": ({"event-order", "text"}, []),
    "error_event: server_error": (set(), CUT),
    "error_event: {flat: true}": (set(), CUT),
}
"""What `check` finds in the recording of such a script, and what `diff` tells from a run that goes well."""

WELL = cassette_from({"runs": [{"reply": "one two three"}]})


def script(fault):
    return f"runmock: 1\nruns:\n  - {{reply: one two three, {fault}}}\n"


def streamed(fault):
    cassette = cassette_from(script(fault))
    return expanded_text(cassette, expanded(cassette))


@pytest.mark.parametrize(("fault", "rules", "facts"), [(fault, *expected) for fault, expected in FAULTS.items()])
def test_what_goes_wrong_is_found_in_the_recording_and_not_in_the_script(fault, rules, facts):
    assert list(check_text(script(fault), "x.yaml")) == []
    text = streamed(fault)
    assert {finding.rule for finding in check_text(text, "x.yaml")} == rules
    assert ("truncated: true" in text) == (rules == {"truncated"})


@pytest.mark.parametrize("fault", FAULTS)
def test_who_polls_records_a_run_in_which_nothing_goes_wrong(fault):
    well, polled = (expanded(cassette, is_streamed=False) for cassette in (WELL, cassette_from(script(fault))))
    assert expanded_text(WELL, polled) == expanded_text(WELL, well)


@pytest.mark.parametrize(("fault", "rules", "facts"), [(fault, *expected) for fault, expected in FAULTS.items()])
def test_a_run_that_goes_wrong_is_compared_by_what_an_application_gets(fault, rules, facts):
    differing = compared(WELL, cassette_from(script(fault)))
    changed_facts = [
        [change.fact for change in run.changes] if run.after is not None else ["no run"] for run in differing
    ]
    assert changed_facts == ([facts] if facts else [])


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("disconnect: true", "the stream breaks off"),
        ("truncate: true", "the stream breaks off"),
        ("error_event: {message: Sorry.}", "error event: Sorry."),
        ("error_event: {message: Sorry., flat: true}", "error event: Sorry."),
        ("error_event: {message: ''}", "error event"),
        ("stall: 5s", ""),
        ("truncate: {after: 7}, fail: server_error", "the stream breaks off"),
    ],
)
def test_how_a_stream_ended_early_is_shown_for_its_run(fault, why):
    (run,) = story_of(expanded(cassette_from(script(fault)))).runs
    assert why_of(run) == why


def test_how_the_stream_after_the_outputs_ended_is_shown_too():
    cassette = cassette_from({"runs": [{"steps": [{"calls": ["f"]}, {"reply": "a b", "truncate": True}]}]})
    (run,) = story_of(expanded(cassette)).runs
    assert (run.status, why_of(run)) == ("in_progress", "the stream breaks off")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_recording_in_which_something_went_wrong_is_distilled_and_plays_the_same(fault):
    recording = cassette_from(streamed(fault))
    again = cassette_from(distilled(recording).text)
    assert compared(recording, again) == []


def test_an_event_that_is_nearly_one_of_the_apis_is_in_no_script():
    recording = streamed("garbage: unknown_event").replace("thread.run.hiccup", "thread.run.complted")
    with pytest.raises(CassetteError) as error:
        distilled(cassette_from(recording, "x.yaml"))
    assert str(error.value) == (
        "x.yaml: what is recorded here cannot be written as a script: the script:12:9: unknown event 'thread.run.complted'; "
        "did you mean 'thread.run.completed'?"
    )


def test_a_fault_that_never_strikes_is_reported_with_its_place():
    with pytest.raises(CassetteError) as error:
        expanded(cassette_from(script("disconnect: {after: 40}"), "x.yaml"))
    assert str(error.value) == (
        "x.yaml: a fault of the script did not happen: disconnect after 40 events, but the stream ended after 14 events\n"
        "  script    x.yaml:3\n"
        "  fix it    a smaller 'after', or none: then the fault comes after the first delta"
    )


REFUSED = """\
runmock: 1
runs:
  - steps:
      - calls: [f]
        outputs: [the output of f]
      - http: 429
        error: rate_limit_exceeded
        message: Slow down.
        retry_after: 1
        times: 2
      - calls: [g]
        outputs: [the output of g]
      - http: 500
        message: Sorry.
      - reply: Well.
  - http: 404
    message: Gone.
    times: 2
"""


@pytest.mark.parametrize("is_streamed", [True, False], ids=["streamed", "polled"])
def test_requests_that_were_refused_come_back_in_the_script(is_streamed):
    cassette = cassette_from(REFUSED)
    done = distilled(cassette_from(expanded_text(cassette, expanded(cassette, is_streamed=is_streamed))))
    assert (done.text, done.deviations) == (REFUSED, ())
