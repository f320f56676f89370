"""What an application gets from a client when a response goes wrong: the tables that the cells hold.

A cell of a table is a fault (a row), and a way in which a client asks for a response (a column). `make frameworks` plays
the cells, and writes down which were as they stand here; docs/reference/frameworks-under-faults.md shows these.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

PINS = Path(__file__).with_name("requirements")

QUESTION = "How warm is it in Paris?"
ANSWER = "It is 21 degrees in Paris."
WHOLE = {"reply": ["It is ", "21 degrees ", "in Paris."]}
HALF = {"reply": ["It is ", "21"]}
RESPONSE = {"object": "response", "created_at": 0, "model": "gpt-4o", "tools": [], "tool_choice": "auto", "parallel_tool_calls": True, "output": []}  # fmt: skip
CREATED = {"response.created": {"response": {**RESPONSE, "id": "resp_failing", "status": "in_progress"}}}
ERROR = {"code": "server_error", "message": "Sorry."}
FAILED = {"response.failed": {"response": {**RESPONSE, "id": "resp_failing", "status": "failed", "error": ERROR}}}

RIGHT = "right"
RETRIED = "right after 2 tries"
SILENT = "silent half answer"
EMPTY = "silent empty answer"


class Way(NamedTuple):
    """A way in which a client asks for a response."""

    framework: str
    """The name of its pins."""
    name: str
    """What the application calls."""


class Fault(NamedTuple):
    """Something that goes wrong."""

    words: str
    """What happens, and how a script says it."""
    run: dict
    """The scripted run."""


FRAMEWORKS = {
    "openai": "openai SDK",
    "openai-agents": "OpenAI Agents SDK",
    "langchain": "LangChain",
    "pydantic-ai": "Pydantic AI",
    "agent-framework": "Agent Framework",
}
"""The clients, by the names of their pins."""

FAULTS = {
    "truncate": Fault("the stream ends too early: `truncate`", {**WHOLE, "truncate": True}),
    "half_frame": Fault("it ends in the middle of an event: `garbage: half_frame`", {**WHOLE, "garbage": "half_frame"}),
    "disconnect": Fault("the connection breaks: `disconnect`", {**WHOLE, "disconnect": True}),
    "stall": Fault("silence until the client's read timeout: `stall`", {**WHOLE, "stall": "5s"}),
    "fail": Fault("the response fails: `fail`", {"fail": "server_error"}),
    "failed": Fault("the same, with `response.failed` alone: `events`", {"events": [CREATED, FAILED]}),
    "incomplete": Fault("no token is left: `incomplete: max_completion_tokens`", {**HALF, "incomplete": "max_completion_tokens"}),
    "content_filter": Fault("the filter stops it: `incomplete: content_filter`", {**HALF, "incomplete": "content_filter"}),
    "error_event": Fault("an `error` event, nested: `error_event`", {**WHOLE, "error_event": "server_error"}),
    "flat_error_event": Fault("an `error` event, flat: `error_event: {flat: true}`", {**WHOLE, "error_event": {"code": "server_error", "flat": True}}),
    "not_json": Fault("an event with half of its data: `garbage: not_json`", {**WHOLE, "garbage": "not_json"}),
    "response_id_changes": Fault("the response has another id at its end: `garbage: response_id_changes`", {**WHOLE, "garbage": "response_id_changes"}),
    "item_id_changes": Fault("its item has another id at its end: `garbage: item_id_changes`", {**WHOLE, "garbage": "item_id_changes"}),
    "http_429": Fault("the request is refused once: `http: 429`", {"http": 429, "retry_after": "10ms"}),
}  # fmt: skip
"""The faults, by short names."""

CUT = ("truncate", "half_frame", "flat_error_event")
"""After these a stream is over, and no exception has to be: who takes it for whole gets a verdict."""

STREAMED_WAYS = (
    Way("openai", "create(stream=True)"),
    Way("openai", ".stream()"),
    Way("openai-agents", "Runner.run_streamed()"),
    Way("langchain", "model.stream()"),
    Way("pydantic-ai", "agent.run_stream()"),
    Way("agent-framework", "agent.run(stream=True)"),
)
CONNECTION = ("`APIConnectionError`",) * 3 + (
    "`OpenAIConnectionError`",
    "`ModelConnectionError`",
    "`ChatClientException`",
)
TIMEOUT = ("`APITimeoutError`",) * 3 + ("`OpenAITimeoutError`", "`ModelTimeoutError`", "`ChatClientException`")
API_ERROR = ("`APIError`",) * 4 + ("`ModelServerError`", "`ChatClientException`")
STREAMED = {
    "truncate": (SILENT, "`RuntimeError`", "`ModelBehaviorError`", SILENT, SILENT, SILENT),
    "half_frame": (SILENT, "`RuntimeError`", "`ModelBehaviorError`", SILENT, SILENT, SILENT),
    "disconnect": CONNECTION,
    "stall": TIMEOUT,
    "fail": API_ERROR,
    "failed": (EMPTY, "`RuntimeError`", "`ModelBehaviorError`", "`ValueError`", "`ModelServerError`", EMPTY),
    "incomplete": (SILENT, "`RuntimeError`", "`ModelBehaviorError`", SILENT, SILENT, SILENT),
    "content_filter": (SILENT, "`RuntimeError`", "`ModelBehaviorError`", SILENT, SILENT, SILENT),
    "error_event": API_ERROR,
    "flat_error_event": (SILENT, "`RuntimeError`", "`ModelBehaviorError`", "`ValueError`", "`ModelServerError`", "`ChatClientException`"),
    "not_json": ("`JSONDecodeError`",) * 4 + ("`ModelAPIError`", "`ChatClientException`"),
    "response_id_changes": (RIGHT, "`RuntimeError`", *[RIGHT] * 4),
    "item_id_changes": (RIGHT, "`RuntimeError`", *[RIGHT] * 4),
    "http_429": (RETRIED,) * 6,
}  # fmt: skip
"""Outcomes of responses that are streamed, in the order of the ways."""

WHOLE_WAYS = (
    Way("openai", "create()"),
    Way("openai-agents", "Runner.run()"),
    Way("langchain", "model.invoke()"),
    Way("pydantic-ai", "agent.run()"),
    Way("agent-framework", "agent.run()"),
)
WHOLE_FAILED = (EMPTY, "`ModelBehaviorError`", "`ValueError`", "`ModelServerError`", EMPTY)
WHOLE_INCOMPLETE = (SILENT, "`ModelBehaviorError`", SILENT, SILENT, SILENT)
UNSTREAMED = {
    "fail": WHOLE_FAILED,
    "incomplete": WHOLE_INCOMPLETE,
    "content_filter": WHOLE_INCOMPLETE,
    "http_429": (RETRIED,) * 5,
}
"""Outcomes of responses that come whole: they have fewer ways to go wrong."""

OUTCOMES = {
    way: {fault: outcomes[place] for fault, outcomes in table.items()}
    for ways, table in ((STREAMED_WAYS, STREAMED), (WHOLE_WAYS, UNSTREAMED))
    for place, way in enumerate(ways)
}
"""All of them, by way and by fault."""


def pinned(framework):
    """The versions of a framework and of the SDK: the pins before the first empty line, by package."""
    pages = [(PINS / f"{name}.txt").read_text(encoding="utf-8") for name in dict.fromkeys((framework, "openai"))]
    lines = [line for page in pages for line in page.partition("\n\n")[0].splitlines() if not line.startswith("#")]
    return dict(line.split("==") for line in lines)


class FaultCell(NamedTuple):
    """A cell, and one function that plays it: a way may have a sync and an async one."""

    ask: Callable
    way: Way
    fault: str
    outcome: str

    def __str__(self):
        return f"{self.ask.__name__}, {self.fault}"


def cells_of(framework, asks):
    """The cells of a client; `asks` has the functions of each way, by its name."""
    ways = {way: by_fault for way, by_fault in OUTCOMES.items() if way.framework == framework}
    assert [way.name for way in ways] == list(asks)
    return [
        FaultCell(ask, way, fault, outcome)
        for way, by_fault in ways.items()
        for ask in asks[way.name]
        for fault, outcome in by_fault.items()
    ]
