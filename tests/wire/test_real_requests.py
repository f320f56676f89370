"""What the live service took, this takes: every request of the real traffic, and any JSON gets an answer, not a crash."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from runmock.core.operations import identify
from runmock.wire.checks import SHAPES, check
from runmock.wire.faults import FAULTS

TRAFFIC = Path(__file__).parents[3] / "shared" / "traffic"

Exchange = tuple[str, str, Any, int]


def dotnet() -> Iterator[Exchange]:
    for file in sorted((TRAFFIC / "openai-dotnet").glob("*.json")):
        for entry in json.loads(file.read_text(encoding="utf-8-sig"))["Entries"]:
            yield entry["RequestMethod"], entry["RequestUri"], entry["RequestBody"], entry["StatusCode"]


def openllmetry() -> Iterator[Exchange]:
    for file in sorted((TRAFFIC / "openllmetry").glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["interactions"]:
            request = entry["request"]
            body = json.loads(request["body"]) if request["body"] else None
            yield request["method"], request["uri"], body, entry["response"]["status"]["code"]


@pytest.mark.parametrize(("recordings", "at_least"), [(dotnet, 130), (openllmetry, 30)])
def test_every_request_that_the_service_took_passes(recordings, at_least):
    if not TRAFFIC.is_dir():
        pytest.skip(f"the real traffic is not part of the project and {TRAFFIC} is absent")
    refusals, checked = [], 0
    for method, uri, body, status in recordings():
        url = urlsplit(uri)
        operation = identify(method, url.path)
        if operation is None or status != 200:
            continue
        checked += 1
        query = {name: tuple(values) for name, values in parse_qs(url.query).items()}
        refusal = check(operation.name, body, query)
        if refusal is not None:
            refusals.append((operation.name, body, refusal.message))
    assert refusals == []
    assert checked >= at_least


MESSAGE = {
    "role": "user",
    "content": [
        {"type": "text", "text": "a"},
        {"type": "image_url", "image_url": {"url": "u", "detail": "low"}},
        {"type": "image_file", "image_file": {"file_id": "f"}},
    ],
    "attachments": [{"file_id": "f", "tools": [{"type": "file_search"}, {"type": "code_interpreter"}]}],
    "metadata": {"a": "b"},
}
TOOLS = [
    {"type": "code_interpreter"},
    {"type": "file_search", "file_search": {"max_num_results": 5, "ranking_options": {"score_threshold": 0.5}}},
    {"type": "function", "function": {"name": "f", "description": "d", "parameters": {}, "strict": True}},
    {"type": "mcp", "server_label": "x"},
]
RESOURCES = {"code_interpreter": {"file_ids": ["f"]}, "file_search": {"vector_store_ids": ["v"]}}
STORE = {
    "file_ids": ["f"],
    "chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 0}},
    "metadata": {"a": "b"},
}
NEW_RESOURCES = {"code_interpreter": {"file_ids": ["f"]}, "file_search": {"vector_stores": [STORE]}}
ASSISTANT = {
    "model": "m",
    "name": "n",
    "description": "d",
    "instructions": "i",
    "reasoning_effort": "low",
    "tools": TOOLS,
    "metadata": {"a": "b"},
    "temperature": 1,
    "top_p": 1,
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {}, "strict": True}},
}
RUN = {
    "assistant_id": "a",
    "model": "m",
    "instructions": "i",
    "tools": TOOLS,
    "metadata": {"a": "b"},
    "temperature": 1,
    "top_p": 1,
    "stream": True,
    "max_prompt_tokens": 1,
    "max_completion_tokens": 1,
    "truncation_strategy": {"type": "auto", "last_messages": 1},
    "tool_choice": {"type": "function", "function": {"name": "f"}},
    "parallel_tool_calls": True,
    "response_format": {"type": "text"},
}
FULL = {
    "create_assistant": {**ASSISTANT, "tool_resources": NEW_RESOURCES},
    "modify_assistant": {**ASSISTANT, "tool_resources": RESOURCES},
    "create_thread": {"messages": [MESSAGE], "tool_resources": NEW_RESOURCES, "metadata": {"a": "b"}},
    "modify_thread": {"tool_resources": RESOURCES, "metadata": {"a": "b"}},
    "create_thread_and_run": {
        **RUN,
        "thread": {"messages": [MESSAGE], "tool_resources": NEW_RESOURCES},
        "tool_resources": RESOURCES,
    },
    "create_message": MESSAGE,
    "modify_message": {"metadata": {"a": "b"}},
    "create_run": {**RUN, "additional_messages": [MESSAGE], "additional_instructions": "x", "reasoning_effort": "x"},
    "modify_run": {"metadata": {"a": "b"}},
    "submit_tool_outputs": {"tool_outputs": [{"tool_call_id": "c", "output": "o"}], "stream": True},
}
ANYTHING = [
    None,
    True,
    -1,
    10**400,
    1.5,
    float("inf"),
    "",
    "x y" * 300_000,
    [],
    [{}],
    {},
    {"x": 1},
    {"type": "x"},
    {"type": []},
]


def variations(value: Any, path: str = "") -> Iterator[tuple[Any, str]]:
    """Yield `value` with anything else in each of its places, and where that is."""
    yield from ((other, path) for other in ANYTHING)
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        for other, place in variations(
            member, f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}".lstrip(".")
        ):
            copy = value.copy()
            copy[key] = other
            yield copy, place


@pytest.mark.parametrize("operation", FULL)
def test_anything_anywhere_passes_or_is_refused_where_it_is(operation):
    assert FULL.keys() == {name for name, shape in SHAPES.items() if shape.body}
    assert check(operation, FULL[operation], {}) is None
    codes = {fault.code for fault in FAULTS.values()}
    found = [(check(operation, body, {}), place) for body, place in variations(FULL[operation])]
    refusals = [(refusal, place) for refusal, place in found if refusal is not None]
    assert len(refusals) > len(ANYTHING) / 2
    for refusal, place in refusals:
        assert refusal.code in codes
        assert (refusal.param or "").startswith(place)
