import pytest

from runmock.core.errors import CassetteError
from runmock.tape.reading.cassette import cassette_from, load_cassette
from runmock.tape.reading.script import run_from

RUNS = [
    ("- relpy: Hello", "3:3: unknown key 'relpy' in a run; did you mean 'reply'?"),
    ("- reply: a\n  pole: 3", "4:3: unknown key 'pole' in a run; did you mean 'poll'?"),
    ("- reply: a\n  xyzzy: 3", "4:3: unknown key 'xyzzy' in a run; known: reply, refusal, calls, outputs, unoffered, code_interpreter, file_search, reasoning, fail, expire, cancel, incomplete, stuck, http, error, message, param, type, body, retry_after, times, headers, disconnect, truncate, stall, garbage, error_event, steps, match, poll, pace, usage, model, metadata, run, response, sunset, json, events"),
    ("- http: 429\n  times: twice", "4:3: 'times' should be a whole number, got 'twice'"),
    ("- http: 429\n  times: 0", "4:3: 'times' should be at least 1, got 0"),
    ("- http: 200", "3:3: 'http' should be at least 400, got 200"),
    ("- http: '429'", "3:3: 'http' should be a whole number, got '429'"),
    ("- http: 429\n  reply: a", "4:3: 'reply' cannot stand beside 'http': the request is refused before a run exists"),
    (f"- reply: a\n  pace: {10**400}", f"4:3: 'pace' should be a time such as 20ms, 1.5s or 0, got {10**400}"),
    (f"- http: 429\n  retry_after: {10**20}", f"4:3: 'retry_after' should be seconds, milliseconds such as 200ms, or an HTTP date, got {10**20}"),
    ("- http: 429\n  retry_after: []", "4:3: 'retry_after' should be seconds, milliseconds such as 200ms, or an HTTP date, got a list"),
    ("- http: 429\n  headers: {x y: a}", "4:13: 'x y' is not a header's name"),
    ('- http: 429\n  headers: {x: "a\\r\\nb"}', "4:13: the header 'x' has a character that HTTP cannot carry"),
    ("- sunset: true\n  fail: a", "4:3: 'fail' cannot stand beside 'sunset': the service is gone before a run exists"),
    ("- json: {}\n  reply: a", "4:3: 'reply' cannot stand beside 'json': that run is served as it is"),
    ("- events: [done]\n  calls: [a]", "4:3: 'calls' cannot stand beside 'events': those events are served as they are"),
    ("- reply: a\n  param: b", "4:3: 'param' goes with 'http'"),
    ("- reply: a\n  body: {}", "4:3: 'body' goes with 'http'"),
    ("- http: 429\n  body: {}\n  error: a", "5:3: 'error' cannot stand beside 'body', which is sent as it is"),
    ("- http: 429\n  body: null\n  type: a", "5:3: 'type' cannot stand beside 'body', which is sent as it is"),
    ("- steps:\n  - {http: 429, body: [], param: a}", "4:27: 'param' cannot stand beside 'body', which is sent as it is"),
    ("- http: 429\n  param: 3", "4:3: 'param' should be a text, got 3: write it in quotes"),
    ("- http: {status: 429}", "3:3: 'http' should be a status such as 429, with 'error', 'body' and the others beside it, got a mapping"),
    ("- reply: a\n  retry_after: 3", "4:3: 'retry_after' goes with 'http'"),
    ("- reply: a\n  message: b", "4:3: 'message' goes with 'fail' or 'http'"),
    ("- reply: a\n  times: 2", "4:3: 'times' goes with 'http' or 'sunset'"),
    ("- reply: 42", "3:3: 'reply' should be a text, got 42: write it in quotes"),
    ("- reply: no\n- reply: true", "4:3: 'reply' should be a text, got true: write it in quotes"),
    ("- reply:", "3:3: 'reply' should be a text, got null"),
    ("- reply: []", "3:3: 'reply' is empty"),
    ("- reply: [a, 1.5]", "3:14: 'reply[1]' should be a text, got 1.5: write it in quotes"),
    ("- reply: {text: a, json: {}}", "3:3: a reply is one of text, chunks and json"),
    ("- reply: {txt: a}", "3:11: unknown key 'txt' in a reply; did you mean 'text'?"),
    ("- reply: {json: {}, annotations: []}", "3:21: 'annotations' go with 'text' or 'chunks'"),
    ("- reply: Hi $lastmessage", "3:3: '$lastmessage' is not a substitution; did you mean $last_message? Write $$ for a dollar sign"),
    ("- reply: {json: {a: [b, $outputs.c]}}", "3:25: '$outputs.c' names no earlier call of this run; no call comes before it in this run"),
    ("- steps:\n  - reply: $outputs.a\n  - calls: [a]", "4:5: '$outputs.a' names no earlier call of this run; no call comes before it in this run"),
    ("- calls: [get weather: {}]", "3:11: 'get weather' is not a function's name: 1 to 64 letters, digits, _ and -; beside 'unoffered: true' any name passes"),
    ("- steps:\n  - calls: [multi_tool_use.parallel: {}]", "4:13: 'multi_tool_use.parallel' is not a function's name: 1 to 64 letters, digits, _ and -; beside 'unoffered: true' any name passes"),
    ("- calls: [a b, a]\n  unoffered: false", "3:11: 'a b' is not a function's name: 1 to 64 letters, digits, _ and -; beside 'unoffered: true' any name passes"),
    ("- calls: [a]\n  unoffered: 'yes'", "4:3: 'unoffered' should be true or false, got 'yes'"),
    ("- reply: a\n  unoffered: true", "4:3: 'unoffered' goes with 'calls'"),
    ("- steps:\n  - {reply: a, unoffered: true}", "4:16: 'unoffered' goes with 'calls'"),
    ("- calls: []", "3:3: 'calls' is empty"),
    ("- calls: 3", "3:3: 'calls' should be a list of calls, each 'name: {arguments}', got 3"),
    ("- calls: [a: 3]", "3:11: 'calls[0]' should be a mapping of arguments, or a text that is sent as it is, got 3"),
    ("- calls: [3]", "3:11: 'calls[0]' should be a mapping, got 3"),
    ("- calls:\n  - a: {}\n    b: {}", "5:5: one call per item: begin 'b' with a dash"),
    ("- calls:\n  - {name: a, argumnets: {}}", "4:15: unknown key 'argumnets' in a call; did you mean 'arguments'?"),
    ("- calls:\n  - a: {}\n  - {name: a, id: call_1}", "5:15: the id 'call_1' belongs to an earlier call of this run"),
    ("- reply: a\n  outputs: [b]", "4:3: 'outputs' goes with 'calls'"),
    ("- calls: [a, b]\n  outputs: [x]", "4:3: 'outputs' has 1 for 2 calls: one for each, in order; 'any' where it does not matter"),
    ("- calls: [get_weather]\n  outputs: {get_wether: x}", "4:13: 'get_wether' is not among the calls; did you mean 'get_weather'?"),
    ("- calls: [a]\n  outputs: [/(/]", "4:13: /(/ is not a regular expression: missing ), unterminated subpattern at position 0"),
    ("- calls: [a]\n  outputs: any", "4:3: 'outputs' should be a list in the order of the calls, or a mapping by the tools' names, got 'any'"),
    ("- reply: a\n  match: {last_message: /*/}", "4:11: /*/ is not a regular expression: nothing to repeat at position 0"),
    ("- reply: a\n  match: {body: {a: [b, /+/]}}", "4:25: /+/ is not a regular expression: nothing to repeat at position 0"),
    ("- reply: a\n  match: {last_mesage: b}", "4:11: unknown key 'last_mesage' in match; did you mean 'last_message'?"),
    ("- reply: a\n  match: {last_message: 3}", "4:11: 'last_message' should be a text, got 3: write it in quotes"),
    ("- steps: []", "3:3: 'steps' is empty"),
    ("- steps: [{}]", "3:11: a step is one of reply, refusal, calls, code_interpreter and file_search, or a fault: http, a stream fault, and at the end fail, expire, cancel, incomplete or stuck"),
    ("- steps: [Hello]", "3:11: 'steps[0]' should be a mapping, got 'Hello'"),
    ("- steps:\n  - {reply: a, calls: [b]}", "4:6: 'reply' cannot stand beside 'calls': make it a step of its own"),
    ("- steps:\n  - poll: 3", "4:5: unknown key 'poll' in a step; it belongs to a run: write it beside 'steps', not in one"),
    ("- steps:\n  - fail: a\n  - reply: b", "4:5: 'fail' ends the run: nothing can follow it"),
    ("- steps:\n  - fail: a\n  expire: true", "4:5: a run ends once: 'expire' or 'fail'"),
    ("- steps:\n  - {reply: a, fail: b}", "4:16: 'fail' cannot stand beside 'reply': make it a step of its own"),
    ("- steps:\n  - retry_after: 3\n    stall: 5s", "4:5: 'retry_after' goes with 'http'"),
    ("- steps: [{reply: a}]\n  reply: b", "4:3: 'reply' cannot stand beside 'steps': make it a step"),
    ("- fail: a\n  expire: true", "4:3: a run ends once: 'fail' or 'expire'"),
    ("- stuck: completed", "3:3: 'stuck' should be 'queued', 'in_progress' or 'cancelling', got 'completed'"),
    ("- expire: yes", "3:3: 'expire' should be true or false, got 'yes'"),
    ("- reply: a\n  poll: -1", "4:3: 'poll' should be a whole number from 0 to 1000, or a list of queued and in_progress, got -1"),
    ("- reply: a\n  poll: [queued, done]", "4:18: 'poll[1]' should be 'queued' or 'in_progress', got 'done'"),
    ("- reply: a\n  poll: [in_progress, queued]", "4:23: a run cannot be queued after it was in_progress; after tool outputs it is queued again by itself"),
    ("- reply: a\n  pace: fast", "4:3: 'pace' should be a time such as 20ms, 1.5s or 0, got 'fast'"),
    ("- reply: a\n  usage: {prompt_tokens: many}", "4:11: 'prompt_tokens' should be a whole number, got 'many'"),
    ("- reply: a\n  metadata: {a: 1}", "4:14: 'a' should be a text, got 1: write it in quotes"),
    ("- reply: a\n  run: {status: completd}", "4:9: unknown status 'completd'; did you mean 'completed'?"),
    ("- reply: a\n  run: {status: 7}", "4:9: unknown status 7; it is one of queued, in_progress, requires_action, cancelling, cancelled, failed, completed, incomplete, expired"),
    ("- events: [thread.run.creatd: {}]", "3:12: unknown event 'thread.run.creatd'; did you mean 'thread.run.created'?"),
    ("- events: [Thread.Run.Completed: {}]", "3:12: unknown event 'Thread.Run.Completed'; did you mean 'thread.run.completed'?"),
    ("- events: [thread.mesage.detla: {}]", "3:12: unknown event 'thread.mesage.detla'; did you mean 'thread.message.delta'?"),
    ("- events: [donee: {}]", "3:12: unknown event 'donee'; did you mean 'done'?"),
    ("- events: [text: [a, b]]", "3:12: 'text' is a short form for recordings; here write each delta as 'thread.message.delta'"),
    ("- events: [disconnect: true]", "3:12: 'disconnect' is not an event: write it beside 'events'"),
    ("- events: ['': {}]", "3:12: '' is not the name of an event: one line that is not empty"),
    ('- events: [{"thread.run.paused\\nx": {}}]', "3:12: 'thread.run.paused\\nx' is not the name of an event: one line that is not empty"),
    ("- events: [thread.run.created]", "3:12: 'events[0]' should be an event: 'name: {payload}', or done, got 'thread.run.created'"),
    ("- events:\n  - thread.run.created: {}\n    thread.run.queued: {}", "5:5: one event per item: begin 'thread.run.queued' with a dash"),
    ("- code_interpreter: {inputs: a}", "3:3: code_interpreter needs the key 'input'\nx.yaml:3:22: unknown key 'inputs' in code_interpreter; did you mean 'input'?"),
    ("- file_search: [a]", "3:3: 'file_search' should be a mapping with results, got a list"),
    ("- file_search: {results: [{text: a, content: b}]}", "3:28: a search result has 'text' or 'content', not both"),
    ("- reply: a\n  disconnect: 3", "4:3: 'disconnect' should be true, or a mapping with 'after', the number of events before it, got 3"),
    ("- reply: a\n  truncate: {after: -1}", "4:14: 'after' should be at least 0, got -1"),
    ("- reply: a\n  truncate: {afer: 1}", "4:14: unknown key 'afer' in a stream fault; did you mean 'after'?"),
    ("- steps: [{stall: soon}]", "3:12: 'stall' should be a time such as 20ms, 1.5s or 0, got 'soon'"),
    ("- stall: {after: 3}", "3:3: a stall needs the key 'for'"),
    ("- garbage: junk", "3:3: 'garbage' should be 'not_json', 'half_frame', 'unknown_event', 'duplicate', 'out_of_order', 'wrong_index', 'sequence_gap', 'response_id_changes' or 'item_id_changes', got 'junk'"),
    ("- error_event: {cod: a}", "3:17: unknown key 'cod' in an error event; did you mean 'code'?"),
    ("- error_event: 3", "3:3: 'error_event' should be true, or a mapping with 'after', the number of events before it, got 3"),
    ("- reply: a\n  cancel: refusd", "4:3: 'cancel' should be true, 'refused' or 'overtaken', got 'refusd'; did you mean 'refused'?"),
    ("- http: 429\n  truncate: true", "4:3: 'truncate' cannot stand beside 'http': the request is refused before a run exists"),
    ("- {}", "3:3: this run does nothing: give it a reply, a refusal, calls, code_interpreter, file_search or steps, an ending (fail, expire, cancel, incomplete, stuck), a stream fault, or one of http, sunset, json and events"),
    ("- Hello", "3:3: 'runs[0]' should be a mapping, got 'Hello'"),
]  # fmt: skip


