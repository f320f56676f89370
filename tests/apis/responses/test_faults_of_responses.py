"""Faults of the streams of responses: where each strikes, what it sends, and what it leaves as it is."""

import pytest
from response_conversation import Responses, answers, calls_of, events, kinds, text_of

from runmock.core.engine.pace import Pace
from runmock.core.errors import ScriptError
from runmock.core.http.exchange import Disconnected
from runmock.core.script.faults import CHANGES

TEXT = "reply: one two three"
WHOLE = (
    "created in_progress output_item.added content_part.added output_text.delta output_text.done content_part.done "
    "output_item.done completed"
)


def streamed(run, **options):
    """The events of the stream of a run."""
    return Responses(f"runs: [{{{run}}}]").streams(**options)


def numbers(found):
    """The numbers of events."""
    return [data["sequence_number"] for _, data in found]


def stream_of(service, path):
    """The events of a stream that is had again."""
    return events(service.replies("GET", path).frames)


@pytest.mark.parametrize(
    ("after", "gap"), [("", 5), (", after: 0", 0), (", after: 3", 3), (", after: 10", 10), (", after: 9", 9)]
)
def test_the_numbers_leave_one_out(after, gap):
    found = streamed(f"{TEXT}, garbage: {{kind: sequence_gap{after}}}")
    assert kinds(found) == WHOLE
    assert numbers(found) == [number + (number >= gap) for number in range(11)]


@pytest.mark.parametrize(("after", "changed"), [("", 1), (", after: 0", 3), (", after: 1", 2), (", after: 10", 1)])
def test_the_id_of_the_response_changes_to_the_end_of_the_stream(after, changed):
    found = streamed(f"{TEXT}, garbage: {{kind: response_id_changes{after}}}")
    ids = [data["response"]["id"] for _, data in found if "response" in data]
    assert kinds(found) == WHOLE
    assert len(ids) == 3
    assert len(set(ids[-changed:])) == 1
    assert ids[-1].endswith("ffff")
    assert not any(id_.endswith("ffff") for id_ in ids[:-changed])
    assert len({len(id_) for id_ in ids}) == 1


def test_the_id_of_an_item_is_another_when_it_is_done():
    found = streamed("reasoning: [], reply: one two, garbage: {kind: item_id_changes, after: 0}")
    added = [data["item"]["id"] for name, data in found if name == "response.output_item.added"]
    done = [data["item"]["id"] for name, data in found if name == "response.output_item.done"]
    whole = [item["id"] for item in found[-1][1]["response"]["output"]]
    assert (done[0][:-4], done[0][-4:]) == (added[0][:-4], "ffff")
    assert done[1] == added[1]
    assert whole == added


def test_the_id_of_a_call_changes_too():
    found = streamed("calls: [get_weather], garbage: item_id_changes")
    [added] = [data["item"] for name, data in found if name == "response.output_item.added"]
    [done] = [data["item"] for name, data in found if name == "response.output_item.done"]
    assert added["id"] != done["id"]
    assert added["call_id"] == done["call_id"]


def test_an_id_that_ends_like_the_other_one_changes_all_the_same():
    created = "{response.created: {response: {id: resp_ffff, status: completed}}}"
    found = streamed(f"events: [{created}], garbage: {{kind: response_id_changes, after: 0}}")
    assert found[0][1]["response"]["id"] == "resp_0000"


@pytest.mark.parametrize("kind", sorted(CHANGES))
def test_what_changes_is_only_in_that_stream(kind):
    service = Responses(f"runs: [{{{TEXT}, garbage: {{kind: {kind}, after: 0}}}}]")
    found = service.streams(background=True)
    response_id = found[-1][1]["response"]["id"].replace("ffff", "")
    [run] = service.backend.views()
    again = stream_of(service, f"/responses/{run.id}?stream=true")
    assert run.id.startswith(response_id)
    assert again != found
    assert numbers(again) == list(range(12))
    assert {data["response"]["id"] for _, data in again if "response" in data} == {run.id}


@pytest.mark.parametrize("kind", sorted(CHANGES))
def test_an_event_without_what_changes_is_passed_by(kind):
    event = "{response.created: {}}"
    with pytest.raises(ScriptError, match=f"did not happen: {kind}"):
        streamed(f"events: [{event}, {event}], garbage: {{kind: {kind}, after: 0}}")
    with pytest.raises(ScriptError, match=f"did not happen: {kind}"):
        streamed(f"events: [{{response.output_item.done: text}}], garbage: {{kind: {kind}, after: 0}}")


def test_a_change_lasts_while_other_events_have_nothing_to_change():
    created = "{response.created: {sequence_number: 0}}"
    run = f"events: [{created}, {{response.output_text.delta: {{}}}}, {created}]"
    found = streamed(f"{run}, garbage: {{kind: sequence_gap, after: 0}}")
    assert [data.get("sequence_number") for _, data in found] == [1, None, 1]


def test_a_nested_and_a_flat_error_take_the_place_of_an_event_and_its_number():
    nested = streamed(f"{TEXT}, error_event: {{code: server_error, message: Sorry.}}")
    assert kinds(nested) == "created in_progress output_item.added content_part.added output_text.delta error"
    error = {"message": "Sorry.", "type": "server_error", "param": None, "code": "server_error"}
    assert nested[-1][1] == {"type": "error", "sequence_number": 5, "error": error}
    flat = streamed(f"{TEXT}, error_event: {{code: server_error, message: Sorry., flat: true}}")
    assert flat[-1][1] == {
        "type": "error",
        "sequence_number": 5,
        "message": "Sorry.",
        "param": None,
        "code": "server_error",
    }


