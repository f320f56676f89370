import pytest

from runmock.apis.assistants import objects, tools

RUN = {"id": "run_1", "assistant_id": "asst_1", "thread_id": "thread_1", "expires_at": 700}
CREATE = {"assistant_id": "asst_1"}


def new_run(body=CREATE, assistant=None):
    return objects.run("run_1", 100, "thread_1", body, assistant, "gpt-4o")


def test_a_run_has_the_keys_of_real_traffic_in_their_order():
    assert " ".join(new_run()) == (
        "id object created_at assistant_id thread_id status started_at expires_at cancelled_at failed_at completed_at "
        "required_action last_error model instructions tools tool_resources metadata temperature top_p reasoning_effort "
        "max_completion_tokens max_prompt_tokens truncation_strategy incomplete_details usage response_format "
        "tool_choice parallel_tool_calls"
    )


def test_a_run_without_anything_has_the_defaults_of_the_service():
    run = new_run()
    assert {key: value for key, value in run.items() if value is not None} == {
        "id": "run_1",
        "object": "thread.run",
        "created_at": 100,
        "assistant_id": "asst_1",
        "thread_id": "thread_1",
        "status": "queued",
        "expires_at": 700,
        "model": "gpt-4o",
        "tools": [],
        "tool_resources": {},
        "metadata": {},
        "temperature": 1.0,
        "top_p": 1.0,
        "truncation_strategy": {"type": "auto", "last_messages": None},
        "response_format": "auto",
        "tool_choice": "auto",
        "parallel_tool_calls": True,
    }


@pytest.mark.parametrize(
    ("field", "of_assistant", "of_request"),
    [
        ("model", "gpt-a", "gpt-r"),
        ("instructions", "Be brief.", "Be kind."),
        ("instructions", "Be brief.", ""),
        ("temperature", 0.5, 0),
        ("top_p", 0.5, 0.1),
        ("reasoning_effort", "low", "high"),
        ("response_format", {"type": "json_object"}, {"type": "text"}),
        ("tools", [{"type": "code_interpreter"}], []),
    ],
)
def test_a_request_wins_over_its_assistant_which_wins_over_the_defaults(field, of_assistant, of_request):
    assistant = objects.assistant("asst_1", 1, "gpt-4o", {field: of_assistant}, {})
    assert new_run(CREATE, assistant)[field] == of_assistant
    assert new_run({**CREATE, field: None}, assistant)[field] == of_assistant
    assert new_run({**CREATE, field: of_request}, assistant)[field] == of_request


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("metadata", {"a": "b"}),
        ("max_completion_tokens", 16),
        ("max_prompt_tokens", 300),
        ("tool_choice", "none"),
        ("parallel_tool_calls", False),
        ("truncation_strategy", {"type": "last_messages", "last_messages": 3}),
    ],
)
def test_a_run_has_what_its_request_contains(field, value):
    assert new_run({**CREATE, field: value})[field] == value


@pytest.mark.parametrize(
    ("own", "instead", "added", "expected"),
    [
        (None, None, None, None),
        ("Be brief.", None, None, "Be brief."),
        ("Be brief.", None, "Be kind.", "Be brief.\nBe kind."),
        ("Be brief.", "Be long.", "Be kind.", "Be long.\nBe kind."),
        (None, None, "Be kind.", "Be kind."),
        ("Be brief.", "", None, ""),
    ],
)
def test_the_instructions_of_a_run_are_followed_by_the_additional_instructions(own, instead, added, expected):
    body = {**CREATE, "instructions": instead, "additional_instructions": added}
    assert new_run(body, {"instructions": own})["instructions"] == expected


@pytest.mark.parametrize(
    ("tool", "echoed"),
    [
        ({"type": "code_interpreter"}, {"type": "code_interpreter"}),
        (
            {"type": "function", "function": {"name": "f"}},
            {
                "type": "function",
                "function": {"name": "f", "parameters": {"type": "object", "properties": {}}, "strict": False},
            },
        ),
        (
            {
                "type": "function",
                "function": {"strict": True, "parameters": {"a": 1}, "description": "d", "name": "f", "odd": 1},
            },
            {
                "type": "function",
                "function": {"name": "f", "description": "d", "parameters": {"a": 1}, "strict": True, "odd": 1},
            },
        ),
        (
            {"type": "function"},
            {"type": "function", "function": {"parameters": {"type": "object", "properties": {}}, "strict": False}},
        ),
        ({"type": "file_search"}, {"type": "file_search", "file_search": {"ranking_options": tools.RANKING}}),
        (
            {"type": "file_search", "file_search": {"max_num_results": 3, "ranking_options": {"ranker": "auto"}}},
            {
                "type": "file_search",
                "file_search": {"max_num_results": 3, "ranking_options": {**tools.RANKING, "ranker": "auto"}},
            },
        ),
        ({"type": "mcp", "server": "x"}, {"type": "mcp", "server": "x"}),
    ],
)
def test_a_tool_is_echoed_with_its_defaults(tool, echoed):
    assert tools.echoed([tool]) == [echoed]


