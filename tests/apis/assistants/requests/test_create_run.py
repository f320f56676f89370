"""Every parameter of create_run: what passes, and the sentence that what does not pass gets."""

import pytest

from runmock.apis.assistants.requests.checks import check
from runmock.apis.service.provider import Provider
from runmock.apis.service.refusals import ServiceRefusal

FUNCTION = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}, "strict": True}}
MESSAGE = {"role": "user", "content": "hi"}
CONTENT_INCLUDE = "step_details.tool_calls[*].file_search.results[*].content"

FULL = {
    "assistant_id": "asst_1",
    "model": "gpt-4o",
    "instructions": "Answer.",
    "additional_instructions": "Briefly.",
    "additional_messages": [MESSAGE, {**MESSAGE, "role": "assistant", "attachments": [], "metadata": {"a": "b"}}],
    "tools": [{"type": "code_interpreter"}, {"type": "file_search"}, FUNCTION],
    "metadata": {"user": "42"},
    "temperature": 0.5,
    "top_p": 0.9,
    "reasoning_effort": "low",
    "stream": True,
    "max_prompt_tokens": 1000,
    "max_completion_tokens": 1000,
    "truncation_strategy": {"type": "last_messages", "last_messages": 5},
    "tool_choice": {"type": "function", "function": {"name": "weather"}},
    "parallel_tool_calls": False,
    "response_format": {"type": "json_object"},
}


def run(**parameters):
    return {"assistant_id": "asst_1", **parameters}


def refused(message, param, code):
    return ServiceRefusal(400, message, "invalid_request_error", param, code)


def wrong_type(param, expected, got):
    return refused(f"Invalid type for '{param}': expected {expected}, but got {got} instead.", param, "invalid_type")


def test_a_run_with_every_parameter_passes():
    assert check("create_run", FULL, {"include[]": (CONTENT_INCLUDE,)}) is None


def test_a_run_needs_its_assistant_and_nothing_else():
    assert check("create_run", run(), {}) is None
    assert check("create_run", {}, {}) == refused(
        "Missing required parameter: 'assistant_id'.", "assistant_id", "missing_required_parameter"
    )


@pytest.mark.parametrize("name", sorted(FULL.keys() - {"assistant_id"}))
def test_null_stands_for_a_parameter_left_out(name):
    assert check("create_run", run(**{name: None}), {}) is None


def test_a_run_without_assistant_is_refused_also_when_it_is_null():
    assert check("create_run", {"assistant_id": None}, {}) == wrong_type("assistant_id", "a string", "null")


@pytest.mark.parametrize(
    "parameters",
    [
        {"tools": []},
        {"tools": [FUNCTION] * 128},
        {"additional_messages": []},
        {"metadata": {}},
        {"metadata": {"k" * 64: "v" * 512}},
        {"metadata": {str(number): "" for number in range(16)}},
        {"temperature": 0},
        {"temperature": 2},
        {"top_p": 0.0},
        {"top_p": 1},
        {"stream": False},
        {"max_prompt_tokens": 1},
        {"max_completion_tokens": 16},
        {"reasoning_effort": "beyond"},
        {"truncation_strategy": {"type": "auto"}},
        {"truncation_strategy": {"type": "auto", "last_messages": None}},
        {"truncation_strategy": {"type": "last_messages", "last_messages": 1}},
        {"tool_choice": "none"},
        {"tool_choice": "auto"},
        {"tool_choice": "required"},
        {"tool_choice": {"type": "file_search"}},
        {"response_format": "auto"},
        {"response_format": {"type": "text"}},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"x": 1}, "strict": None}}},
        {"instructions": ""},
        {"instructions": "x" * 256_001},
    ],
    ids=lambda parameters: str(parameters)[:60],
)
def test_a_run_may_have(parameters):
    assert check("create_run", run(**parameters), {}) is None


