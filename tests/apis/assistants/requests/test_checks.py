"""Every operation's requests: what passes, what is refused, and which of several errors is named."""

import pytest

from runmock.apis.assistants.operations import TABLE
from runmock.apis.assistants.requests.checks import check
from runmock.apis.service.provider import Provider
from runmock.apis.service.refusals import ServiceRefusal

TOO_MANY = {str(number): "v" for number in range(17)}
TOO_MANY_TEXT = (
    "Invalid '{param}': too many properties. Expected an object with at most 16 properties, "
    "but got an object with 17 properties instead."
)
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}}
TOOLS = "'code_interpreter', 'function', and 'file_search'"
STATIC = {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}}


def refused(message, param, code):
    return ServiceRefusal(400, message, "invalid_request_error", param, code)


def unknown(param):
    return refused(f"Unknown parameter: '{param}'.", param, "unknown_parameter")


def missing(param):
    return refused(f"Missing required parameter: '{param}'.", param, "missing_required_parameter")


def wrong_type(param, expected, got):
    return refused(f"Invalid type for '{param}': expected {expected}, but got {got} instead.", param, "invalid_type")


def too_long(param, limit, length):
    message = f"Invalid '{param}': string too long. Expected a string with maximum length {limit}, but got a string with length {length} instead."
    return refused(message, param, "string_above_max_length")


def array_too_long(param, limit, length):
    message = f"Invalid '{param}': array too long. Expected an array with maximum length {limit}, but got an array with length {length} instead."
    return refused(message, param, "array_above_max_length")


def not_among(value, values, param):
    return refused(f"Invalid value: '{value}'. Supported values are: {values}.", param, "invalid_value")


def wrong_id(param, value, prefix):
    return refused(f"Invalid '{param}': '{value}'. Expected an ID that begins with '{prefix}'.", param, "invalid_value")


def image(file_id):
    return {"type": "image_file", "image_file": {"file_id": file_id}}


def code(file_ids):
    return {"tool_resources": {"code_interpreter": {"file_ids": file_ids}}}


def message(content="hi", **others):
    return {"role": "user", "content": content, **others}


def store(**members):
    return {"model": "m", "tool_resources": {"file_search": {"vector_stores": [members]}}}


def chunking(value):
    return store(chunking_strategy=value)


@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
def test_every_operation_that_sends_something_has_a_shape(lenient):
    models = {row.name: (row.body, row.query) for row in TABLE}
    if lenient:
        models = {row.name: (row.lenient_body or row.body, row.lenient_query or row.query) for row in TABLE}
    bodies = {row.name for row in TABLE if row.method == "POST"} - {"cancel_run"}
    assert {name for name, (body, _) in models.items() if body} == bodies
    assert {name for name, (_, query) in models.items() if query} == {
        *(row.name for row in TABLE if row.name.startswith("list_")),
        "create_run",
        "retrieve_run_step",
    }


