"""Planted errors: each is found at its line, with the rule that it breaks, and nothing else is reported."""

import base64
import json

import pytest
from rules_recording import RECORDING, edited, line_of

from runmock.apis.service.other_api import RESPONSES
from runmock.core.replay.interaction import none_of
from runmock.documents.check.cassette_files import cassettes_at
from runmock.documents.check.checking import check_text
from runmock.documents.check.findings import RULES
from runmock.tape.reading.cassette import text_of

ZEROS = f"sha256 {'0' * 64}"
EVENT = "      - "
TOKEN = base64.b64encode(b"ghp_abcdefghijklmnopqrstuvwxyz0123456789").decode()
HEX = "9f3c07ba5d1e84620ba7c9d35e18f246"
BASIC = base64.b64encode(b"ada:hunter2").decode()
BASIC_KEY = base64.b64encode(b"ada:ghp_abcdefghijklmnopqrstuvwxyz0123456789").decode()


def without(first, last, **lines):
    """Lines removed, and others replaced."""
    return {f"l{number}": None for number in range(first, last + 1)} | lines


PLANTED = [
    (
        "an unknown key",
        {"l5": "    bdy: {}"},
        ["5:5: format: unknown key 'bdy' in an interaction; did you mean 'body'?"],
    ),
    (
        "a status that the API does not have",
        {"l36": EVENT + "thread.run.completed: {same: run_1, status: finished}"},
        [
            "36:9: event-order: thread.run.completed has the status 'finished' of run_1, not 'completed'",
            "36:9: transition: run_1 has the status 'finished', which the API does not have",
            "37:9: event-order: done comes while run_1 is in_progress",
            "40:5: transition: run_1 has the status 'finished', which the API does not have",
        ],
    ),
    (
        "a run that goes back",
        {"l40": "    json: {same: run_1, status: in_progress}"},
        ["40:5: transition: run_1 goes from completed to in_progress; after completed comes nothing"],
    ),
    (
        "a run that skips being in progress",
        without(13, 17) | without(24, 43, l18=EVENT + "thread.run.completed: {same: run_1, status: completed}"),
        [
            "13:9: transition: run_1 goes from queued to completed; after queued comes cancelled, cancelling, expired, failed, in_progress"
        ],
    ),
    (
        "a poll of another end",
        {"l40": "    json: {same: run_1, status: failed}"},
        ["40:5: transition: run_1 goes from completed to failed; after completed comes nothing"],
    ),
    (
        "an event that says another status",
        {"l13": EVENT + "thread.run.in_progress: {same: run_1, status: queued}"},
        [
            "13:9: event-order: thread.run.in_progress has the status 'queued' of run_1, not 'in_progress'",
            "18:9: transition: run_1 goes from queued to requires_action; after queued comes cancelled, cancelling, expired, failed, in_progress",
        ],
    ),
    (
        "a run created twice",
        {"l12": EVENT + "thread.run.created: {same: run_1}"},
        ["12:9: event-order: thread.run.created of run_1, which was created before"],
    ),
    (
        "an event twice in a row",
        {"l13": line_of(13) + "\n" + line_of(13)},
        ["14:9: event-order: thread.run.in_progress of run_1 comes twice in a row"],
    ),
    (
        "a stream that does not begin with the run",
        {
            "l11": None,
            "l12": EVENT + "thread.run.queued: {id: run_1, object: thread.run, thread_id: thread_1, status: queued}",
        },
        [
            "11:9: event-order: the stream of a create_run begins with thread.run.created, not thread.run.queued",
            "11:9: event-order: thread.run.queued of run_1 comes before its thread.run.created",
        ],
    ),
    (
        "a submit that begins with the run",
        {"l27": EVENT + "thread.run.in_progress: {same: run_1, status: in_progress}"},
        [
            "27:9: event-order: the stream of a submit_tool_outputs begins with thread.run.step.completed, not thread.run.in_progress",
            "28:9: transition: run_1 goes from in_progress to queued; after in_progress comes cancelled, cancelling, completed, expired, failed, incomplete, requires_action",
            "36:9: event-order: run_1 is completed while the step step_1 is not over",
        ],
    ),
    (
        "an event after done",
        {"l19": EVENT + "done\n" + EVENT + "thread.run.queued: {same: run_1, status: queued}"},
        [
            "20:9: event-order: thread.run.queued comes after done, which ends a stream",
            "23:5: unanswered-calls: run_1 is queued, and no output was submitted for call_1",
            "26:5: transition: outputs are submitted to run_1, which is queued",
        ],
    ),
    ("done while the run goes on", {"l36": None}, ["36:9: event-order: done comes while run_1 is in_progress"]),
    (
        "a thread created in the middle",
        {"l13": EVENT + "thread.created: {id: thread_1, object: thread}\n" + line_of(13)},
        ["13:9: event-order: thread.created comes first, and only where a thread is created too"],
    ),
    (
        "an unknown event",
        {"l12": EVENT + "thread.run.queueing: {same: run_1}"},
        ["12:9: event-order: unknown event 'thread.run.queueing'; did you mean 'thread.run.queued'?"],
    ),
    (
        "a step in progress before it is created",
        {
            "l14": None,
            "l15": EVENT
            + "thread.run.step.in_progress: {id: step_1, object: thread.run.step, run_id: run_1, status: in_progress}",
        },
        ["14:9: event-order: thread.run.step.in_progress of step_1 comes before its creation"],
    ),
    (
        "a step completed before its calls are answered",
        {
            "l17": line_of(17) + "\n" + EVENT + "thread.run.step.completed: {same: step_1, status: completed}",
            "l27": EVENT + "thread.run.queued: {same: run_1, status: queued}",
            "l28": None,
        },
        ["19:9: event-order: step_1 is completed before its calls were answered: requires_action comes first"],
    ),
    (
        "a step that goes on after its end",
        {"l35": line_of(35) + "\n" + EVENT + "thread.run.step.in_progress: {same: step_2, status: in_progress}"},
        [
            "36:9: event-order: thread.run.step.in_progress of step_2, which is completed",
            "37:9: event-order: run_1 is completed while the step step_2 is not over",
        ],
    ),
    (
        "a step completed before its message",
        {"l34": line_of(35), "l35": line_of(34)},
        ["34:9: event-order: step_2 is completed while its message msg_1 is not over"],
    ),
    (
        "a run completed with an open step",
        {"l35": None},
        ["35:9: event-order: run_1 is completed while the step step_2 is not over"],
    ),
    (
        "a run completed with an open message",
        {"l34": None, "l35": None},
        [
            "34:9: event-order: run_1 is completed while the message msg_1 is not over",
            "34:9: event-order: run_1 is completed while the step step_2 is not over",
        ],
    ),
    (
        "a delta of a message that nobody created",
        {
            "l31": None,
            "l32": None,
            "l33": EVENT
            + "thread.message.delta: {id: msg_9, delta: {content: [{index: 0, type: text, text: {value: It}}]}}",
            "l34": None,
            "l43": "    json: {object: list, data: []}",
        },
        ["31:9: unknown-id: thread.message.delta of msg_9, which no event before it created"],
    ),
    (
        "a delta of a step that nobody created",
        {"l16": line_of(16).replace("step_1", "step_7"), "l17": None},
        ["16:9: unknown-id: thread.run.step.delta of step_7, which no event before it created"],
    ),
    (
        "a message created twice",
        {"l32": EVENT + "thread.message.created: {same: msg_1}"},
        ["32:9: event-order: thread.message.created of msg_1, which was created before"],
    ),
    (
        "a content index out of turn",
        {
            "l33": EVENT
            + "thread.message.delta: {id: msg_1, delta: {content: [{index: 2, type: text, text: {value: It}}]}}"
        },
        ["33:9: event-order: a delta of msg_1 has the content index 2; 0 is next"],
    ),
    (
        "a call's index out of turn",
        {"l16": line_of(16).replace("index: 0", "index: 1")},
        ["16:9: event-order: the call call_1 has the index 1; 0 is next"],
    ),
    (
        "a call that nobody began",
        {"l16": line_of(16).replace("id: call_1, ", ""), "l17": None},
        ["16:9: event-order: a delta of step_1 continues call 0, which no delta before it began"],
    ),
    (
        "deltas that do not add up to the text",
        {"l33": EVENT + 'text: [It, " is", " 22."]'},
        ["34:9: text: the text of msg_1: the deltas add up to 'It is 22.', but here it is 'It is 21.'"],
    ),
    (
        "deltas that do not add up to the arguments",
        {"l17": EVENT + 'arguments: ["{\\"city\\"", ":\\"Rome\\"}"]'},
        [
            '18:9: text: the arguments of call_1: the deltas add up to \'{"city":"Rome"}\', but here it is \'{"city":"Paris"}\''
        ],
    ),
    (
        "a request about a run that nobody told",
        {"l39": "  - request: GET /threads/thread_1/runs/run_7"},
        ["39:5: unknown-id: the request is about run_7, and the answer about run_1"],
    ),
    (
        "a request about a thread that nobody told",
        {"l42": "  - request: GET /threads/thread_4/messages", "l43": "    json: {object: list, data: []}"},
        ["42:5: unknown-id: no answer before this request contains thread_4"],
    ),
    (
        "an answer about another thread",
        {"l8": "  - request: POST /threads/thread_2/runs"},
        ["8:5: unknown-id: the request is about thread_2, and the answer about thread_1"],
    ),
    (
        "an output for a call that was not announced",
        {
            "l25": '    body: {stream: true, tool_outputs: [{tool_call_id: call_1, output: "21"}, {tool_call_id: call_8, output: "3"}]}'
        },
        ["25:5: unknown-id: an output for call_8, which run_1 did not announce; did you mean 'call_1'?"],
    ),
    (
        "a call without an output",
        {
            "l18": line_of(18).replace(
                "tool_calls: [{id", 'tool_calls: [{id: call_2, type: function, function: {name: g, arguments: ""}}, {id'
            )
        },
        ["25:5: unanswered-calls: no output for call_2, for which run_1 waits as well"],
    ),
    (
        "outputs that were never submitted",
        without(24, 43),
        ["18:9: unanswered-calls: run_1 waits for the output of call_1, which is never submitted"],
    ),
    (
        "a run that goes on without outputs",
        without(24, 38, l40="    json: {same: run_1, status: completed}", l41=None, l42=None, l43=None),
        ["25:5: unanswered-calls: run_1 is completed, and no output was submitted for call_1"],
    ),
    (
        "a run that waits for nothing",
        without(
            24,
            43,
            l18=EVENT + "thread.run.requires_action: {same: run_1, status: requires_action, required_action: null}",
        ),
        ["18:9: unanswered-calls: run_1 requires action, and its required_action names no call"],
    ),
    (
        "outputs for a run that does not wait",
        {"l21": None, "l22": None, "l23": None, "l18": EVENT + "thread.run.failed: {same: run_1, status: failed}"},
        [
            "18:9: event-order: run_1 is failed while the step step_1 is not over",
            "22:5: transition: outputs are submitted to run_1, which is failed",
            "22:5: unknown-id: an output for call_1, which run_1 did not announce; it announced none",
            "24:9: event-order: thread.run.step.completed of step_1, which is failed",
        ],
    ),
    (
        "a stream without its end",
        {"l37": None},
        ["36:9: truncated: the stream ends with thread.run.completed, and neither done nor error"],
    ),
    (
        "a stream that is truncated",
        without(17, 43, l10="    truncated: true\n    stream:"),
        ["10:5: truncated: the answer to POST /threads/thread_1/runs has no end"],
    ),
    (
        "a stream asked for and not given",
        {"l9": "    body: {assistant_id: asst_weather}"},
        ["8:5: event-order: the create_run asks for no stream, but the answer is a stream"],
    ),
    (
        "a message created before its step",
        {"l30": line_of(31), "l31": line_of(30)},
        [
            "30:9: event-order: thread.message.created of msg_1 comes before thread.run.step.created of step_2, which makes it"
        ],
    ),
    (
        "a message that is over before its step is created",
        without(30, 34, l33="\n".join(map(line_of, (31, 32, 33, 34, 30)))),
        [
            "30:9: event-order: thread.message.created of msg_1 comes before thread.run.step.created of step_2, which makes it"
        ],
    ),
    (
        "a delta before its message is created",
        {
            "l31": EVENT
            + "thread.message.delta: {id: msg_1, delta: {content: [{index: 0, type: text, text: {value: It}}]}}\n"
            + line_of(31),
            "l33": EVENT + 'text: [It, " is", " 21."]',
        },
        ["31:9: unknown-id: thread.message.delta of msg_1, which no event before it created"],
    ),
    (
        "a run that nobody looks at after its outputs",
        without(
            26,
            43,
            l25='    body: {tool_outputs: [{tool_call_id: call_1, output: "21"}]}\n    json: {same: run_1, status: queued}',
        ),
        ["26:5: unfinished: the end of run_1 was never recorded: its last status is queued"],
    ),
    (
        "outputs that are answered with nothing",
        without(26, 43, l25='    body: {tool_outputs: [{tool_call_id: call_1, output: "21"}]}\n    json: {}'),
        ["25:5: unfinished: the end of run_1 was never recorded: outputs were submitted to it last"],
    ),
    (
        "something that was never told before",
        {"l29": EVENT + "thread.run.in_progress: {same: run_3, status: in_progress}"},
        [
            "29:34: format: no object above has the id 'run_3'; did you mean 'run_1'?",
            "43:34: format: no object above has the id 'msg_1'",
        ],
    ),
    (
        "a key of the API",
        {
            "l9": '    body: {assistant_id: asst_weather, stream: true, instructions: "use sk-proj-abcdefghijklmnopqrstuvwxyz123456"}'
        },
        ["9:73: secret: an OpenAI key is here"],
    ),
    (
        "a key that deltas add up to",
        {
            "l33": EVENT + "text: [sk-proj-abcdefgh, ijklmnopqrstuvwx, yz0123456789]",
            "l34": line_of(34).replace("It is 21.", "Hi."),
        },
        [
            "26:5: secret: the deltas of this stream add up to an OpenAI key",
            "34:9: text: the text of msg_1: the deltas add up to 'sk-proj-abcdefghijklmnopqrstuvwxyz012345...', but here it is 'Hi.'",
        ],
    ),
    (
        "a token in base64",
        {"l5": f"    body: {{metadata: {{a: {TOKEN}}}}}"},
        ["5:26: secret: a GitHub token in base64 is here"],
    ),
    (
        "a password and a key behind their names",
        {"l5": f"    body: {{metadata: {{password: swordfish, b: {{api_key: {HEX}, key: redacted}}}}}}"},
        ["5:23: secret: a password is here", "5:48: secret: a key is here"],
    ),
    (
        "passwords in texts",
        {
            "l5": f'    body: {{a: "postgres://ada:hunter2@db/x", b: "x&api_key={HEX}&y", c: "Authorization: Basic {BASIC}"}}'
        },
        [
            "5:12: secret: a password in a URL is here",
            "5:46: secret: a key is here",
            "5:97: secret: a basic authorisation is here",
        ],
    ),
    (
        "a key in the basic authorisation",
        {"l5": f'    body: {{a: "Basic {BASIC_KEY}"}}'},
        ["5:22: secret: a GitHub token in base64 is here"],
    ),
    (
        "a key in escapes",
        {"l5": '    body: {a: "{\\"b\\": \\"\\\\u0067hp_Zx9qLm2Vt7Rw4Kp8Nd3HcJ6yAb12\\"}"}'},
        ["5:26: secret: a GitHub token is here"],
    ),
    (
        "a password that deltas add up to",
        {
            "l33": EVENT + "text: [my pass, word=sword, fish99]",
            "l34": line_of(34).replace("It is 21.", "my password=swordfish99"),
        },
        [
            "26:5: secret: the deltas of this stream add up to a password",
            "34:98: secret: a password is here",
        ],
    ),
    (
        "a file beside the cassette that is not there",
        {
            "l42": "  - request: GET /files/file_1/content",
            "l43": f"    path: no.files/a.png\n    size: 5\n    sha256: '{'0' * 64}'",
        },
        [
            f"43:5: file: no.files/a.png cannot be read: No such file or directory; recorded were 5 bytes with the {ZEROS}"
        ],
    ),
]