@pytest.mark.parametrize(
    ("name", "value", "expected", "got"),
    [
        ("model", 5, "a string", "an integer"),
        ("instructions", ["x"], "a string", "an array"),
        ("additional_instructions", True, "a string", "a boolean"),
        ("additional_messages", {}, "an array of objects", "an object"),
        ("tools", "code_interpreter", "an array of objects", "a string"),
        ("metadata", [], "an object", "an array"),
        ("temperature", "1", "a decimal", "a string"),
        ("temperature", True, "a decimal", "a boolean"),
        ("top_p", {}, "a decimal", "an object"),
        ("reasoning_effort", 1, "a string", "an integer"),
        ("stream", "true", "a boolean", "a string"),
        ("stream", 1, "a boolean", "an integer"),
        ("max_prompt_tokens", "1000", "an integer", "a string"),
        ("max_prompt_tokens", True, "an integer", "a boolean"),
        ("max_completion_tokens", 1000.0, "an integer", "a decimal number"),
        ("truncation_strategy", "auto", "an object", "a string"),
        ("tool_choice", 7, "one of one of 'none', 'auto', or 'required' or object", "an integer"),
        ("parallel_tool_calls", 0, "a boolean", "an integer"),
        ("response_format", 1.5, "one of 'auto' or object", "a decimal number"),
    ],
)
def test_a_parameter_of_the_wrong_type_is_refused(name, value, expected, got):
    assert check("create_run", run(**{name: value}), {}) == wrong_type(name, expected, got)


NESTED = [
    ({"tools": ["function"]}, "tools[0]", "an object", "a string"),
    (
        {"tools": [{"type": 5}]},
        "tools[0].type",
        "one of 'code_interpreter', 'function', or 'file_search'",
        "an integer",
    ),
    ({"tools": [{"type": "function", "function": []}]}, "tools[0].function", "an object", "an array"),
    ({"additional_messages": [MESSAGE, 1]}, "additional_messages[1]", "an object", "an integer"),
    ({"metadata": {"modified": True}}, "metadata.modified", "a string", "a boolean"),
    ({"truncation_strategy": {"type": []}}, "truncation_strategy.type", "one of 'auto' or 'last_messages'", "an array"),
    (
        {"truncation_strategy": {"type": "auto", "last_messages": "5"}},
        "truncation_strategy.last_messages",
        "an integer",
        "a string",
    ),
    ({"tool_choice": {"type": "function", "function": "f"}}, "tool_choice.function", "an object", "a string"),
    (
        {"response_format": {"type": None}},
        "response_format.type",
        "one of 'json_object', 'json_schema', or 'text'",
        "null",
    ),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": "{}"}}},
        "response_format.json_schema.schema",
        "an object",
        "a string",
    ),
]


@pytest.mark.parametrize(("parameters", "param", "expected", "got"), NESTED, ids=[row[1] for row in NESTED])
def test_a_wrong_type_is_named_where_it_is(parameters, param, expected, got):
    assert check("create_run", run(**parameters), {}) == wrong_type(param, expected, got)


