"""Every refusal of the service whose text is known, through the SDK: what an application does, and which error it gets.

Two come from a script only, because nothing in a request leads to them: 429 and 500. A wrong key (401) is refused by
`runmock serve --api-key`, and in process where a script says so.
"""

import openai
import pytest
from sdk_ways import ASSISTANT, question

USER = {"role": "user", "content": "Hi"}
TOOLS = [{"type": "function", "function": {"name": "get_weather"}}]
BETA = "Please try again by setting the header 'OpenAI-Beta: assistants=v2'."
SERVER = (
    "The server had an error processing your request. Sorry about that! You can retry your request, or contact us "
    "through our help center at help.openai.com if you keep seeing this error."
)
KEY = "Incorrect API key provided: ****. You can find your API key at https://platform.openai.com/account/api-keys."
TYPES = "'code_interpreter', 'function', and 'file_search'"


class Scene:
    """A thread with a question, and on it a run that waits for the output of its call."""

    def __init__(self, client):
        self.client, self.threads = client, client.beta.threads
        self.thread = self.threads.create(**question()).id
        self.run = self.threads.runs.create_and_poll(thread_id=self.thread, assistant_id=ASSISTANT, tools=TOOLS).id

    def submits(self, *call_ids):
        outputs = [{"tool_call_id": call_id, "output": "21"} for call_id in call_ids]
        return self.threads.runs.submit_tool_outputs(run_id=self.run, thread_id=self.thread, tool_outputs=outputs)

    def creates(self, **options):
        return self.threads.create_and_run(assistant_id=ASSISTANT, **options)

    def asks_raw(self, path, body):
        headers = {"OpenAI-Beta": "assistants=v2"}
        return self.client.post(path, cast_to=object, body=body, options={"headers": headers})

    def empty_run(self):
        made = self.client.beta.assistants.create(model="gpt-4o")
        return self.threads.create_and_run(assistant_id=made.id)

    def message(self, **options):
        return self.threads.create(messages=[USER | options])


def attached(**options):
    return {"attachments": [options]}


def invalid(param, code):
    return 400, "invalid_request_error", param, code


