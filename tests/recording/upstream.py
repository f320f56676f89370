"""Upstreams to record from: the service as a script plays it, with ids, times, polls and chunks of its own choice."""

import contextlib
import re
import time

import httpx2
import openai

import runmock
from runmock.core.script.script import DEFAULT_CLOCK
from runmock.deck.deck import Deck
from runmock.tape.reading.cassette import cassette_from
from runmock.transports.convert import RequestReader, library_of

WEATHER = """
runs:
  - steps:
      - calls: [get_weather: {city: Paris}]
      - reply: [It is, " 21", " degrees."]
"""
ROOT = "http://gateway.example/v1"
KEY = "sk-test-0123456789abcdef0123"
_ID = re.compile(rb"\b(thread|run|msg|step|call|asst|resp|fc|rs|conv)_([A-Za-z0-9]{24,})\b")
_TIME = re.compile(rb'("[a-z]+_at": ?)(\d+)')


class Upstream:
    """Answers as a script describes; `salt` changes every id, `later` every time, `chunk` where the bytes are cut.

    With `slow` everything takes so many times as long.
    """

    def __init__(self, script=WEATHER, salt="", later=0, chunk=None, slow=1):
        self.deck = Deck()
        self.deck.load(cassette_from(script))
        self.salt, self.later, self.chunk, self.slow = salt, later, chunk, slow
        self.heard = []

    def __call__(self, request):
        asked = RequestReader().of(request).request.with_body(self._plain(request.read()))
        path = self._plain(asked.path.encode()).decode()
        self.heard.append((request.method, str(request.url), dict(request.headers)))
        reply = self.deck.answer(type(asked)(asked.method, asked.host, path, asked.query, asked.headers, asked.body))
        library = library_of(request)
        stream = type("Chunks", (Chunks, library.SyncByteStream, library.AsyncByteStream), {})
        headers = [header for header in reply.headers if header[0] != "content-length"]
        return library.Response(reply.status, headers=headers, stream=stream(self._cut(reply)))

    def _cut(self, reply):
        if self.chunk is None:
            for frame in reply.frames:
                yield self._changed(frame.data)
            return
        whole = self._changed(b"".join(frame.data for frame in reply.frames))
        yield from (whole[start : start + self.chunk] for start in range(0, len(whole), self.chunk))

    def _changed(self, data):
        data = _TIME.sub(lambda found: found[1] + str(self._time(int(found[2]))).encode(), data)
        return _ID.sub(lambda found: found[1] + b"_" + self._salted(found[2]), data)

    def _time(self, seconds):
        return DEFAULT_CLOCK + self.later + (seconds - DEFAULT_CLOCK) * self.slow

    def _plain(self, data):
        return _ID.sub(lambda found: found[1] + b"_" + self._salted(found[2], back=True), data)

    def _salted(self, text, back=False):
        """The letters turned by the salt's length: another id of the same shape."""
        turn = -len(self.salt) if back else len(self.salt)
        return bytes(_turned(letter, turn) for letter in text)


def _turned(letter, turn):
    place = _LETTERS.find(letter)
    return letter if place < 0 else _LETTERS[(place + turn) % len(_LETTERS)]


_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Chunks:
    """A body in pieces, for sync and async clients; with `every`, seconds pass before each; `error` ends it."""

    def __init__(self, pieces, every=0, error=None):
        self.pieces, self.every, self.error = iter(pieces), every, error
        self.is_closed = False

    def __iter__(self):
        for piece in self.pieces:
            if self.every:
                time.sleep(self.every)
            yield piece
        if self.error is not None:
            raise self.error

    async def __aiter__(self):
        import anyio

        for piece in self.pieces:
            if self.every:
                await anyio.sleep(self.every)
            yield piece
        if self.error is not None:
            raise self.error

    def close(self):
        self.is_closed = True

    async def aclose(self):
        self.is_closed = True


def client(upstream, root=ROOT, library=httpx2, **options):
    """An SDK client whose own transport is the upstream."""
    transport = library.MockTransport(upstream)
    return openai.OpenAI(
        api_key=KEY, base_url=root, http_client=library.Client(transport=transport), max_retries=0, **options
    )


def weather(sdk, question="Weather in Paris?", polls=1):
    """An application: sends a question, answers the tool call, and polls until the run is over."""
    threads = sdk.beta.threads
    thread = threads.create(messages=[{"role": "user", "content": question}])
    with threads.runs.stream(thread_id=thread.id, assistant_id="asst_mine") as stream:
        stream.until_done()
        run = stream.current_run
    (call,) = run.required_action.submit_tool_outputs.tool_calls
    outputs = [{"tool_call_id": call.id, "output": "21"}]
    run = threads.runs.submit_tool_outputs(run_id=run.id, thread_id=thread.id, tool_outputs=outputs)
    while run.status in ("queued", "in_progress"):
        for _ in range(polls):
            run = threads.runs.retrieve(run_id=run.id, thread_id=thread.id)
    return threads.messages.list(thread.id).data[0].content[0].text.value


@contextlib.contextmanager
def recorded(path, upstream, mode="once", root=ROOT, **options):
    """A client that is recorded into a cassette while the block runs."""
    with client(upstream, root) as sdk, runmock.use_cassette(path, record_mode=mode, **options):
        yield sdk


def events(count):
    """The bytes of a run's stream with so many text deltas, one piece an event."""
    frames = [b'event: thread.run.created\ndata: {"id": "run_A1B2", "object": "thread.run", "status": "queued"}\n\n']
    frames += [
        b'event: thread.message.delta\ndata: {"id": "msg_A1", "object": "thread.message.delta", "delta": '
        b'{"content": [{"index": 0, "type": "text", "text": {"value": "%d"}}]}}\n\n' % number
        for number in range(count)
    ]
    return [*frames, b"event: done\ndata: [DONE]\n\n"]
