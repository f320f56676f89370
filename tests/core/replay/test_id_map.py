from runmock.apis.registry import identify
from runmock.core.replay.id_map import IdMap
from runmock.core.replay.interaction import AlikeDeltas, Interaction, StreamEvent, StreamEvents
from runmock.core.replay.matching import request_key
from runmock.core.script.script import Source

ANSWER = Interaction(
    Source("a.yaml", 0), "GET", "/threads/a", json={"id": "a", "of": [{"thread_id": "b"}, 1]}, identify=identify
)


def test_nothing_is_renamed_while_nothing_is_bound():
    id_map = IdMap()
    sent = request_key(identify("GET", "/v1/threads/a"), {}, None)
    assert id_map.request_in_recorded_ids(sent) is sent
    assert id_map.answer_in_application_ids(ANSWER) is ANSWER


def test_the_applications_ids_become_the_recordings_in_path_query_and_body():
    id_map = IdMap()
    id_map.bind({"A": "a", "B": "b"})
    sent = id_map.request_in_recorded_ids(
        request_key(identify("POST", "/v1/threads/A/runs"), {"after": ("B",)}, {"assistant_id": "B", "n": [1]})
    )
    assert (sent.ids, sent.query, sent.body) == (
        {"thread_id": "a"},
        {"after": ("b",)},
        {"assistant_id": "b", "n": [1]},
    )


def test_ids_in_the_path_of_a_request_that_no_api_knows_become_the_recordings_too():
    id_map = IdMap()
    id_map.bind({"A": "a", "POST": "x"})

    def key(path):
        return request_key(identify("DELETE", f"/v1{path}"), {}, None).key(("operation", "ids"))

    sent = request_key(identify("DELETE", "/v1/containers/A/files/B"), {}, None)
    assert id_map.request_in_recorded_ids(sent).key(("operation", "ids")) == key("/containers/a/files/B")


def test_the_first_word_about_an_id_counts():
    id_map = IdMap()
    id_map.bind({"A": "a"})
    id_map.bind({"A": "z", "A2": "a"})
    assert id_map.request_in_recorded_ids(request_key(identify("GET", "/v1/threads/A"), {}, None)).conversation == "a"
    assert id_map.answer_in_application_ids(ANSWER).json == {"id": "A", "of": [{"thread_id": "b"}, 1]}


def test_upstreams_answer_is_translated_into_the_recordings_ids_events_too():
    id_map = IdMap()
    id_map.bind({"A": "a"})
    event = StreamEvent("thread.created", {"id": "A", "text": "A b"})
    answer = Interaction(
        Source("a.yaml", 0), "POST", "/threads", stream=(event, StreamEvent("done")), identify=identify
    )
    assert id_map.answer_in_recorded_ids(answer).stream == (
        StreamEvent("thread.created", {"id": "a", "text": "A b"}),
        StreamEvent("done"),
    )


def test_two_that_exchange_their_places_twice_are_back():
    id_map = IdMap()
    id_map.exchange({"a": "b", "c": "c"})
    assert id_map.answer_in_application_ids(ANSWER).json == {"id": "b", "of": [{"thread_id": "a"}, 1]}
    id_map.exchange({"a": "b"})
    assert id_map.answer_in_application_ids(ANSWER).json == ANSWER.json


def test_upstreams_ids_stand_for_the_others_when_places_change_and_unknown_ids_for_nothing():
    id_map = IdMap()
    id_map.bind({"X": "a"})
    id_map.exchange({"a": "b"})
    id_map.bind({"Y": "a"})
    id_map.exchange({"a": "c"})
    known = [
        id_map.request_in_recorded_ids(request_key(identify("GET", f"/v1/threads/{own_id}"), {}, None)).conversation
        for own_id in "XYZ"
    ]
    assert known == ["b", "c", "Z"]


def test_a_part_of_a_recorded_request_is_translated_into_the_applications_ids():
    id_map = IdMap()
    id_map.bind({"A": "a"})
    assert id_map.value_in_application_ids({"thread_id": "a", "of": ["a", "b", 1]}) == {
        "thread_id": "A",
        "of": ["A", "b", 1],
    }


def test_the_text_of_a_refusal_names_the_same_ids():
    ids = IdMap()
    ids.bind({"resp_a": "resp_1"})
    text = "Response with id 'resp_a' not found, nor resp_ab."
    for status, told in ((404, text.replace("'resp_a'", "'resp_1'")), (200, text)):
        answer = Interaction(Source("a.yaml", 0), "GET", "/responses/resp_a", json={"message": text}, status=status)
        assert ids.answer_in_recorded_ids(answer).json == {"message": told}


def test_alike_deltas_stay_one_value_in_other_ids():
    id_map = IdMap()
    id_map.bind({"A": "a", "B": "b"})
    words = AlikeDeltas(StreamEvent("x.delta", {"id": "a", "delta": "b"}), ("delta",), ["b", "word ", "b "])
    stream = StreamEvents([StreamEvent("x", {"id": "b"}), words])
    renamed = id_map.answer_in_application_ids(ANSWER._replace(stream=stream)).stream
    assert renamed.parts[1] == AlikeDeltas(
        StreamEvent("x.delta", {"id": "A", "delta": "B"}), ("delta",), ["B", "word ", "b "]
    )
    assert renamed == id_map.answer_in_application_ids(ANSWER._replace(stream=tuple(stream))).stream
