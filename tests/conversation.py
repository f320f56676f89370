"""A conversation with the service: send requests, get its answers; then what it has left.

`Service` is the backend alone; nothing checks requests, waits, or goes over a wire.
"""

import itertools
import json
from urllib.parse import parse_qs

from runmock.apis.assistants.api import ASSISTANTS
from runmock.apis.assistants.backend import AssistantsBackend
from runmock.apis.service.call import Call
from runmock.apis.service.provider import Provider
from runmock.core.engine.stage import Stage
from runmock.core.http.sse import EventDecoder
from runmock.tape.reading.cassette import cassette_from

THREAD = "/threads/thread_1"
RUNS = f"{THREAD}/runs"
MESSAGES = f"{THREAD}/messages"
ASSISTANT = {"assistant_id": "asst_1"}
AT_REST = ("completed", "failed", "cancelled", "expired", "incomplete", "requires_action")

SHORT = {"thread.run.step.": "S.", "thread.run.": "R.", "thread.message.": "M."}


class Service:
    """The backend with the scripts of some cassettes, as YAML texts; or, with `is_stock`, with none at all."""

    def __init__(self, *cassettes, is_stock=False, provider=Provider.OPENAI):
        self.stage = Stage(is_stock=is_stock)
        self.backend = AssistantsBackend(self.stage)
        self.provider = provider
        for cassette in cassettes:
            script = cassette_from(cassette).script
            self.stage.add(script)
            self.backend.add(script)
        self.status = None
        self.headers = {}

    def replies(self, method, path, body=None):
        """The answer as the backend gives it."""
        path, _, query = path.partition("?")
        operation = ASSISTANTS.identify(method, path)
        query_values = {name: tuple(values) for name, values in parse_qs(query).items()}
        reply = self.backend.perform(
            Call(operation.name, operation.ids, operation.path, body or {}, query_values, self.provider)
        )
        self.status, self.headers = reply.status, dict(reply.headers)
        return reply

    def opens(self, method, path, body=None):
        """The answer's body, still to be read."""
        return Stream(self.replies(method, path, body).frames)

    def asks(self, method, path, body=None):
        """The answer: JSON, or for a stream its events as (name, data)."""
        answer = self.opens(method, path, body)
        if self.headers["content-type"].startswith("text/event-stream"):
            return answer.rest()
        return json.loads(answer.text())

    def refused(self, method, path, body=None):
        """The refusal as its status and its message."""
        message = self.asks(method, path, body)["error"]["message"]
        return self.status, message

    def creates(self, path=RUNS, **options):
        """A new run, by default on thread_1; or its events, with `stream=True`."""
        return self.asks("POST", path, {**ASSISTANT, **options})

    def polls(self, run, times=1):
        """The statuses that so many retrieves return, as one text."""
        return " ".join(self.asks("GET", place(run))["status"] for _ in range(times))

    def finishes(self, run):
        """The run at rest, polled as often as it takes."""
        for _ in range(20):
            run_now = self.asks("GET", place(run))
            if run_now["status"] in AT_REST:
                return run_now
        raise AssertionError(f"the run does not come to rest: {run_now}")

    def submits(self, run, stream=False, **outputs):
        """The body of a request with tool outputs, by their call ids."""
        return self.asks("POST", f"{place(run)}/submit_tool_outputs", submission(stream=stream, **outputs))

    def cancels(self, run):
        """What is answered to a cancel request."""
        return self.asks("POST", f"{place(run)}/cancel")

    def steps(self, run):
        """The steps of a run, oldest first."""
        return self.asks("GET", f"{place(run)}/steps?order=asc&limit=100")["data"]

    def messages(self, thread=THREAD):
        """The messages of a thread, oldest first."""
        return self.asks("GET", f"{thread}/messages?order=asc&limit=100")["data"]

    @property
    def left(self):
        """How many scripted runs no request has used."""
        return len(self.stage.playlist.leftovers())


class Stream:
    """A stream's events, read one by one."""

    def __init__(self, frames):
        self._body = frames
        self._frames = iter(frames)
        self._decoder = EventDecoder()

    def __iter__(self):
        for frame in self._frames:
            for event in self._decoder.feed(frame.data):
                yield event.name, event.json()
        assert not self._decoder.rest

    def text(self):
        return b"".join(frame.data for frame in self._frames).decode()

    def rest(self):
        return list(self)

    def reads(self, count):
        return list(itertools.islice(self, count))

    def reads_to(self, name):
        """The events up to the next one of this name, that one included."""
        events = []
        for event in self:
            events.append(event)
            if event[0] == name:
                return events
        raise AssertionError(f"no {name} in {names(events)}")

    def closes(self):
        self._body.close()


def place(run):
    """The path of a run."""
    return f"/threads/{run['thread_id']}/runs/{run['id']}"


def submission(stream=False, **outputs):
    """The body of a submit request."""
    tool_outputs = [{"tool_call_id": call_id, "output": output} for call_id, output in outputs.items()]
    return {"tool_outputs": tool_outputs, **({"stream": True} if stream else {})}


def names(events):
    """The names of events as one text, `R.` for a run's, `S.` for a step's, `M.` for a message's; deltas once."""
    short = [
        next((new + name.removeprefix(old) for old, new in SHORT.items() if name.startswith(old)), name)
        for name, _ in events
    ]
    return " ".join(name for name, _ in itertools.groupby(short))


def data_of(events, name):
    """The data of the events of this name."""
    return [data for event, data in events if event == name]


def last_run(events):
    """The run in a stream's last event about it."""
    return [data for _, data in events if data and data["object"] == "thread.run"][-1]


def text_of(message):
    """The text of a message with one part."""
    (part,) = message["content"]
    return part["text"]["value"]


def calls_of(run):
    """The calls that a run waits for."""
    return run["required_action"]["submit_tool_outputs"]["tool_calls"]
