"""Recordings that stop before a run has ended, or begin after it was created: what `distill` makes of them, played."""

import warnings
from io import StringIO

import httpx2
import openai
import pytest
from rich.console import Console, Group

import runmock
from runmock.cli.story_lines import story_lines
from runmock.core.errors import CassetteError
from runmock.documents.check.checking import check_text
from runmock.documents.compare import compared
from runmock.documents.convert.distilling import distilled
from runmock.documents.convert.expanding import expanded, expanded_text
from runmock.documents.show.summary import summary_of
from runmock.tape.reading.cassette import cassette_from
from runmock.viewer.cassette_page import cassette_page

RUN = "{id: run_1, object: thread.run, thread_id: thread_1, assistant_id: asst_x, status: queued}"
HELLO = "{id: msg_1, object: thread.message, thread_id: thread_1, run_id: run_1, role: assistant, content: [{type: text, text: {value: Hello!, annotations: []}}]}"
CALL = "{id: call_1, type: function, function: {name: get_weather, arguments: '{}'}}"

THREAD = ("POST /threads", "json: {id: thread_1, object: thread}")
CREATED = ("POST /threads/thread_1/runs", "body: {assistant_id: asst_x}", f"json: {RUN}")
GOES_ON = ("GET /threads/thread_1/runs/run_1", "json: {same: run_1, status: in_progress}")
OFTEN = ("GET /threads/thread_1/runs/run_1", "repeat: 3", "json: {same: run_1, status: in_progress}")
WAITS = (
    "GET /threads/thread_1/runs/run_1",
    f"json: {{same: run_1, status: requires_action, required_action: {{type: submit_tool_outputs, submit_tool_outputs: {{tool_calls: [{CALL}]}}}}}}",
)
SUBMITTED = (
    "POST /threads/thread_1/runs/run_1/submit_tool_outputs",
    "body: {tool_outputs: [{tool_call_id: call_1, output: warm}]}",
    "json: {same: run_1, status: queued, required_action: null}",
)
COMPLETED = ("GET /threads/thread_1/runs/run_1", "json: {same: run_1, status: completed}")
CANCELLED = ("POST /threads/thread_1/runs/run_1/cancel", "json: {same: run_1, status: cancelling}")
CANCELLING = ("GET /threads/thread_1/runs/run_1", "json: {same: run_1, status: cancelling}")
LISTED = ("GET /threads/thread_1/messages", f"json: {{object: list, data: [{HELLO}]}}")
NOTHING_LISTED = ("GET /threads/thread_1/messages", "json: {object: list, data: []}")
NEXT_MESSAGE = (
    "POST /threads/thread_1/messages",
    "body: {role: user, content: Again}",
    "json: {id: msg_9, object: thread.message, thread_id: thread_1, role: user, content: [{type: text, text: {value: Again}}]}",
)
STREAM = (
    f"{{thread.run.created: {RUN}}}",
    "{thread.run.queued: {same: run_1}}",
    "{thread.run.in_progress: {same: run_1, status: in_progress}}",
    "{thread.run.step.created: {id: step_1, object: thread.run.step, run_id: run_1, status: in_progress, step_details: {type: message_creation, message_creation: {message_id: msg_1}}}}",
    "{thread.run.step.in_progress: {same: step_1}}",
    "{thread.message.created: {id: msg_1, object: thread.message, thread_id: thread_1, run_id: run_1, role: assistant, status: in_progress, content: []}}",
    "{thread.message.in_progress: {same: msg_1}}",
    "{text: [One, ' two']}",
)


def streamed(*numbers):
    """A stream that breaks off, of these of its events."""
    events = "".join(f"\n    - {STREAM[number]}" for number in numbers)
    return (
        "POST /threads/thread_1/runs",
        "body: {assistant_id: asst_x, stream: true}",
        "truncated: true",
        f"stream:{events}",
    )


SUBMIT_STREAM = (
    "POST /threads/thread_1/runs/run_1/submit_tool_outputs",
    "body: {stream: true, tool_outputs: [{tool_call_id: call_1, output: warm}]}",
    (
        "stream:\n    - {thread.run.step.completed: {id: step_0, object: thread.run.step, run_id: run_1, thread_id: thread_1, "
        f"status: completed, step_details: {{type: tool_calls, tool_calls: [{CALL}]}}}}}}"
        f"\n    - {{thread.run.queued: {RUN}}}\n    - {{thread.run.in_progress: {{same: run_1, status: in_progress}}}}"
        "\n    - {thread.message.created: {id: msg_1, object: thread.message, thread_id: thread_1, run_id: run_1, role: assistant, content: []}}"
        "\n    - {text: [Hello, '!']}\n    - {thread.run.completed: {same: run_1, status: completed}}\n    - done"
    ),
)


