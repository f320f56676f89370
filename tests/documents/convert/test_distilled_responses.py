"""Recordings of Responses as scripts: what an application asked of one script gives the script again, or says why not."""

from dataclasses import replace

import pytest

from runmock.documents.convert.distilling import distilled
from runmock.documents.convert.expanding import expanded, expanded_text
from runmock.documents.convert.replay_against_script import replayed
from runmock.documents.convert.script_client import CassetteClient
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.yaml.yaml12 import load

TOOLS = [
    {"type": "function", "name": "f"},
    {"type": "namespace", "name": "n", "tools": [{"type": "function", "name": "g"}]},
    {"type": "code_interpreter", "container": {"type": "auto"}},
    {"type": "file_search", "vector_store_ids": ["vs_1"]},
]
ASK = {"model": "gpt-4o", "input": "Hi", "tools": TOOLS, "include": ["code_interpreter_call.outputs"]}


class Application:
    """Sends requests to a script."""

    def __init__(self, runs):
        self.cassette = cassette_from({"runs": load(runs, "runs")})
        self.client = CassetteClient(self.cassette)

    def create(self, **body):
        """The answer to a create; of a stream its last Response object."""
        answer = self.client.send("POST", "/responses", {**ASK, **body})
        shown = [event.data["response"] for event in answer.stream or () if event.data and "response" in event.data]
        return shown[-1] if shown else answer.json

    def goes_on(self, response, output="21", **body):
        """The answer to the outputs of a response's calls."""
        return self.create(input=outputs_of(response, output), previous_response_id=response["id"], **body)

    def sends(self, method, path, body=None, **query):
        return self.client.send(method, path, body, query).json

    def distilled(self, begin=0):
        """The script of what was asked; of the part from a request on."""
        return distilled(cassette_from(expanded_text(self.cassette, tuple(self.client.interactions[begin:]))))


def outputs_of(response, output="21"):
    calls = [item for item in response["output"] if item["type"] == "function_call"]
    return [{"type": "function_call_output", "call_id": call["call_id"], "output": output} for call in calls]


def runs_of(done):
    return load(done.text, "script")["runs"]


RUNS = [
    "[{reply: Hello there.}, {reply: ''}]",
    "[{steps: [{calls: [f: {a: 1}, f]}, {calls: [f: nonsense]}, {reply: costs $$x}]}]",
    "[{steps: [{reasoning: Hm., reply: a}, {reasoning: [a, b], calls: [f]}, {reasoning: [], reply: b}, {reasoning: c}]}]",
    "[{refusal: I will not.}, {reply: {json: {a: [1, null]}}}]",
    "[{steps: [{code_interpreter: {input: 'print(1)', logs: '1', images: [file_1]}}, {reply: See.}]}]",
    "[{code_interpreter: print(1)}]",
    "[{steps: [{file_search: {results: [{file_id: file_1, file_name: a.txt, score: 0.5, text: Found.}]}}, {reply: See.}]}]",
    "[{reply: {text: See a b., annotations: [{type: url_citation, start_index: 4, end_index: 5, title: T, url: u}]}}]",
    "[{reply: {text: See a b., annotations: [{type: file_citation, file_id: file_1, index: 5}]}}]",
    "[{reply: [{text: One}, {refusal: Two}]}]",
    "[{fail: rate_limit_exceeded, message: Too much.}, {fail: server_error}]",
    "[{reply: Half a, incomplete: content_filter}, {reply: Half, incomplete: max_completion_tokens}]",
    "[{incomplete: max_completion_tokens}]",
    "[{reply: a, model: gpt-4.1, metadata: {a: b}, usage: {prompt_tokens: 7, completion_tokens: 9}}]",
    "[{reply: a, usage: {prompt_tokens: 7, completion_tokens: 9, completion_tokens_details: {reasoning_tokens: 3}}}]",
    "[{reply: a, response: {top_p: 0.5, safety_identifier: ada}}]",
    "[{http: 429, error: slow, message: Too fast., retry_after: 2, times: 2}, {reply: a}]",
    "[{http: 400, error: model_not_found, message: The requested model 'x' does not exist., param: model}, {reply: a}]",
    "[{steps: [{calls: [f]}, {http: 500, message: No.}, {reply: a}]}]",
    "[{steps: [{calls: [f]}, {http: 400, message: No.}, {reply: a}]}]",
]


