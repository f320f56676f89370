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


ALL = [run for text in RUNS for run in load(text, "runs")]


@pytest.mark.parametrize(
    ("ask", "runs"), [*((ask, ALL) for ask in WAYS), *((streamed, load(text, "runs")) for text in RUNS)]
)
def test_the_script_comes_back_and_plays_the_same(tmp_path, ask, runs):
    path = tmp_path / "a.yaml"
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


def on_assistants(sdk, runs):
    """The calls and the texts of the same scripts on Assistants, as an application hears them."""
    threads = sdk.beta.threads
    for _ in runs:
        thread = threads.create(messages=[{"role": "user", "content": "How warm?"}]).id
        run = threads.runs.create_and_poll(thread_id=thread, assistant_id="asst_1", tools=OF_ASSISTANTS)
        while run.status == "requires_action":
            calls = run.required_action.submit_tool_outputs.tool_calls
            yield from ((call.function.name, call.function.arguments) for call in calls)
            outputs = [{"tool_call_id": call.id, "output": "21"} for call in calls]
            run = threads.runs.submit_tool_outputs_and_poll(thread_id=thread, run_id=run.id, tool_outputs=outputs)
        for message in threads.messages.list(thread, order="asc", run_id=run.id):
            yield from (part.text.value for part in message.content if part.type == "text")


def on_responses(sdk, runs):
    """The same on Responses."""
    for _ in runs:
        outputs, state = "How warm?", {}
        while outputs:
            response = sdk.responses.create(input=outputs, **state, **ASK)
            for item in response.output:
                if item.type == "function_call":
                    yield item.name, item.arguments
                elif item.type == "message":
                    yield from (part.text for part in item.content if part.type == "output_text")
            outputs, state = answered(response), {"previous_response_id": response.id}


OF_ASSISTANTS = [
    {"type": "function", "function": {"name": "get_weather"}},
    {"type": "function", "function": {"name": "f"}},
    {"type": "code_interpreter"},
    {"type": "file_search"},
]


@pytest.mark.parametrize("text", [text for text in RUNS if "http:" not in text])
@pytest.mark.filterwarnings("ignore:The Assistants API is deprecated")
def test_a_recording_of_responses_is_distilled_to_a_script_that_plays_on_assistants(tmp_path, text):
    path, runs = tmp_path / "a.yaml", load(text, "runs")
    with client(Upstream({"runs": runs}), ROOT) as sdk, runmock.use_cassette(path, record_mode="once"):
        said = [*on_responses(sdk, runs)]
    script = distilled(load_cassette(path)).text
    with openai.OpenAI(api_key=KEY, max_retries=0) as sdk, runmock.use_cassette(script=script, allow_unplayed=False):
        assert sorted(map(str, on_assistants(sdk, runs))) == sorted(map(str, said))


def all_of(stream):
    """The names of events, and what is raised."""
    names = []
    try:
        names.extend(event.type for event in stream)
    except Exception as error:  # noqa: BLE001 - whatever an application gets
        names.append(type(error).__name__)
    return names


def streams(sdk):
    return [all_of(sdk.responses.create(input="Hi", stream=True, **ASK)) for _ in range(2)]


def resumes(sdk):
    """A stream in the background that breaks off, and the rest of it."""
    names, seen, last = [], None, None
    try:
        for event in sdk.responses.create(input="Hi", stream=True, background=True, **ASK):
            names, seen, last = [*names, event.type], event, getattr(event, "response", last)
    except Exception as error:  # noqa: BLE001 - whatever an application gets
        names.append(type(error).__name__)
    return [names, all_of(sdk.responses.retrieve(last.id, stream=True, starting_after=seen.sequence_number))]


def polls(sdk):
    """Responses in the background, each looked at eight times at most."""
    seen = []
    for _ in range(2):
        response = sdk.responses.create(input="Hi", background=True, **ASK)
        for _ in range(8):
            seen.append(response.status)
            if response.status in {"completed", "failed", "cancelled"}:
                break
            response = sdk.responses.retrieve(response.id)
    return seen


def cancels(sdk):
    response = sdk.responses.create(input="Hi", background=True, **ASK)
    seen = [sdk.responses.retrieve(response.id).status, sdk.responses.cancel(response.id).status]
    return [*seen, sdk.responses.create(input="Hi", **ASK).output_text]


