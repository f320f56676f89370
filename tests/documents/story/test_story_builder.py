"""The story of a recording: its messages, the runs that it creates, what they did and when."""

import pytest

from runmock.core.report.message_texts import texts_of
from runmock.core.story.story import MessageStory, RunStory
from runmock.documents.story.story_of import story_of
from runmock.documents.story.timeline_lines import clock, timeline_lines
from runmock.tape.reading.cassette import cassette_from

RUN = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1", "assistant_id": "asst_x", "status": "queued"}


def story_from(*interactions, at=None):
    return story_of(cassette_from({"interactions": list(interactions)}).interactions, at)


def items(story, thread="thread_1"):
    """What is in a thread: the role and text of a message, the id and status of a run, a refusal's status."""
    return [
        (item.role, item.text)
        if isinstance(item, MessageStory)
        else (item.id, item.status)
        if isinstance(item, RunStory)
        else (item.operation, item.interaction.status)
        for item in story.threads[thread].items
    ]


def message(number, role, text, **fields):
    content = [{"type": "text", "text": {"value": text, "annotations": []}}]
    return {
        "id": f"msg_{number}",
        "object": "thread.message",
        "thread_id": "thread_1",
        "role": role,
        "content": content,
        **fields,
    }


def test_messages_that_only_requests_contain_are_there():
    body = {
        "messages": [{"role": "user", "content": "one"}, {"role": "user", "content": [{"type": "text", "text": "two"}]}]
    }
    story = story_from(
        {"request": "POST /threads", "body": body, "json": {"id": "thread_1", "object": "thread", "created_at": 1}},
        {
            "request": "POST /threads/thread_1/runs",
            "body": {"additional_messages": [{"role": "user", "content": "three"}]},
            "json": RUN,
        },
    )
    assert items(story) == [("user", "one"), ("user", "two"), ("user", "three"), ("run_1", "queued")]
    assert not story.threads["thread_1"].existed_before


def test_a_thread_that_is_created_with_its_run_has_its_messages():
    body = {"thread": {"messages": [{"role": "user", "content": "one"}]}}
    for answer in (
        {"json": RUN},
        {"stream": [{"thread.created": {"id": "thread_1", "object": "thread"}}, {"thread.run.created": RUN}]},
    ):
        story = story_from({"request": "POST /threads/runs", "body": body, **answer})
        assert items(story) == [("user", "one"), ("run_1", "queued")]
        assert not story.threads["thread_1"].existed_before


def test_a_listed_message_is_the_message_of_an_earlier_request():
    body = {"messages": [{"role": "user", "content": "one"}]}
    story = story_from(
        {"request": "POST /threads", "body": body, "json": {"id": "thread_1", "object": "thread"}},
        {
            "request": "GET /threads/thread_1/messages",
            "json": {"object": "list", "data": [message(2, "user", "two"), message(1, "user", "one")]},
        },
    )
    assert items(story) == [("user", "one"), ("user", "two")]
    assert story.threads["thread_1"].items[0].id == "msg_1"


def test_a_list_is_read_from_its_oldest_item():
    data = [message(2, "user", "two"), message(1, "user", "one")]
    newest = story_from({"request": "GET /threads/thread_1/messages", "json": {"object": "list", "data": data}})
    oldest = story_from(
        {"request": "GET /threads/thread_1/messages?order=asc", "json": {"object": "list", "data": data[::-1]}}
    )
    assert items(newest) == items(oldest) == [("user", "one"), ("user", "two")]
    assert newest.threads["thread_1"].existed_before


def test_calls_and_outputs_of_a_polled_run_belong_together():
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": [call]}}
    waiting = {**RUN, "status": "requires_action", "required_action": action}
    story = story_from(
        {"request": "POST /threads/thread_1/runs", "body": {"assistant_id": "asst_x"}, "json": RUN},
        {"request": "GET /threads/thread_1/runs/run_1", "json": waiting},
        {
            "request": "POST /threads/thread_1/runs/run_1/submit_tool_outputs",
            "body": {"tool_outputs": [{"tool_call_id": "call_1", "output": "21"}]},
            "json": {**RUN, "status": "queued"},
        },
        {"request": "GET /threads/thread_1/runs/run_1", "json": {**RUN, "status": "completed"}},
        {
            "request": "GET /threads/thread_1/messages",
            "json": {"object": "list", "data": [message(1, "assistant", "It is 21.", run_id="run_1")]},
        },
    )
    (run,) = story.runs
    assert [state.status for state in run.states] == ["queued", "requires_action", "queued", "completed"]
    assert [(call.name, call.input, call.output) for call in run.calls] == [("f", "{}", "21")]
    assert run.text == "It is 21."
    assert not run.is_streamed