def test_no_tools_are_an_empty_list():
    assert tools.echoed(None) == []


def test_an_assistant_has_the_keys_of_real_traffic_in_their_order():
    assert " ".join(objects.assistant("asst_1", 1, "gpt-4o", {}, {})) == (
        "id object created_at name description model instructions tools top_p temperature reasoning_effort "
        "tool_resources metadata response_format"
    )


def test_numbers_are_floats_as_the_service_shows_them():
    assistant = objects.assistant("asst_1", 1, "gpt-4o", {"temperature": 0, "top_p": 1}, {})
    assert [repr(assistant[key]) for key in ("temperature", "top_p")] == ["0.0", "1.0"]


def test_a_step_has_the_keys_of_real_traffic_in_their_order():
    step = objects.step("step_1", RUN, 100, {"type": "tool_calls", "tool_calls": []})
    assert " ".join(step) == (
        "id object created_at run_id assistant_id thread_id type status cancelled_at completed_at expires_at failed_at "
        "last_error step_details usage"
    )
    assert (step["type"], step["status"], step["expires_at"]) == ("tool_calls", "in_progress", 700)


def test_a_message_of_the_user_is_complete_when_it_is_made():
    message = objects.message("msg_1", 100, "thread_1", {"role": "user", "content": "hi"})
    assert (message["status"], message["completed_at"], message["run_id"], message["assistant_id"]) == (
        "completed",
        100,
        None,
        None,
    )


def test_a_message_of_a_run_is_in_progress_when_it_is_made():
    message = objects.message("msg_1", 100, "thread_1", {"run": RUN})
    assert (message["status"], message["completed_at"], message["run_id"]) == ("in_progress", None, "run_1")
    assert (message["role"], message["content"]) == ("assistant", [])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, []),
        ("hi", [{"type": "text", "text": {"value": "hi", "annotations": []}}]),
        ([{"type": "text", "text": "hi"}], [{"type": "text", "text": {"value": "hi", "annotations": []}}]),
        (
            [{"type": "text", "text": {"value": "hi", "annotations": [1]}}],
            [{"type": "text", "text": {"value": "hi", "annotations": [1]}}],
        ),
        (
            [{"type": "image_file", "image_file": {"file_id": "file-1"}}],
            [{"type": "image_file", "image_file": {"file_id": "file-1", "detail": "auto"}}],
        ),
        (
            [{"type": "image_url", "image_url": {"url": "https://x", "detail": "low"}}],
            [{"type": "image_url", "image_url": {"url": "https://x", "detail": "low"}}],
        ),
        ([{"type": "odd"}], [{"type": "odd"}]),
    ],
)
def test_content_has_the_shape_of_answers(content, expected):
    assert objects.content(content) == expected


def test_the_text_of_a_message_is_its_text_parts():
    parts = [objects.text_part("a"), {"type": "image_file"}, objects.text_part("b")]
    assert objects.text_of({"content": parts}) == "a\nb"


@pytest.mark.parametrize(
    ("shapes", "has_status"),
    [("live", False), ("reference", True)],
)
def test_json_endpoints_show_no_status_of_messages_unless_the_reference_is_wanted(shapes, has_status):
    message = objects.message("msg_1", 100, "thread_1", {"role": "user", "content": "hi"})
    answer = objects.as_json(message, shapes)
    assert {key in answer for key in objects.MESSAGE_KEYS_OF_STREAMS} == {has_status}


@pytest.mark.parametrize(("shapes", "instructions"), [("live", None), ("reference", "")])
def test_instructions_are_null_unless_the_reference_is_wanted(shapes, instructions):
    assert objects.as_json(new_run(), shapes)["instructions"] == instructions
    assert objects.as_json(objects.thread("thread_1", 1, None, {}), shapes)["metadata"] == {}


def test_a_step_without_search_results_is_shown_as_it_is():
    step = objects.step("step_1", RUN, 100, {"type": "tool_calls", "tool_calls": [{"type": "function"}]})
    assert objects.without_content(step) is step


def test_the_content_of_search_results_is_left_out():
    calls = [{"file_search": {"results": [{"score": 1, "content": []}]}}, {"function": {}}, {"file_search": {}}]
    step = objects.step("step_1", RUN, 100, {"type": "tool_calls", "tool_calls": calls})
    bare = objects.without_content(step)
    assert bare["step_details"]["tool_calls"] == [
        {"file_search": {"results": [{"score": 1}]}},
        {"function": {}},
        {"file_search": {"results": []}},
    ]
    assert calls[0]["file_search"]["results"] == [{"score": 1, "content": []}]


def test_usage_is_summed_over_what_is_known():
    total = objects.sum_usage([objects.usage(1, 2), None, objects.usage(10, 20)])
    assert (total["prompt_tokens"], total["completion_tokens"], total["total_tokens"]) == (11, 22, 33)
    assert total["prompt_token_details"] == {"cached_tokens": 0}


def test_a_deleted_object_is_marked_as_deleted():
    assert objects.deleted("thread.message", "msg_1") == {
        "id": "msg_1",
        "object": "thread.message.deleted",
        "deleted": True,
    }