def forks(sdk):
    """One response that is continued twice."""
    response = sdk.responses.create(input="Hi", **ASK)
    call_id = response.output[0].call_id
    outputs = [[{"type": "function_call_output", "call_id": call_id, "output": output}] for output in "12"]
    return [
        sdk.responses.create(input=output, previous_response_id=response.id, **ASK).output_text for output in outputs
    ]


def asks_once(sdk):
    return [item.type for item in sdk.responses.create(input="Hi", **ASK).output]


def uses_both(sdk):
    """Both APIs, one after the other, and again."""
    first = sdk.responses.create(input="Hi", **ASK).output_text
    thread = sdk.beta.threads.create(messages=[{"role": "user", "content": "Hi"}]).id
    sdk.beta.threads.runs.create_and_poll(thread_id=thread, assistant_id="asst_1")
    second = sdk.beta.threads.messages.list(thread).data[0].content[0].text.value
    return first, second, sdk.responses.create(input="Hi", **ASK).output_text


OTHERS = [
    (streams, "[{reply: One two three., truncate: {after: 6}}, {reply: b}]", "[{reply: One two, truncate: {after: 6}}, {reply: b}]"),
    (streams, "[{reply: One two three., disconnect: true}, {reply: b}]", "[{reply: One, truncate: {after: 5}}, {reply: b}]"),
    (streams, "[{reply: One two., garbage: half_frame}, {reply: b}]", "[{reply: One, truncate: {after: 5}}, {reply: b}]"),
    (resumes, "[{reply: One two three., truncate: {after: 6}}]", None),
    (polls, "[{reply: a, poll: 3}, {reply: b}]", None),
    (polls, "[{reply: a, poll: 0}, {reply: b, poll: [in_progress]}]", None),
    (polls, "[{cancel: true}, {fail: server_error}]", None),
    (polls, "[{stuck: queued}, {reply: b}]", None),
    (polls, "[{stuck: in_progress}, {reply: b}]", None),
    (polls, "[{stuck: in_progress, poll: [in_progress]}, {reply: b}]", None),
    (cancels, "[{stuck: in_progress}, {reply: b}]", None),
    (cancels, "[{reply: a}, {reply: b}]", "[{stuck: in_progress}, {reply: b}]"),
    (cancels, "[{reply: a, cancel: overtaken}, {reply: b}]", None),
    (cancels, "[{reply: a, poll: 0}, {reply: b}]", None),
    (forks, "[{steps: [{calls: [f]}, {reply: a}]}]", None),
    (asks_once, "[{steps: [{reply: a}, {reasoning: b}, {calls: [f]}]}]", "[{steps: [{reply: a}, {reasoning: b, calls: [f]}]}]"),
    (asks_once, "[{steps: [{calls: [multi_tool_use.parallel], unoffered: true}, {reply: a}]}]", "[{calls: [multi_tool_use.parallel], unoffered: true}]"),
    (asks_once, "[{steps: [{calls: [made_up], unoffered: true}, {reply: a}]}]", "[{calls: [made_up], unoffered: true}]"),
    (uses_both, "[{reply: a}, {reply: b}, {reply: c}]", None),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "text", "expected"), OTHERS)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore:The Assistants API is deprecated")
def test_what_else_happens_is_distilled_and_plays_the_same(tmp_path, ask, text, expected):
    path, runs = tmp_path / "a.yaml", load(text, "runs")
    with client(Upstream({"runs": runs}), ROOT) as sdk, runmock.use_cassette(path, record_mode="once"):
        recorded = ask(sdk)
    done = distilled(load_cassette(path))
    assert load(done.text, "script")["runs"] == load(expected or text, "runs")
    assert (done.deviations, done.verbatim) == ((), ())
    assert {item.where for item in done.made_up} <= {"how resp_1 ended"}
    with openai.OpenAI(api_key=KEY, max_retries=0) as sdk, runmock.use_cassette(script=done.text, allow_unplayed=True):
        assert without_errors(ask(sdk)) == without_errors(recorded)