@pytest.mark.parametrize("is_streamed", [True, False])
@pytest.mark.parametrize("runs", RUNS)
def test_a_script_expanded_on_responses_is_distilled_to_what_it_was(runs, is_streamed):
    script = cassette_from({"runs": load(runs, "runs")})
    interactions = expanded(script, is_streamed=is_streamed, api="responses")
    assert {interaction.operation.api.name for interaction in interactions} == {"Responses"}
    done = distilled(cassette_from(expanded_text(script, interactions)))
    assert [
        {key: value for key, value in run.items() if key != "outputs"} for run in map(without_outputs, runs_of(done))
    ] == load(runs, "runs")
    assert (done.deviations, done.made_up, done.verbatim) == ((), (), ())


def without_outputs(run):
    steps = [{key: value for key, value in step.items() if key != "outputs"} for step in run.get("steps", ())]
    return {**run, "steps": steps} if steps else run


def test_a_run_in_the_background_says_what_looks_find():
    app = Application(
        "[{reply: a, poll: [queued, queued]}, {steps: [{calls: [f]}, {reply: b}], poll: 3}, {stuck: in_progress, poll: [in_progress]}]"
    )
    for looks in (3, 7):
        response = app.create(background=True)
        for _ in range(looks):
            response = app.sends("GET", f"/responses/{response['id']}")
    response = app.goes_on(response, background=True)
    for _ in range(4):
        app.sends("GET", f"/responses/{response['id']}")
    response = app.create(background=True)
    for _ in range(3):
        app.sends("GET", f"/responses/{response['id']}")
    done = app.distilled()
    assert runs_of(done) == load(
        "[{reply: a, poll: [queued, queued]}, {calls: [f], outputs: ['21'], stuck: in_progress, "
        "poll: [queued, queued, queued, in_progress]}, {stuck: in_progress, poll: [in_progress]}]",
        "x",
    )
    assert [item.played for item in done.made_up] == ["the script leaves it in_progress for ever"] * 2


def test_a_response_that_is_continued_twice_is_said_once():
    app = Application("[{steps: [{calls: [f]}, {calls: [f]}, {calls: [f]}, {reply: a}]}]")
    first = app.create()
    second, other = app.goes_on(first, "1"), app.goes_on(first, "2")
    third = app.goes_on(second)
    app.goes_on(other, "22")
    app.goes_on(third)
    app.sends("GET", f"/responses/{first['id']}")
    steps = [{"calls": ["f"]}, {"calls": ["f"]}, {"calls": ["f"], "outputs": ["21"]}, {"reply": "a"}]
    assert runs_of(app.distilled()) == [{"steps": steps}]


def test_answers_that_differ_are_kept_response_by_response():
    app = Application("[{steps: [{calls: [f]}, {http: 500}, {reply: 'got $outputs.f'}]}, {reply: b}]")
    first = app.create(stream=True)
    for output in ("1", "1", "2"):
        app.goes_on(first, output)
    app.create()
    done = app.distilled()
    assert [next(iter(run)) for run in runs_of(done)] == ["events", "http", "json", "json", "reply"]
    (reason,) = done.verbatim
    assert reason.why == "two requests continue one response, and the answers differ: a script says the same again"