PASSES = [
    ("create_assistant", {"model": "gpt-4o"}),
    ("create_assistant", {"model": "m", "name": "n" * 256, "description": "d" * 512, "instructions": "i" * 256_000}),
    ("create_assistant", {"model": "m", "name": None, "description": None, "tools": None, "tool_resources": None}),
    (
        "create_assistant",
        {"model": "m", "temperature": 1, "top_p": 1, "reasoning_effort": "x", "response_format": "auto"},
    ),
    ("create_assistant", {"model": "m", "tool_resources": {"code_interpreter": {"file_ids": ["file-1"] * 20}}}),
    ("create_assistant", store(file_ids=["file-1"] * 21, metadata={"a": "b"}, chunking_strategy=STATIC)),
    ("create_assistant", chunking({"type": "auto"})),
    (
        "create_assistant",
        chunking({"type": "static", "static": {"max_chunk_size_tokens": 4096, "chunk_overlap_tokens": 0}}),
    ),
    ("modify_assistant", {}),
    ("modify_assistant", {"model": None, "tool_resources": {"file_search": {"vector_store_ids": ["vs_1"]}}}),
    ("create_thread", None),
    ("create_thread", {}),
    ("create_thread", {"messages": [message(), message(role="assistant")], "metadata": None, "tool_resources": {}}),
    ("create_thread", {"tool_resources": {"file_search": {"vector_stores": []}}}),
    ("modify_thread", {"metadata": {"a": "b"}, "tool_resources": {"code_interpreter": {"file_ids": []}}}),
    ("create_thread_and_run", {"assistant_id": "asst_1"}),
    ("create_thread_and_run", {"assistant_id": "asst_1", "thread": {"messages": [message()]}, "tool_resources": None}),
    ("create_thread_and_run", {"assistant_id": "asst_1", "thread": None, "stream": False, "tools": None}),
    ("create_message", message()),
    ("create_message", message("")),
    ("create_message", message([{"type": "text", "text": "a"}, IMAGE])),
    ("create_message", message([{"type": "image_file", "image_file": {"file_id": "file-1", "detail": None}}])),
    ("create_message", message(attachments=[{"file_id": "file-1", "tools": [{"type": "file_search"}]}])),
    (
        "create_message",
        message(attachments=[{"tools": [{"type": "code_interpreter"}]}, {"file_id": "file_1", "tools": []}]),
    ),
    ("create_message", message(attachments=None, metadata=None)),
    ("modify_message", {"metadata": {"a": "b"}}),
    ("modify_run", {"metadata": {}}),
    ("modify_run", None),
    ("submit_tool_outputs", {"tool_outputs": [{"tool_call_id": "call_1", "output": ""}], "stream": None}),
    ("submit_tool_outputs", {"tool_outputs": [], "stream": True}),
    ("cancel_run", None),
    ("cancel_run", {"foo": 1}),
    ("delete_thread", None),
    ("retrieve_run", None),
]


@pytest.mark.parametrize(("operation", "body"), PASSES, ids=[f"{row[0]}-{str(row[1])[:50]}" for row in PASSES])
def test_the_service_accepts(operation, body):
    assert check(operation, body, {}) is None


