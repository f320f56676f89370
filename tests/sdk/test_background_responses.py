"""Responses in the background: polled, streamed, left and taken up again, cancelled, continued."""

from contextlib import nullcontext, suppress

import openai
import pytest
from sdk_outcomes import ERRORS
from sdk_responses import REQUEST, looked_at, noted

TEXT = "one two three four"
WEATHER = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
BACKGROUND = {**REQUEST, "background": True}


def numbers(events):
    """The numbers of events."""
    return [event.sequence_number for event in events]


def first(stream, count):
    """The first events of a stream, which is left then."""
    with stream:
        return [event for _, event in zip(range(count), stream, strict=False)]


def status(runmock):
    """The status of the last run, and of its last response, as a test sees them."""
    return runmock.runs[-1].status, runmock.runs[-1].responses[-1]["status"]


@pytest.mark.parametrize(
    ("poll", "statuses"),
    [
        (0, []),
        (1, ["queued", "in_progress"]),
        (3, ["queued"] * 3 + ["in_progress"] * 3),
        ([], []),
        (["in_progress"], ["in_progress"]),
        (["queued", "queued", "in_progress"], ["queued", "queued", "in_progress"]),
    ],
)
def test_polls_find_what_the_script_says(client, runmock, poll, statuses):
    runmock.load({"runmock": 1, "runs": [{"reply": TEXT, "poll": poll}]})
    made = client.responses.create(**BACKGROUND)
    assert (made.status, made.output, made.usage) == ("queued", [], None)
    found = looked_at(client, made)
    assert found.statuses == ["queued", *statuses, "completed"]
    assert found.response.output_text == TEXT


def test_a_run_has_the_status_that_was_seen_last(client, runmock):
    runmock.reply(TEXT)
    made = client.responses.create(**BACKGROUND)
    seen = [status(runmock)]
    for _ in range(4):
        found = client.responses.retrieve(made.id)
        seen.append(status(runmock))
        assert seen[-1] == (found.status, found.status)
    words = ["queued", "queued", "in_progress", "completed", "completed"]
    assert seen == [(word, word) for word in words]


def test_looking_at_a_run_does_not_move_it_on(client, runmock):
    runmock.load({"runmock": 1, "runs": [{"reply": TEXT, "poll": 0}]})
    client.responses.create(**BACKGROUND)
    assert [status(runmock) for _ in range(3)] == [("queued", "queued")] * 3
    assert runmock.runs[0].messages == []
    assert runmock.runs[0].usage is None


def test_a_stream_moves_the_response_on(client, runmock):
    runmock.reply(TEXT)
    seen = {}
    for event in client.responses.create(**BACKGROUND, stream=True):
        seen.setdefault(runmock.runs[0].status, event.type)
    assert seen == {
        "queued": "response.created",
        "in_progress": "response.in_progress",
        "completed": "response.completed",
    }


def test_a_stream_that_was_read_to_its_end_is_at_rest_for_the_next_retrieve(client, runmock):
    runmock.load({"runmock": 1, "runs": [{"reply": TEXT, "poll": 5}]})
    result = noted(client.responses.create(**BACKGROUND, stream=True))
    assert [event.type for event in result.events[:3]] == [
        "response.created",
        "response.queued",
        "response.in_progress",
    ]
    assert [event.response.status for event in result.events[:3]] == ["queued", "queued", "in_progress"]
    assert numbers(result.events) == list(range(len(result.events)))
    assert client.responses.retrieve(result.response.id).status == "completed"


def test_so_is_one_whose_reader_stops_at_the_last_event(client, runmock):
    runmock.reply(TEXT)
    with client.responses.create(**REQUEST, stream=True) as stream:
        last = next(event for event in stream if event.type == "response.completed")
    assert runmock.runs[0].status == "completed"
    assert client.responses.retrieve(last.response.id).output_text == TEXT


def test_a_response_goes_on_without_its_stream(client, runmock):
    runmock.load({"runmock": 1, "runs": [{"reply": TEXT, "poll": 2}]})
    seen = first(client.responses.create(**BACKGROUND, stream=True), 5)
    assert status(runmock) == ("in_progress", "in_progress")
    found = looked_at(client, seen[0].response)
    assert found.statuses == ["queued", "in_progress", "in_progress", "completed"]


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_a_stream_that_was_left_is_taken_up_again(client, runmock, count):
    runmock.reply(TEXT)
    seen = first(client.responses.create(**BACKGROUND, stream=True), count)
    cursor = seen[-1].sequence_number
    rest = list(client.responses.retrieve(seen[0].response.id, stream=True, starting_after=cursor))
    assert numbers([*seen, *rest]) == list(range(len(seen) + len(rest)))
    assert rest[-1].response.output_text == TEXT
    assert client.responses.retrieve(seen[0].response.id).status == "completed"


