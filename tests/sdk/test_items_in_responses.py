"""Each kind of item as the SDK reads it: whichever way an application takes, it gets the same response."""

import pytest
from sdk_responses import REQUEST, WAYS, helped, iterated

INCLUDED = ["code_interpreter_call.outputs", "file_search_call.results", "reasoning.encrypted_content"]
TOOLS = [
    {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}},
    {"type": "code_interpreter", "container": {"type": "auto"}},
    {"type": "file_search", "vector_store_ids": ["vs_1"]},
]
HERE = {"text": "here", "file_citation": {"file_id": "file-1"}}
LINK = {"text": "b", "file_path": {"file_id": "file-2"}}
PAGE = {"type": "url_citation", "text": "c", "url": "https://c.example", "title": "C"}
RUNS = {
    "text": {"reply": "Hello Ada!"},
    "text in pieces": {"reply": ["He", "llo"]},
    "JSON": {"reply": {"json": {"degrees": 21}}},
    "no text": {"reply": ""},
    "refusal": {"refusal": "I cannot do that."},
    "parts": {"reply": ["See ", {"text": "here", "annotations": [HERE]}, {"refusal": "No more."}]},
    "citations": {"reply": {"text": "It is here, and in b. Or c", "annotations": [HERE, LINK, PAGE]}},
    "calls": {"calls": [{"get_weather": {"city": "Paris"}}, {"get_weather": {"city": "Oslo"}}]},
    "reasoning": {"reasoning": ["I think.", "And so on."], "reply": "Hello"},
    "reasoning before calls": {"reasoning": [], "calls": ["get_weather"]},
    "code": {"code_interpreter": {"input": "print(1)", "logs": "1", "images": ["file-1"]}, "reply": "Done"},
    "search": {"file_search": {"results": [{"file_id": "file-1", "text": "A"}]}, "reply": "Found"},
    "many": {
        "steps": [
            {"reasoning": "First"},
            {"file_search": {"results": []}},
            {"reasoning": "Then"},
            {"reply": "I look."},
            {"code_interpreter": "print(1)"},
            {"reply": "And then:"},
            {"calls": ["get_weather"]},
        ]
    },
}
OWN = {"id", "call_id", "container_id", "encrypted_content", "parsed", "parsed_arguments"}
"""What each response has of its own, and what the helper of the SDK adds."""


def shared(value):
    """A JSON value without what each response has of its own."""
    if isinstance(value, dict):
        return {key: shared(inner) for key, inner in value.items() if key not in OWN}
    return [shared(inner) for inner in value] if isinstance(value, list) else value


def items(response):
    return [shared(item.to_dict()) for item in response.output]


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_every_way_leads_to_the_same_items(run, client, runmock, sleeps):
    runmock.load({"runmock": 1, "runs": [run] * len(WAYS)})
    responses = [way(client, tools=TOOLS, include=INCLUDED).response for way in WAYS.values()]
    assert [response.status for response in responses] == ["completed"] * len(WAYS)
    assert items(responses[0])
    assert [items(response) for response in responses] == [items(responses[0])] * len(WAYS)


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_what_the_deltas_say_is_in_the_items(run, client, runmock):
    runmock.load({"runmock": 1, "runs": [run]})
    followed = helped(client, tools=TOOLS, include=INCLUDED)
    said = {}
    for event in followed.events:
        if event.type.endswith(".delta"):
            place = (event.output_index, getattr(event, "content_index", getattr(event, "summary_index", 0)))
            said[place] = said.get(place, "") + event.delta
    parts = {
        (index, number): text for index, item in enumerate(followed.response.output) for number, text in texts(item)
    }
    assert said == parts


def texts(item):
    if item.type == "message":
        return enumerate(part.text if part.type == "output_text" else part.refusal for part in item.content)
    if item.type == "reasoning":
        return enumerate(part.text for part in item.summary)
    text = {"function_call": "arguments", "code_interpreter_call": "code"}.get(item.type)
    return [] if text is None else [(0, getattr(item, text))]