def recorded(*interactions):
    """The text of a recording."""
    return "runmock: 1\ninteractions:\n" + "".join(
        "- request: " + "\n  ".join(interaction) + "\n" for interaction in interactions
    )


def script_of(*interactions):
    """The distilled script without its first line, and the reasons for what is made up."""
    done = distilled(cassette_from(recorded(*interactions)))
    return done.text.removeprefix("runmock: 1\n"), [deviation.why for deviation in done.made_up]


def ended(status, played):
    return f"the end of this run was never recorded, its last recorded status is {status}: {played}"


ENDINGS = {
    "created, and never looked at": (
        [THREAD, CREATED],
        'runs:\n  - reply: ""\n',
        ended("queued", "the script completes it with an empty reply"),
    ),
    "polled, but not to its end": (
        [THREAD, CREATED, GOES_ON],
        'runs:\n  - reply: ""\n',
        ended("in_progress", "the script completes it with an empty reply"),
    ),
    "its reply was read": (
        [THREAD, CREATED, LISTED],
        "runs:\n  - reply: Hello!\n",
        ended("queued", "the script completes it with the reply that was read"),
    ),
    "its reply was read after one poll": (
        [THREAD, CREATED, GOES_ON, LISTED],
        "runs:\n  - reply: Hello!\n    poll: 0\n",
        ended("in_progress", "the script completes it with the reply that was read"),
    ),
    "its reply was read after many polls": (
        [THREAD, CREATED, OFTEN, LISTED],
        "runs:\n  - reply: Hello!\n",
        ended("in_progress", "the script completes it with the reply that was read"),
    ),
    "its thread took a message": (
        [THREAD, CREATED, GOES_ON, NEXT_MESSAGE],
        'runs:\n  - reply: ""\n    poll: 0\n',
        ended("in_progress", "the script completes it with an empty reply"),
    ),
    "its messages or steps were read, and there were none": (
        [THREAD, CREATED, GOES_ON, NOTHING_LISTED],
        "runs:\n  - stuck: in_progress\n",
        ended(
            "in_progress",
            "the script leaves it in_progress for ever, since its messages or steps were read, and there were none",
        ),
    ),
    "nobody looked after the outputs": (
        [THREAD, CREATED, WAITS, SUBMITTED],
        "runs:\n  - calls: [get_weather]\n    outputs: [warm]\n",
        ended("queued", "the script completes it after its calls"),
    ),
    "cancelled, and never looked at": (
        [THREAD, CREATED, CANCELLED],
        "runs:\n  - stuck: in_progress\n",
        ended("cancelling", "the script has it cancelled when the application asks for that"),
    ),
    "cancelled by somebody else": (
        [THREAD, CREATED, CANCELLING],
        "runs:\n  - cancel: true\n",
        ended("cancelling", "the script has it cancelled"),
    ),
    "its stream breaks off in its reply": (
        [THREAD, streamed(*range(8))],
        "runs:\n  - reply: One two\n    truncate: {after: 9}\n",
        ended(
            "in_progress",
            "the script breaks the stream off there too, and completes it with the text of its stream",
        ),
    ),
    "its stream breaks off before it did anything": (
        [THREAD, streamed(0, 1, 2)],
        'runs:\n  - reply: ""\n    truncate: {after: 3}\n',
        ended("in_progress", "the script breaks the stream off there too, and completes it with an empty reply"),
    ),
    "a stream that was shortened by hand breaks off": (
        [THREAD, streamed(0, 2, 5, 7)],
        "runs:\n  - reply: One two\n    truncate: {after: 9}\n",
        ended(
            "in_progress",
            "the script breaks the stream off there too, and completes it with the text of its stream",
        ),
    ),
}


@pytest.mark.parametrize(("interactions", "script", "why"), ENDINGS.values(), ids=ENDINGS)
def test_a_run_whose_end_was_never_recorded_ends_in_the_script_and_that_is_reported(interactions, script, why):
    assert script_of(*interactions) == (script, [why])


def test_a_stream_that_was_left_and_whose_run_was_polled_to_its_end_is_played_to_its_end():
    why = "the end of this stream was never recorded: the script plays it to its end"
    assert script_of(THREAD, streamed(*range(8)), COMPLETED, LISTED) == ("runs:\n  - reply: Hello!\n", [why])


def test_a_stream_that_is_whole_has_nothing_made_up():
    whole = expanded_text(script := cassette_from({"runs": [{"reply": "One two"}]}), expanded(script))
    assert distilled(cassette_from(whole)).made_up == ()


