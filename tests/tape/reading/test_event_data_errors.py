"""Why an event's data is not JSON: the cause and its place."""

import pytest

from runmock.core.replay.interaction import StreamEvent
from runmock.tape.reading.event_data_errors import DataError, data_error, event_data_error

ERRORS = {
    "a brace is open": ('{"a": {"b": 1}', "it ends too early: a brace, a bracket or a quote is not closed", 1, 15),
    "only a brace": ("{", "it ends too early: a brace, a bracket or a quote is not closed", 1, 2),
    "a quote is open": ('{"a": "b}', "the text that begins here has no closing quote", 1, 7),
    "a brace too many": ('{"a": 1}}', "something follows its end: a brace or a bracket too many", 1, 9),
    "no comma": ('{"a": 1 "b": 2}', "a comma, or a closing brace or bracket, is missing", 1, 9),
    "no colon": ('{"a" 1}', "a colon is missing", 1, 6),
    "no value": ('{"a": }', "a value is missing", 1, 7),
    "a word": ("hello", "a value is missing", 1, 1),
    "single quotes": ("{'a': 1}", "the name of a member in double quotes is missing", 1, 2),
    "on a later line": ('{"a": 1,\n "b" 2}', "a colon is missing", 2, 6),
    "two events": ('{"a": 1}\n{"b": 2}', "these are two events: the blank line between them is missing", 2, 1),
    "an event and the end": ('{"a": 1}\n[DONE]', "these are two events: the blank line between them is missing", 2, 1),
    "nested too deeply": ("[" * 100_000, "it is nested too deeply", 1, 1),
    "nothing": ("", "there is none", 1, 1),
    "blanks": ("  ", "there is none", 1, 1),
}


@pytest.mark.parametrize(("data", "cause", "line", "column"), ERRORS.values(), ids=ERRORS)
def test_data_that_is_no_json_has_a_cause_and_a_place(data, cause, line, column):
    assert data_error(data) == DataError(cause, line, column)


@pytest.mark.parametrize("data", ['{"a": 1}', '{"a":\n 1}', "null", "1\n", "[DONE]"])
def test_json_and_the_end_of_a_stream_have_no_error(data):
    assert data_error(data) is None


def test_only_an_event_that_is_kept_as_it_came_can_have_an_error():
    assert event_data_error(StreamEvent("done")) is None
    assert event_data_error(StreamEvent("a", {"b": 1}, 'event: a\ndata: {"b":  1}\n\n')) is None
    assert event_data_error(StreamEvent("a", None, "event: a\ndata: null\n\n")) is None
    assert event_data_error(StreamEvent("a", None, "event: a\ndata: {\n\n")).column == 2