def test_a_citation_is_told_where_it_stands(client, runmock):
    runmock.load({"runmock": 1, "runs": [RUNS["citations"]]})
    sent, told = "", []
    for event in iterated(client).events:
        if event.type == "response.output_text.delta":
            sent += event.delta
        if event.type == "response.output_text.annotation.added":
            told.append((sent, event.to_dict()["annotation"]["type"]))
    whole = RUNS["citations"]["reply"]["text"]
    assert told == [("It is here", "file_citation"), (whole, "container_file_citation"), (whole, "url_citation")]


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_canned_response_is_told_like_a_scripted_one(run, client, runmock):
    runmock.load({"runmock": 1, "runs": [run, run]})
    request = {**REQUEST, "tools": TOOLS, "include": INCLUDED}
    whole = client.responses.create(**request).to_dict()
    scripted = iterated(client, tools=TOOLS, include=INCLUDED).events
    runmock.load({"runmock": 1, "runs": [{"json": whole}] * 2})
    assert client.responses.create(**request).to_dict() == whole
    told = helped(client, tools=TOOLS)
    assert items(told.response) == shared(whole["output"])
    usual = [event.type for event in told.events if not event.type.endswith(".delta")]
    assert usual == [event.type for event in scripted if not event.type.endswith(".delta")]


def test_keys_of_a_script_are_in_every_response_object_of_its_run(client, runmock, sleeps):
    given = {"safety_identifier": "ada", "service_tier": "flex", "odd": [1]}
    runmock.load({"runmock": 1, "runs": [{"calls": ["get_weather"], "reply": "Hi", "response": given, "poll": 1}]})
    first = iterated(client, tools=TOOLS)
    snapshots = [event.response.to_dict() for event in first.events if hasattr(event, "response")]
    answers = [
        {"type": "function_call_output", "call_id": item.call_id, "output": "21"} for item in first.response.output
    ]
    more = {"previous_response_id": first.response.id, "background": True}
    second = client.responses.create(model="gpt-4o", input=answers, **more)
    polled = [client.responses.retrieve(second.id).to_dict() for _ in range(3)]
    assert [shown["status"] for shown in polled] == ["queued", "in_progress", "completed"]
    for shown in (*snapshots, second.to_dict(), *polled):
        assert {key: shown[key] for key in given} == given


def test_tokens_are_shared_by_the_responses_of_a_run(client, runmock):
    usage = {
        "prompt_tokens": 11,
        "completion_tokens": 5,
        "prompt_token_details": {"cached_tokens": 3},
        "completion_tokens_details": {"reasoning_tokens": 2},
    }
    runmock.load({"runmock": 1, "runs": [{"calls": ["get_weather"], "reply": "Hi", "usage": usage}]})
    first = client.responses.create(**REQUEST, tools=TOOLS)
    answers = [{"type": "function_call_output", "call_id": item.call_id, "output": "21"} for item in first.output]
    second = client.responses.create(model="gpt-4o", input=answers, previous_response_id=first.id)
    used = [response.usage for response in (first, second)]
    assert [(one.input_tokens, one.output_tokens, one.total_tokens) for one in used] == [(5, 2, 7), (6, 3, 9)]
    assert [one.input_tokens_details.cached_tokens for one in used] == [1, 2]
    assert [one.output_tokens_details.reasoning_tokens for one in used] == [1, 1]
    assert runmock.runs[0].usage["total_tokens"] == 16


def test_a_canned_answer_is_for_the_api_that_it_belongs_to(client, runmock):
    run = {"id": "run_1", "object": "thread.run", "status": "completed"}
    response = {"object": "response", "id": "resp_1", "output": []}
    events = [
        {"response.created": {"response": {"id": "resp_2"}}},
        {"response.completed": {"response": {"id": "resp_2"}}},
    ]
    thread_events = [{"thread.run.created": {"id": "run_2", "status": "queued"}}, "done"]
    runmock.load(
        {"runmock": 1, "runs": [{"json": run}, {"events": thread_events}, {"json": response}, {"events": events}]}
    )
    thread = client.beta.threads.create()
    assert client.responses.create(**REQUEST).id == "resp_1"
    assert client.beta.threads.runs.create(thread.id, assistant_id="asst_1").id == "run_1"
    followed = iterated(client)
    assert [(event.type, event.response.id) for event in followed.events] == [
        ("response.created", "resp_2"),
        ("response.completed", "resp_2"),
    ]
    streamed = client.beta.threads.runs.create(thread.id, assistant_id="asst_1", stream=True)
    assert [event.event for event in streamed] == ["thread.run.created"]
    assert [run.api for run in runmock.runs] == ["responses", "assistants"] * 2