def test_outputs_in_the_conversation_and_outputs_before_a_message_continue():
    app = Application("[{steps: [{calls: [f]}, {calls: [g]}, {http: 503, message: Busy.}, {reply: a}]}, {reply: b}]")
    conversation = app.sends("POST", "/conversations", {})["id"]
    ask = {"conversation": conversation}
    first = app.create(**ask)
    second = app.create(**ask, input=[*outputs_of(first), {"role": "user", "content": "Be brief."}])
    app.sends("POST", f"/conversations/{conversation}/items", {"items": outputs_of(second, "22")})
    app.create(**ask, input=[])
    app.create(**ask, input=[])
    app.create(**ask)
    assert runs_of(app.distilled()) == load(
        "[{steps: [{calls: [f], outputs: ['21']}, {calls: [g], outputs: ['22']}, {http: 503, message: Busy.}, {reply: a}]}, {reply: b}]",
        "x",
    )


def test_a_cancelled_run_and_one_that_completes_all_the_same():
    app = Application("[{reply: a}, {reply: b, cancel: overtaken}, {reply: c, poll: 0}]")
    for looks in (0, 0, 1):
        path = f"/responses/{app.create(background=True)['id']}"
        for _ in range(looks):
            app.sends("GET", path)
        app.sends("POST", f"{path}/cancel")
    done = app.distilled()
    assert runs_of(done) == load("[{stuck: in_progress}, {reply: b, cancel: overtaken}, {reply: c, poll: 0}]", "x")
    assert (done.deviations, done.made_up) == ((), ())


def test_a_stream_that_breaks_off_breaks_off_there_again():
    app = Application("[{reply: One two three., truncate: {after: 6}}, {reply: b, truncate: {after: 5}}]")
    app.create(stream=True)
    response = app.create(stream=True, background=True)
    app.client.send("GET", f"/responses/{response['id']}", None, {"stream": ("true",), "starting_after": ("4",)})
    done = app.distilled()
    assert runs_of(done) == load("[{reply: One two, truncate: {after: 6}}, {reply: b, truncate: {after: 5}}]", "x")
    assert [item.played for item in done.made_up] == [
        "the script breaks the stream off there too, and completes it with the text of its stream"
    ]


def test_the_names_that_a_prompt_may_offer_are_not_judged():
    app = Application("[{calls: [h]}, {calls: [h], unoffered: true}]")
    app.create(prompt={"id": "pmpt_1"})
    app.create()
    assert runs_of(app.distilled()) == load("[{calls: [h]}, {calls: [h], unoffered: true}]", "x")


def test_what_began_before_the_recording_stays_a_recording():
    app = Application("[{reply: a}, {reply: b}, {reply: c}, {reply: d}]")
    conversation, first = app.sends("POST", "/conversations", {})["id"], app.create()["id"]
    begin = len(app.client.interactions)
    app.create(previous_response_id=first)
    app.create(conversation=conversation)
    app.create()
    app.sends("GET", f"/conversations/{conversation}")
    app.sends("GET", "/responses/resp_nowhere")
    done = app.distilled(begin)
    assert runs_of(done) == [{"reply": "d"}]
    whys = [item.why.replace(first, "FIRST").replace(conversation, "CONVERSATION") for item in done.verbatim]
    assert whys == [
        "a script refuses it: Previous response with id 'FIRST' not found.",
        "a script refuses it: Conversation with id 'CONVERSATION' not found.",
        "a script refuses it: Conversation with id 'CONVERSATION' not found.",
    ]
    assert done.deviations == ()
    assert [interaction.path for interaction in cassette_from(done.text).interactions] == [
        "/responses", "/responses", f"/conversations/{conversation}"
    ]  # fmt: skip


RESPONSE = "{id: resp_1, object: response, created_at: 1, status: completed, model: gpt-4o, output: [%s]}"
MESSAGE = "{id: msg_1, type: message, role: assistant, status: completed, content: [%s]}"
CALL = "{id: fc_1, type: function_call, call_id: call_1, name: f, arguments: '{}'%s}"
NO_STEP = [
    ("{id: ws_1, type: web_search_call}", "an item of type web_search_call"),
    (MESSAGE % "{type: output_audio}", "a part of type output_audio"),
    (CALL % ", namespace: n", "a call with the key namespace"),
    (f"{CALL % ''}, {MESSAGE % '{type: output_text, text: a}'}", "an item of type message behind a call"),
    ("{id: rs_1, type: reasoning, summary: [], content: [{type: reasoning_text, text: a}]}", "reasoning in full"),
    ("", "json.output is (empty), and of a scripted run it is "),
]


