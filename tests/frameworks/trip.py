"""The conversation that every cell has: two questions, the tools that answer for them, and what comes of it.

A cell is one way to have it: a framework, what it sends of the conversation so far, whether it streams.
"""

import asyncio
import importlib
import inspect
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

CASSETTE = Path(__file__).with_name("trip.runmock.yaml")
MODEL = "gpt-4o"
INSTRUCTIONS = "You plan trips."
QUESTIONS = ("Plan a trip: Paris or Oslo?", "And what about Rome?")
ANSWERS = ["Paris has 21 degrees, Oslo has 4 degrees; BK-Paris is booked.", "Rome has 33 degrees."]
CALLS = [
    ("book_trip", "Paris"),
    ("get_weather", "Oslo"),
    ("get_weather", "Paris"),
    ("get_weather", "Rome"),
]
OUTPUTS = [{"get_weather": ["21 degrees", "4 degrees"], "book_trip": "BK-Paris"}, {"get_weather": "33 degrees"}]
DEGREES = {"Paris": 21, "Oslo": 4, "Rome": 33}


def framework(module, environment):
    """The module of a framework. Whatever asks for it is skipped outside of the framework's own environment."""
    if not Path(sys.prefix).name.endswith(f"-frameworks-{environment}"):
        pytest.skip("`make frameworks` runs it, in an environment of its own", allow_module_level=True)
    return importlib.import_module(module)


class Tools:
    """The tools of the application; `calls` are those that were made."""

    def __init__(self):
        self.calls = []

    def get_weather(self, city: str) -> str:
        """The weather in a city."""
        self.calls.append(("get_weather", city))
        return f"{DEGREES[city]} degrees"

    def book_trip(self, city: str) -> str:
        """Books a trip."""
        self.calls.append(("book_trip", city))
        return f"BK-{city}"

    def call(self, name, arguments):
        """The output of a call."""
        return {"get_weather": self.get_weather, "book_trip": self.book_trip}[name](**arguments)


PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
FUNCTIONS = [{"name": name, "parameters": PARAMETERS, "strict": True} for name in ("get_weather", "book_trip")]


class Cell(NamedTuple):
    """One way to have the conversation."""

    have: object
    """A function, or a coroutine function, which is given the tools and returns both answers."""
    proofs: tuple = ()
    """What the requests must show: else the cell is not what its name says."""
    api: str = "responses"

    def answers(self, tools):
        """Both answers."""
        answers = self.have(tools)
        return asyncio.run(answers) if inspect.isawaitable(answers) else answers


def previous(bodies):
    """Each request but the first continues the response before it, and repeats nothing."""
    first, *others = bodies
    assert "previous_response_id" not in first
    assert all(body["previous_response_id"] for body in others)
    assert_nothing_repeated(bodies)


def conversation(bodies):
    """Each request is in one conversation, and repeats nothing."""
    assert len({str(body["conversation"]) for body in bodies}) == 1
    assert_nothing_repeated(bodies)


def history(bodies):
    """Each request brings the whole history."""
    assert not any(body.get("previous_response_id") or body.get("conversation") for body in bodies)
    kinds = [item.get("type", "message") for item in bodies[-1]["input"]]
    assert kinds.count("function_call") == kinds.count("function_call_output") == 4
    assert kinds.count("message") >= 3


def unstored(bodies):
    """Nothing is stored."""
    assert all(body["store"] is False for body in bodies)


def background(bodies):
    """Each response is made in the background."""
    assert all(body["background"] is True for body in bodies)


def streamed(bodies):
    """Each response is streamed."""
    assert all(body["stream"] is True for body in bodies)


def unstreamed(bodies):
    """No response is streamed."""
    assert not any(body.get("stream") for body in bodies)


def assert_nothing_repeated(bodies):
    """No request brings a call, which would be that of a response."""
    items = [item for body in bodies if isinstance(body["input"], list) for item in body["input"]]
    assert not [item for item in items if item.get("type") == "function_call"]