def test_an_error_takes_the_place_of_an_event_that_is_no_object():
    found = streamed("events: [{response.created: text}], error_event: {after: 0}")
    assert (found[0][1]["type"], found[0][1]["sequence_number"]) == ("error", None)


def test_faults_strike_the_stream_that_continues_a_run():
    service = Responses("runs: [{calls: [get_weather], reply: one two, truncate: {after: 12}}]")
    first = service.streams()
    assert kinds(first).endswith("completed")
    rest = service.streams(answers(first[-1][1]["response"], "21"), previous_response_id=first[-1][1]["response"]["id"])
    assert len(first) + len(rest) == 12


@pytest.mark.parametrize(
    ("step", "last"),
    [
        ("{reply: one two, truncate: {after: 0}}", "in_progress"),
        ("{reply: one two, truncate: true}", "output_text.delta"),
        ("{truncate: true}, {reply: one two}", "in_progress"),
        ("{reply: one two}, {truncate: true}", "output_item.done"),
    ],
)
def test_in_a_step_events_count_from_its_first(step, last):
    service = Responses(f"runs: [{{steps: [{{calls: [get_weather]}}, {step}]}}]")
    made = service.creates()
    found = service.streams(answers(made, "21"), previous_response_id=made["id"])
    assert found[-1][0] == f"response.{last}"


def test_a_continuation_that_is_sent_again_after_a_broken_stream_is_whole():
    service = Responses("runs: [{steps: [{calls: [get_weather]}, {reply: one two, disconnect: true}]}]")
    made = service.creates()
    request = {"question": answers(made, "21"), "previous_response_id": made["id"]}
    with pytest.raises(Disconnected):
        service.streams(**request)
    assert text_of(service.streams(**request)[-1][1]["response"]) == "one two"


def test_calls_that_came_before_a_stream_broke_are_answered_without_state():
    service = Responses("runs: [{calls: [get_weather], reply: $outputs.get_weather, truncate: {after: 6}}]")
    found = service.streams()
    [call] = [data["item"] for name, data in found if name == "response.output_item.done"]
    history = [{"role": "user", "content": "Hi"}, call, *answers({"output": [call]}, "21")]
    assert text_of(service.creates(history)) == "21"


def test_a_call_that_came_in_the_background_is_answered_before_the_response_has_ended():
    service = Responses("runs: [{calls: [get_weather], reply: $outputs.get_weather}]")
    body = {"model": "gpt-4o", "input": "Hi", "stream": True, "background": True}
    stream = service.replies("POST", "/responses", {**body, "tools": [{"type": "function", "name": "get_weather"}]})
    frames = iter(stream.frames)
    [*_, (_, done)] = [event for _ in range(7) for event in events([next(frames)])]
    [run] = service.backend.views()
    output = answers({"output": [done["item"]]}, "21")
    assert text_of(service.creates(output, previous_response_id=run.id)) == "21"


def test_a_call_that_nobody_has_had_yet_is_not_answered():
    service = Responses("runs: [{calls: [get_weather], reply: x}]")
    made = service.creates(background=True)
    output = {"type": "function_call_output", "call_id": "call_1", "output": "21"}
    body = {"input": [output], "previous_response_id": made["id"]}
    assert service.refused("POST", "/responses", body)[1].startswith("No tool call found")


def test_nothing_continues_a_response_that_was_cancelled():
    service = Responses("runs: [{calls: [{name: get_weather, id: call_x}], reply: x}, {reply: new}]")
    made = service.creates(background=True)
    service.asks("POST", f"/responses/{made['id']}/cancel")
    call = {"type": "function_call", "call_id": "call_x", "name": "get_weather", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "call_x", "output": "21"}
    assert text_of(service.creates([call, output])) == "new"


def test_a_polled_response_has_no_stream_to_strike():
    service = Responses(f"runs: [{{{TEXT}, disconnect: {{after: 99}}, poll: 0}}]")
    made = service.creates(background=True)
    assert text_of(service.asks("GET", f"/responses/{made['id']}")) == "one two three"
    with pytest.raises(ScriptError, match="did not happen: disconnect after 99 events, but the stream ended after 12"):
        stream_of(service, f"/responses/{made['id']}?stream=true")


def test_a_fault_of_a_stuck_response_is_not_missed():
    found = streamed("stuck: in_progress, disconnect: {after: 99}")
    assert kinds(found) == "created in_progress"


def test_every_frame_of_a_slow_stream_comes_after_its_pause():
    service = Responses(f"runs: [{{{TEXT}, pace: 20ms}}]")
    service.stage.pace = Pace(factor=0.5)
    frames = [*service.replies("POST", "/responses", {"input": "Hi", "stream": True, "background": True}).frames]
    assert {frame.after_ms for frame in frames} == {10}
    [run] = service.backend.views()
    again = [*service.replies("GET", f"/responses/{run.id}?stream=true&starting_after=3").frames]
    assert {frame.after_ms for frame in again} == {10}


def test_calls_of_responses_are_had_again_with_the_same_ids():
    service = Responses("runs: [{calls: [get_weather]}]")
    found = service.streams(background=True)
    [run] = service.backend.views()
    assert calls_of(service.asks("GET", f"/responses/{run.id}")) == found[-1][1]["response"]["output"]
