"""A conversation with the Responses API: send requests, get its answers; then what it has left.

`Responses` is the backend alone; nothing checks requests, waits, or goes over a wire.
"""

import json
from urllib.parse import parse_qs

from runmock.apis.responses.api import RESPONSES
from runmock.apis.responses.backend import ResponsesBackend
from runmock.core.api import Incoming
from runmock.core.engine.stage import Stage
from runmock.core.http.exchange import Request
from runmock.core.http.sse import EventDecoder
from runmock.tape.reading.cassette import cassette_from

WEATHER = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
TOOLS = [WEATHER, {"type": "code_interpreter"}, {"type": "file_search"}]


class Responses:
    """The backend with the scripts of some cassettes, as YAML texts; or, with `is_stock`, with none at all."""

    def __init__(self, *cassettes, is_stock=False, host="api.openai.com"):
        self.host = host
        self.stage = Stage(is_stock=is_stock)
        self.backend = ResponsesBackend(self.stage)
        for cassette in cassettes:
            script = cassette_from(cassette).script
            self.stage.add(script)
            self.backend.add(script)
        self.status = None

    def replies(self, method, path, body=None, headers=()):
        """The answer as the backend gives it."""
        path, _, query = path.partition("?")
        operation = RESPONSES.identify(method, f"/v1{path}")
        values = {name: tuple(found) for name, found in parse_qs(query).items()}
        sent = Request(method, self.host, f"/v1{path}", values, dict(headers))
        reply = self.backend.answer(Incoming(sent, operation, body))
        self.status = reply.status
        return reply

    def asks(self, method, path, body=None):
        """The answer's JSON."""
        return json.loads(self.replies(method, path, body).body())

    def creates(self, question="Hi", **options):
        """A response to a question; `tools` are those that scripts use."""
        return self.asks("POST", "/responses", {"model": "gpt-4o", "input": question, "tools": TOOLS, **options})

    def streams(self, question="Hi", **options):
        """The events of a response, as (name, data)."""
        body = {"model": "gpt-4o", "input": question, "tools": TOOLS, "stream": True, **options}
        return events(self.replies("POST", "/responses", body).frames)

    def continues(self, response, *outputs, **options):
        """The response after outputs for the calls of another one, in order."""
        return self.creates(answers(response, *outputs), previous_response_id=response["id"], **options)

    def refused(self, method, path, body=None):
        """The refusal as its status and its error."""
        error = self.asks(method, path, body)["error"]
        return self.status, error["message"], error["param"], error["code"]

    @property
    def left(self):
        """How many scripted runs no request has used."""
        return len(self.stage.playlist.leftovers())


def events(frames):
    """The events in the frames of a stream, as (name, data)."""
    decoder = EventDecoder()
    found = [(event.name, event.json()) for frame in frames for event in decoder.feed(frame.data)]
    assert not decoder.rest
    return found


def calls_of(response):
    """The function calls of a response."""
    return [item for item in response["output"] if item["type"] == "function_call"]


def answers(response, *outputs):
    """The items with outputs for a response's calls, in order."""
    return [
        {"type": "function_call_output", "call_id": call["call_id"], "output": output}
        for call, output in zip(calls_of(response), outputs, strict=True)
    ]


def text_of(response):
    """The text of the messages of a response."""
    parts = [part for item in response["output"] if item["type"] == "message" for part in item["content"]]
    return "".join(part.get("text", part.get("refusal", "")) for part in parts)


def kinds(found):
    """The names of events, each once where it repeats, without `response.`, as one text."""
    names = [name.removeprefix("response.") for name, _ in found]
    return " ".join(name for number, name in enumerate(names) if number == 0 or names[number - 1] != name)