@pytest.mark.parametrize("cursor", [0, 4])
def test_the_helper_takes_a_stream_up_again(client, runmock, cursor):
    runmock.reply(TEXT)
    seen = first(client.responses.create(**BACKGROUND, stream=True), cursor + 1)
    with client.responses.stream(response_id=seen[0].response.id, starting_after=cursor) as stream:
        rest = list(stream)
        assert stream.get_final_response().output_text == TEXT
    assert numbers([*seen, *rest]) == list(range(len(seen) + len(rest)))


def test_a_stream_can_be_had_again_from_its_beginning_and_from_behind_its_end(client, runmock):
    runmock.reply(TEXT)
    result = noted(client.responses.create(**BACKGROUND, stream=True))
    again = list(client.responses.retrieve(result.response.id, stream=True))
    assert [event.to_dict() for event in again] == [event.to_dict() for event in result.events]
    assert list(client.responses.retrieve(result.response.id, stream=True, starting_after=99)) == []


def test_a_polled_response_can_be_streamed(client, runmock):
    runmock.reply(TEXT)
    made = client.responses.create(**BACKGROUND)
    assert client.responses.retrieve(made.id).status == "queued"
    assert noted(client.responses.retrieve(made.id, stream=True)).text == TEXT


@pytest.mark.parametrize("options", [{}, {"stream_options": {"include_obfuscation": True}}])
def test_streams_of_the_background_are_not_padded(client, runmock, options):
    runmock.reply(TEXT)
    result = noted(client.responses.create(**BACKGROUND, stream=True, **options))
    again = client.responses.retrieve(result.response.id, stream=True, include_obfuscation=True)
    assert not [event for event in [*result.events, *again] if "obfuscation" in event.to_dict()]


@pytest.mark.parametrize(
    "fault", [{"disconnect": {"after": 6}}, {"truncate": {"after": 6}}, {"stall": {"for": "3600s", "after": 6}}]
)
def test_a_response_goes_on_without_a_stream_that_breaks(client, runmock, fault):
    runmock.load({"runmock": 1, "runs": [{"reply": TEXT, **fault}]})
    seen = []
    with suppress(*ERRORS):
        seen.extend(client.responses.create(**BACKGROUND, stream=True))
    assert numbers(seen) == [0, 1, 2, 3, 4, 5]
    assert runmock.runs[0].status == "in_progress"
    response_id = runmock.runs[0].id
    rest = list(client.responses.retrieve(response_id, stream=True, starting_after=5))
    assert rest[0].sequence_number == 6
    assert client.responses.retrieve(response_id).status == "completed"


def test_a_stream_that_is_taken_up_again_breaks_where_the_script_says(client, runmock):
    runmock.load({"runmock": 1, "runs": [{"reply": TEXT, "truncate": {"after": 5}}]})
    seen = first(client.responses.create(**BACKGROUND, stream=True), 3)
    rest = list(client.responses.retrieve(seen[0].response.id, stream=True, starting_after=2))
    assert numbers(rest) == [3, 4]
    more = list(client.responses.retrieve(seen[0].response.id, stream=True, starting_after=4))
    assert more[-1].type == "response.completed"


