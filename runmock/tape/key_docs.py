"""Every key of the format in a sentence, with an example: what editors show, and the schema publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Doc(NamedTuple):
    """What a key means, and an example of its value."""

    text: str
    example: Any


_METADATA = Doc("Sixteen pairs of texts at most, as the API has them.", {"customer": "42"})
_MODEL = Doc("The model that runs name; gpt-4o unless it is given.", "gpt-4o-mini")
_TOOL_RESOURCES = Doc("Files and vector stores of the tools.", {"file_search": {"vector_store_ids": ["vs_1"]}})
_PACE = Doc("The delay between the events of a stream; played when a pace is asked for.", "20ms")
_POLL = Doc("What retrieves see before the run comes to rest: 3 is three of each.", ["queued", "in_progress"])
_USAGE = Doc("The tokens that the run reports.", {"prompt_tokens": 120, "completion_tokens": 15})

CONTENT: Mapping[str, Doc] = {
    "reply": Doc("The assistant's message: a text, a list (one delta each), or a mapping.", "It is 21 degrees."),
    "calls": Doc("A round of function calls, for whose outputs the run waits.", [{"get_weather": {"city": "Paris"}}]),
    "outputs": Doc(
        "What must be submitted: in the order of the calls, or by name; literals, /regex/ or any.", ["/21/"]
    ),
    "code_interpreter": Doc(
        "A step of the code interpreter: its input, or a mapping.", {"input": "1 + 1", "logs": "2"}
    ),
    "file_search": Doc("A step of the file search.", {"results": [{"file_name": "a.txt", "text": "Oslo is cold."}]}),
}
"""What may happen in a step, or directly in a run."""

DOCS: Mapping[str, Mapping[str, Doc]] = {
    "File": {
        "runmock": Doc("The version of the format.", 1),
        "recorded": Doc(
            "When, from where and with what it was recorded.",
            {"at": "2026-11-22T10:23:29Z", "upstream": "https://gateway.example/v1", "sdk": "openai 3.57.0"},
        ),
        "defaults": Doc("What holds for every run that does not say otherwise.", {"model": "gpt-4o-mini"}),
        "ids": Doc(
            "lenient: an unknown id comes into being when it is used; strict: it is answered with 404.", "strict"
        ),
        "assistants": Doc("Assistants that exist beforehand.", [{"id": "asst_weather", "tools": ["get_weather"]}]),
        "threads": Doc(
            "Threads that exist beforehand.", [{"id": "thread_old", "messages": [{"role": "user", "content": "Hi"}]}]
        ),
        "runs": Doc("The script: one entry for each request that creates a run.", [{"reply": "Hello Ada!"}]),
        "interactions": Doc(
            "The recording: what went over the wire.",
            [{"request": "POST /threads", "body": {}, "json": {"id": "thread_1", "object": "thread"}}],
        ),
    },
    "Run": {
        **CONTENT,
        "steps": Doc(
            "Several things that happen in one run, in order.", [{"calls": ["get_time"]}, {"reply": "It is late."}]
        ),
        "match": Doc("The run is for the first request that meets this.", {"last_message": "/weather/"}),
        "poll": _POLL,
        "pace": _PACE,
        "usage": _USAGE,
        "model": _MODEL,
        "metadata": _METADATA,
        "run": Doc("Fields of the Run object, as they are.", {"max_prompt_tokens": 500}),
        "fail": Doc("The run fails with this code.", "rate_limit_exceeded"),
        "expire": Doc("The run expires.", True),
        "cancel": Doc("The run is cancelled.", True),
        "incomplete": Doc("The run is cut short, for this reason.", "max_completion_tokens"),
        "stuck": Doc("The run stays in this status for ever.", "in_progress"),
        "http": Doc("The request is refused with this status, before a run exists.", 429),
        "sunset": Doc("The request is answered as the retired service does.", True),
        "error": Doc("The error's code, beside http.", "rate_limit_exceeded"),
        "message": Doc("The error's text, beside fail or http.", "Rate limit reached."),
        "retry_after": Doc("Seconds, or an HTTP date, in the header retry-after; beside http.", 2),
        "times": Doc("How often the request is refused; beside http or sunset.", 2),
        "headers": Doc("Headers of the refusal; beside http.", {"x-should-retry": "false"}),
        "json": Doc("A Run object, served as it is.", {"id": "run_1", "object": "thread.run", "status": "completed"}),
        "events": Doc(
            "Server-sent events, served as they are; each done ends an answer.",
            [{"thread.run.created": {"id": "run_1", "status": "queued"}}, "done"],
        ),
    },
    "Step": CONTENT,
    "Reply": {
        "text": Doc("The text, split into deltas by words.", "It is 21 degrees."),
        "chunks": Doc("The text in pieces: one delta each.", ["It is", " 21", " degrees."]),
        "json": Doc("A value that is written as JSON: structured output.", {"degrees": 21}),
        "annotations": Doc(
            "Citations; where they stand is found by their text.",
            [{"text": "[1]", "file_citation": {"file_id": "file_1"}}],
        ),
    },
    "Call": {
        "name": Doc("The function's name.", "get_weather"),
        "arguments": Doc("A mapping, or a text that is sent as it is.", {"city": "Paris"}),
        "id": Doc("The call's id; call_1, call_2, ... unless it is given.", "call_weather"),
    },
    "CodeInterpreter": {
        "input": Doc("The code.", "print(1 + 1)"),
        "logs": Doc("What it printed.", "2\n"),
        "images": Doc("The ids of files that it made.", ["file_1"]),
    },
    "FileSearch": {"results": Doc("What was found.", [{"file_name": "a.txt", "score": 0.87, "text": "Oslo is cold."}])},
    "FileSearchResult": {
        "file_id": Doc("The file's id.", "file_1"),
        "file_name": Doc("The file's name.", "handbook.pdf"),
        "score": Doc("How well it fits, from 0 to 1.", 0.87),
        "attributes": Doc("Attributes of the file.", {"year": 2026}),
        "content": Doc("What was found in it: a text, or parts.", "Oslo is cold."),
        "text": Doc("What was found in it, as a text.", "Oslo is cold."),
    },
    "Match": {
        "assistant_id": Doc("The assistant's id, or /a regular expression/.", "asst_weather"),
        "model": Doc("The model, or /a regular expression/.", "/^gpt-4o/"),
        "last_message": Doc(
            "The text of the user's last message, or /a regular expression/ that is found in it.", "/weather/i"
        ),
        "instructions": Doc("The instructions of the request or its assistant.", "/brief/"),
        "metadata": Doc("Metadata of the request, as a subset.", {"customer": "42"}),
        "stream": Doc("Whether a stream is asked for.", True),
        "body": Doc("Any fields of the request, as a subset.", {"temperature": 0.5}),
    },
    "Usage": {
        "prompt_tokens": Doc("Tokens of the prompt.", 120),
        "completion_tokens": Doc("Tokens of the completion.", 15),
        "total_tokens": Doc("Their sum, unless it is given.", 135),
    },
    "Defaults": {
        "model": _MODEL,
        "pace": _PACE,
        "poll": _POLL,
        "shapes": Doc(
            "live: objects as the service sent them; reference: as the API reference types them.", "reference"
        ),
        "usage": _USAGE,
        "metadata": _METADATA,
        "clock": Doc("The time at which the session begins.", "2026-01-01T00:00:00Z"),
    },
    "Recorded": {
        "at": Doc("The time from which relative times count.", "2026-11-22T10:23:29Z"),
        "upstream": Doc("The API root.", "https://gateway.example/v1"),
        "sdk": Doc("The SDK that sent the requests.", "openai 3.57.0"),
    },
    "Assistant": {
        "id": Doc("The assistant's id.", "asst_weather"),
        "name": Doc("Its name.", "Weather"),
        "description": Doc("What it is for.", "Knows the weather."),
        "model": _MODEL,
        "instructions": Doc("Its instructions.", "Be brief."),
        "tools": Doc(
            "Its tools: a name (code_interpreter, file_search, else a function's) or the API's object.",
            ["get_weather", "code_interpreter"],
        ),
        "tool_resources": _TOOL_RESOURCES,
        "metadata": _METADATA,
        "temperature": Doc("From 0 to 2.", 0.5),
        "top_p": Doc("From 0 to 1.", 1.0),
        "response_format": Doc("auto, or the API's object.", {"type": "json_object"}),
        "reasoning_effort": Doc("Of reasoning models.", "low"),
        "created_at": Doc("When it was created, in seconds since 1970.", 1795343009),
    },
    "Thread": {
        "id": Doc("The thread's id.", "thread_old"),
        "metadata": _METADATA,
        "tool_resources": _TOOL_RESOURCES,
        "created_at": Doc("When it was created, in seconds since 1970.", 1795343009),
        "messages": Doc("Its messages, the oldest first.", [{"role": "user", "content": "Hi"}]),
    },
    "Message": {
        "role": Doc("Who wrote it.", "user"),
        "content": Doc("A text, or the API's parts.", "How warm is it in Paris?"),
        "id": Doc("The message's id.", "msg_old"),
        "attachments": Doc("Files of the message.", [{"file_id": "file_1", "tools": [{"type": "file_search"}]}]),
        "metadata": _METADATA,
    },
    "Interaction": {
        "request": Doc("Method and path below the API root, with the query.", "POST /threads/thread_1/runs"),
        "body": Doc("The request's JSON; compared by its meaning.", {"assistant_id": "asst_weather", "stream": True}),
        "status": Doc("The answer's status, 200 unless it is given.", 404),
        "headers": Doc("Headers of the answer that matter.", {"retry-after": "2"}),
        "pace": Doc("The tempo of the recorded stream.", {"first": "58ms", "gap": "100ms"}),
        "repeat": Doc("So many polls in a row heard this.", 3),
        "truncated": Doc("The end of the answer was not seen: it plays only with allow_truncated.", True),
        "json": Doc(
            "The answer; 'same: run_1' is the last object of that id with changes, '+3s' a time.",
            {"same": "run_1", "status": "completed", "completed_at": "+3s"},
        ),
        "stream": Doc(
            "The events of the answer, one an item.",
            [
                {"thread.run.created": {"id": "run_1", "status": "queued"}},
                {"thread.message.created": {"id": "msg_1", "role": "assistant"}},
                {"text": ["Hel", "lo"]},
                "done",
            ],
        ),
        "text": Doc("An answer that is no JSON.", "upstream connect error"),
    },
    "Pace": {
        "first": Doc("Before the first event.", "58ms"),
        "gap": Doc("Between events.", "100ms"),
    },
    "StreamItem": {
        "text": Doc("Deltas of the message that was named last: each text is one.", ["It is", " 21."]),
        "arguments": Doc("Deltas of the function call that was named last.", ['{"city"', ':"Paris"}']),
        "code": Doc("Deltas of the code interpreter's input that was named last.", ["1 +", " 1"]),
        "raw": Doc("An event as it was sent, where a name and JSON do not say it.", "event: ping\ndata: x\n\n"),
    },
}
"""By the name of the model, and the key as it is written; `StreamItem`: an item of a recorded stream."""
