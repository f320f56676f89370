"""What of a recording becomes which entry of a script, and runs that were there before the recording began."""

import pytest

from runmock.documents.convert.distilling import distilled
from runmock.documents.convert.replay_against_script import replayed
from runmock.tape.reading.cassette import cassette_from

RUN = {"object": "thread.run", "id": "run_1", "thread_id": "thread_1", "assistant_id": "asst_1", "model": "gpt-4o"}


def message(*content, **fields):
    whole = {"object": "thread.message", "id": "msg_1", "thread_id": "thread_1", "run_id": "run_1", "role": "assistant"}
    return {**whole, "content": list(content), **fields}


def text(value, *annotations):
    return {"type": "text", "text": {"value": value, "annotations": list(annotations)}}


def listed(*items):
    return {"request": "GET /threads/thread_1/messages", "json": {"object": "list", "data": list(items)}}


def entries(*interactions):
    """The entries of the runs of the distilled script."""
    whole = [
        {
            "request": "POST /threads/thread_1/runs",
            "body": {"assistant_id": "asst_1"},
            "json": {**RUN, "status": "queued"},
        },
        *interactions,
    ]
    script = cassette_from(distilled(cassette_from({"runmock": 1, "interactions": whole})).text)
    return script.script.runs


def test_a_message_of_an_image_and_a_text_is_a_list_of_parts():
    image = {"type": "image_file", "image_file": {"file_id": "file-1", "detail": None}}
    (run,) = entries(
        {"request": "GET /threads/thread_1/runs/run_1", "json": {**RUN, "status": "completed"}},
        listed(message(image, text("A cat for $you"))),
    )
    assert [getattr(part, "text", None) or part.image for part in run.steps[0].content] == [
        {"file_id": "file-1"},
        "A cat for $$you",
    ]


def test_an_annotation_that_is_not_where_it_is_expected_stands_whole():
    odd = {"type": "url_citation", "text": "[1]", "start_index": 7, "end_index": 3}
    (run,) = entries(
        {"request": "GET /threads/thread_1/runs/run_1", "json": {**RUN, "status": "completed"}},
        listed(message(text("See [1].", odd))),
    )
    assert run.steps[0].content[0].annotations == (odd,)


@pytest.mark.parametrize(
    ("stuck", "words"),
    [
        (
            [listed()],
            "the script leaves it queued for ever, since its messages or steps were read, and there were none",
        ),
        ([], "the script completes it with an empty reply"),
    ],
)
def test_how_an_unfinished_run_ends_in_the_script_is_said(stuck, words):
    created = {
        "request": "POST /threads/thread_1/runs",
        "body": {"assistant_id": "asst_1"},
        "json": {**RUN, "status": "queued"},
    }
    made = distilled(cassette_from({"runmock": 1, "interactions": [created, *stuck]}))
    assert words in {deviation.played for deviation in made.made_up}


def test_a_model_that_neither_request_nor_assistant_names_is_in_the_entry():
    assistant = {"object": "assistant", "id": "asst_1", "model": "gpt-4o-mini", "created_at": 1}
    (run,) = entries(
        {"request": "GET /assistants/asst_1", "json": assistant},
        {"request": "GET /threads/thread_1/runs/run_1", "json": {**RUN, "status": "completed"}},
    )
    assert run.overrides["model"] == "gpt-4o"


def test_tokens_that_do_not_add_up_stand_with_their_sum():
    usage = {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 20}
    (run,) = entries(
        {"request": "GET /threads/thread_1/runs/run_1", "json": {**RUN, "status": "completed", "usage": usage}},
    )
    assert run.usage["total_tokens"] == 20


def test_a_search_result_of_several_contents_keeps_them_all():
    contents = [{"type": "text", "text": "A"}, {"type": "text", "text": "B"}]
    result = {"file_id": "file-1", "file_name": "a.txt", "score": 0.5, "content": contents}
    call = {"id": "call_1", "type": "file_search", "file_search": {"results": [result]}}
    step = {
        "object": "thread.run.step",
        "id": "step_1",
        "run_id": "run_1",
        "thread_id": "thread_1",
        "status": "completed",
        "type": "tool_calls",
        "step_details": {"type": "tool_calls", "tool_calls": [call]},
    }
    (run,) = entries(
        {"request": "GET /threads/thread_1/runs/run_1", "json": {**RUN, "status": "completed"}},
        {"request": "GET /threads/thread_1/runs/run_1/steps", "json": {"object": "list", "data": [step]}},
    )
    assert run.steps[0].results[0]["content"] == contents


LATER = (
    {"request": "GET /threads/thread_1/runs/run_1", "json": {**RUN, "status": "completed"}},
    {
        "request": "POST /threads/thread_1/runs/run_1/submit_tool_outputs",
        "body": {"tool_outputs": [{"tool_call_id": "call_9", "output": "1"}]},
        "json": {**RUN, "status": "queued"},
    },
)


@pytest.mark.parametrize(
    ("runs", "statuses"),
    [
        ([{"http": 429}, {"calls": [{"f": {}}], "outputs": ["1"]}], [200]),
        ([{"http": 429, "times": 50}, {"calls": [{"f": {}}]}], [404]),
        ([{"stuck": "in_progress"}], [400]),
    ],
    ids=["refused once", "refused for ever", "never waits"],
)
def test_a_run_of_before_is_created_where_the_script_lets_it(runs, statuses):
    recording = cassette_from({"runmock": 1, "interactions": [LATER[1]]})
    replays = replayed(cassette_from({"runmock": 1, "runs": runs}), recording)
    assert [replay.played.status for replay in replays] == statuses


def test_a_run_that_waits_and_was_never_recorded_to_its_end_waits_in_the_script_too():
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    waits = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": [call]}}
    created = {
        "request": "POST /threads/thread_1/runs",
        "body": {"assistant_id": "asst_1"},
        "json": {**RUN, "status": "requires_action", "required_action": waits},
    }
    going = {"request": "GET /threads/thread_1/runs/run_1", "json": {**RUN, "status": "in_progress"}}
    made = distilled(cassette_from({"runmock": 1, "interactions": [created, going]}))
    assert "the script has it wait for the outputs of its calls" in {deviation.played for deviation in made.made_up}


def test_a_run_that_no_script_plays_stands_in_it_as_it_was_recorded():
    odd = {**RUN, "status": "completed", "truncation_strategy": {"type": "of tomorrow"}}
    created = {"request": "POST /threads/thread_1/runs", "body": {"assistant_id": "asst_1"}, "json": odd}
    made = distilled(cassette_from({"runmock": 1, "interactions": [created]}))
    assert [(item.request, item.where) for item in made.verbatim] == [
        ("POST /threads/thread_1/runs", "run_1 under 'json:'")
    ]
