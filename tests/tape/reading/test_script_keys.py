import pytest

from runmock.core.engine.run_status import RunStatus
from runmock.core.script.faults import FaultKind, StreamFault
from runmock.core.script.script import (
    CodeInterpreter,
    Ending,
    FileSearch,
    FunctionCall,
    HttpError,
    Match,
    Message,
    Script,
    ScriptedRun,
    Source,
    StepRefusal,
    ToolCalls,
)
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.reading.script import run_from

QUOTA = (
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, "
    "read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
)
QUEUED, IN_PROGRESS = RunStatus.QUEUED, RunStatus.IN_PROGRESS
FILE_ID = "file-Jq8mVn2XcT5rLw9KdYb4Zs"


def _script(text):
    text = f"runmock: 1\n{text}"
    return cassette_from(text, "x.yaml").script


def _run(text):
    (run,) = _script(f"runs:\n{text}").runs
    return run


def _calls(*pairs, outputs=None, is_unoffered=False):
    return ToolCalls(tuple(FunctionCall(*pair) for pair in pairs), outputs, is_unoffered)


STEPS = [
    ("- reply: Hello Ada!", [Message(text="Hello Ada!")]),
    ("- reply: ''", [Message(text="")]),
    ("- reply: no", [Message(text="no")]),
    ("- reply: [Hel, lo]", [Message(chunks=("Hel", "lo"))]),
    ("- reply: {json: {city: Oslo, day: 2026-12-01}}", [Message(json={"city": "Oslo", "day": "2026-12-01"})]),
    ("- reply: {json: null}", [Message(text="null")]),
    ("- reply: {text: a, annotations: [{type: file_citation}]}", [Message(text="a", annotations=({"type": "file_citation"},))]),
    ("- reply: {chunks: [a, b], annotations: []}", [Message(chunks=("a", "b"))]),
    ("- calls: [get_weather: {city: Zürich, n: 1.0}]", [_calls(("get_weather", '{"city":"Zürich","n":1.0}'))]),
    ("- calls:\n  - a: {x: 1}\n  - b: '{\"broken'\n  - c:\n  - d: {}\n  - e", [_calls(("a", '{"x":1}'), ("b", '{"broken'), ("c", "{}"), ("d", "{}"), ("e", "{}"))]),
    ("- calls: [{name: a, arguments: {x: 1}, id: call_x}, {name: b}]", [_calls(("a", '{"x":1}', "call_x"), ("b", "{}"))]),
    ("- calls: [name: {x: 1}]", [_calls(("name", '{"x":1}'))]),
    ("- calls: {a: {x: 1}, b: {}}", [_calls(("a", '{"x":1}'), ("b", "{}"))]),
    ("- calls: {name: a, id: call_x}", [_calls(("a", "{}", "call_x"))]),
    ("- calls: a", [_calls(("a", "{}"))]),
    ("- calls: [a, b]\n  outputs: [/21/i, any]", [_calls(("a", "{}"), ("b", "{}"), outputs=("/21/i", "any"))]),
    ("- calls: [a, b, a]\n  outputs: {a: 21, b: {x: null}}", [_calls(("a", "{}"), ("b", "{}"), ("a", "{}"), outputs={"a": 21, "b": {"x": None}})]),
    ("- calls: multi_tool_use.parallel\n  unoffered: true", [_calls(("multi_tool_use.parallel", "{}"), is_unoffered=True)]),
    ("- calls: {get weather: {x: 1}, '': {}}\n  unoffered: true", [_calls(("get weather", '{"x":1}'), ("", "{}"), is_unoffered=True)]),
    ("- steps: [{calls: [{name: a.b, id: call_x}, c: {}], unoffered: true}]", [_calls(("a.b", "{}", "call_x"), ("c", "{}"), is_unoffered=True)]),
    ("- calls: a\n  unoffered: false", [_calls(("a", "{}"))]),
    ("- code_interpreter: 1 + 1", [CodeInterpreter("1 + 1")]),
    ("- code_interpreter: {input: plot(), logs: ok, images: [file-1]}", [CodeInterpreter("plot()", "ok", ("file-1",))]),
    ("- file_search: {}", [FileSearch()]),
    (
        "- file_search: {results: [{text: a}, {file_id: file-1, file_name: b.pdf, score: 1, attributes: {x: 1}, content: c}, {content: [{type: text, text: d}]}, {}]}",
        [
            FileSearch(
                (
                    {"file_id": FILE_ID, "file_name": "file.txt", "score": 0.5, "attributes": {}, "content": [{"type": "text", "text": "a"}]},
                    {"file_id": "file-1", "file_name": "b.pdf", "score": 1, "attributes": {"x": 1}, "content": [{"type": "text", "text": "c"}]},
                    {"file_id": FILE_ID, "file_name": "file.txt", "score": 0.5, "attributes": {}, "content": [{"type": "text", "text": "d"}]},
                    {"file_id": FILE_ID, "file_name": "file.txt", "score": 0.5, "attributes": {}},
                )
            )
        ],
    ),
    ("- reply: done\n  calls: [a]\n  code_interpreter: x\n  file_search: {}", [FileSearch(), CodeInterpreter("x"), _calls(("a", "{}")), Message(text="done")]),
    ("- steps:\n  - reply: wait\n  - calls: [a]\n    outputs: [any]\n  - reply: $outputs.a $outputs.call_1", [Message(text="wait"), _calls(("a", "{}"), outputs=("any",)), Message(text="$outputs.a $outputs.call_1")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "steps"), STEPS, ids=[text.replace("\n", " ") for text, _ in STEPS])
def test_what_happens_in_a_run(text, steps):
    assert _run(text) == ScriptedRun(Source("x.yaml", 0, 3), steps=tuple(steps))


KEYS = [
    ("- fail: server_error", {"ending": Ending(RunStatus.FAILED, "server_error", "Sorry, something went wrong.")}),
    ("- fail: rate_limit_exceeded", {"ending": Ending(RunStatus.FAILED, "rate_limit_exceeded", QUOTA)}),
    ("- fail: tool_user_error", {"ending": Ending(RunStatus.FAILED, "tool_user_error", "tool user error")}),
    ("- fail: a\n  message: b", {"ending": Ending(RunStatus.FAILED, "a", "b")}),
    ("- expire: true", {"ending": Ending(RunStatus.EXPIRED)}),
    ("- cancel: true", {"ending": Ending(RunStatus.CANCELLED)}),
    ("- incomplete: content_filter", {"ending": Ending(RunStatus.INCOMPLETE, reason="content_filter")}),
    ("- stuck: in_progress", {"ending": Ending(IN_PROGRESS, is_stuck=True)}),
    ("- stuck: cancelling", {"ending": Ending(RunStatus.CANCELLING, is_stuck=True)}),
    ("- stuck: queued\n  expire: false", {"ending": Ending(QUEUED, is_stuck=True)}),
    ("- reply: a\n  fail: b", {"steps": (Message(text="a"),), "ending": Ending(RunStatus.FAILED, "b", "b")}),
    ("- steps: [reply: a]\n  cancel: true", {"steps": (Message(text="a"),), "ending": Ending(RunStatus.CANCELLED)}),
    ("- http: 429", {"http": HttpError(429)}),
    (
        "- http: 503\n  error: a\n  message: b\n  retry_after: 2\n  times: 3\n  headers: {X-A: b, x-n: 3}",
        {"http": HttpError(503, "a", "b", None, "2", 3, (("X-A", "b"), ("x-n", "3")))},
    ),
    ("- http: 429\n  retry_after: 0.5", {"http": HttpError(429, retry_after="0.5")}),
    ("- http: 429\n  retry_after: 2.0", {"http": HttpError(429, retry_after="2")}),
    (
        "- http: 429\n  retry_after: Sun, 22 Nov 2026 10:23:29 GMT",
        {"http": HttpError(429, retry_after="Sun, 22 Nov 2026 10:23:29 GMT")},
    ),
    (
        "- http: 400\n  param: metadata\n  type: image_parse_error",
        {"http": HttpError(400, type="image_parse_error", param="metadata")},
    ),
    *(
        (f"- http: 502\n  body: {text}", {"http": HttpError(502, body=body, is_verbatim=True)})
        for text, body in (
            ("{}", {}),
            ("[]", []),
            ("[a, {b: null}]", ["a", {"b": None}]),
            ("{error: Budget exceeded}", {"error": "Budget exceeded"}),
            ("upstream timed out", "upstream timed out"),
            ("''", ""),
            ("0", 0),
            ("1.5", 1.5),
            ("false", False),
            ("null", None),
        )
    ),
    ("- sunset: true", {"http": HttpError(404, is_sunset=True)}),
    ("- sunset: true\n  times: 2\n  match: {stream: true}", {"http": HttpError(404, times=2, is_sunset=True), "match": Match(stream=True)}),
    ("- json: {id: run_1, status: queued}", {"canned": {"id": "run_1", "status": "queued"}, "only_api": "assistants"}),
    (
        "- events: [thread.run.paused: {id: run_1}, ping: , done]",
        {"events": (("thread.run.paused", {"id": "run_1"}), ("ping", None), ("done", None)), "only_api": "assistants"},
    ),
    (
        "- events: [thread.run.created: {id: run_1}, error: {code: a}, done, done: '[DONE]']",
        {"events": (("thread.run.created", {"id": "run_1"}), ("error", {"code": "a"}), ("done", None), ("done", None)), "only_api": "assistants"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fields"), KEYS, ids=[text.replace("\n", " ") for text, _ in KEYS])
def test_how_a_run_ends_or_is_answered_otherwise(text, fields):
    assert _run(text) == ScriptedRun(Source("x.yaml", 0, 3), **fields)


A = (Message(text="a"),)
STOCK = (Message(text="Hello! How can I assist you today?"),)
BUSY = "The server had an error processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if you keep seeing this error."
LIMIT = "You've exceeded the rate limit, please slow down and try again later."


def _error(message, kind, code=None):
    return {"message": message, "type": kind, "param": None, "code": code}


FAULTS = [
    ("- disconnect: true", {"steps": STOCK, "faults": (StreamFault(FaultKind.DISCONNECT),)}),
    ("- reply: a\n  disconnect: {after: 3}\n  truncate: false", {"steps": A, "faults": (StreamFault(FaultKind.DISCONNECT, 3),)}),
    ("- reply: a\n  truncate: {}", {"steps": A, "faults": (StreamFault(FaultKind.TRUNCATE),)}),
    ("- reply: a\n  stall: 1.5s", {"steps": A, "faults": (StreamFault(FaultKind.STALL, ms=1500),)}),
    ("- reply: a\n  stall: {for: 20, after: 2}", {"steps": A, "faults": (StreamFault(FaultKind.STALL, 2, ms=20),)}),
    ("- reply: a\n  garbage: true", {"steps": A, "faults": (StreamFault(FaultKind.NOT_JSON),)}),
    ("- reply: a\n  garbage: duplicate", {"steps": A, "faults": (StreamFault(FaultKind.DUPLICATE),)}),
    ("- reply: a\n  garbage: {kind: wrong_index, after: 1}", {"steps": A, "faults": (StreamFault(FaultKind.WRONG_INDEX, 1),)}),
    ("- reply: a\n  error_event: server_error", {"steps": A, "faults": (StreamFault(FaultKind.ERROR_EVENT, error={"error": _error(BUSY, "server_error")}),)}),
    ("- reply: a\n  error_event: true", {"steps": A, "faults": (StreamFault(FaultKind.ERROR_EVENT, error={"error": _error(BUSY, "server_error")}),)}),
    ("- reply: a\n  error_event: rate_limit_exceeded", {"steps": A, "faults": (StreamFault(FaultKind.ERROR_EVENT, error={"error": _error(LIMIT, "invalid_request_error", "rate_limit_exceeded")}),)}),
    ("- reply: a\n  error_event: {code: x, message: b, type: c, flat: true, after: 5}", {"steps": A, "faults": (StreamFault(FaultKind.ERROR_EVENT, 5, error=_error("b", "c", "x")),)}),
    ("- steps: [{reply: a, truncate: true}, {disconnect: true}]", {"steps": A, "faults": (StreamFault(FaultKind.TRUNCATE, step=0), StreamFault(FaultKind.DISCONNECT, 0, step=1))}),
    ("- steps: [{stall: 1s}, {reply: a}]", {"steps": A, "faults": (StreamFault(FaultKind.STALL, 0, step=0, ms=1000),)}),
    ("- steps: [{http: 500}, {reply: a}, {http: 429, retry_after: 20ms}]", {"steps": A, "refusals": (StepRefusal(0, HttpError(500)), StepRefusal(1, HttpError(429, headers=(("retry-after-ms", "20"),))))}),
    ("- steps: [{http: 500}]", {"steps": STOCK, "refusals": (StepRefusal(0, HttpError(500)),)}),
    ("- steps: [{reply: a}, {fail: b}]", {"steps": A, "ending": Ending(RunStatus.FAILED, "b", "b")}),
    ("- steps: [{stuck: queued}]", {"ending": Ending(QUEUED, is_stuck=True)}),
    ("- reply: a\n  cancel: refused", {"steps": A, "ending": Ending(late_cancel="refused")}),
    ("- events: [done]\n  truncate: {after: 0}", {"events": (("done", None),), "faults": (StreamFault(FaultKind.TRUNCATE, 0),), "only_api": "assistants"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fields"), FAULTS, ids=[text.replace("\n", " ") for text, _ in FAULTS])
def test_what_goes_wrong(text, fields):
    assert _run(text) == ScriptedRun(Source("x.yaml", 0, 3), **fields)


OPTIONS = [
    ("poll: 0", {"polls": ()}),
    ("poll: 2", {"polls": (QUEUED, QUEUED, IN_PROGRESS, IN_PROGRESS)}),
    ("poll: [queued, in_progress, in_progress]", {"polls": (QUEUED, IN_PROGRESS, IN_PROGRESS)}),
    ("poll: []", {"polls": ()}),
    ("poll: null", {}),
    ("pace: 20ms", {"pace_ms": 20}),
    ("pace: 1.5s", {"pace_ms": 1500}),
    ("pace: 0", {"pace_ms": 0}),
    ("pace: 12.5", {"pace_ms": 12.5}),
    ("usage: {prompt_tokens: 3, completion_tokens: 4}", {"usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}),
    (
        "usage: {total_tokens: 9, prompt_token_details: {cached_tokens: 1}}",
        {"usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 9, "prompt_token_details": {"cached_tokens": 1}}},
    ),
    ("model: gpt-4.1", {"overrides": {"model": "gpt-4.1"}}),
    ("metadata: {user: Ada}", {"overrides": {"metadata": {"user": "Ada"}}}),
    ("run: {temperature: 0.2, last_error: null}", {"overrides": {"temperature": 0.2, "last_error": None}}),
    (
        "match: {assistant_id: asst_1, model: /gpt/, last_message: hi, instructions: /x/i, metadata: {a: /b/}, stream: false, body: {tools: []}}",
        {"match": Match(None, "asst_1", "/gpt/", "hi", "/x/i", {"a": "/b/"}, stream=False, body={"tools": []})},
    ),
    ("match: {}", {"match": Match()}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fields"), OPTIONS, ids=[text for text, _ in OPTIONS])
def test_what_may_stand_beside_a_reply(text, fields):
    assert _run(f"- reply: a\n  {text}") == ScriptedRun(Source("x.yaml", 0, 3), steps=(Message(text="a"),), **fields)


@pytest.mark.parametrize("defaults", ["", "defaults: {advance: polls}\n"])
def test_advance_polls_holds_for_every_run_of_its_cassette(defaults):
    script = _script(f"{defaults}runs: [{{reply: a}}, {{calls: [f]}}]")
    assert [run.moves_by_looks for run in script.runs] == [bool(defaults)] * 2


def test_defaults_hold_for_every_run_that_does_not_set_another_value():
    script = _script("""\
defaults:
  {model: gpt-4.1, pace: 5ms, poll: 0, shapes: reference, usage: {prompt_tokens: 1}, metadata: {a: x, b: y},
   clock: 2026-01-01T00:00:10Z}
ids: strict
runs:
  - reply: a
  - {reply: b, pace: 0, poll: 1, metadata: {b: z}, usage: {completion_tokens: 2}, model: m}
""")
    assert (script.model, script.shapes, script.clock, script.ids) == ("gpt-4.1", "reference", 1_767_225_610, "strict")
    first, second = script.runs
    assert (first.pace_ms, first.polls) == (5, ())
    assert first.usage == {"prompt_tokens": 1, "completion_tokens": 0, "total_tokens": 1}
    assert first.overrides == {"metadata": {"a": "x", "b": "y"}}
    assert (second.pace_ms, second.polls) == (0, (QUEUED, IN_PROGRESS))
    assert second.usage == {"prompt_tokens": 0, "completion_tokens": 2, "total_tokens": 2}
    assert second.overrides == {"model": "m", "metadata": {"a": "x", "b": "z"}}


def test_assistants_and_threads_exist_beforehand():
    script = _script("""\
assistants:
  - {id: asst_1, instructions: null, tools: [code_interpreter, file_search, get_weather, {type: function, function: {name: b}}]}
threads:
  - id: thread_1
    messages: [{role: user, content: hi}, {role: assistant, content: [{type: text, text: ho}], metadata: {a: b}}]
""")
    assert script == Script(
        assistants=(
            {
                "id": "asst_1",
                "instructions": None,
                "tools": [
                    {"type": "code_interpreter"},
                    {"type": "file_search"},
                    {"type": "function", "function": {"name": "get_weather"}},
                    {"type": "function", "function": {"name": "b"}},
                ],
            },
        ),
        threads=(
            {
                "id": "thread_1",
                "messages": [
                    {"role": "user", "content": "hi"},
                    {"role": "assistant", "content": [{"type": "text", "text": "ho"}], "metadata": {"a": "b"}},
                ],
            },
        ),
    )


def test_runs_know_their_lines():
    script = _script("\nruns:\n- reply: a\n\n- &x\n  reply: b\n- *x\n")
    assert [str(run.source) for run in script.runs] == ["x.yaml:4", "x.yaml:6", "x.yaml:8"]


def test_a_mapping_has_no_lines():
    script = cassette_from({"runmock": 1, "runs": ({"reply": ("a", "b")},)}).script
    assert script.runs == (ScriptedRun(Source("inline", 0), steps=(Message(chunks=("a", "b")),)),)


def test_a_run_can_be_read_by_itself():
    run = run_from({"calls": {"a": {"x": (1, 2)}}}, 2, defaults={"pace": "1s"})
    assert run == ScriptedRun(Source("inline", 2), steps=(_calls(("a", '{"x":[1,2]}')),), pace_ms=1000)
    assert str(run.source) == "inline run 2"