STATE, ABSENT = invalid(None, None), (404, "invalid_request_error", None, None)
FILE = "Invalid 'messages[0].attachments[0].file_id': 'F0BG'. Expected an ID that begins with 'file'."
SERVICE = {
    "an unknown run step": (
        lambda s: s.threads.runs.steps.retrieve("step_123", run_id=s.run, thread_id=s.thread),
        "No run step found with id 'step_123'.",
        ABSENT,
    ),
    "an unknown run": (
        lambda s: s.threads.runs.retrieve("run_9", thread_id=s.thread),
        "No run found with id 'run_9'.",
        ABSENT,
    ),
    "an unknown message": (
        lambda s: s.threads.messages.retrieve("msg_9", thread_id=s.thread),
        "No message found with id 'msg_9'.",
        ABSENT,
    ),
    "a thread that was deleted": (
        lambda s: (s.threads.delete(s.thread), s.threads.retrieve(s.thread)),
        "No thread found with id 'THREAD'.",
        ABSENT,
    ),
    "an assistant that was deleted": (
        lambda s: (s.client.beta.assistants.delete(ASSISTANT), s.client.beta.assistants.retrieve(ASSISTANT)),
        f"No assistant found with id '{ASSISTANT}'.",
        ABSENT,
    ),
    "a thread's id that is none": (
        lambda s: s.threads.messages.list("undefined"),
        "Invalid 'thread_id': 'undefined'. Expected an ID that begins with 'thread'.",
        invalid("thread_id", "invalid_value"),
    ),
    "a file's id that is none": (
        lambda s: s.message(**attached(file_id="F0BG", tools=[{"type": "file_search"}])),
        FILE,
        invalid("messages[0].attachments[0].file_id", "invalid_value"),
    ),
    "an attachment without tools": (
        lambda s: s.message(**attached(file_id="file-1")),
        "Missing required parameter: 'messages[0].attachments[0].tools'.",
        invalid("messages[0].attachments[0].tools", "missing_required_parameter"),
    ),
    "a tool of v1": (
        lambda s: s.client.beta.assistants.create(model="gpt-4o", tools=[{"type": "retrieval"}]),
        f"Invalid value: 'retrieval'. Supported values are: {TYPES}.",
        invalid("tools[0].type", "invalid_value"),
    ),
    "no assistant": (
        lambda s: s.asks_raw("/threads/runs", {}),
        "Missing required parameter: 'assistant_id'.",
        invalid("assistant_id", "missing_required_parameter"),
    ),
    "an empty id of an assistant": (
        lambda s: s.threads.create_and_run(assistant_id=""),
        "Invalid 'assistant_id': ''. Expected an ID that begins with 'asst'.",
        invalid("assistant_id", "invalid_value"),
    ),
    "a second run": (
        lambda s: s.threads.runs.create(s.thread, assistant_id=ASSISTANT),
        "Thread THREAD already has an active run RUN.",
        STATE,
    ),
    "a message meanwhile": (
        lambda s: s.threads.messages.create(s.thread, **USER),
        "Can't add messages to THREAD while a run RUN is active.",
        STATE,
    ),
    "outputs twice": (
        lambda s: (s.submits("call_1"), s.submits("call_1")),
        'Runs in status "queued" do not accept tool outputs.',
        STATE,
    ),
    "outputs at the end": (
        lambda s: (s.submits("call_1"), s.threads.runs.poll(s.run, thread_id=s.thread), s.submits("call_1")),
        'Runs in status "completed" do not accept tool outputs.',
        STATE,
    ),
    "other outputs": (
        lambda s: s.submits("call_2"),
        "Expected tool outputs for call_ids ['call_1'], got ['call_2']",
        STATE,
    ),
    "a cancel too late": (
        lambda s: (
            s.submits("call_1"),
            s.threads.runs.poll(s.run, thread_id=s.thread),
            s.threads.runs.cancel(s.run, thread_id=s.thread),
        ),
        "Cannot cancel run with status 'completed'.",
        STATE,
    ),
    "a run modified at work": (
        lambda s: (s.submits("call_1"), s.threads.runs.update(s.run, thread_id=s.thread, metadata={"a": "b"})),
        "Cannot update run with status 'queued'.",
        STATE,
    ),
    "nothing to answer": (
        lambda s: s.empty_run(),
        "Run creation requires a Thread with a user message or an assistant with instructions.",
        invalid(None, "invalid_thread"),
    ),
    "metadata that are no texts": (
        lambda s: s.threads.create(metadata={"modified": True}),
        "Invalid type for 'metadata.modified': expected a string, but got a boolean instead.",
        invalid("metadata.modified", "invalid_type"),
    ),
    "too much metadata": (
        lambda s: s.threads.create(metadata={str(number): "x" for number in range(17)}),
        (
            "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object "
            "with 17 properties instead."
        ),
        invalid("metadata", "object_above_max_properties"),
    ),
    "long metadata": (
        lambda s: s.threads.create(metadata={"K": "x" * 695}),
        (
            "Invalid 'metadata.K': string too long. Expected a string with maximum length 512, but got a string with "
            "length 695 instead."
        ),
        invalid("metadata.K", "string_above_max_length"),
    ),
    "temperature": (
        lambda s: s.creates(temperature=200),
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 200 instead.",
        invalid("temperature", "decimal_above_max_value"),
    ),
    "too many tools": (
        lambda s: s.creates(tools=TOOLS * 150),
        (
            "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 150 "
            "instead."
        ),
        invalid("tools", "array_above_max_length"),
    ),
    "the name of a tool": (
        lambda s: s.creates(tools=[{"type": "function", "function": {"name": "get weather"}}]),
        (
            "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern "
            "'^[a-zA-Z0-9_-]+$'."
        ),
        invalid("tools[0].function.name", "invalid_value"),
    ),
    "an empty thread id in the path": (
        lambda s: s.asks_raw("/threads/messages", USER),
        "Unknown parameter: 'role'.",
        invalid("role", "unknown_parameter"),
    ),
    "no beta header": (
        lambda s: s.threads.create(extra_headers={"OpenAI-Beta": openai.Omit()}),
        f"You must provide the 'OpenAI-Beta' header to access the Assistants API. {BETA}",
        invalid(None, "invalid_beta"),
    ),
    "an old beta header": (
        lambda s: s.threads.create(extra_headers={"OpenAI-Beta": "assistants=v1"}),
        (
            f"The v1 Assistants API has been deprecated. {BETA} See the migration guide for more information: "
            "https://platform.openai.com/docs/assistants/migration."
        ),
        invalid(None, "invalid_beta"),
    ),
    "a model": (
        lambda s: s.creates(model="gpt-5-mini"),
        "The requested model 'gpt-5-mini' cannot be used with the Assistants API.",
        invalid("model", "unsupported_model"),
    ),
}
"""What is done, the text, and status, type, `param` and `code`."""


@pytest.mark.runmock(allow_unplayed=True)
@pytest.mark.parametrize("what", SERVICE)
def test_what_the_service_refuses_by_itself(runmock, client, what):
    does, text, (status, kind, param, code) = SERVICE[what]
    runmock.calls(get_weather={}).reply("Warm.")
    scene = Scene(client)
    with pytest.raises(openai.APIStatusError) as raised:
        does(scene)
    error = raised.value
    text = text.replace("THREAD", scene.thread).replace("RUN", scene.run)
    assert (error.status_code, error.type, error.param, error.code) == (status, kind, param, code)
    assert error.body == {"message": text, "type": kind, "param": param, "code": code}


SCRIPTED = {
    401: (KEY, "invalid_request_error", "invalid_api_key"),
    429: (
        "You've exceeded the rate limit, please slow down and try again later.",
        "invalid_request_error",
        "rate_limit_exceeded",
    ),
    500: (SERVER, "server_error", None),
}


@pytest.mark.parametrize("status", SCRIPTED)
def test_what_it_refuses_where_a_script_says_so(runmock, client, sleeps, status):
    text, kind, code = SCRIPTED[status]
    runmock.http(status, times=1 if status == 401 else 3)
    with pytest.raises(openai.APIStatusError) as raised:
        client.beta.threads.create_and_run(assistant_id=ASSISTANT)
    assert raised.value.status_code == status
    assert raised.value.body == {"message": text, "type": kind, "param": None, "code": code}