def without_errors(heard):
    """Streams without what is raised at the end: of one that is recorded nobody knows how it broke off."""
    if heard and isinstance(heard[0], list):
        return [[name for name in names if "." in name] for names in heard]
    return heard


CANNED = "json: {id: resp_9, object: response, status: completed, output: [{id: ws_1, type: web_search_call, status: completed}]}"
AS_RECORDED = [
    (asks_once, f"[{{{CANNED}}}]", "json", "an item of type web_search_call"),
    (forks, "[{steps: [{calls: [f]}, {reply: 'got $outputs.f'}]}]", "json", "two requests continue one response, and the answers differ: a script says the same again"),
    (streams, "[{reply: One two., garbage: unknown_event}, {reply: b}]", "events", "here the stream has response.hiccup, where a script's has response.output_text.done"),
    (streams, "[{reply: One two., error_event: {code: server_error, message: No.}}, {reply: b}]", "events", "here the stream has error, where a script's has response.output_text.done"),
    (streams, "[{reply: One two., garbage: item_id_changes}, {reply: b}]", "events", "here the stream has response.completed, where a script's has response.output_item.added"),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "text", "key", "why"), AS_RECORDED)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_no_script_says_is_named_and_plays_as_it_was_recorded(tmp_path, ask, text, key, why):
    path, runs = tmp_path / "a.yaml", load(text, "runs")
    with client(Upstream({"runs": runs}), ROOT) as sdk, runmock.use_cassette(path, record_mode="once"):
        recorded = ask(sdk)
    done = distilled(load_cassette(path))
    assert [(item.where.partition(" ")[2], item.why) for item in done.verbatim] == [(f"under '{key}:'", why)]
    assert done.deviations == ()
    with openai.OpenAI(api_key=KEY, max_retries=0) as sdk, runmock.use_cassette(script=done.text, allow_unplayed=False):
        assert ask(sdk) == recorded


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("garbage", ["duplicate", "out_of_order", "sequence_gap", "response_id_changes"])
def test_garbage_within_a_stream_is_a_deviation_that_is_named(tmp_path, garbage):
    path = tmp_path / "a.yaml"
    runs = f"runs: [{{reply: One two three four., garbage: {garbage}}}, {{reply: b}}]"
    with client(Upstream(runs), ROOT) as sdk, runmock.use_cassette(path, record_mode="once"):
        streams(sdk)
    done = distilled(load_cassette(path))
    assert load(done.text, "script")["runs"] == load("[{reply: One two three four.}, {reply: b}]", "runs")
    assert {item.why for item in done.deviations} == {"a script has no key for this"}


def test_a_conversation_from_before_the_recording_stays_a_recording(tmp_path):
    path = tmp_path / "a.yaml"
    upstream = Upstream("runs: [{reply: a}, {steps: [{calls: [f]}, {reply: b}]}, {reply: c}, {reply: d}]")

    def go_on(sdk, conversation):
        first = in_it = sdk.responses.create(input="Hi", conversation=conversation, **ASK)
        while outputs := answered(in_it):
            in_it = sdk.responses.create(input=outputs, conversation=conversation, **ASK)
        chained_on = (
            sdk.responses.create(input="And?", previous_response_id=first.id, **ASK) if in_it is first else None
        )
        counted = sdk.responses.input_tokens.count(model="gpt-4o", input="Hi") if chained_on else None
        new = sdk.responses.create(input="Something else.", **ASK)
        return in_it.output_text, counted, sdk.responses.retrieve(new.id).output_text

    with client(upstream, ROOT) as sdk:
        conversation = sdk.conversations.create().id
        sdk.responses.create(input="Hello", conversation=conversation, **ASK)
        with runmock.use_cassette(path, record_mode="once"):
            recorded = go_on(sdk, conversation)
    done = distilled(load_cassette(path))
    assert [item.where for item in done.verbatim] == ["resp_1 under 'interactions:'"]
    assert [item.why for item in done.verbatim] == [
        f"a script refuses it: Conversation with id '{conversation}' not found."
    ]
    assert load(done.text, "script")["runs"] == [{"reply": "c"}]
    with openai.OpenAI(api_key=KEY, base_url=ROOT, max_retries=0) as sdk, runmock.use_cassette(script=done.text):
        assert go_on(sdk, conversation) == recorded
