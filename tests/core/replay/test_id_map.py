from runmock.core.replay.id_map import Bindings
from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.replay.matching import expectation
from runmock.core.script.script import Source

TOLD = Interaction(Source("a.yaml", 0), "GET", "/threads/a", json={"id": "a", "of": [{"thread_id": "b"}, 1]})


def test_nothing_is_renamed_while_nothing_is_bound():
    bindings = Bindings()
    sent = expectation("GET", "/v1/threads/a", {}, None)
    assert bindings.asked(sent) is sent
    assert bindings.told(TOLD) is TOLD


def test_the_applications_ids_become_the_recordings_in_path_query_and_body():
    bindings = Bindings()
    bindings.bind({"A": "a", "B": "b"})
    sent = bindings.asked(expectation("POST", "/v1/threads/A/runs", {"after": ("B",)}, {"assistant_id": "B", "n": [1]}))
    assert (sent.ids, sent.query, sent.body) == (
        {"thread_id": "a"},
        {"after": ("b",)},
        {"assistant_id": "b", "n": [1]},
    )


def test_the_first_word_about_an_id_counts():
    bindings = Bindings()
    bindings.bind({"A": "a"})
    bindings.bind({"A": "z", "A2": "a"})
    assert bindings.asked(expectation("GET", "/v1/threads/A", {}, None)).thread_id == "a"
    assert bindings.told(TOLD).json == {"id": "A", "of": [{"thread_id": "b"}, 1]}


def test_upstreams_answer_is_told_in_the_recordings_ids_events_too():
    bindings = Bindings()
    bindings.bind({"A": "a"})
    event = StreamEvent("thread.created", {"id": "A", "text": "A b"})
    said = Interaction(Source("a.yaml", 0), "POST", "/threads", stream=(event, StreamEvent("done")))
    assert bindings.recorded(said).stream == (
        StreamEvent("thread.created", {"id": "a", "text": "A b"}),
        StreamEvent("done"),
    )


def test_two_that_exchange_their_places_twice_are_back():
    bindings = Bindings()
    bindings.exchange({"a": "b", "c": "c"})
    assert bindings.told(TOLD).json == {"id": "b", "of": [{"thread_id": "a"}, 1]}
    bindings.exchange({"a": "b"})
    assert bindings.told(TOLD).json == TOLD.json


def test_upstreams_ids_stand_for_the_others_when_places_change_and_untold_ones_for_nothing():
    bindings = Bindings()
    bindings.bind({"X": "a"})
    bindings.exchange({"a": "b"})
    bindings.bind({"Y": "a"})
    bindings.exchange({"a": "c"})
    asked = [bindings.asked(expectation("GET", f"/v1/threads/{told}", {}, None)).thread_id for told in "XYZ"]
    assert asked == ["b", "c", "Z"]


def test_a_part_of_a_recorded_request_is_told_in_the_applications_ids():
    bindings = Bindings()
    bindings.bind({"A": "a"})
    assert bindings.held({"thread_id": "a", "of": ["a", "b", 1]}) == {"thread_id": "A", "of": ["A", "b", 1]}