@pytest.fixture
def client_of(tmp_path):
    """An SDK client that a script answers."""
    opened = []

    def client(*interactions):
        path = tmp_path / "script.yaml"
        path.write_text("runmock: 1\n" + script_of(*interactions)[0])
        opened.append(httpx2.Client(transport=runmock.transport(path)))
        return openai.OpenAI(api_key="sk-test", base_url="https://api.openai.com/v1", http_client=opened[-1]).beta

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield client
    for http_client in opened:
        http_client.close()


def polled(beta, run, most=9):
    """The statuses that an application gets that polls to the end."""
    statuses = [run.status]
    while statuses[-1] in {"queued", "in_progress", "cancelling"} and len(statuses) < most:
        statuses.append(beta.threads.runs.retrieve(run.id, thread_id=run.thread_id).status)
    return statuses


@pytest.mark.parametrize("interactions", [[THREAD, CREATED], [THREAD, CREATED, GOES_ON], [THREAD, CREATED, LISTED]])
def test_polls_of_a_run_that_was_never_recorded_to_its_end_reach_an_end(client_of, interactions):
    beta = client_of(*interactions)
    run = beta.threads.runs.create(beta.threads.create().id, assistant_id="asst_x")
    assert polled(beta, run) == ["queued", "queued", "in_progress", "completed"]


def test_the_application_that_was_recorded_reads_the_reply_again(client_of):
    beta = client_of(THREAD, CREATED, GOES_ON, LISTED)
    run = beta.threads.runs.create(beta.threads.create().id, assistant_id="asst_x")
    beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
    (message,) = beta.threads.messages.list(run.thread_id).data
    assert message.content[0].text.value == "Hello!"


def test_a_second_cancel_request_leads_to_cancelled(client_of):
    beta = client_of(THREAD, CREATED, CANCELLED)
    run = beta.threads.runs.create(beta.threads.create().id, assistant_id="asst_x")
    assert polled(beta, beta.threads.runs.cancel(run.id, thread_id=run.thread_id)) == ["cancelling"] * 2 + ["cancelled"]


def test_a_stream_breaks_off_where_it_did_and_its_run_ends(client_of):
    beta = client_of(THREAD, streamed(*range(8)))
    thread = beta.threads.create()
    events = list(beta.threads.runs.create(thread.id, assistant_id="asst_x", stream=True))
    assert [event.event for event in events][-2:] == ["thread.message.delta"] * 2
    assert "".join(event.data.delta.content[0].text.value for event in events[-2:]) == "One two"
    (run,) = beta.threads.runs.list(thread.id).data
    assert polled(beta, run)[-1] == "completed"


BEGINNINGS = {
    "only the stream after the outputs": (
        [SUBMIT_STREAM],
        "runs:\n  - steps:\n      - calls: [get_weather]\n        outputs: [warm]\n      - reply: Hello!\n",
    ),
    "outputs, and polls to the end": (
        [WAITS, SUBMITTED, COMPLETED, LISTED],
        "runs:\n  - steps:\n      - calls: [get_weather]\n        outputs: [warm]\n      - reply: Hello!\n",
    ),
    "only a look at a run": (
        [("GET /threads/thread_1/runs/run_1", f"json: {RUN.replace('queued', 'completed')}"), LISTED],
        "runs:\n  - reply: Hello!\n",
    ),
    "a request without its body": (
        [THREAD, ("POST /threads/thread_1/runs", f"json: {RUN}"), COMPLETED, LISTED],
        "runs:\n  - reply: Hello!\n",
    ),
}


def with_run(interactions):
    """The interactions; the first has the whole run in its answer."""
    first, *rest = interactions
    return [
        tuple(part.replace("same: run_1, status", RUN[1:-1].replace("status: queued", "status")) for part in first),
        *rest,
    ]


@pytest.mark.parametrize(("interactions", "script"), BEGINNINGS.values(), ids=BEGINNINGS)
def test_a_run_that_was_created_before_the_recording_is_a_script_that_plays(interactions, script):
    text, made_up = script_of(*with_run(interactions))
    assert text.endswith(script)
    is_created = any(interaction[0] == "POST /threads/thread_1/runs" for interaction in interactions)
    why = "the request that created this run was never recorded: the script answers the first request that creates one"
    assert made_up == ([] if is_created else [why])


def test_outputs_that_were_submitted_are_sent_to_the_script_too():
    done = distilled(cassette_from(recorded(SUBMIT_STREAM)))
    assert {deviation.played for deviation in done.deviations if deviation.where.endswith("output")} == set()
    assert all(deviation.played != "none" for deviation in done.deviations)