@pytest.mark.parametrize(("edits", "expected"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED])
def test_a_planted_error_is_found_at_its_line(edits, expected):
    assert [str(finding) for finding in sorted(check_text(edited(**edits), "c"))] == [
        f"c:{finding}" for finding in expected
    ]


def test_the_recording_without_an_error_is_good():
    assert list(check_text(RECORDING, "c")) == []


ONLY_OF_RESPONSES = {"numbering", "ending"}
"""Rules that no recording of Assistants can break."""


def test_every_rule_has_a_planted_error():
    planted = {line.split(": ")[1] for _, _, lines in PLANTED for line in lines}
    assert planted == set(RULES) - ONLY_OF_RESPONSES


SCRIPTED = [
    (
        "runs:\n- events:\n  - thread.run.created: {id: run_1, status: queued}\n  - thread.run.completed: {id: run_1, status: completed}\n  - done",
        [
            "5:5: transition: run_1 goes from queued to completed; after queued comes cancelled, cancelling, expired, failed, in_progress"
        ],
    ),
    (
        "runs:\n- json: {id: run_1, status: finished}",
        ["3:21: transition: run_1 has the status 'finished', which the API does not have"],
    ),
    (
        "ids: strict\nassistants: [{id: asst_math}]\nruns:\n- match: {assistant_id: asst_meth}\n  reply: a",
        ["5:11: unknown-id: there is no assistant asst_meth; did you mean 'asst_math'?"],
    ),
    (
        "runs:\n- relpy: a\n- reply: 3",
        [
            "3:3: format: unknown key 'relpy' in a run; did you mean 'reply'?",
            "4:3: format: 'reply' should be a text, got 3: write it in quotes",
        ],
    ),
    ("runs:\n- reply: the key is sk-abcdefghijklmnop1234", ["3:21: secret: an OpenAI key is here"]),
]


