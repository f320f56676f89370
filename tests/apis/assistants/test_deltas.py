import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.apis.assistants import deltas


@given(st.text())
def test_a_text_is_split_without_loss(text):
    assert "".join(deltas.split_text(text)) == text


@given(st.text(alphabet="ab []"), st.lists(st.sampled_from(["", "a", "[a]", "b b"])))
def test_a_text_with_annotations_is_split_without_loss(text, quoted):
    pieces = deltas.split_at(text, [{"text": quote} for quote in quoted])
    assert "".join(pieces) == text


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", [""]),
        ("It is 21.", ["It", " is", " 21."]),
        (" a\n b ", [" a", "\n b", " "]),
        ("\n", ["\n"]),
    ],
)
def test_each_word_keeps_the_white_space_before_it(text, pieces):
    assert deltas.split_text(text) == pieces


@pytest.mark.parametrize(
    ("text", "quoted", "pieces"),
    [
        ("See [1].", ["[1]"], ["See", " ", "[1]", "."]),
        ("See [1][2]", ["[1]", "[2]"], ["See", " ", "[1]", "[2]"]),
        ("See that", [""], ["See", " that"]),
        ("See that", [None], ["See", " that"]),
        ("(a) a b", ["(a) a"], ["(a) a", " b"]),
    ],
)
def test_the_text_of_an_annotation_is_one_delta(text, quoted, pieces):
    assert deltas.split_at(text, [{"text": quote} for quote in quoted]) == pieces


def texts(*arguments):
    return [delta["delta"]["content"][0]["text"] for delta in deltas.text_deltas(*arguments)]


def test_only_the_first_delta_has_annotations():
    assert texts("msg_1", ["a", "b"]) == [{"value": "a", "annotations": []}, {"value": "b"}]


def test_an_annotation_comes_with_its_text():
    citation = {"type": "file_citation", "text": "[1]", "file_citation": {"file_id": "file-1"}}
    path = {"type": "file_path", "text": "x.csv"}
    a, first, second, csv = texts("msg_1", ["a", "[1]", "[1]", "x.csv"], [citation, path])
    assert (a, second) == ({"value": "a", "annotations": []}, {"value": "[1]"})
    assert first["annotations"] == [{"index": 0, **citation, "file_citation": {"file_id": "file-1", "quote": ""}}]
    assert csv["annotations"] == [{"index": 1, **path}]


def test_an_annotation_in_the_first_delta_comes_with_it():
    assert texts("msg_1", ["[1]"], [{"text": "[1]"}]) == [
        {"value": "[1]", "annotations": [{"index": 0, "text": "[1]"}]}
    ]


def arguments(text):
    call = {"id": "call_1", "function": {"name": "f", "arguments": text}}
    events = list(deltas.function_deltas("step_1", 2, call))
    calls = [event["delta"]["step_details"]["tool_calls"][0] for event in events]
    assert {item["index"] for item in calls} == {2}
    assert ("id" in calls[0], any("id" in item for item in calls[1:])) == (True, False)
    return [item["function"]["arguments"] for item in calls]


@given(st.text())
def test_arguments_are_streamed_without_loss(text):
    assert "".join(arguments(text)) == text


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("", [""]), ("{}", ["", "{}"]), ('{"a":1}', ["", '{"a":', "1}"])],
)
def test_arguments_come_after_an_empty_head(text, pieces):
    assert arguments(text) == pieces


def test_empty_code_is_streamed_too():
    call = {"id": "call_1", "code_interpreter": {"input": ""}}
    assert len(list(deltas.code_deltas("step_1", call, []))) == 2
