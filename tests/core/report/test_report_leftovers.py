import pytest
from recording import Recording

from runmock.core.report.leftovers import Leftover, describe, leftovers, report
from runmock.tape.reading.cassette import cassette_from


def scripted(text):
    return cassette_from(text).script.runs


@pytest.mark.parametrize(
    ("run", "text"),
    [
        ("reply: Hello", 'reply "Hello"'),
        ("reply: [Hel, lo]", 'reply "Hello"'),
        ("reply: {json: {a: 1}}", 'reply "{"a": 1}"'),
        (f"reply: {'a' * 61}", f'reply "{"a" * 60}..."'),
        ("reply: [{image_file: file-1}, Here, it is]", 'reply image_file file-1, "Hereit is"'),
        ("reply: {images: [{image_url: u}]}", "reply image_url u"),
        ("reply: [a, {refusal: b}]", 'reply "a", refusal "b"'),
        ("refusal: I can't", 'refusal "I can\'t"'),
        (f"refusal: {'a' * 61}", f'refusal "{"a" * 60}..."'),
        ("calls: [f: {a: 1}, g]", "calls f, g"),
        ("{code_interpreter: a, file_search: {}, reply: b}", 'file_search; code_interpreter; reply "b"'),
        ("{reply: a, fail: server_error}", 'reply "a"; failed'),
        ("{calls: [f], expire: true}", "calls f; expired"),
        ("cancel: true", "cancelled"),
        ("incomplete: content_filter", "incomplete"),
        ("stuck: queued", "stuck queued"),
        ("http: 429", "http 429"),
        ("sunset: true", "sunset"),
        ("json: {id: run_1}", "json"),
        ("events: [thread.run.created: {}, done]", "2 events"),
        (
            "{match: {model: gpt-x, last_message: /trip/}, reply: a}",
            'when model gpt-x and last_message /trip/; reply "a"',
        ),
        ("{match: {}, reply: a}", 'reply "a"'),
        ("{match: {api: responses}, reasoning: [], reply: a}", 'when api responses; reasoning; reply "a"'),
        ("{match: {api: responses}, json: {object: response}}", "when api responses; json"),
        ("json: {object: response}", "json"),
        ("{match: {stream: false}, http: 500}", "when stream false; http 500"),
    ],
)
def test_a_scripted_run_in_one_line(run, text):
    (leftover,) = scripted(f"runs: [{run}]" if run.startswith("{") else f"runs: [{{{run}}}]")
    assert describe(leftover) == text


def test_a_run_without_anything_has_no_steps():
    (run,) = scripted("runs: [{stuck: queued}]")
    assert describe(type(run)(run.source)) == "no steps"


def test_leftovers_are_recorded_requests_then_scripted_runs():
    recording = Recording("interactions: [{request: POST /threads, body: {}, json: {}}]")
    runs = [*scripted("runs:\n  - reply: a"), *scripted({"runs": [{"reply": "b"}]})]
    assert leftovers(runs, [("weather.yaml", recording.player.unplayed())]) == [
        Leftover("weather.yaml", "interaction 0, line 1: POST /threads (create_thread)"),
        Leftover("inline", 'run 0, line 2: reply "a"'),
        Leftover("inline", 'run 0: reply "b"'),
    ]


def test_the_report_may_say_who_did_not_play_them():
    text = report([Leftover("a.yaml", "run 0")], "allow it", " by the tests of a fixture")
    assert text == (
        "runmock: not everything on the cassette was played by the tests of a fixture\n"
        "  a.yaml\n    run 0\n  to allow it: allow it"
    )


def test_the_report_names_each_under_its_cassette_and_how_to_allow_it():
    left = [Leftover("a.yaml", "run 0"), Leftover("b.yaml", "run 0"), Leftover("a.yaml", "run 1")]
    assert report(left) == (
        "runmock: not everything on the cassette was played\n"
        "  a.yaml\n"
        "    run 0\n"
        "    run 1\n"
        "  b.yaml\n"
        "    run 0\n"
        "  to allow it: @pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=warn"
    )


def test_ten_are_listed_and_the_rest_is_counted():
    left = [*(Leftover("a.yaml", f"run {number}") for number in range(2011)), Leftover("b.yaml", "run 0")]
    listed = "".join(f"    run {number}\n" for number in range(10))
    assert f"  a.yaml\n{listed}    and 2,001 more\n  b.yaml\n    run 0\n  to allow it" in report(left)
    assert "more" not in report(left[:10])


def test_a_request_outside_of_the_api_is_listed_once():
    recording = Recording("interactions: [{request: POST /batches, json: {}}]")
    assert leftovers([], [("a.yaml", recording.player.unplayed())])[0].text == "interaction 0, line 1: POST /batches"


def test_the_report_says_which_api_took_which_run_where_several_were_asked():
    takers = {"Kitchen": ["run 0", "run 1"], "Bar": []}
    assert report([Leftover("a.yaml", "run 2")], "allow it", takers=takers) == (
        "runmock: not everything on the cassette was played\n"
        "  a.yaml\n"
        "    run 2\n"
        "  Kitchen took run 0, run 1\n"
        "  Bar took none\n"
        '  to keep a run for one API: match: {api: kitchen} or match: {api: bar}; of a verb: when(api="kitchen")\n'
        "  to allow it: allow it"
    )
    assert "took" not in report([Leftover("a.yaml", "run 2")], takers={"Kitchen": [], "Bar": []})