@pytest.mark.parametrize(
    ("parameters", "param"),
    [
        ({"foo": 1}, "foo"),
        ({"include": [CONTENT_INCLUDE]}, "include"),
        ({"thread": {}}, "thread"),
        ({"tools": [{"type": "code_interpreter", "files": []}]}, "tools[0].files"),
        ({"tools": [FUNCTION, {**FUNCTION, "function": {"name": "f", "foo": 1}}]}, "tools[1].function.foo"),
        ({"additional_messages": [{**MESSAGE, "name": "x"}]}, "additional_messages[0].name"),
        ({"truncation_strategy": {"type": "auto", "first": 1}}, "truncation_strategy.first"),
        ({"tool_choice": {"type": "function", "name": "f"}}, "tool_choice.name"),
        ({"tool_choice": {"type": "function", "function": {"name": "f", "x": 1}}}, "tool_choice.function.x"),
        ({"response_format": {"type": "text", "json_schema": {}}}, "response_format.json_schema"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unknown_parameter_is_refused(parameters, param):
    expected = refused(f"Unknown parameter: '{param}'.", param, "unknown_parameter")
    assert check("create_run", run(**parameters), {}) == expected


@pytest.mark.parametrize(
    ("parameters", "param"),
    [
        ({"tools": [{"function": {"name": "f"}}]}, "tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].function"),
        ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
        ({"additional_messages": [{"content": "x"}]}, "additional_messages[0].role"),
        ({"additional_messages": [{"role": "user"}]}, "additional_messages[0].content"),
        ({"truncation_strategy": {}}, "truncation_strategy.type"),
        ({"tool_choice": {"function": {"name": "f"}}}, "tool_choice.type"),
        ({"tool_choice": {"type": "function", "function": {}}}, "tool_choice.function.name"),
        ({"response_format": {}}, "response_format.type"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"response_format": {"type": "json_schema", "json_schema": {}}}, "response_format.json_schema.name"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_missing_parameter_is_refused(parameters, param):
    expected = refused(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")
    assert check("create_run", run(**parameters), {}) == expected


LONG_NAME = {"type": "function", "function": {"name": "f" * 65}}
LIMITS = [
    (
        {"temperature": 200},
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 200 instead.",
        "temperature",
        "decimal_above_max_value",
    ),
    (
        {"temperature": -0.5},
        "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -0.5 instead.",
        "temperature",
        "decimal_below_min_value",
    ),
    (
        {"top_p": 1.01},
        "Invalid 'top_p': decimal above maximum value. Expected a value <= 1, but got 1.01 instead.",
        "top_p",
        "decimal_above_max_value",
    ),
    (
        {"top_p": -1},
        "Invalid 'top_p': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
        "top_p",
        "decimal_below_min_value",
    ),
    (
        {"max_prompt_tokens": 0},
        "Invalid 'max_prompt_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.",
        "max_prompt_tokens",
        "integer_below_min_value",
    ),
    (
        {"max_completion_tokens": -3},
        "Invalid 'max_completion_tokens': integer below minimum value. Expected a value >= 1, but got -3 instead.",
        "max_completion_tokens",
        "integer_below_min_value",
    ),
    (
        {"truncation_strategy": {"type": "last_messages", "last_messages": 0}},
        "Invalid 'truncation_strategy.last_messages': integer below minimum value. Expected a value >= 1, but got 0 instead.",
        "truncation_strategy.last_messages",
        "integer_below_min_value",
    ),
    (
        {"truncation_strategy": {"type": "first_messages"}},
        "Invalid value: 'first_messages'. Supported values are: 'auto' and 'last_messages'.",
        "truncation_strategy.type",
        "invalid_value",
    ),
    (
        {"tools": [FUNCTION] * 150},
        "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 150 instead.",
        "tools",
        "array_above_max_length",
    ),
    (
        {"tools": [{"type": "function", "function": {"name": "get weather"}}]},
        "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
        "tools[0].function.name",
        "invalid_value",
    ),
    (
        {"tools": [FUNCTION, LONG_NAME]},
        "Invalid 'tools[1].function.name': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
        "tools[1].function.name",
        "string_above_max_length",
    ),
    (
        {"tools": [{"type": "function", "function": {"name": ""}}]},
        "Invalid 'tools[0].function.name': empty string. Expected a string with minimum length 1, but got an empty string instead.",
        "tools[0].function.name",
        "empty_string",
    ),
    (
        {"tool_choice": "always"},
        "Invalid value: 'always'. Supported values are: 'none', 'auto', and 'required'.",
        "tool_choice",
        "invalid_value",
    ),
    (
        {"response_format": "json_object"},
        "Invalid value: 'json_object'. Supported values are: 'auto'.",
        "response_format",
        "invalid_value",
    ),
    (
        {"response_format": {"type": "xml", "root": "x"}},
        "Invalid value: 'xml'. Supported values are: 'json_object', 'json_schema', and 'text'.",
        "response_format.type",
        "invalid_value",
    ),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "my schema"}}},
        "Invalid 'response_format.json_schema.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
        "response_format.json_schema.name",
        "invalid_value",
    ),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "n" * 65}}},
        "Invalid 'response_format.json_schema.name': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
        "response_format.json_schema.name",
        "string_above_max_length",
    ),
    (
        {"metadata": {str(number): "v" for number in range(17)}},
        "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 17 properties instead.",
        "metadata",
        "object_above_max_properties",
    ),
    (
        {"metadata": {"K": "v" * 695}},
        "Invalid 'metadata.K': string too long. Expected a string with maximum length 512, but got a string with length 695 instead.",
        "metadata.K",
        "string_above_max_length",
    ),
    (
        {"metadata": {"abc" + "k" * 59 + "xyz": "v"}},
        "Invalid property name in 'metadata': 'abc...xyz' is too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
        "metadata.abc" + "k" * 59 + "xyz",
        "property_name_above_max_length",
    ),
    (
        {"metadata": {"[key]": "v" * 513}},
        "Invalid 'metadata.[key]': string too long. Expected a string with maximum length 512, but got a string with length 513 instead.",
        "metadata.[key]",
        "string_above_max_length",
    ),
]