@pytest.mark.parametrize(("text", "expected"), SCRIPTED)
def test_an_error_in_a_script_is_found_at_its_line(text, expected):
    assert [str(finding) for finding in sorted(check_text(f"runmock: 1\n{text}\n", "c"))] == [
        f"c:{finding}" for finding in expected
    ]


def test_every_format_error_is_reported_however_many_there_are():
    text = "runmock: 1\nruns:\n" + "- relpy: a\n" * 30
    assert len(list(check_text(text, "c"))) == 30


def test_events_after_a_done_belong_to_the_submit():
    events = [
        {"thread.run.created": {"id": "run_1", "status": "queued"}},
        {"thread.run.in_progress": {"id": "run_1", "status": "in_progress"}},
        {
            "thread.run.requires_action": {
                "id": "run_1",
                "status": "requires_action",
                "required_action": {"submit_tool_outputs": {"tool_calls": [{"id": "call_1"}]}},
            }
        },
        "done",
        {"thread.run.queued": {"id": "run_1", "status": "queued"}},
        {"thread.run.in_progress": {"id": "run_1", "status": "in_progress"}},
        {"thread.run.completed": {"id": "run_1", "status": "completed"}},
        "done",
    ]
    assert list(check_text(json.dumps({"runmock": 1, "runs": [{"events": events}]}), "c")) == []