@pytest.mark.parametrize(("runs", "message"), RUNS, ids=[runs.replace("\n", " ") for runs, _ in RUNS])
def test_an_invalid_run_is_refused_at_its_place(runs, message):
    text = f"runmock: 1\nruns:\n{runs}\n"
    with pytest.raises(CassetteError) as caught:
        cassette_from(text, "x.yaml")
    assert str(caught.value) == f"x.yaml:{message}"


FILES = [
    ("runs: []", "1:1: a cassette begins with 'runmock: 1'"),
    ("runmock: 2", "1:1: this is a cassette of version 2, and this runmock reads version 1"),
    ("runmock: true", "1:1: this is a cassette of version true, and this runmock reads version 1"),
    ("runmock: '1'", '1:1: this is a cassette of version "1", and this runmock reads version 1'),
    ("[runmock]", "1:1: a cassette should be a mapping, got a list"),
    ("runmock: 1\nrun: []", "2:1: unknown key 'run' in a cassette; did you mean 'runs'?"),
    ("runmock: 1\nreply: Hello", "2:1: unknown key 'reply' in a cassette; it belongs to a run: write it in an item of 'runs:'"),
    ("runmock: 1\nruns: {reply: a}", "2:1: 'runs' should be a list, got a mapping"),
    ("runmock: 1\nids: loose", "2:1: 'ids' should be 'lenient' or 'strict', got 'loose'"),
    ("runmock: 1\ndefaults: {clock: soon}", "2:12: 'clock' should be a time such as 2026-11-22T10:23:29Z, or seconds since 1970, got 'soon'"),
    ("runmock: 1\ndefaults: {advance: poll}", "2:12: 'advance' should be 'polls', got 'poll'; did you mean 'polls'?"),
    ("runmock: 1\ndefaults: {reply: a}", "2:12: unknown key 'reply' in defaults; it belongs to a run: write it in an item of 'runs:'"),
    ("runmock: 1\nassistants: [{name: a}]", "2:14: an assistant needs the key 'id'"),
    ("runmock: 1\nassistants: [{id: ''}]", "2:15: 'id' should be a text that is not empty, got ''"),
    ("runmock: 1\nthreads: [{id: t, messages: [{role: robot, content: 3}]}]", "2:31: 'role' should be 'user' or 'assistant', got 'robot'\nx.yaml:2:44: 'content' should be a text, or a list of parts, got 3"),
    ("runmock: 1\ninteractions:\n- request: POST threads\n  json: {}", "3:3: 'request' should be a method and a path such as 'POST /threads/thread_1/runs', got 'POST threads'"),
    ("runmock: 1\ninteractions:\n- request: GET /a", "3:3: this interaction has no answer: one of json, stream, text, base64 and path"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  json: {}\n  text: a", "5:3: an interaction has one answer: 'json' or 'text'"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  json: {}\n  repeat: 0", "5:3: 'repeat' should be at least 1, got 0"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  json: {data: [{same: run_1}]}", "4:18: no object above has the id 'run_1'"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  json: {id: run_1}\n- request: GET /a\n  json: {same: run_2}", "6:10: no object above has the id 'run_2'; did you mean 'run_1'?"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  json: {id: run_1, usage: 3}\n- request: GET /a\n  json: {same: run_1, drop: [id, usag]}", "6:34: 'drop' removes keys of 'run_1', and it has no 'usag'; did you mean 'usage'?"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  stream:\n  - text: a", "5:5: 'text' continues a message, and no thread.message event comes before it"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  stream:\n  - arguments: a", "5:5: 'arguments' continues a call of type function, and no delta before it begins one"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  stream:\n  - thread.message.created: {id: m}\n  - text: [a, 3]", "6:15: 'text' has a piece that is not a text: write it in quotes"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  stream:\n  - a: {}\n    b: {}", "6:5: one event per item: begin 'b' with a dash"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  stream: [don]", "4:12: an event is 'name: {payload}', or done"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  stream:\n  - done: namless", "5:5: 'done' takes no value, or 'nameless' if the event was sent without its name"),
    ("runmock: 1\ninteractions:\n- request: GET /a\n  stream:\n  - done: {}", "5:5: 'done' takes no value, or 'nameless' if the event was sent without its name"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FILES, ids=[text.replace("\n", " ") for text, _ in FILES])
def test_an_invalid_file_is_refused_at_its_place(tmp_path, monkeypatch, text, message):
    monkeypatch.chdir(tmp_path)
    path = tmp_path.relative_to(tmp_path) / "x.yaml"
    path.write_text(text)
    with pytest.raises(CassetteError) as caught:
        load_cassette(path)
    assert str(caught.value) == f"x.yaml:{message}"


def test_several_errors_are_reported_in_the_order_of_the_file():
    text = "runs:\n- reply: a\n  pole: 1\n- fail: 3\n- rply: a\n"
    with pytest.raises(CassetteError) as caught:
        cassette_from(text)
    assert str(caught.value) == (
        "inline:3:3: unknown key 'pole' in a run; did you mean 'poll'?\n"
        "inline:4:3: 'fail' should be a text, got 3: write it in quotes\n"
        "inline:5:3: unknown key 'rply' in a run; did you mean 'reply'?"
    )
    assert (caught.value.line, caught.value.column) == (3, 3)


def test_not_more_than_ten_errors_are_listed():
    with pytest.raises(CassetteError) as caught:
        cassette_from("runs:\n" + "- reply: 1\n" * 13)
    lines = str(caught.value).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "... and 3 more"


def test_without_a_text_the_keys_show_where():
    with pytest.raises(CassetteError) as caught:
        cassette_from({"runs": [{"reply": "a"}, {"relpy": "b"}], "x": 1})
    assert str(caught.value) == (
        "inline: runs[1].relpy: unknown key 'relpy' in a run; did you mean 'reply'?\n"
        "x: unknown key 'x' in a cassette; known: runmock, recorded, defaults, ids, assistants, threads, files, vector_stores, processing, runs, interactions"
    )


def test_a_run_that_is_in_no_file_is_named_by_its_number():
    with pytest.raises(CassetteError) as caught:
        run_from({"reply": "a", "http": 429}, 3)
    assert str(caught.value) == (
        "inline: runs[3].reply: 'reply' cannot stand beside 'http': the request is refused before a run exists"
    )


@pytest.mark.parametrize("value", [{"reply": b"a"}, {"reply": object()}, {"usage": float("nan")}, {"x": {1, 2}}])
def test_a_value_that_json_does_not_know_is_refused(value):
    with pytest.raises(CassetteError, match=r"^inline: .* is not a value of JSON$"):
        cassette_from({"runs": [value]})


def test_keys_and_texts_of_python_are_those_of_yaml():
    class Word(str):
        __slots__ = ()

    run = run_from({"reply": Word("a"), "run": {True: 1, None: 2.5, 404: (Word("b"),)}}, 0)
    assert run.overrides == {"true": 1, "null": 2.5, "404": ["b"]}
    assert {type(run.steps[0].text), type(run.overrides["404"][0])} == {str}


def test_a_mapping_that_contains_itself_is_refused():
    run = {"reply": "a"}
    run["run"] = run
    with pytest.raises(CassetteError, match=r"^inline: nested more than 100 levels deep$"):
        cassette_from({"runs": [run]})