REFUSED = [
    ("create_assistant", {}, missing("model")),
    ("create_assistant", None, missing("model")),
    ("create_assistant", {"model": None}, wrong_type("model", "a string", "null")),
    ("create_assistant", {"model": "m", "name": "n" * 257}, too_long("name", 256, 257)),
    ("create_assistant", {"model": "m", "description": "d" * 513}, too_long("description", 512, 513)),
    ("create_assistant", {"model": "m", "instructions": "i" * 256_001}, too_long("instructions", 256_000, 256_001)),
    (
        "create_assistant",
        {"model": "m", "tools": [{"type": "code_interpreter"}] * 129},
        array_too_long("tools", 128, 129),
    ),
    (
        "create_assistant",
        {"model": "m", "metadata": TOO_MANY},
        refused(TOO_MANY_TEXT.format(param="metadata"), "metadata", "object_above_max_properties"),
    ),
    (
        "create_assistant",
        {"model": "m", "temperature": 2.1},
        refused(
            "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.1 instead.",
            "temperature",
            "decimal_above_max_value",
        ),
    ),
    (
        "create_assistant",
        {"model": "m", "top_p": -1},
        refused(
            "Invalid 'top_p': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
            "top_p",
            "decimal_below_min_value",
        ),
    ),
    ("create_assistant", {"model": "m", "file_ids": []}, unknown("file_ids")),
    (
        "create_assistant",
        {"model": "m", "tool_resources": {"code_interpreter": {"file_ids": ["file-1"] * 21}}},
        array_too_long("tool_resources.code_interpreter.file_ids", 20, 21),
    ),
    (
        "create_assistant",
        {"model": "m", "tool_resources": {"code_interpreter": {"file_ids": "file-1"}}},
        wrong_type("tool_resources.code_interpreter.file_ids", "an array of strings", "a string"),
    ),
    (
        "create_assistant",
        {"model": "m", "tool_resources": {"code_interpreter": {"file_ids": ["file-1", 1]}}},
        wrong_type("tool_resources.code_interpreter.file_ids[1]", "a string", "an integer"),
    ),
    (
        "create_assistant",
        {"model": "m", "tool_resources": {"file_search": {"vector_store_ids": ["a", "b"]}}},
        array_too_long("tool_resources.file_search.vector_store_ids", 1, 2),
    ),
    (
        "create_assistant",
        {"model": "m", "tool_resources": {"file_search": {"vector_stores": [{}, {}]}}},
        array_too_long("tool_resources.file_search.vector_stores", 1, 2),
    ),
    ("create_assistant", {"model": "m", "tool_resources": {"bing": {}}}, unknown("tool_resources.bing")),
    ("create_assistant", store(name="x"), unknown("tool_resources.file_search.vector_stores[0].name")),
    (
        "create_assistant",
        chunking({"type": "fixed"}),
        not_among("fixed", "'auto' and 'static'", "tool_resources.file_search.vector_stores[0].chunking_strategy.type"),
    ),
    (
        "create_assistant",
        chunking({"type": "static"}),
        missing("tool_resources.file_search.vector_stores[0].chunking_strategy.static"),
    ),
    (
        "create_assistant",
        chunking({"type": "static", "static": {"max_chunk_size_tokens": 99, "chunk_overlap_tokens": 0}}),
        refused(
            "Invalid 'tool_resources.file_search.vector_stores[0].chunking_strategy.static.max_chunk_size_tokens': "
            "integer below minimum value. Expected a value >= 100, but got 99 instead.",
            "tool_resources.file_search.vector_stores[0].chunking_strategy.static.max_chunk_size_tokens",
            "integer_below_min_value",
        ),
    ),
    (
        "create_assistant",
        chunking({"type": "static", "static": {"max_chunk_size_tokens": 4097, "chunk_overlap_tokens": 0}}),
        refused(
            "Invalid 'tool_resources.file_search.vector_stores[0].chunking_strategy.static.max_chunk_size_tokens': "
            "integer above maximum value. Expected a value <= 4096, but got 4097 instead.",
            "tool_resources.file_search.vector_stores[0].chunking_strategy.static.max_chunk_size_tokens",
            "integer_above_max_value",
        ),
    ),
    (
        "create_assistant",
        chunking({"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": -1}}),
        refused(
            "Invalid 'tool_resources.file_search.vector_stores[0].chunking_strategy.static.chunk_overlap_tokens': "
            "integer below minimum value. Expected a value >= 0, but got -1 instead.",
            "tool_resources.file_search.vector_stores[0].chunking_strategy.static.chunk_overlap_tokens",
            "integer_below_min_value",
        ),
    ),
    ("modify_assistant", {"model": 1}, wrong_type("model", "a string", "an integer")),
    (
        "modify_assistant",
        {"tool_resources": {"file_search": {"vector_stores": []}}},
        unknown("tool_resources.file_search.vector_stores"),
    ),
    ("create_thread", {"messages": message()}, wrong_type("messages", "an array of objects", "an object")),
    ("create_thread", {"messages": [message(), {"role": "user"}]}, missing("messages[1].content")),
    (
        "create_thread",
        {"messages": [message(role="system")]},
        not_among("system", "'user' and 'assistant'", "messages[0].role"),
    ),
    ("create_thread", {"tools": []}, unknown("tools")),
    ("modify_thread", {"messages": []}, unknown("messages")),
    (
        "modify_thread",
        {"tool_resources": {"file_search": {"vector_stores": []}}},
        unknown("tool_resources.file_search.vector_stores"),
    ),
    ("create_thread_and_run", {"thread": {}}, missing("assistant_id")),
    *(
        ("create_thread_and_run", {"assistant_id": "a", name: None}, unknown(name))
        for name in ("additional_messages", "additional_instructions", "reasoning_effort", "include")
    ),
    (
        "create_thread_and_run",
        {"assistant_id": "a", "thread": "thread_1"},
        wrong_type("thread", "an object", "a string"),
    ),
    ("create_thread_and_run", {"assistant_id": "a", "thread": {"id": "x"}}, unknown("thread.id")),
    (
        "create_thread_and_run",
        {"assistant_id": "a", "thread": {"messages": [message([{"type": "text"}])]}},
        missing("thread.messages[0].content[0].text"),
    ),
    (
        "create_thread_and_run",
        {"assistant_id": "a", "tool_resources": {"file_search": {"vector_stores": []}}},
        unknown("tool_resources.file_search.vector_stores"),
    ),
    ("create_message", {}, missing("role")),
    ("create_message", {"role": "user"}, missing("content")),
    ("create_message", message(role="human"), not_among("human", "'user' and 'assistant'", "role")),
    ("create_message", message(role=1), wrong_type("role", "one of 'user' or 'assistant'", "an integer")),
    ("create_message", message(None), wrong_type("content", "one of a string or array of objects", "null")),
    (
        "create_message",
        message({"type": "text"}),
        wrong_type("content", "one of a string or array of objects", "an object"),
    ),
    (
        "create_message",
        message([]),
        refused(
            "Invalid 'content': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            "content",
            "empty_array",
        ),
    ),
    ("create_message", message(["hi"]), wrong_type("content[0]", "an object", "a string")),
    ("create_message", message([{"text": "a"}]), missing("content[0].type")),
    (
        "create_message",
        message([IMAGE, {"type": "input_text", "text": "a"}]),
        not_among("input_text", "'text', 'image_url', and 'image_file'", "content[1].type"),
    ),
    (
        "create_message",
        message([{"type": "text", "text": {"value": "a"}}]),
        wrong_type("content[0].text", "a string", "an object"),
    ),
    ("create_message", message([{"type": "text", "text": "a", "url": "b"}]), unknown("content[0].url")),
    (
        "create_message",
        message([{"type": "image_url", "image_url": "https://x"}]),
        wrong_type("content[0].image_url", "an object", "a string"),
    ),
    (
        "create_message",
        message([{"type": "image_url", "image_url": {"url": "x", "detail": "max"}}]),
        not_among("max", "'auto', 'low', and 'high'", "content[0].image_url.detail"),
    ),
    ("create_message", message([{"type": "image_file", "image_file": {}}]), missing("content[0].image_file.file_id")),
    ("create_message", message(attachments={}), wrong_type("attachments", "an array of objects", "an object")),
    ("create_message", message(attachments=[{"id": "f", "tools": []}]), unknown("attachments[0].id")),
    ("create_message", message(attachments=[{"file_id": "file-1"}]), missing("attachments[0].tools")),
    (
        "create_message",
        message(attachments=[{"file_id": "file-1", "tools": None}]),
        wrong_type("attachments[0].tools", "an array of objects", "null"),
    ),
    (
        "create_thread",
        {"messages": [message(), message(attachments=[{"tools": []}, {"file_id": "file-1"}])]},
        missing("messages[1].attachments[1].tools"),
    ),
    (
        "create_run",
        {"assistant_id": "a", "additional_messages": [message(attachments=[{}])]},
        missing("additional_messages[0].attachments[0].tools"),
    ),
    *(
        (operation, body, wrong_id(param, "F0BGSHE3JGJ", "file"))
        for operation, body, param in [
            (
                "create_message",
                message(attachments=[{"file_id": "F0BGSHE3JGJ", "tools": []}]),
                "attachments[0].file_id",
            ),
            ("create_message", message([IMAGE, image("F0BGSHE3JGJ")]), "content[1].image_file.file_id"),
            ("create_thread", code(["file-1", "F0BGSHE3JGJ"]), "tool_resources.code_interpreter.file_ids[1]"),
            ("modify_thread", code(["F0BGSHE3JGJ"]), "tool_resources.code_interpreter.file_ids[0]"),
            ("create_assistant", {"model": "m"} | code(["F0BGSHE3JGJ"]), "tool_resources.code_interpreter.file_ids[0]"),
            (
                "create_assistant",
                store(file_ids=["F0BGSHE3JGJ"]),
                "tool_resources.file_search.vector_stores[0].file_ids[0]",
            ),
        ]
    ),
    ("create_message", message([image("")]), wrong_id("content[0].image_file.file_id", "", "file")),
    *(
        (
            operation,
            body | {"tools": [{"type": "code_interpreter"}, {"type": kind}]},
            not_among(kind, TOOLS, "tools[1].type"),
        )
        for operation, body in [
            ("create_assistant", {"model": "m"}),
            ("modify_assistant", {}),
            ("create_run", {"assistant_id": "a"}),
            ("create_thread_and_run", {"assistant_id": "a"}),
        ]
        for kind in ("retrieval", "bing_grounding", "web_search", "")
    ),
    ("create_assistant", {"model": "m", "tools": [{"function": {"name": "f"}}]}, missing("tools[0].type")),
    (
        "create_run",
        {"assistant_id": "a", "tool_choice": {"type": "retrieval"}},
        not_among("retrieval", TOOLS, "tool_choice.type"),
    ),
    (
        "create_message",
        message(attachments=[{"file_id": "file-1", "tools": [{"type": "retrieval"}]}]),
        not_among("retrieval", "'code_interpreter' and 'file_search'", "attachments[0].tools[0].type"),
    ),
    (
        "create_message",
        message(attachments=[{"file_id": "file-1", "tools": [{"type": "file_search", "file_search": {}}]}]),
        unknown("attachments[0].tools[0].file_search"),
    ),
    ("create_message", message(file_ids=[]), unknown("file_ids")),
    ("create_message", message(metadata={"a": 1}), wrong_type("metadata.a", "a string", "an integer")),
    ("modify_message", {"content": "x"}, unknown("content")),
    ("modify_run", {"metadata": {"a": None}}, wrong_type("metadata.a", "a string", "null")),
    ("modify_run", {"status": "cancelled"}, unknown("status")),
    ("submit_tool_outputs", {}, missing("tool_outputs")),
    ("submit_tool_outputs", {"tool_outputs": None}, wrong_type("tool_outputs", "an array of objects", "null")),
    (
        "submit_tool_outputs",
        {"tool_outputs": {"call_1": "x"}},
        wrong_type("tool_outputs", "an array of objects", "an object"),
    ),
    ("submit_tool_outputs", {"tool_outputs": [{"output": "x"}]}, missing("tool_outputs[0].tool_call_id")),
    ("submit_tool_outputs", {"tool_outputs": [{"tool_call_id": "x"}]}, missing("tool_outputs[0].output")),
    (
        "submit_tool_outputs",
        {"tool_outputs": [{"tool_call_id": "x", "output": {"temperature": 20}}]},
        wrong_type("tool_outputs[0].output", "a string", "an object"),
    ),
    (
        "submit_tool_outputs",
        {"tool_outputs": [{"tool_call_id": "x", "output": "", "name": "f"}]},
        unknown("tool_outputs[0].name"),
    ),
    ("submit_tool_outputs", {"tool_outputs": [], "stream": "no"}, wrong_type("stream", "a boolean", "a string")),
]