OTHER_STREAMS = [
    ("POST /responses", "[response.created: {}, response.completed: {}]", None),
    ("POST /responses", "[error: {}, response.failed: {}]", None),
    ("POST /responses", "[response.incomplete: {}, done: nameless]", None),
    ("POST /responses", "[]", None),
    ("GET /responses/resp_abc?stream=true", "[response.completed: {}]", None),
    ("POST /chat/completions", "[message: {choices: []}]", None),
    ("POST /messages", "[message_stop: {}]", None),
    (
        "POST /responses",
        "[response.created: {}, response.queued: {}]",
        f"the stream ends with response.queued, and {none_of(RESPONSES)}",
    ),
]


@pytest.mark.parametrize(("request_line", "stream", "message"), OTHER_STREAMS)
def test_a_stream_of_another_api_has_the_end_that_its_api_wants(request_line, stream, message):
    text = f"runmock: 1\ninteractions:\n- request: {request_line}\n  stream: {stream}\n"
    expected = [] if message is None else [f"c:4:34: truncated: {message}"]
    assert [str(finding) for finding in check_text(text, "c")] == expected


def test_a_stream_of_another_api_that_is_marked_as_cut_off_is_one_finding():
    text = (
        "runmock: 1\ninteractions:\n- request: POST /responses\n  truncated: true\n  stream: [response.created: {}]\n"
    )
    expected = ["c:4:3: truncated: the answer to POST /responses has no end"]
    assert [str(finding) for finding in check_text(text, "c")] == expected