def test_nothing_is_there_of_a_stream_in_the_foreground_that_was_left(client, runmock):
    runmock.reply(TEXT)
    seen = first(client.responses.create(**REQUEST, stream=True), 5)
    response_id = seen[0].response.id
    with pytest.raises(openai.NotFoundError, match=f"Response with id '{response_id}' not found"):
        client.responses.retrieve(response_id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(response_id, stream=True)
    with pytest.raises(openai.BadRequestError, match="Previous response"):
        client.responses.create(**REQUEST, previous_response_id=response_id)


def test_a_response_of_the_foreground_is_there_when_it_has_ended_and_cannot_be_streamed_again(client, runmock):
    runmock.reply(TEXT)
    found = []
    for event in client.responses.create(**REQUEST, stream=True):
        if event.type == "response.output_text.delta":
            with pytest.raises(openai.NotFoundError):
                client.responses.retrieve(runmock.runs[0].id)
        found.append(event)
    assert client.responses.retrieve(runmock.runs[0].id).output_text == TEXT
    with pytest.raises(openai.BadRequestError) as raised:
        client.responses.retrieve(runmock.runs[0].id, stream=True)
    assert (raised.value.param, raised.value.code) == ("stream", "invalid_request_error")
    assert "because it was not created with background=true." in str(raised.value)


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_a_response_at_work_is_cancelled(client, runmock, looks):
    runmock.reply(TEXT)
    made = client.responses.create(**BACKGROUND)
    for _ in range(looks):
        client.responses.retrieve(made.id)
    cancelled = client.responses.cancel(made.id)
    assert (cancelled.status, cancelled.output, cancelled.usage) == ("cancelled", [], None)
    assert client.responses.retrieve(made.id) == cancelled == client.responses.cancel(made.id)
    assert status(runmock) == ("cancelled", "cancelled")


def test_a_finished_response_stays_as_it_is_when_it_is_cancelled(client, runmock):
    runmock.reply(TEXT)
    found = looked_at(client, client.responses.create(**BACKGROUND)).response
    assert client.responses.cancel(found.id) == found == client.responses.retrieve(found.id)
    runmock.reply(TEXT)
    made = client.responses.create(**REQUEST)
    with pytest.raises(openai.BadRequestError, match="Cannot cancel a synchronous response"):
        client.responses.cancel(made.id)


@pytest.mark.parametrize("late", ["refused", "overtaken"])
def test_a_cancellation_comes_too_late(client, runmock, late):
    runmock.load({"runmock": 1, "runs": [{"reply": TEXT, "cancel": late}]})
    made = client.responses.create(**BACKGROUND)
    assert client.responses.cancel(made.id).status == "completed"
    assert client.responses.retrieve(made.id).output_text == TEXT


@pytest.mark.parametrize("count", [1, 3, 6])
def test_a_stream_whose_response_is_cancelled_ends_with_it(client, runmock, count):
    runmock.reply(TEXT)
    stream = client.responses.create(**BACKGROUND, stream=True)
    seen = []
    for event in stream:
        seen.append(event)
        if len(seen) == count:
            client.responses.cancel(event.response.id if hasattr(event, "response") else runmock.runs[0].id)
    assert (seen[-1].type, seen[-1].response.status, seen[-1].response.output) == ("response.failed", "cancelled", [])
    assert numbers(seen) == list(range(len(seen)))
    assert len(seen) == max(count, 2) + 1
    assert runmock.runs[0].status == "cancelled"
    again = list(client.responses.retrieve(runmock.runs[0].id, stream=True))
    assert [event.to_dict() for event in again] == [event.to_dict() for event in seen]


def test_a_fault_that_a_cancelled_response_did_not_have_is_no_error(client, runmock):
    runmock.load({"runmock": 1, "runs": [{"reply": TEXT, "disconnect": {"after": 8}}]})
    for event in client.responses.create(**BACKGROUND, stream=True):
        if event.type == "response.in_progress":
            client.responses.cancel(event.response.id)
    assert runmock.runs[0].status == "cancelled"


def test_the_script_cancels_a_streamed_response(client, runmock):
    runmock.cancel()
    result = noted(client.responses.create(**BACKGROUND, stream=True))
    assert (result.events[-1].type, result.response.status) == ("response.failed", "cancelled")


@pytest.mark.parametrize("stuck", ["queued", "in_progress"])
def test_a_response_that_is_stuck_can_be_cancelled(client, runmock, stuck):
    runmock.stuck(stuck)
    made = client.responses.create(**BACKGROUND)
    statuses = [client.responses.retrieve(made.id).status for _ in range(5)]
    assert statuses[1:] == [stuck] * 4
    assert client.responses.cancel(made.id).status == "cancelled"


def test_a_cancellation_that_never_ends(client, runmock):
    runmock.stuck("cancelling")
    made = client.responses.create(**BACKGROUND)
    assert client.responses.cancel(made.id).status == "queued"
    assert [client.responses.retrieve(made.id).status for _ in range(4)] == ["queued", *["in_progress"] * 3]


def test_a_response_of_the_background_that_is_not_stored_can_be_polled_but_not_continued(client, runmock):
    runmock.reply(TEXT)
    made = client.responses.create(**BACKGROUND, store=False)
    assert looked_at(client, made).response.output_text == TEXT
    with pytest.raises(openai.BadRequestError, match="Previous response"):
        client.responses.create(**REQUEST, previous_response_id=made.id)


def test_a_response_that_is_deleted_is_gone_at_work_too(client, runmock):
    runmock.reply(TEXT)
    made = client.responses.create(**BACKGROUND)
    client.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.cancel(made.id)


@pytest.mark.parametrize("is_streamed", [False, True])
def test_a_tool_loop_in_the_background(client, runmock, is_streamed):
    runmock.calls(get_weather={"city": "Paris"}).reply("It is $outputs.get_weather degrees.")

    def asked(**request):
        if is_streamed:
            return noted(client.responses.create(**BACKGROUND | request, tools=[WEATHER], stream=True)).response
        return looked_at(client, client.responses.create(**BACKGROUND | request, tools=[WEATHER])).response

    made = asked()
    assert (runmock.runs[0].status, made.status) == ("requires_action", "completed")
    outputs = [{"type": "function_call_output", "call_id": made.output[0].call_id, "output": "21"}]
    created = client.responses.create(**BACKGROUND | {"input": outputs}, previous_response_id=made.id, tools=[WEATHER])
    assert (created.status, runmock.runs[0].status) == ("queued", "queued")
    found = asked(input=outputs, previous_response_id=made.id)
    assert found.output_text == "It is 21 degrees."
    run = runmock.runs[0]
    assert (run.status, run.tool_outputs, len(run.requests)) == ("completed", {"get_weather": "21"}, 3)
    assert [response["status"] for response in run.responses] == ["completed", "queued", "completed"]


def test_a_response_that_is_not_at_rest_is_continued_with_what_it_has_brought_so_far(client, runmock):
    runmock.reply(TEXT)
    runmock.reply("And more.")
    made = client.responses.create(**BACKGROUND)
    assert client.responses.create(**REQUEST, previous_response_id=made.id).output_text == "And more."
    assert looked_at(client, made).response.output_text == TEXT


def test_the_items_of_a_conversation_come_when_the_response_is_at_rest(client, runmock):
    runmock.reply(TEXT)
    conversation = client.conversations.create()
    made = client.responses.create(**BACKGROUND, conversation=conversation.id)
    assert client.conversations.items.list(conversation.id).data == []
    looked_at(client, made)
    assert [item.role for item in client.conversations.items.list(conversation.id).data] == ["assistant", "user"]


def test_the_items_of_a_cancelled_response_never_come(client, runmock):
    runmock.reply(TEXT)
    conversation = client.conversations.create()
    client.responses.cancel(client.responses.create(**BACKGROUND, conversation=conversation.id).id)
    assert client.conversations.items.list(conversation.id).data == []


@pytest.mark.parametrize("ending", [{"fail": "server_error"}, {"incomplete": "content_filter"}])
def test_endings_are_polled_and_streamed(client, runmock, ending):
    runmock.load({"runmock": 1, "runs": [{"reply": TEXT, **ending}, {"reply": TEXT, **ending}]})
    found = looked_at(client, client.responses.create(**BACKGROUND)).response
    wanted = {"fail": "failed", "incomplete": "incomplete"}[next(iter(ending))]
    assert (found.status, status(runmock)) == (wanted, (wanted, wanted))
    seen = []
    with nullcontext() if wanted == "incomplete" else pytest.raises(openai.APIError):
        seen.extend(client.responses.create(**BACKGROUND, stream=True))
    assert status(runmock) == (wanted, wanted)
    assert client.responses.retrieve(runmock.runs[1].id).status == wanted


def test_a_refusal_in_the_middle_refuses_the_next_retrieve(client, runmock):
    runmock.load({"runmock": 1, "runs": [{"steps": [{"http": 400, "message": "Not now."}, {"reply": TEXT}]}]})
    made = client.responses.create(**BACKGROUND)
    with pytest.raises(openai.BadRequestError, match="Not now"):
        client.responses.retrieve(made.id)
    assert looked_at(client, made).response.output_text == TEXT


def test_a_refusal_behind_calls_refuses_what_continues_and_no_retrieve_before(client, runmock):
    steps = [{"calls": ["get_weather"]}, {"http": 400, "message": "Not now."}, {"reply": TEXT}]
    runmock.load({"runmock": 1, "runs": [{"steps": steps}]})
    made = looked_at(client, client.responses.create(**BACKGROUND, tools=[WEATHER])).response
    outputs = [{"type": "function_call_output", "call_id": made.output[0].call_id, "output": "21"}]
    request = {**REQUEST, "input": outputs, "previous_response_id": made.id}
    with pytest.raises(openai.BadRequestError, match="Not now"):
        client.responses.create(**request)
    assert client.responses.create(**request).output_text == TEXT
