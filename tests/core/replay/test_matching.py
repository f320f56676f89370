"""When two requests mean the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.apis.assistants.api import ASSISTANTS
from runmock.apis.assistants.endpoints.runs import tool_outputs
from runmock.apis.registry import identify
from runmock.core.replay.id_map import renamed
from runmock.core.replay.matching import MATCHERS, canonical, request_key, stand_ins
from runmock.core.replay.mismatches import Mismatch, compare, shown

CREATE = {"assistant_id": "asst_1"}
RUNS = "/threads/thread_1/runs"
KEYS = ("assistant_id", "stream", "messages", "thread", "content", "role", "metadata", "tools", "temperature")
JSONS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)),
    max_leaves=12,
)


def request_of(body=None, method="POST", path=RUNS, query=None):
    return request_key(identify(method, path), query or {}, body)


def key(body):
    return request_of(body).key(MATCHERS)


@pytest.mark.parametrize(
    "more",
    [
        {"stream": None},
        {"stream": False},
        {"metadata": {}},
        {"metadata": None},
        {"tools": None},
        {"additional_messages": []},
        {"tool_resources": {}},
        {"thread": {}},
        {"thread": {"messages": [], "metadata": None}},
        {"thread": None},
    ],
)
def test_what_does_not_change_the_meaning(more):
    assert key({**CREATE, **more}) == key({**more, **CREATE}) == key(CREATE)


@pytest.mark.parametrize(
    "more",
    [
        {"stream": True},
        {"metadata": {"a": "b"}},
        {"tools": []},
        {"additional_messages": [{"role": "user", "content": "hi"}]},
        {"instructions": ""},
        {"temperature": 0},
        {"parallel_tool_calls": False},
        {"thread": {"metadata": {"a": "b"}}},
    ],
)
def test_what_changes_the_meaning(more):
    assert key({**CREATE, **more}) != key(CREATE)


@pytest.mark.parametrize("body", [None, {}, {"metadata": {}}, {"messages": []}, {"metadata": None}])
def test_an_empty_body_is_no_body(body):
    assert canonical(body, ASSISTANTS.noise) is None


@pytest.mark.parametrize(("body", "kept"), [([1], [1]), ("x", "x"), (3.5, 3.5), ([], None), (True, True)])
def test_a_body_that_is_no_object_stays(body, kept):
    assert canonical(body, ASSISTANTS.noise) == kept


@pytest.mark.parametrize("place", ["messages", "additional_messages", "thread", None])
def test_a_text_is_the_same_as_a_list_with_that_text(place):
    def body(content):
        message = {"role": "user", "content": content}
        if place is None:
            return message
        return {"thread": {"messages": [message]}} if place == "thread" else {place: [message]}

    parts = [{"type": "text", "text": "hi"}]
    assert key(body("hi")) == key(body(parts))
    assert key(body("hi")) != key(body("ho"))
    assert key(body("hi")) != key(body([*parts, *parts]))


def test_content_of_anything_but_a_message_stays_a_text():
    assert canonical({"content": "hi"}, ASSISTANTS.noise) == {"content": "hi"}


def test_a_message_without_attachments_and_metadata_is_the_same():
    plain = {"role": "user", "content": "hi"}
    assert key({**plain, "attachments": [], "metadata": None}) == key(plain)


@pytest.mark.parametrize("odd", [{"messages": ["x"]}, {"messages": "x"}, {"thread": "x"}, {"messages": [None]}])
def test_an_odd_body_is_compared_as_it_is(odd):
    assert key(odd) == key(dict(odd))
    assert key(odd) != key(CREATE)


def test_a_whole_number_is_the_same_however_it_is_written():
    assert key({"temperature": 1.0, "tools": [{"a": 2.0}]}) == key({"temperature": 1, "tools": [{"a": 2}]})
    assert key({"temperature": 1}) != key({"temperature": 1.5})


@given(JSONS)
def test_the_canonical_form_is_its_own_canonical_form(body):
    once = canonical(body, ASSISTANTS.noise)
    assert canonical(once, ASSISTANTS.noise) == once


@given(JSONS, JSONS)
def test_requests_differ_in_a_field_exactly_when_their_keys_do(one, other):
    """So that no miss is reported as `the same request`."""
    left, right = request_of(one), request_of(other)
    stands_for_any = any(left.body == body for body in stand_ins(right.body))
    is_other = left.key(MATCHERS) != right.key(MATCHERS) and not stands_for_any
    assert bool(compare(left, right).differ) is is_other


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ({"stream": True}, {"stream": 1}),
        ({"temperature": True}, {"temperature": 1}),
        ({"include": 1}, {"include": [1]}),
    ],
)
def test_values_that_differ_in_json_differ_here(first, other):
    assert key(first) != key(other)
    assert compare(request_of(first), request_of(other)).differ


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ({"include[]": ("a",)}, {"include": ["a"]}),
        ({"api-version": ("2024",)}, {}),
        ({"limit": ("1",), "order": ("asc",)}, {"order": ("asc",), "limit": ("1",)}),
    ],
)
def test_queries_that_mean_the_same(first, other):
    assert request_of(query=first).key(MATCHERS) == request_of(query=other).key(MATCHERS)


def test_queries_that_differ():
    first, other = request_of(query={"limit": ("1",)}), request_of(query={"limit": ("2",)})
    assert first.key(MATCHERS) != other.key(MATCHERS)
    assert compare(first, other).differ == (Mismatch("limit", "1", "2"),)


@pytest.mark.parametrize(
    ("match_on", "path", "query", "body"),
    [
        (("operation", "ids", "query"), RUNS, {}, {"x": 1}),
        (("operation", "ids", "body"), RUNS, {"x": ("1",)}, None),
        (("operation", "query", "body"), "/threads/thread_2/runs", {}, None),
        (("ids", "query", "body"), "/threads/thread_1/messages", {}, None),
    ],
)
def test_what_match_on_leaves_out_does_not_count(match_on, path, query, body):
    other = request_of(body, path=path, query=query)
    assert request_of().key(match_on) == other.key(match_on)
    assert request_of().key(MATCHERS) != other.key(MATCHERS)


@pytest.mark.parametrize("path", ["/v1/batches", "/openai/batches", "/batches"])
def test_outside_the_family_the_method_and_path_below_the_root_are_the_operation(path):
    sent = request_of(method="GET", path=path)
    assert (sent.operation, sent.path, sent.ids, sent.conversation) == ("GET /batches", "/batches", {}, None)


@pytest.mark.parametrize(
    ("path", "body", "label"),
    [
        (RUNS, CREATE, "create_run"),
        (RUNS, {**CREATE, "stream": True}, "create_run, stream"),
        (RUNS, [1], "create_run"),
        ("/v1/x", None, "POST /x"),
    ],
)
def test_a_request_has_a_name_for_messages(path, body, label):
    assert request_of(body, path=path).label == label


def test_agreements_and_differences_are_listed_field_by_field():
    path = f"{RUNS}/run_1/submit_tool_outputs"
    first = request_of(
        {"tool_outputs": [{"tool_call_id": "a", "output": "1"}, {"tool_call_id": "b", "output": "2"}]}, path=path
    )
    other = request_of({"tool_outputs": [{"tool_call_id": "a", "output": "1"}], "stream": True}, path=path)
    comparison = compare(first, other)
    assert comparison.agree == ("operation", "run_id")
    assert comparison.differ == (Mismatch("stream", "false", "true"), Mismatch("tool_call_ids", "a, b", "a"))


def test_outputs_of_the_same_calls_are_compared():
    path = f"{RUNS}/run_1/submit_tool_outputs"
    first, other = (request_of({"tool_outputs": [{"tool_call_id": "a", "output": text}]}, path=path) for text in "12")
    assert compare(first, other).differ == (Mismatch("outputs", "1", "2"),)


def test_another_operation_is_further_away_than_any_other_difference():
    sent = request_of({"a": 1, "b": 2})
    same = compare(request_of({"a": 2, "b": 3, "c": 4}, path="/threads/thread_2/runs"), sent)
    other = compare(request_of({"a": 1, "b": 2}, path="/threads/thread_1/messages"), sent)
    assert same.score > other.score


@pytest.mark.parametrize("odd", [None, "x", [1, None, "x"], {"tool_call_id": "a"}, [["tool_call_id"]]])
def test_odd_tool_outputs_have_no_ids(odd):
    assert tool_outputs({"tool_outputs": odd}) == []
    path = f"{RUNS}/run_1/submit_tool_outputs"
    assert not compare(
        request_of({"tool_outputs": odd}, path=path), request_of({"tool_outputs": odd}, path=path)
    ).differ


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "(nothing)"),
        ("a b", "a b"),
        ([], "(empty)"),
        (["a", "b"], "a, b"),
        (("a",), "a"),
        ([1, "a"], '[1, "a"]'),
        ({"a": "é"}, '{"a": "é"}'),
        (True, "true"),
        ("a" * 301, "a" * 300 + "... (301 characters)"),
    ],
)
def test_a_value_is_shown_as_people_write_it(value, text):
    assert shown(value) == text


def test_what_sounds_like_a_key_is_not_shown():
    sent = request_key(identify("GET", "/v1/files"), {"api_key": ["sk-1"], "order": ["asc"]}, None)
    cassette = request_key(identify("GET", "/v1/files"), {"api_key": ["sk-2"], "order": ["desc"]}, None)
    assert compare(cassette, sent).differ == (Mismatch("order", "desc", "asc"),)
    assert "sk-" not in str(compare(cassette, request_key(identify("GET", "/v1/files"), {"api_key": ["sk-1"]}, None)))


def uploaded(filename, size, **more):
    file = {"name": "file", "filename": filename, "size": size, "sha256": "0123456789abcdef" * 4, **more}
    return {"multipart": [{"name": "purpose", "value": "vision"}, file]}


def test_uploads_differ_by_their_parts():
    found = compare(request_of(uploaded("a.png", 3)), request_of(uploaded("b.png", 3)))
    assert found.agree == ("operation", "thread_id", "stream", "purpose")
    assert found.differ == (
        Mismatch("file", "a.png, 3 bytes, sha256 0123456789ab", "b.png, 3 bytes, sha256 0123456789ab"),
    )


def test_parts_with_the_same_name_are_distinguished():
    image = {"name": "image[]", "size": 1, "sha256": "f" * 64}
    found = compare(request_of({"multipart": [image, image]}), request_of({"multipart": [image]}))
    assert found.differ == (Mismatch("image[], part 2", "1 byte, sha256 ffffffffffff", "(nothing)"),)


@pytest.mark.parametrize("body", [None, {"multipart": "any"}])
def test_an_upload_that_was_not_recorded_differs_from_none(body):
    assert compare(request_of(body), request_of(uploaded("b.png", 3))).differ == ()


def test_the_order_of_a_batchs_files_does_not_count():
    batch = identify("POST", "/v1/vector_stores/vs_1/file_batches")

    def key(*file_ids):
        return request_key(batch, {}, {"file_ids": list(file_ids)})

    assert key("file-2", "file-1").key(MATCHERS) == key("file-1", "file-2").key(MATCHERS)
    assert key("file-2", "file-1").key(MATCHERS) != key("file-1", "file-3").key(MATCHERS)
    assert request_key(batch, {}, {"file_ids": "file-1"}).body == {"file_ids": "file-1"}
    assert request_key(batch, {}, ["file-2", "file-1"]).body == ["file-2", "file-1"]


def test_it_does_not_count_either_when_ids_are_exchanged():
    batch = identify("POST", "/v1/vector_stores/vs_1/file_batches")
    sent = request_key(batch, {}, {"file_ids": ["file-a", "file-b"]})
    assert renamed(sent, {"file-a": "file-2", "file-b": "file-1"}).body == {"file_ids": ["file-1", "file-2"]}
    assert renamed(request_key(batch, {}, ["file-a"]), {"file-a": "file-2"}).body == ["file-2"]