@pytest.mark.parametrize(
    ("operation", "body", "expected"), REFUSED, ids=[f"{row[0]}-{row[2].message[:70]}" for row in REFUSED]
)
def test_the_service_refuses(operation, body, expected):
    assert check(operation, body, {}) == expected


@pytest.mark.parametrize(
    ("body", "got"), [([], "an array"), ("x", "a string"), (5, "an integer"), (False, "a boolean")]
)
def test_a_body_that_is_no_object_is_refused_without_a_parameter(body, got):
    expected = refused(f"Invalid type: expected an object, but got {got} instead.", None, "invalid_type")
    assert check("create_run", body, {}) == expected


def test_a_string_that_is_not_unicode_is_refused_as_no_json():
    assert check("modify_run", {"metadata": {"k": "\ud800"}}, {}) == ServiceRefusal(
        400,
        "We could not parse the JSON body of your request. (HINT: a string is not valid Unicode.) "
        "The body must be a JSON object.",
    )


ORDER = [
    ("missing before unknown", {"foo": 1}, missing("assistant_id")),
    ("unknown before a wrong type", {"assistant_id": "a", "model": 5, "foo": 1}, unknown("foo")),
    ("the first unknown one", {"assistant_id": "a", "foo": 1, "bar": 1}, unknown("foo")),
    (
        "unknown above before missing below",
        {"assistant_id": "a", "tools": [{"type": "function"}], "foo": 1},
        unknown("foo"),
    ),
    (
        "missing before unknown in a member too",
        {"assistant_id": "a", "tools": [{"type": "function", "foo": 1}]},
        missing("tools[0].function"),
    ),
    (
        "the first array member with a fault",
        {"assistant_id": "a", "tools": [{"type": "code_interpreter", "foo": 1}, {"type": "function"}]},
        unknown("tools[0].foo"),
    ),
    (
        "members in the order of the reference",
        {"assistant_id": "a", "stream": 1, "model": 1},
        wrong_type("model", "a string", "an integer"),
    ),
]