def test_the_loop_of_a_recording_that_begins_with_the_outputs_runs_again(client_of):
    beta = client_of(SUBMIT_STREAM)
    tool = {"type": "function", "function": {"name": "get_weather"}}
    thread = beta.threads.create()
    run = beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id="asst_x", tools=[tool], poll_interval_ms=1
    )
    (call,) = run.required_action.submit_tool_outputs.tool_calls
    outputs = [{"tool_call_id": call.id, "output": "warm"}]
    stream = beta.threads.runs.submit_tool_outputs(run.id, thread_id=thread.id, tool_outputs=outputs, stream=True)
    assert [event.event for event in stream][-1] == "thread.run.completed"
    assert beta.threads.messages.list(thread.id).data[0].content[0].text.value == "Hello!"


ONLY_IN_ANSWERS = {
    "runs that were only listed": [("GET /threads/thread_1/runs", f"json: {{object: list, data: [{RUN}]}}")],
    "the reply of a run": [LISTED],
    "the steps of a run": [("GET /threads/thread_1/runs/run_1/steps", "json: {object: list, data: []}")],
}


@pytest.mark.parametrize("interactions", ONLY_IN_ANSWERS.values(), ids=ONLY_IN_ANSWERS)
def test_a_recording_in_which_runs_only_appear_is_refused(interactions):
    with pytest.raises(CassetteError) as refused:
        distilled(cassette_from(recorded(*interactions), "x.yaml"))
    assert str(refused.value) == (
        "x.yaml: this recording speaks of runs, and no request in it creates one, retrieves one or goes on with one: "
        "no script can play it; record the conversation from the request that creates the run, or play the recording "
        "as it is"
    )


def test_an_older_run_that_was_only_looked_at_uses_no_entry_of_the_script():
    older = (
        "GET /threads/thread_1/runs/run_0",
        f"json: {RUN.replace('run_1', 'run_0').replace('queued', 'completed')}",
    )
    assert script_of(older, CREATED, COMPLETED, LISTED)[0] == "runs:\n  - reply: Hello!\n"


def test_a_script_that_is_stuck_expands_to_a_recording_that_check_finds_unfinished():
    script = cassette_from({"runs": [{"stuck": "in_progress"}]})
    text = expanded_text(script, expanded(script, is_streamed=False))
    assert [finding.rule for finding in check_text(text, "x")] == ["unfinished"]


@pytest.mark.parametrize("is_streamed", [True, False], ids=["streamed", "polled"])
def test_a_cancel_that_never_ends_expands_to_a_run_that_stays_cancelling(is_streamed):
    script = cassette_from({"runs": [{"stuck": "cancelling"}]})
    recording = expanded(script, is_streamed=is_streamed)
    statuses = [
        (interaction.path.rpartition("/")[2], interaction.json["status"])
        for interaction in recording
        if interaction.json and "status" in interaction.json
    ]
    assert [status for path, status in statuses if path == "cancel"] == ["cancelling"]
    assert statuses[-1][1] == "cancelling"


BROKEN_OFF = {
    "after outputs": [{"steps": [{"calls": ["f"]}, {"reply": "a b c d", "truncate": True}]}],
    "in code": [
        {"steps": [{"code_interpreter": "print(1) and more"}, {"reply": "a b"}], "truncate": {"after": 8}},
    ],
    "at its first event": [{"reply": "a b c d", "truncate": {"after": 1}}],
    "in pieces of its own": [{"reply": ["one two three", " x"], "truncate": {"after": 8}}],
    "in the second conversation": [{"reply": "first"}, {"reply": "a b c d", "disconnect": True}],
}


@pytest.mark.parametrize("runs", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_wherever_a_stream_breaks_off_its_script_does_the_same(runs):
    script = cassette_from({"runs": runs})
    recording = cassette_from(expanded_text(script, expanded(script)))
    done = distilled(recording)
    assert "truncate: {after: " in done.text
    assert "events:" not in done.text
    assert compared(recording, cassette_from(done.text)) == []


def test_a_run_of_which_only_steps_were_read_is_shown_and_distilled(tmp_path):
    made = "{type: message_creation, message_creation: {message_id: msg_1}}"
    step = f"{{id: step_1, object: thread.run.step, run_id: run_1, status: completed, step_details: {made}}}"
    steps = (
        "GET /threads/thread_1/runs/run_1/steps",
        f"json: {{object: list, data: [{step}]}}",
    )
    text, made_up = script_of(steps, LISTED)
    assert text == "runs:\n  - reply: Hello!\n"
    assert made_up[1] == (
        "the end of this run was never recorded, and neither was its status: the script completes it with the reply that was read"
    )
    path = tmp_path / "steps.yaml"
    path.write_text(recorded(steps, LISTED))
    assert "</html>" in cassette_page(path)
    console = Console(width=100, file=StringIO())
    console.print(Group(*story_lines(summary_of(path))))
    assert "run_1      polled, its status was not recorded" in console.file.getvalue()
