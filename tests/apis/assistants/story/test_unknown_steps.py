"""Steps and calls of kinds that nobody knows yet are in the story, as JSON."""

import pytest

from runmock.apis.assistants.story.story_builder import AssistantsStory
from runmock.apis.assistants.story.story_deltas import update_call
from runmock.core.story.story import CallStory, Story
from runmock.core.story.timing import StoryTime
from runmock.tape.reading.cassette import cassette_from

RUN = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1", "status": "queued"}
DREAM = {"type": "dreaming", "dreaming": {"vivid": True}}
GROUNDING = {"id": "call_1", "type": "bing_grounding", "bing_grounding": {"query": "sheep"}}


def calls_of(*details):
    """The calls in a run that has these steps: of each its id, its kind and its text."""
    steps = [
        {"id": f"step_{number}", "object": "thread.run.step", "run_id": "run_1", "step_details": part}
        for number, part in enumerate(details)
    ]
    document = {
        "interactions": [
            {"request": "POST /threads/thread_1/runs", "body": {}, "json": RUN},
            {"request": "GET /threads/thread_1/runs/run_1/steps", "json": {"object": "list", "data": steps[::-1]}},
        ]
    }
    story = AssistantsStory(Story(), StoryTime(None))
    for place, interaction in enumerate(cassette_from(document).interactions):
        story.add(place, interaction)
    return [(call.id, call.kind, call.input) for call in story.runs["run_1"].calls]


def test_a_step_of_an_unknown_kind_is_a_call_of_this_kind():
    assert calls_of(DREAM) == [("step_0", "dreaming", 'dreaming {"dreaming":{"vivid":true}}')]


def test_a_call_of_an_unknown_tool_is_shown_as_it_is():
    (found,) = calls_of({"type": "tool_calls", "tool_calls": [GROUNDING]})
    assert found == ("call_1", "bing_grounding", 'bing_grounding {"bing_grounding":{"query":"sheep"}}')


@pytest.mark.parametrize("details", [None, {}, {"dreaming": {}}, {"type": "message_creation"}, {"type": "tool_calls"}])
def test_a_step_that_does_not_say_its_kind_has_no_call(details):
    assert calls_of(details) == []


def test_a_file_search_is_not_shown_as_json():
    call = CallStory("call_1", "file_search", "file_search")
    update_call(call, {"id": "call_1", "type": "file_search", "file_search": {}})
    assert call.input == ""
