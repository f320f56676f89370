"""Scripts played on Responses with the SDK, recorded, and distilled: the script is the first one, and plays the same."""

import openai
import pytest
from upstream import KEY, ROOT, Upstream, client

import runmock
from runmock.documents.convert.distilling import distilled
from runmock.tape.reading.cassette import load_cassette
from runmock.tape.yaml.yaml12 import load

TOOLS = [
    {"type": "function", "name": "get_weather", "parameters": {}},
    {"type": "function", "name": "f", "parameters": {}},
    {"type": "code_interpreter", "container": {"type": "auto"}},
    {"type": "file_search", "vector_store_ids": ["vs_1"]},
]
INCLUDE = ["code_interpreter_call.outputs", "file_search_call.results"]
ASK = {"model": "gpt-4o", "tools": TOOLS, "include": INCLUDE}


LEFT = "the application has left the stream at the error, and a script has what the service sends then"
FAILS = "the script has it fail, with the error in its stream"


def create(sdk, **body):
    """A response; asked for again where the request is refused."""
    for _ in range(3):
        try:
            return sdk.responses.create(**ASK, **body)
        except openai.APIStatusError:
            continue
    raise AssertionError("refused too often")


def answered(response):
    calls = [item for item in response.output if item.type == "function_call"]
    return [{"type": "function_call_output", "call_id": call.call_id, "output": "21"} for call in calls]


def chained(sdk, question):
    """Continued by the id of the response; returns the last response."""
    response = create(sdk, input=question)
    while outputs := answered(response):
        response = create(sdk, input=outputs, previous_response_id=response.id)
    return response


def streamed(sdk, question):
    """The same by streams."""
    outputs, state = question, {}
    while outputs:
        for event in create(sdk, input=outputs, stream=True, **state):
            last = event
        outputs, state = answered(last.response), {"previous_response_id": last.response.id}
    return last.response


def in_a_conversation(sdk, question):
    conversation = sdk.conversations.create()
    response = create(sdk, input=question, conversation=conversation.id)
    while outputs := answered(response):
        response = create(sdk, input=outputs, conversation=conversation.id)
    sdk.conversations.items.list(conversation.id)
    return response


def prepared(sdk, question):
    """The outputs are put into the conversation, and a response is created without any."""
    conversation = sdk.conversations.create()
    response = create(sdk, input=question, conversation=conversation.id)
    while outputs := answered(response):
        sdk.conversations.items.create(conversation.id, items=outputs)
        response = create(sdk, conversation=conversation.id)
    return response


def stateless(sdk, question):
    """The whole history each time."""
    history = [{"role": "user", "content": question}]
    response = create(sdk, input=history, store=False)
    while outputs := answered(response):
        history += [*(item.to_dict() for item in response.output), *outputs]
        response = create(sdk, input=history, store=False)
    return response


def in_the_background(sdk, question):
    outputs, state = question, {}
    while outputs:
        response = create(sdk, input=outputs, background=True, **state)
        while response.status in {"queued", "in_progress"}:
            response = sdk.responses.retrieve(response.id, include=INCLUDE)
        outputs, state = answered(response), {"previous_response_id": response.id}
    return response


def followed(sdk, question):
    """The outputs with another message of the user behind them."""
    response = create(sdk, input=question)
    while outputs := answered(response):
        more = [*outputs, {"role": "user", "content": "Be brief."}]
        response = create(sdk, input=more, previous_response_id=response.id)
    return response


WAYS = [chained, streamed, in_a_conversation, prepared, stateless, in_the_background, followed]
CALLS = "{calls: [get_weather: {city: Paris}, f], outputs: ['21', '21']}"
RUNS = [
    "[{reply: Hello there.}]",
    f"[{{steps: [{CALLS}, {{reply: It is warm.}}]}}, {{reply: Bye.}}]",
    f"[{{steps: [{CALLS}, {{calls: [f: nonsense], outputs: ['21']}}, {{reply: costs $$x}}]}}]",
    "[{steps: [{reasoning: Hm. So., reply: a}, {reasoning: [a b, c], calls: [f], outputs: ['21']}, {reasoning: [], reply: b}]}]",
    "[{refusal: I will not.}, {reply: {json: {a: [1, null]}}}]",
    "[{steps: [{code_interpreter: {input: 'print(1)', logs: '1', images: [file_1]}}, {reply: See.}]}]",
    "[{steps: [{file_search: {results: [{file_id: file_1, file_name: a.txt, score: 0.5, text: Found.}]}}, {reply: See.}]}]",
    "[{reply: {text: See a b., annotations: [{type: url_citation, start_index: 4, end_index: 5, title: T, url: 'https://a.example'}]}}]",
    "[{reply: {text: See a b., annotations: [{type: file_citation, file_id: file_1, filename: a.txt, index: 5}]}}]",
    "[{reply: [{text: One}, {refusal: Two}]}]",
    "[{fail: rate_limit_exceeded, message: Too much.}, {fail: server_error}]",
    "[{reply: Half a, incomplete: content_filter}, {reply: Half, incomplete: max_completion_tokens}]",
    "[{reply: a, model: gpt-4.1, metadata: {a: b}, usage: {prompt_tokens: 7, completion_tokens: 9}}]",
    "[{reply: a, response: {top_p: 0.5, safety_identifier: ada}}]",
    "[{http: 429, error: slow, message: Too fast., retry_after: 2, times: 2}, {reply: a}]",
    "[{steps: [{calls: [f], outputs: ['21']}, {http: 500, message: No.}, {reply: a}]}]",
]


def heard(sdk, ask, runs):
    """What an application has of the answers that asks as many questions as there are runs, but for ids."""
    for _ in range(sum("http" not in run for run in runs)):
        try:
            response = ask(sdk, "How warm?")
        except openai.APIError as error:
            yield str(error)
            continue
        parts = [part for item in response.output if item.type == "message" for part in item.content]
        texts = [(part.type, getattr(part, "text", None), getattr(part, "refusal", None)) for part in parts]
        yield response.status, texts, response.error, response.incomplete_details, response.model, response.top_p


@pytest.mark.parametrize("ask", WAYS)
@pytest.mark.parametrize("text", RUNS)
def test_the_script_comes_back_and_plays_the_same(tmp_path, ask, text):
    path, runs = tmp_path / "a.yaml", load(text, "runs")
    with client(Upstream({"runs": runs}), ROOT) as sdk, runmock.use_cassette(path, record_mode="once"):
        recorded = [*heard(sdk, ask, runs)]
    done = distilled(load_cassette(path))
    has_left = ask is streamed and any("fail" in run for run in runs)  # the SDK raises at the error
    assert {item.why for item in done.deviations} == ({LEFT} if has_left else set())
    assert {item.played for item in done.made_up} == ({FAILS} if has_left else set())
    assert done.verbatim == ()
    assert load(done.text, "script")["runs"] == runs
    with openai.OpenAI(api_key=KEY, max_retries=0) as sdk, runmock.use_cassette(script=done.text, allow_unplayed=False):
        assert [*heard(sdk, ask, runs)] == recorded
