"""Every key of the format in one sentence, with examples: what an editor shows beside it.

A test ensures that every key has an entry, that every entry has a key, and that every example can be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.tape.format.model import KeyDoc
from runmock.tape.format.model_content import (
    CallModel,
    CodeInterpreterModel,
    ContentModel,
    FileSearchModel,
    FileSearchResultModel,
)
from runmock.tape.format.model_file import (
    AssistantModel,
    Defaults,
    File,
    InteractionModel,
    PaceModel,
    RecordedModel,
    ThreadModel,
)
from runmock.tape.format.model_run import MatchModel, RunModel, UsageModel
from runmock.tape.schema.fault_docs import FAULT_DOCS
from runmock.tape.schema.file_docs import FILE_DOCS
from runmock.tape.schema.message_docs import MESSAGE_DOCS, TEXT_PART

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.tape.format.model import Model


FUNCTION = {"type": "function", "function": {"name": "get_weather"}}
STORES = {"file_search": {"vector_store_ids": ["vs_1"]}}
USAGE = {"prompt_tokens": 20, "completion_tokens": 4}

KEY_DOCS: Mapping[type[Model], Mapping[str, KeyDoc]] = {
    **FAULT_DOCS,
    **FILE_DOCS,
    **MESSAGE_DOCS,
    File: {
        "runmock": KeyDoc("The version of the format; every cassette begins with this key.", [1]),
        "recorded": KeyDoc(
            "When, from where and with what the interactions were recorded.",
            [{"at": "2026-11-22T10:23:29Z", "upstream": "https://gateway.example/v1"}],
        ),
        "defaults": KeyDoc("Values for every run that has none of its own.", [{"model": "gpt-4o", "poll": 1}]),
        "ids": KeyDoc(
            "lenient (the default): an unknown assistant, thread or vector store is created when it is first used; "
            "strict: it gets the service's 404. strict also refuses unknown files in requests.",
            ["strict"],
        ),
        "assistants": KeyDoc("Assistants that exist beforehand.", [[{"id": "asst_1", "tools": ["get_weather"]}]]),
        "threads": KeyDoc("Threads that exist beforehand.", [[{"id": "thread_1"}]]),
        "files": KeyDoc(
            "Files that exist beforehand.", [[{"id": "file-report", "filename": "report.txt", "text": "Warm."}]]
        ),
        "vector_stores": KeyDoc("Vector stores that exist beforehand.", [[{"id": "vs_handbook", "name": "Handbook"}]]),
        "processing": KeyDoc(
            "What becomes of files in vector stores: the first entry that fits. Without one, the first look at a file "
            "finds it done.",
            [[{"filename": "/broken/", "fail": "invalid_file"}, {"poll": 2}]],
        ),
        "runs": KeyDoc(
            "The script: one entry for each request that creates a run, used in order, or where its 'match' fits.",
            [[{"reply": "Hello Ada!"}]],
        ),
        "interactions": KeyDoc(
            "The recording: requests and their answers, as they were sent.",
            [[{"request": "POST /threads", "body": {}, "json": {"id": "thread_1", "object": "thread"}}]],
        ),
    },
    RecordedModel: {
        "at": KeyDoc("When the cassette was recorded, by the client's clock.", ["2026-11-22T10:23:29Z", 1795343009]),
        "from": KeyDoc(
            "The first time in upstream's answers: times such as +2s count from it. Without it they count from 'at'.",
            ["2026-11-22T10:23:27Z", 1795343007],
        ),
        "upstream": KeyDoc("The API root to which the requests went.", ["https://gateway.example/v1"]),
        "sdk": KeyDoc("The SDK that sent the requests, and its version.", ["openai 3.54.0"]),
    },
    Defaults: {
        "model": KeyDoc("The model of runs whose request names none.", ["gpt-4o"]),
        "pace": KeyDoc("The delay between the events of a stream, when pace is asked for.", ["20ms", "1.5s", 0]),
        "poll": KeyDoc(
            "The statuses that polls get before a run stops; 'poll' of a run describes it.",
            [3, ["queued", "in_progress"]],
        ),
        "advance": KeyDoc(
            "polls: only polls move a run on. If it is left out, reading messages or steps moves it on, too.",
            ["polls"],
        ),
        "shapes": KeyDoc(
            "live (the default): objects as the service sent them; reference: as the API reference types them.",
            ["reference"],
        ),
        "usage": KeyDoc("The usage of tokens in completed runs.", [USAGE]),
        "metadata": KeyDoc("Metadata of every run; a run's own are added.", [{"tenant": "acme"}]),
        "clock": KeyDoc("The time at which a session begins.", ["2026-01-01T00:00:00Z", 1767225600]),
        "downloads": KeyDoc(
            "all: every file can be downloaded. Else those for assistants and of users cannot, as at the service.",
            ["all"],
        ),
    },
    AssistantModel: {
        "id": KeyDoc("The assistant's id, as requests name it.", ["asst_1"]),
        "name": KeyDoc("The assistant's name.", ["Weather"]),
        "description": KeyDoc("The assistant's description.", ["Tells the weather."]),
        "model": KeyDoc("The assistant's model, for runs whose request names none.", ["gpt-4o"]),
        "instructions": KeyDoc("The assistant's instructions.", ["Be brief."]),
        "tools": KeyDoc(
            "The assistant's tools: a built-in tool or a function by name, or as the API has it.",
            [["code_interpreter", "get_weather"], [FUNCTION]],
        ),
        "tool_resources": KeyDoc("What the assistant's tools may use.", [STORES]),
        "metadata": KeyDoc("The assistant's metadata; values are texts.", [{"team": "weather"}]),
        "temperature": KeyDoc("The assistant's temperature.", [1.0]),
        "top_p": KeyDoc("The assistant's nucleus sampling.", [0.9]),
        "response_format": KeyDoc("The assistant's response format.", ["auto", {"type": "json_object"}]),
        "reasoning_effort": KeyDoc("The assistant's reasoning effort.", ["low"]),
        "created_at": KeyDoc("When the assistant was created, in seconds since 1970.", [1767225600]),
    },
    ThreadModel: {
        "id": KeyDoc("The thread's id, as requests name it.", ["thread_1"]),
        "metadata": KeyDoc("The thread's metadata; values are texts.", [{"user": "Ada"}]),
        "tool_resources": KeyDoc("What tools may use on the thread.", [STORES]),
        "created_at": KeyDoc("When the thread was created, in seconds since 1970.", [1767225600]),
        "messages": KeyDoc("The thread's messages, oldest first.", [[{"role": "user", "content": "How warm is it?"}]]),
    },
    ContentModel: {
        "reasoning": KeyDoc(
            "What the model thinks before it answers or calls, on the Responses API: a summary, or a list of them. "
            "Assistants show nothing of it.",
            ["The user wants a number.", []],
        ),
        "reply": KeyDoc(
            "The assistant's message: a text, or a list that fixes the split into deltas and may have images among its "
            "texts, or 'json', or a text with 'annotations' or 'images'. $last_message, $outputs.NAME and "
            "$metadata.KEY are filled in; $$ is a dollar sign.",
            ["Hello Ada!", ["Hel", "lo"], [{"image_file": "file-1"}, "Here it is."], {"json": {"degrees": 21}}],
        ),
        "refusal": KeyDoc(
            "The model refuses: its message has these words as a refusal, in the place of a reply.",
            ["I can't help with that.", ["I can't", " help."]],
        ),
        "calls": KeyDoc(
            "A round of function calls, parallel when several; the run waits until their outputs are submitted.",
            [[{"get_weather": {"city": "Paris"}}], "get_time", [{"name": "get_weather", "arguments": '{"broken'}]],
        ),
        "outputs": KeyDoc(
            "The outputs that must be submitted for the calls: a list in their order, or a mapping by name; literals, "
            "/regex/ or any.",
            [["/21/"], ["any"], {"get_weather": "21"}],
        ),
        "unoffered": KeyDoc(
            "true: the model calls a tool that was not offered, under any name; else that is an error of the script.",
            [True],
        ),
        "code_interpreter": KeyDoc(
            "A step of the code interpreter: its input, or input, logs and images.",
            ["print(6 * 7)", {"input": "print(6 * 7)", "logs": "42\n"}],
        ),
        "file_search": KeyDoc("A step of the file search.", [{"results": [{"text": "30 days of leave a year."}]}]),
    },
    RunModel: {
        "steps": KeyDoc(
            "Several things in sequence inside one run, each a reply, refusal, calls, code_interpreter or file_search.",
            [[{"calls": [{"get_weather": {"city": "Paris"}}]}, {"reply": "It is $outputs.get_weather degrees."}]],
        ),
        "match": KeyDoc(
            "The run answers the first request that has all of these values.", [{"last_message": "/Paris/"}]
        ),
        "poll": KeyDoc(
            "The statuses that polls get before the run stops: a list, or how many times queued and then "
            "in_progress; 1 if it is left out. A poll is a request that retrieves or lists runs, or one that is "
            "refused because the run is active.",
            [3, ["queued", "in_progress"]],
        ),
        "pace": KeyDoc("The delay between the events of the stream, when pace is asked for.", ["20ms", "1.5s", 0]),
        "usage": KeyDoc("The usage of tokens in the run when it is completed.", [USAGE]),
        "model": KeyDoc("The run's model, whatever the request names.", ["gpt-4o"]),
        "metadata": KeyDoc("Metadata of the run; values are texts.", [{"user": "Ada"}]),
        "run": KeyDoc("Fields of the Run object that have no key of their own.", [{"temperature": 0.2}]),
        "response": KeyDoc(
            "Fields of every Response object of the run, on the Responses API.", [{"service_tier": "flex"}]
        ),
        "sunset": KeyDoc("The request is refused as the retired service does.", [True]),
        "json": KeyDoc(
            "A canned Run object, served as it is; with 'object: response' a Response object, for the Responses API.",
            [{"id": "run_1", "status": "queued"}],
        ),
        "events": KeyDoc(
            "Server-sent events, served as they are; each 'done' ends an answer, the rest goes to the next submit. A "
            "name may be one that the API does not have yet. Names that begin with 'response.' are for the Responses "
            "API, others for Assistants.",
            [[{"thread.run.created": {"id": "run_1", "status": "queued"}}, "done"]],
        ),
    },
    CallModel: {
        "name": KeyDoc("The function's name.", ["get_weather"]),
        "arguments": KeyDoc("A mapping, or a text that is sent as it is.", [{"city": "Paris"}, '{"broken']),
        "id": KeyDoc("The call's id; call_1, call_2 and so on if it is left out.", ["call_abc123"]),
    },
    CodeInterpreterModel: {
        "input": KeyDoc("The code that ran.", ["print(6 * 7)"]),
        "logs": KeyDoc("What the code printed.", ["42\n"]),
        "images": KeyDoc("The ids of the image files that the code made.", [["file-1"]]),
    },
    FileSearchModel: {
        "results": KeyDoc("What was found, the best first.", [[{"file_name": "a.pdf", "text": "30 days of leave."}]]),
    },
    FileSearchResultModel: {
        "file_id": KeyDoc("The file's id.", ["file-1"]),
        "file_name": KeyDoc("The file's name.", ["handbook.pdf"]),
        "score": KeyDoc("How well the file fits the query, from 0 to 1.", [0.87]),
        "attributes": KeyDoc("The file's attributes.", [{"year": 2026}]),
        "content": KeyDoc("What was found as the API has it, or a text.", [[TEXT_PART], "30 days of leave."]),
        "text": KeyDoc("What was found; short for 'content'.", ["30 days of leave."]),
    },
    MatchModel: {
        "api": KeyDoc("The API of the request; without it, a run answers whichever API asks.", ["responses"]),
        "assistant_id": KeyDoc("The assistant's id: literal, or a /regex/.", ["asst_1", "/^asst_/"]),
        "model": KeyDoc("The model that the request names: literal, or a /regex/.", ["/^gpt-4/"]),
        "last_message": KeyDoc("The text of the newest message: literal, or a /regex/.", ["/paris/i", "Hi"]),
        "instructions": KeyDoc("The instructions in the request: literal, or a /regex/.", ["/brief/"]),
        "metadata": KeyDoc("The metadata in the request, or some of them.", [{"user": "/Ada/"}]),
        "stream": KeyDoc("Whether the request asks for a stream.", [True]),
        "body": KeyDoc("Any part of the request's body, as a subset.", [{"temperature": 0.2}]),
    },
    UsageModel: {
        "prompt_tokens": KeyDoc("Tokens of the prompt.", [20]),
        "completion_tokens": KeyDoc("Tokens of the answer.", [4]),
        "total_tokens": KeyDoc("All tokens; the sum if it is left out.", [24]),
    },
    InteractionModel: {
        "request": KeyDoc("Method and path below the API root, with the query if there is one.", ["POST /threads"]),
        "body": KeyDoc(
            "The request's body; it is compared by its meaning. '{multipart: any}' stands for every upload, "
            "'input_of: resp_1' in the input of a response for the input that resp_1 answered.",
            [{"assistant_id": "asst_1"}, {"multipart": "any"}],
        ),
        "status": KeyDoc("The answer's HTTP status; 200 if it is left out.", [429]),
        "headers": KeyDoc("The answer's headers that matter.", [{"retry-after": 2}]),
        "pace": KeyDoc("The tempo of the stream, when pace is asked for.", [{"first": "58ms", "gap": "100ms"}]),
        "repeat": KeyDoc("How many times in a row the same was answered.", [3]),
        "numbered": KeyDoc("false: the events of the stream have no numbers, where those of its API have.", [False]),
        "truncated": KeyDoc("The stream was recorded without its end; it plays only when that is allowed.", [True]),
        "json": KeyDoc(
            "The answer's JSON. 'same: run_1' is the last object of that id with the keys beside it changed, +2s a "
            "time after 'recorded.from'.",
            [{"id": "thread_1", "object": "thread", "created_at": "+0s"}],
        ),
        "stream": KeyDoc(
            "The answer's server-sent events, one a line.",
            [[{"thread.run.created": {"id": "run_1", "status": "queued"}}, "done"]],
        ),
        "text": KeyDoc("The answer's text, when it is neither JSON nor a stream.", ["Bad gateway"]),
        "base64": KeyDoc("The answer's bytes, when they are no text; up to 16 KiB are written so.", ["iVBORw0KGgo="]),
        "path": KeyDoc("The file that has them, from the cassette's folder on.", ["weather.files/0123456789ab.png"]),
        "size": KeyDoc("How many bytes the file has; without 'path', how many were not kept.", [20480]),
        "sha256": KeyDoc("The digest of those bytes.", ["0123456789abcdef" * 4]),
    },
    PaceModel: {
        "first": KeyDoc("How long the first event took.", ["58ms"]),
        "gap": KeyDoc("How long each other event took.", ["100ms"]),
    },
}
"""What each key means, by the model that has it."""

ITEM_DOCS: Mapping[str, KeyDoc] = {
    "text": KeyDoc("Deltas of the message, or of its part, that was named last.", [["Hel", "lo"]]),
    "arguments": KeyDoc("Deltas of the function call that was named last.", [['{"city":', '"Paris"}']]),
    "code": KeyDoc("Deltas of the code interpreter's input that was named last.", [["print(", "6 * 7)"]]),
    "raw": KeyDoc("An event as it was sent, blank line included.", ["event: x\ndata: not JSON\n\n"]),
}
"""Keys in a recorded stream that are not the name of an event with its payload."""

DONE_DOC = KeyDoc("The end of the stream; nameless where it was sent as 'data: [DONE]', without a name.", ["nameless"])
"""The long form of `done` in a recorded stream."""

PAYLOAD_DOCS: Mapping[str, KeyDoc] = {
    "same": KeyDoc("This is the last object of this id, with the keys beside it changed.", ["run_1"]),
    "drop": KeyDoc("Keys that the object no longer has, beside 'same'.", [["usage"]]),
}
"""Keys with a meaning in recorded objects."""