@pytest.mark.parametrize(("output", "why"), NO_STEP)
def test_what_no_step_says_is_served_as_it_was_recorded(output, why):
    body = "{model: gpt-4o, input: Hi, tools: [{type: function, name: f, parameters: {}}]}"
    recording = f"interactions:\n- request: POST /responses\n  body: {body}\n  json: {RESPONSE % output}\n"
    done = distilled(cassette_from(f"runmock: 1\n{recording}"))
    (reason,) = done.verbatim
    assert (reason.where, reason.why[: len(why)]) == ("resp_1 under 'json:'", why)
    (run,) = runs_of(done)
    assert run["json"] == load(RESPONSE % output, "x")
    assert done.deviations == ()


def test_images_of_other_addresses_and_several_parts_are_played_as_near_as_can_be():
    outputs = "[{type: image, url: 'data:image/png;base64,AA=='}, {type: image, url: 'https://a.example/b/cfile_1'}]"
    code = f"{{id: ci_1, type: code_interpreter_call, status: completed, code: x, container_id: cntr_1, outputs: {outputs}}}"
    body = "{model: gpt-4o, input: Hi, include: [code_interpreter_call.outputs], tools: [{type: code_interpreter}]}"
    recording = f"interactions:\n- request: POST /responses\n  body: {body}\n  json: {RESPONSE % code}\n"
    done = distilled(cassette_from(f"runmock: 1\n{recording}"))
    assert runs_of(done) == [{"code_interpreter": {"input": "x", "images": ["image_1", "cfile_1"]}}]
    assert "a script has the logs before the images, and these as files" in {item.why for item in done.deviations}


def test_a_response_without_a_tool_for_its_search_is_served_as_it_was_recorded():
    search = "{id: fs_1, type: file_search_call, status: completed, queries: [a], results: null}"
    recording = f"interactions:\n- request: POST /responses\n  body: {{model: gpt-4o, input: Hi}}\n  json: {RESPONSE % search}\n"
    (reason,) = distilled(cassette_from(f"runmock: 1\n{recording}")).verbatim
    assert reason.why == "the script uses a tool that the application does not offer: file_search"


def test_a_stream_without_names_and_a_token_count_stay_a_recording():
    stream = f"[message: {{type: response.created, response: {RESPONSE % ''}}}]"
    recording = (
        f"interactions:\n- request: POST /responses\n  body: {{model: gpt-4o, input: Hi, stream: true}}\n  stream: {stream}\n"
        "- request: POST /responses/input_tokens\n  body: {model: gpt-4o, input: Hi}\n  json: {input_tokens: 1}\n"
    )
    done = distilled(cassette_from(f"runmock: 1\n{recording}"))
    assert [item.why for item in done.verbatim] == ["no script has such a stream"]
    assert runs_of(done) == []
    assert len(cassette_from(done.text).interactions) == 2


def test_a_recording_that_only_looks_at_what_there_was_stays_one():
    recording = (
        f"interactions:\n- request: GET /responses/resp_1\n  json: {RESPONSE % ''}\n"
        "- request: GET /conversations/conv_1\n  json: {id: conv_1, object: conversation, created_at: 1, metadata: {}}\n"
    )
    done = distilled(cassette_from(f"runmock: 1\n{recording}"))
    assert [item.why for item in done.verbatim] == [
        "it is about what existed before the recording",
        "a script refuses it: Conversation with id 'conv_1' not found.",
    ]
    assert len(cassette_from(done.text).interactions) == 2


