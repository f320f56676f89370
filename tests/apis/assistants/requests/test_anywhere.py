"""Whatever JSON stands wherever in a request, it passes or is refused by name; nothing crashes."""

from collections.abc import Iterator
from typing import Any

import pytest

from runmock.apis.assistants.operations import TABLE
from runmock.apis.assistants.requests.checks import check
from runmock.apis.service.requests.validation_errors import FAULTS

MESSAGE = {
    "role": "user",
    "content": [
        {"type": "text", "text": "a"},
        {"type": "image_url", "image_url": {"url": "u", "detail": "low"}},
        {"type": "image_file", "image_file": {"file_id": "file-1"}},
    ],
    "attachments": [{"file_id": "file-1", "tools": [{"type": "file_search"}, {"type": "code_interpreter"}]}],
    "metadata": {"a": "b"},
}
TOOLS = [
    {"type": "code_interpreter"},
    {
        "type": "file_search",
        "file_search": {"max_num_results": 5, "ranking_options": {"score_threshold": 0.5, "ranker": "auto"}},
    },
    {"type": "function", "function": {"name": "f", "description": "d", "parameters": {}, "strict": True}},
]
RESOURCES = {"code_interpreter": {"file_ids": ["file-1"]}, "file_search": {"vector_store_ids": ["v"]}}
STORE = {
    "file_ids": ["file-1"],
    "chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 0}},
    "metadata": {"a": "b"},
}
NEW_RESOURCES = {
    "code_interpreter": {"file_ids": ["file-1"]},
    "file_search": {"vector_store_ids": [], "vector_stores": [STORE]},
}
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
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "n", "description": "d", "schema": {}, "strict": True},
    },
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
        "thread": {"messages": [MESSAGE], "tool_resources": NEW_RESOURCES, "metadata": {"a": "b"}},
        "tool_resources": RESOURCES,
    },
    "create_message": MESSAGE,
    "modify_message": {"metadata": {"a": "b"}},
    "create_run": {**RUN, "additional_messages": [MESSAGE], "additional_instructions": "x", "reasoning_effort": "x"},
    "modify_run": {"metadata": {"a": "b"}},
    "submit_tool_outputs": {"tool_outputs": [{"tool_call_id": "c", "output": "o"}], "stream": True},
}

ANYTHING = (
    None,
    True,
    -1,
    10**400,
    1.5,
    float("inf"),
    "",
    "x y" * 99_999,
    [],
    [{}],
    {},
    {"x": 1},
    {"type": "x"},
    {"type": []},
)

# The ends of the places where null is not as good as nothing.
REQUIRED = (
    *("assistant_id", "tool_outputs", "tool_call_id", "output"),
    *(".type", "role", "content", "].text", "].image_url", "image_url.url", "].image_file", "image_file.file_id"),
    *("].function", "function.name", ".json_schema", "json_schema.name"),
    ".tools",
    *(".static", "max_chunk_size_tokens", "chunk_overlap_tokens"),
    *("metadata.a", "]"),
)


def places(value: Any, others: tuple[Any, ...], path: str = "") -> Iterator[tuple[Any, str]]:
    """Yield `value` with each of `others` in each of its places, and where that is."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        place = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}".removeprefix(".")
        for changed, where in ((other, place) for other in others):
            yield replaced(value, key, changed), where
        for changed, where in places(member, others, place):
            yield replaced(value, key, changed), where


def replaced(value: Any, key: Any, other: Any) -> Any:
    copy = value.copy()
    copy[key] = other
    return copy


def test_there_is_a_full_body_for_every_operation_that_has_one():
    assert FULL.keys() == {row.name for row in TABLE if row.body}
    assert [name for name, body in FULL.items() if check(name, body, {}) is not None] == []


@pytest.mark.parametrize("operation", FULL)
def test_null_is_refused_exactly_where_a_value_is_required(operation):
    required = (*REQUIRED, "model") if operation == "create_assistant" else REQUIRED
    wrong = [
        place
        for body, place in places(FULL[operation], (None,))
        if (check(operation, body, {}) is not None) != place.endswith(required)
    ]
    assert wrong == []


@pytest.mark.parametrize("operation", FULL)
def test_anything_anywhere_is_refused_where_it_is_if_at_all(operation):
    codes = {fault.code for fault in FAULTS.values()}
    found = [(check(operation, body, {}), place) for body, place in places(FULL[operation], ANYTHING)]
    refusals = [(refusal, place) for refusal, place in found if refusal is not None]
    assert refusals
    assert [(refusal, place) for refusal, place in refusals if refusal.code not in codes] == []
    assert [(refusal, place) for refusal, place in refusals if not refusal.param.startswith(place)] == []