def test_listed_steps_have_their_order_and_their_times():
    def step(number, began, **fields):
        step = {"id": f"step_{number}", "object": "thread.run.step", "run_id": "run_1", "status": "completed"}
        return {**step, "created_at": 100 + began, "completed_at": 101 + began, **fields}

    search = {"id": "call_1", "type": "file_search", "file_search": {"results": [{"file_name": "a.txt", "score": 0.5}]}}
    data = [
        step(2, 2, step_details={"type": "message_creation", "message_creation": {"message_id": "msg_1"}}),
        step(1, 0, step_details={"type": "tool_calls", "tool_calls": [search]}),
    ]
    story = story_from(
        {"request": "POST /threads/thread_1/runs", "body": {}, "json": {**RUN, "created_at": 100}},
        {
            "request": "GET /threads/thread_1/messages",
            "json": {"object": "list", "data": [message(1, "assistant", "Found.", run_id="run_1")]},
        },
        {"request": "GET /threads/thread_1/runs/run_1/steps", "json": {"object": "list", "data": data}},
    )
    (run,) = story.runs
    assert [(step.id, step.began_ms, step.ended_ms) for step in run.steps] == [
        ("step_1", 0, 1000),
        ("step_2", 2000, 3000),
    ]
    assert [(line.kind, line.text, line.output) for line in timeline_lines(run)] == [
        ("status", "queued", None),
        ("file_search", "file_search", "a.txt (0.50)"),
        ("message", "Found.", None),
    ]


def test_a_refusal_stands_where_it_happened():
    story = story_from(
        {
            "request": "POST /threads/thread_1/messages",
            "body": {"role": "user", "content": "one"},
            "json": message(1, "user", "one"),
        },
        {
            "request": "POST /threads/thread_1/runs",
            "body": {},
            "status": 429,
            "json": {"error": {"code": "slow", "message": "down"}},
        },
        {"request": "POST /threads", "body": {}, "status": 500, "text": "oh"},
    )
    assert items(story) == [("user", "one"), ("create_run", 429)]
    assert story.threads["thread_1"].items[1].error == {"code": "slow", "message": "down"}
    assert [refusal.error for refusal in story.refusals] == [{"message": "oh"}]


def test_a_run_that_the_application_cancels_is_known_as_such():
    story = story_from(
        {"request": "POST /threads/thread_1/runs", "body": {}, "json": RUN},
        {"request": "POST /threads/thread_1/runs/run_1/cancel", "json": {**RUN, "status": "cancelling"}},
    )
    assert story.runs[0].is_cancelled


def test_assistants_are_known_and_whether_they_were_there_before():
    story = story_from(
        {"request": "POST /assistants", "body": {}, "json": {"id": "asst_1", "object": "assistant"}},
        {"request": "GET /assistants/asst_2", "json": {"id": "asst_2", "object": "assistant"}},
        {"request": "POST /files", "json": {"id": "file_1"}},
    )
    assert {name: known.existed_before for name, known in story.assistants.items()} == {"asst_1": False, "asst_2": True}
    assert [other.path for other in story.others] == ["/files"]


STREAM = [
    {"thread.run.created": {**RUN, "created_at": 100}},
    {"thread.run.in_progress": {**RUN, "status": "in_progress", "created_at": 100, "started_at": 101}},
    {
        "thread.message.created": {
            "id": "msg_1",
            "object": "thread.message",
            "run_id": "run_1",
            "role": "assistant",
            "content": [],
        }
    },
    {"text": ["a", "b"]},
    {"thread.run.completed": {**RUN, "status": "completed", "created_at": 100, "completed_at": 106}},
    "done",
]


def test_times_are_those_of_the_pace():
    story = story_from(
        {"request": "POST /threads/thread_1/runs", "body": {}, "pace": {"first": 50, "gap": 10}, "stream": STREAM},
        at=100,
    )
    (run,) = story.runs
    assert [state.at_ms for state in run.states] == [50, 60, 100]
    assert [piece.at_ms for piece in run.steps[0].message.pieces] == [80, 90]
    assert story.is_timed


def test_without_a_pace_times_are_those_of_objects_and_the_rest_is_between_them():
    story = story_from({"request": "POST /threads/thread_1/runs", "body": {}, "stream": STREAM}, at=100)
    (run,) = story.runs
    assert [state.at_ms for state in run.states] == [0, 1000, 6000]
    assert [piece.at_ms for piece in run.steps[0].message.pieces] == [3500, 4750]
    assert story.is_timed


def test_without_any_time_there_is_an_order():
    events = [
        {name: {key: part for key, part in data.items() if not key.endswith("_at")}}
        for event in STREAM[:3]
        for name, data in event.items()
    ]
    story = story_from(
        {"request": "POST /threads/thread_1/runs", "body": {}, "stream": [*events, {"text": ["a", "b"]}, "done"]}
    )
    assert not story.is_timed
    assert [state.at_ms for state in story.runs[0].states] == [0, 1]


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "0.00 s"), (349, "0.35 s"), (9_990, "9.99 s"), (12_000, "12.0 s"), (125_500, "2:05.5 min")]
)
def test_a_time_is_printed_as_people_read_it(ms, text):
    assert clock(ms) == text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("a", "a"),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": {"value": "b"}}], "a\nb"),
        ([{"type": "image_file", "image_file": {"file_id": "file_1"}}], "[image_file file_1]"),
        (None, ""),
        ([3, {}], "[None]"),
    ],
)
def test_the_text_of_a_content_whatever_its_form(content, text):
    assert texts_of(content) == text


def test_a_step_of_a_run_that_the_request_is_not_about_is_left_out():
    step = {"id": "step_1", "object": "thread.run.step", "run_id": "run_9", "thread_id": "thread_1"}
    story = story_from({"request": "GET /threads/thread_1/runs/run_1/steps/step_1", "json": step})
    assert story.runs == []
