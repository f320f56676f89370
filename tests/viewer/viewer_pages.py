"""Recordings and tests for pages: of each there is something to find."""

POLLED = """
runmock: 1
recorded: {at: 2026-11-22T10:23:29Z, from: 2026-11-22T10:23:27Z}
interactions:
- request: POST /threads
  body: {messages: [{role: user, content: Summarize it}]}
  json: {id: thread_1, object: thread, created_at: +0s}
- request: POST /threads/thread_1/runs
  body: {assistant_id: asst_1}
  json: {id: run_1, object: thread.run, thread_id: thread_1, assistant_id: asst_1, created_at: +0s, status: queued}
- request: GET /threads/thread_1/runs/run_1
  json: {same: run_1, created_at: +0s, status: queued}
- request: GET /threads/thread_1/runs/run_1
  json: {same: run_1, status: in_progress, started_at: +1s}
- request: GET /threads/thread_1/runs/run_1
  json: {same: run_1, status: completed, completed_at: +4s}
- request: GET /threads/thread_1/messages
  json:
    object: list
    data:
    - {id: msg_2, object: thread.message, created_at: +4s, role: assistant, run_id: run_1, content: [{type: text, text: {value: Done., annotations: []}}]}
    - {id: msg_1, object: thread.message, created_at: +0s, role: user, run_id: null, content: [{type: text, text: {value: Summarize it, annotations: []}}]}
"""
"""One run that was polled three times."""


STREAMED = """\
- request: POST /threads
  body: {messages: [{role: user, content: "QUESTION"}]}
  json: {id: thread_N, object: thread}
- request: POST /threads/thread_N/runs
  body: {assistant_id: asst_1, stream: true, instructions: "Answer question N."}
  pace: {first: 50ms, gap: GAP}
  stream:
  - thread.run.created: {id: run_N, object: thread.run, thread_id: thread_N, assistant_id: asst_1, status: queued}
  - thread.run.in_progress: {same: run_N, status: in_progress}
  - thread.message.created: {id: msg_N, object: thread.message, thread_id: thread_N, run_id: run_N, role: assistant, content: []}
  - text: [One, " two", " three."]
  - thread.message.completed: {same: msg_N, content: [{type: text, text: {value: One two three., annotations: []}}]}
  - thread.run.completed: {same: run_N, status: completed}
  - done
"""


def run(number, question, gap="100ms"):
    """The interactions of one streamed run in a thread of its own."""
    return (
        STREAMED.replace("_N", f"_{number}")
        .replace(" N.", f" {number}.")
        .replace("QUESTION", question)
        .replace("GAP", gap)
    )


def recording(*runs):
    return "\n".join(["runmock: 1", "recorded: {at: 2026-11-22T10:23:29Z}", "interactions:", *runs]) + "\n"


TWO_RUNS = recording(run(1, "A short one"), run(2, "A long one", gap="400ms"), run(3, "Another short one"))
"""Three runs, of which the second takes four times as long."""

UNANSWERED = """
runmock: 1
recorded: {at: 2026-11-22T10:23:29Z}
interactions:
- request: POST /threads
  body: {messages: [{role: user, content: Hello}]}
  json: {id: thread_1, object: thread}
- request: POST /threads/thread_1/runs
  body: {assistant_id: asst_1, stream: true}
  stream:
  - thread.run.created: {id: run_1, object: thread.run, thread_id: thread_1, assistant_id: asst_1, status: queued}
  - thread.run.completed: {same: run_1, status: completed}
  - done
- request: POST /threads
  body: {messages: [{role: user, content: How warm is it in Oslo?}]}
  json: {id: thread_2, object: thread}
- request: POST /threads/thread_2/runs
  body: {assistant_id: asst_1}
  json:
    id: run_2
    object: thread.run
    thread_id: thread_2
    assistant_id: asst_1
    status: requires_action
    required_action: {type: submit_tool_outputs, submit_tool_outputs: {tool_calls: [{id: call_1, type: function, function: {name: get_weather, arguments: '{"city":"Oslo"}'}}]}}
"""
"""A run whose call was never answered, behind one that is fine."""

SUITE = '''
import openai, pytest

TOOLS = [{"type": "function", "name": "get_weather", "parameters": {}}]


def ask(text, **more):
    client = openai.OpenAI(api_key="sk-test", max_retries=0)
    return client.responses.create(model="gpt-4o", input=text, **more)


@pytest.mark.runmock("weather.yaml")
def test_weather():
    assert ask("How warm is it?").output_text == "It is **warm**."


@pytest.mark.runmock(script="""
runmock: 1
runs:
- match: {last_message: /Rome/}
  reply: Roma
""")
def test_capital():
    ask("What is the capital of Oslo?")


def test_refused(runmock):
    runmock.http(429, error="rate_limit_exceeded", message="Too many requests, wait a little")
    ask("Hello")


def test_tools(runmock):
    runmock.calls(get_weather={"city": "Paris"}).reply("It is 21.")
    first = ask("Hello", tools=TOOLS)
    output = {"type": "function_call_output", "call_id": first.output[0].call_id, "output": "21"}
    assert ask([output], previous_response_id=first.id, tools=TOOLS).output_text == "It is 21."


def test_streamed(runmock):
    runmock.reply("One two three.")
    assert "".join(event.delta for event in ask("Count", stream=True) if event.type.endswith("text.delta"))


def test_left(runmock):
    runmock.reply("one")
    runmock.reply("two")
    ask("1")


@pytest.mark.parametrize("number", range(12))
def test_many(runmock, number):
    runmock.reply(f"answer {number}")
    ask(f"question {number}")
'''
"""A suite of which three tests fail: a miss, a refusal, a reply that was not played."""
