"""What a made-up application sends, so that each kind of run is played to its end."""

import pytest

from runmock.core.errors import CassetteError
from runmock.documents.convert.expanding import expanded
from runmock.tape.reading.cassette import cassette_from


def requests(script, **options):
    """The requests of the application, without ids, and the status of each answer."""
    cassette = cassette_from({"runmock": 1, "runs": [script]})
    return [
        (interaction.method, interaction.path.rpartition("/")[2], interaction.status)
        for interaction in expanded(cassette, **options)
    ]


BEGINNING = [("POST", "threads", 200), ("POST", "messages", 200)]


def test_a_refused_run_is_asked_for_as_often_as_it_is_refused():
    assert requests({"http": 429, "times": 3}) == [*BEGINNING, *[("POST", "runs", 429)] * 3]


def test_a_polled_run_is_polled_until_it_is_at_rest_and_its_messages_are_read():
    polls = [("GET", "run_1", 200)] * 7
    assert requests({"poll": 3, "reply": "Hi"}, is_streamed=False)[3:] == [*polls, ("GET", "messages", 200)]


def test_the_steps_of_a_polled_run_with_a_search_are_read():
    script = {"steps": [{"file_search": {"results": [{"file_name": "a.txt", "text": "A"}]}}, {"reply": "Hi"}]}
    read = requests(script, is_streamed=False)[-2:]
    assert read == [("GET", "steps", 200), ("GET", "messages", 200)]


def test_a_run_that_expires_while_it_waits_gets_no_outputs():
    sent = requests({"calls": [{"get_weather": {}}], "expire": True}, is_streamed=False)
    assert ("POST", "submit_tool_outputs", 200) not in sent
    assert sent[-1] == ("GET", "messages", 200)


def test_a_stuck_run_that_is_streamed_is_looked_at_once():
    assert requests({"stuck": "in_progress"})[3:] == [("GET", "run_1", 200), ("GET", "messages", 200)]


def test_a_run_that_is_stuck_while_it_is_cancelled_is_cancelled_first():
    sent = requests({"stuck": "cancelling"})
    assert sent[3:] == [("POST", "cancel", 200), ("GET", "run_1", 200), ("GET", "messages", 200)]


def test_a_match_that_the_service_refuses_is_an_error_that_names_the_run():
    with pytest.raises(
        CassetteError, match=r"^inline: the request that the match of run 0 describes is refused: .*temperature"
    ):
        requests({"match": {"body": {"temperature": 9}}, "reply": "Hi"})


def test_calls_whose_ids_are_no_texts_get_no_outputs():
    """The service would refuse them for ever."""
    call = {"id": True, "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
    run = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1"}
    waiting = run | {
        "status": "requires_action",
        "required_action": {"submit_tool_outputs": {"tool_calls": [call]}, "type": "submit_tool_outputs"},
    }
    events = [{"thread.run.created": run | {"status": "queued"}}, {"thread.run.requires_action": waiting}, "done"]
    goes_on = [{"thread.run.queued": run | {"status": "queued"}}, "done"]
    assert requests({"events": [*events, *goes_on]}) == [*BEGINNING, ("POST", "runs", 200)]
