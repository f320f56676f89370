"""What Responses cost from a script: a call, a stream, and the last requests of a long stateless conversation.

The floor is the same SDK with the same requests, over prebuilt bytes of the answers that runmock gave.
"""

import functools
import gc
import time

from contenders import CannotError, client, library, plain

CALLS, WORDS, TIMED = 100, 1_000, 20


def call(sdk):
    """Create so many responses."""
    for _ in range(CALLS):
        sdk.responses.create(model="gpt-4o", input="How was summer?")


def stream(sdk):
    """Read one stream to its end."""
    for _ in sdk.responses.create(model="gpt-4o", input="How was summer?", stream=True):
        pass


def late_turns(turns):
    """What asks the last requests of a conversation of so many turns, whose client sends the whole history each time.

    The turns before are in the history, and were not asked here: the SDK alone takes most of a minute for them. It is
    CPU time that is told, which other processes disturb least.
    """

    def ask(sdk):
        history = [item for turn in range(turns - TIMED) for item in turn_of(turn)]
        gc.collect()  # what the turns before leave behind is no part of it
        began = time.process_time()
        for turn in range(turns - TIMED, turns):
            history.append({"role": "user", "content": f"Question {turn}?"})
            response = sdk.responses.create(model="gpt-4o", input=history, store=False)
            history += [item.model_dump(exclude_unset=True) for item in response.output]
        return time.process_time() - began

    return ask


def turn_of(number):
    """A question and its answer, as a client sends them again."""
    part = {"type": "output_text", "text": f"This is answer {number}.", "annotations": []}
    answer = {"id": f"msg_{number}", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    return {"role": "user", "content": f"Question {number}?"}, answer


class Scripted:
    """Rounds in which a script answers, or for the floor what the script answered before."""

    def __init__(self, script, ask, who):
        self.who, self.script, self.ask = who, script, ask
        self.answer = self.recorded() if who == "floor" else None

    def recorded(self):
        """The bytes of the first answer, which are those of each later one but for ids."""
        from runmock import use_cassette

        with use_cassette(script=self.script), plain() as http:
            body = {"model": "gpt-4o", "input": "How was summer?", "stream": self.ask is stream}
            answer = http.post("/responses", json=body)
        return answer.content, {"content-type": answer.headers["content-type"]}

    def round(self):
        if self.who == "floor":
            content, headers = self.answer
            transport = library.MockTransport(lambda _: library.Response(200, headers=headers, content=content))
            return self.timed(client(plain(transport)))
        from runmock import use_cassette

        with use_cassette(script=self.script):
            return self.timed(client(plain()))

    def timed(self, sdk):
        if not hasattr(sdk, "responses"):
            raise CannotError("this SDK has no Responses")
        gc.collect()  # what opening leaves behind is no part of it
        began = time.perf_counter()
        told = self.ask(sdk)
        return told if isinstance(told, float) else time.perf_counter() - began


def short_runs(number):
    return "runs:\n" + "".join(f"- reply: This is answer {count}.\n" for count in range(number))


LONG = f"runs:\n- reply: {' '.join(f'word{number}' for number in range(WORDS))}\n"

calls = functools.partial(Scripted, short_runs(CALLS), call)
streamed = functools.partial(Scripted, LONG, stream)


def stateless(turns):
    """Rounds of the last requests of a conversation of so many turns."""
    return functools.partial(Scripted, short_runs(turns), late_turns(turns))