def test_a_run_of_a_gateway_may_end_without_a_name():
    text = RECORDING.replace("      - done\n", "      - done: nameless\n")
    assert text.count("nameless") == 2
    assert list(check_text(text, "c")) == []


def test_a_refusal_may_be_about_anything():
    text = "runmock: 1\ninteractions:\n- request: GET /threads/thread_7/runs/run_9\n  status: 404\n  json: {error: {message: no}}\n"
    assert list(check_text(text, "c")) == []


def test_an_id_of_an_application_that_nothing_created_is_known():
    text = "runmock: 1\ninteractions:\n- request: GET /threads/thread_abc/messages\n  json: {object: list, data: []}\n"
    assert list(check_text(text, "c")) == []


@pytest.mark.parametrize(
    "request_id",
    [
        "see the request ID req_0123456789abcdef0123456789abcdef",
        "Request ID: 123e4567-e89b-12d3-a456-426614174000",
        "password=redacted, https://ada:redacted@host/?api_key=redacted&sig=redacted",
        "sk-redacted, req_redacted, org-redacted, proj_redacted, Bearer redacted",
        "the password is in the vault; token = get_token(); max_tokens: 256",
    ],
)
def test_request_ids_and_what_is_redacted_are_no_finding(request_id):
    value = {"id": "thread_1", "password": "redacted", "api_key": "redacted", "a": request_id}
    text = f"runmock: 1\ninteractions:\n- request: POST /threads?key=redacted\n  json: {json.dumps(value)}\n"
    assert list(check_text(text, "c")) == []


def test_a_secret_of_a_script_is_found_at_its_place():
    text = (
        f"runmock: 1\nruns:\n- calls:\n  - login: {{user: ada, password: swordfish}}\n- reply: [ok, 'api_key={HEX}']\n"
    )
    assert [str(finding) for finding in sorted(check_text(text, "c"))] == [
        "c:4:24: secret: a password is here",
        "c:5:15: secret: a key is here",
    ]


def test_a_key_of_the_environment_is_found_in_any_form(monkeypatch):
    known = 'my "own" pass/phrase'
    monkeypatch.setenv("MY_API_KEY", known)
    for form in (known, json.dumps(known), base64.b64encode(f"a:{known}".encode()).decode(), known.replace("/", "%2F")):
        text = f"runmock: 1\nruns:\n- reply: {json.dumps(form)}\n"
        (found,) = check_text(text, "c")
        assert found.line == 3
        assert found.message.startswith("a key of the environment")


def test_good_files_have_no_findings(examples):
    assert [finding for path in cassettes_at([examples]) for finding in check_text(text_of(path), str(path))] == []