def test_what_no_script_may_contain_is_served_as_it_was_recorded():
    response = (RESPONSE % "").replace("status: completed", "status: completed, metadata: {a: 1}")
    recording = f"interactions:\n- request: POST /responses\n  body: {{model: gpt-4o, input: Hi}}\n  json: {response}\n"
    (reason,) = distilled(cassette_from(f"runmock: 1\n{recording}")).verbatim
    assert reason.why.startswith("the recording contains what no script may contain (")


def test_both_apis_and_files_are_one_script_in_the_order_of_the_recording():
    app = Application("[{reply: a}, {reply: b}, {reply: c}]")
    app.create()
    thread = app.sends("POST", "/threads", {"messages": [{"role": "user", "content": "Hi"}]})["id"]
    app.client.send("POST", f"/threads/{thread}/runs", {"assistant_id": "asst_1", "stream": True})
    app.sends("POST", "/vector_stores", {})
    app.create()
    done = app.distilled()
    assert runs_of(done) == [{"reply": "a"}, {"reply": "b"}, {"reply": "c"}]
    assert [interaction.path for interaction in cassette_from(done.text).interactions] == ["/vector_stores"]
    assert (done.deviations, done.made_up, done.verbatim) == ((), (), ())


def test_a_run_that_looks_find_queued_for_ever_is_stuck():
    app = Application("[{stuck: queued}]")
    path = f"/responses/{app.create(background=True)['id']}"
    for _ in range(4):
        app.sends("GET", path)
    assert runs_of(app.distilled()) == [{"stuck": "queued"}]


def test_a_stream_that_breaks_off_behind_its_last_event_is_played_to_its_end():
    app = Application("[{reply: a}]")
    app.create(stream=True)
    text = expanded_text(app.cassette, tuple(app.client.interactions))
    (recorded,) = cassette_from(text).interactions
    done = distilled(replace(cassette_from(text), interactions=(recorded._replace(is_truncated=True),)))
    assert [(item.where, item.played) for item in done.made_up] == [
        ("how the stream ended", "the script plays it to its end")
    ]
    assert runs_of(done) == [{"reply": "a"}]


def test_a_script_makes_the_response_that_a_recording_looks_at():
    recording = (
        "runmock: 1\ninteractions:\n- request: GET /responses/resp_nowhere\n  status: 404\n  json: {error: {message: No.}}\n"
        f"- request: GET /responses/resp_1\n  json: {RESPONSE % ''}\n"
        f"- request: GET /responses/resp_1/input_items\n  json: {{object: list, data: []}}\n"
        "- request: GET /conversations/conv_1\n  json: {id: conv_1, object: conversation, created_at: 1, metadata: {}}\n"
    )
    unknown, looked, items, conversation = replayed(cassette_from({"runs": [{"reply": "a"}]}), cassette_from(recording))
    assert (unknown.played.status, conversation.played.status) == (404, 404)
    assert (looked.played.json["id"], looked.played.json["output"][0]["content"][0]["text"]) == ("resp_1", "a")
    assert items.played.json["data"][0]["content"] == [{"type": "input_text", "text": "Hello!"}]


def test_a_call_that_got_several_outputs_may_get_any():
    app = Application("[{steps: [{calls: [f, g]}, {reply: a}]}]")
    first = app.create()
    for output in ("1", "2"):
        app.create(input=[*outputs_of(first, output)[:1], *outputs_of(first)[1:]], previous_response_id=first["id"])
    assert runs_of(app.distilled()) == load("[{steps: [{calls: [f, g], outputs: [any, '21']}, {reply: a}]}]", "x")


def test_a_field_that_differs_between_the_responses_of_a_run_is_named():
    app = Application("[{steps: [{calls: [f]}, {reply: a}], response: {top_p: 0.5, user: Ada}}]")
    app.goes_on(app.create())
    first, second = app.client.interactions
    app.client.interactions[1] = second._replace(json={**second.json, "top_p": 0.25})
    done = app.distilled()
    assert runs_of(done)[0]["response"] == {"user": "Ada"}
    assert {item.where for item in done.deviations} == {"json.top_p"}
    assert first.json["top_p"] == 0.5