@pytest.mark.parametrize(("body", "expected"), [row[1:] for row in ORDER], ids=[row[0] for row in ORDER])
def test_of_several_errors_the_service_names(body, expected):
    assert check("create_run", body, {}) == expected


def test_a_lenient_server_accepts_tool_outputs_with_members_missing_and_keeps_their_types():
    for output in ({}, {"tool_call_id": "call_1"}, {"output": "x"}, {"tool_call_id": None, "output": None}):
        body = {"tool_outputs": [output], "stream": None}
        assert check("submit_tool_outputs", body, {}, lenient=True) is None
    assert check("submit_tool_outputs", {}, {}, lenient=True) == missing("tool_outputs")
    assert check("submit_tool_outputs", {"tool_outputs": [{"output": 1}]}, {}, lenient=True) == wrong_type(
        "tool_outputs[0].output", "a string", "an integer"
    )


def test_a_lenient_server_is_strict_about_everything_else():
    assert check("create_run", {"assistant_id": "a", "foo": 1}, {}, lenient=True) == unknown("foo")


ELSEWHERE = [
    ("create_message", message(attachments=[{"file_id": "assistant-1", "tools": [{"type": "mcp", "x": 1}]}])),
    ("create_message", message([image("assistant-1")])),
    ("create_thread", code(["assistant-1"])),
    ("create_assistant", store(file_ids=["assistant-1"])),
    ("create_assistant", {"model": "m", "tools": [{"type": "retrieval"}, {"type": "bing_grounding", "x": {"y": 1}}]}),
    ("create_run", {"assistant_id": "a", "tool_choice": {"type": "azure_ai_search"}}),
    ("create_thread", {"tool_resources": {"azure_ai_search": {"indexes": []}}}),
    ("create_assistant", {"model": "m", "tool_resources": {"file_search": {"vector_stores": [{"name": "x"}]}}}),
    ("create_message", message(attachments=[{"data_source": {"uri": "x"}, "tools": []}])),
]
"""What OpenAI refuses, and other providers have: ids, types of tools, and what these bring with them."""