@pytest.mark.parametrize(
    ("parameters", "message", "param", "code"), LIMITS, ids=[f"{row[2]:.40}-{row[3]}" for row in LIMITS]
)
def test_a_limit_is_kept(parameters, message, param, code):
    assert check("create_run", run(**parameters), {}) == refused(message, param, code)


def test_an_include_is_read_from_the_query_with_and_without_brackets():
    expected = refused(
        f"Invalid value: 'everything'. Supported values are: '{CONTENT_INCLUDE}'.", "include[1]", "invalid_value"
    )
    assert check("create_run", run(), {"include[]": (CONTENT_INCLUDE, "everything")}) == expected
    assert check("create_run", run(), {"include": (CONTENT_INCLUDE, "everything")}) == expected


def test_a_tool_of_a_compatible_service_passes_whatever_it_holds():
    tools = [
        {"type": "bing_grounding", "bing_grounding": {"search_configurations": [{"connection_id": "c"}]}},
        {"type": "azure_ai_search"},
        {"type": "mcp", "server_label": "x", "allowed_tools": None},
        {"type": "openapi", "openapi": {"spec": {}}},
        {"type": "connected_agent", "connected_agent": {"id": "asst_2"}},
    ]
    for provider in (Provider.AZURE, Provider.OTHER):
        assert check("create_run", run(tools=tools), {}, provider=provider) is None


FILE_SEARCH_LIMITS = [
    (
        {"max_num_results": 0},
        "Invalid 'tools[0].file_search.max_num_results': integer below minimum value. Expected a value >= 1, but got 0 instead.",
        "tools[0].file_search.max_num_results",
        "integer_below_min_value",
    ),
    (
        {"max_num_results": 51},
        "Invalid 'tools[0].file_search.max_num_results': integer above maximum value. Expected a value <= 50, but got 51 instead.",
        "tools[0].file_search.max_num_results",
        "integer_above_max_value",
    ),
    (
        {"ranking_options": {"score_threshold": 1.5}},
        "Invalid 'tools[0].file_search.ranking_options.score_threshold': decimal above maximum value. Expected a value <= 1, but got 1.5 instead.",
        "tools[0].file_search.ranking_options.score_threshold",
        "decimal_above_max_value",
    ),
    (
        {"ranking_options": {"score_threshold": -0.1}},
        "Invalid 'tools[0].file_search.ranking_options.score_threshold': decimal below minimum value. Expected a value >= 0, but got -0.1 instead.",
        "tools[0].file_search.ranking_options.score_threshold",
        "decimal_below_min_value",
    ),
    (
        {"results": 5},
        "Unknown parameter: 'tools[0].file_search.results'.",
        "tools[0].file_search.results",
        "unknown_parameter",
    ),
]


@pytest.mark.parametrize(
    ("options", "message", "param", "code"), FILE_SEARCH_LIMITS, ids=[str(row[0]) for row in FILE_SEARCH_LIMITS]
)
def test_file_search_keeps_its_limits(options, message, param, code):
    tool = {"type": "file_search", "file_search": options}
    assert check("create_run", run(tools=[tool]), {}) == refused(message, param, code)


def test_a_ranker_and_hybrid_search_are_free():
    ranking = {"ranker": "default-2024-08-21", "score_threshold": 0, "hybrid_search": {"text_weight": 9}}
    tool = {"type": "file_search", "file_search": {"max_num_results": 50, "ranking_options": ranking}}
    assert check("create_run", run(tools=[tool]), {}) is None