@pytest.mark.parametrize(("operation", "body"), ELSEWHERE, ids=[f"{row[0]}-{str(row[1])[:50]}" for row in ELSEWHERE])
def test_ids_and_tools_are_those_of_the_provider(operation, body):
    assert check(operation, body, {}) is not None
    for provider in (Provider.AZURE, Provider.OTHER):
        assert check(operation, body, {}, provider=provider) is None


UNKNOWN_KEYS = [row for row in REFUSED if row[2].code == "unknown_parameter"]


@pytest.mark.parametrize(("operation", "body", "refusal"), UNKNOWN_KEYS, ids=[row[2].param for row in UNKNOWN_KEYS])
def test_a_parameter_that_the_service_does_not_know_passes_on_other_hosts(operation, body, refusal):
    assert check(operation, body, {}, provider=Provider.OPENAI) == refusal
    is_a_tools = "tool_resources" in refusal.param
    assert check(operation, body, {}, provider=Provider.AZURE) == (None if is_a_tools else refusal)
    assert check(operation, body, {}, provider=Provider.OTHER) is None


@pytest.mark.parametrize("operation", [row.name for row in TABLE if row.body])
def test_other_hosts_have_parameters_of_their_own_and_the_rest_is_checked_all_the_same(operation):
    needed = {
        "create_assistant": {"model": "m"},
        "create_thread_and_run": {"assistant_id": "a"},
        "create_message": message(),
        "create_run": {"assistant_id": "a"},
        "submit_tool_outputs": {"tool_outputs": []},
    }.get(operation, {})
    body = {"custom_llm_provider": "openai", **needed}
    assert check(operation, body, {}) == unknown("custom_llm_provider")
    assert check(operation, body, {}, provider=Provider.AZURE) == unknown("custom_llm_provider")
    assert check(operation, body, {}, provider=Provider.OTHER) is None
    for name in needed:
        less = {key: value for key, value in body.items() if key != name}
        assert check(operation, less, {}, provider=Provider.OTHER) == missing(name)


def test_an_unknown_parameter_on_another_host_hides_no_error_beside_it():
    wrong = {"assistant_id": "a", "custom": 1, "temperature": 3}
    assert check("create_run", wrong, {}) == unknown("custom")
    assert check("create_run", wrong, {}, provider=Provider.OTHER).param == "temperature"
    query = {"include": ("everything",)}
    assert check("create_run", {"assistant_id": "a", "custom": 1}, query, provider=Provider.OTHER).param == "include[0]"


def test_with_no_cassette_ids_and_tools_are_whatever_they_are():
    body = {"model": "m", "tools": [{"type": "retrieval"}], **code(["f"])}
    assert check("create_assistant", body, {}, lenient=True) is None
    assert check("create_assistant", {"model": "m", "custom": 1}, {}, lenient=True) == unknown("custom")
