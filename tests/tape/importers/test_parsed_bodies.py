"""vcrpy's cassettes with bodies that stand in them as values, and its older form for httpx: nothing is lost silently."""

import json

import pytest

from runmock.core.errors import CassetteError
from runmock.core.http.exchange import Request
from runmock.deck.deck import Deck
from runmock.tape.importers.to_cassette import import_recording
from runmock.tape.reading.cassette import cassette_from

URL = "https://api.openai.com/v1"
AS_JSON = {"content-type": ["application/json"]}


@pytest.fixture
def imported(tmp_path):
    def done(text, name="a.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return import_recording(tmp_path / name)

    return done


def recording(response, request="body: ''", path="/threads"):
    """One exchange in YAML; the keys of its messages are the caller's."""
    return f"""\
interactions:
- request: {{method: POST, uri: '{URL}{path}', headers: {{content-type: [application/json]}}, {request}}}
  response:
    headers: {{content-type: [application/json], content-encoding: [br]}}
    status: {{code: 200, message: OK}}
    {response}
version: 1
"""


def in_json(response, path="/threads", method="POST"):
    request = {"method": method, "uri": URL + path, "headers": {}, "body": ""}
    return json.dumps({"interactions": [{"request": request, "response": {"headers": AS_JSON} | response}]})


def test_values_are_the_bodies_of_request_and_answer(imported):
    done = imported(recording("parsed_body: {a: 1.0, b: [null, 'on', é]}", "parsed_body: {metadata: {n: '1'}}"))
    (interaction,) = cassette_from(done.text).interactions
    assert interaction.body == {"metadata": {"n": "1"}}
    assert json.dumps(interaction.json, ensure_ascii=False) == '{"a": 1.0, "b": [null, "on", "é"]}'
    assert done.warnings == ()


@pytest.mark.parametrize("value", ["null", "{}", "[]", "''", "0", "false"])
def test_a_value_that_is_empty_is_a_value(imported, value):
    (interaction,) = cassette_from(imported(recording(f"parsed_body: {value}")).text).interactions
    assert (interaction.json, interaction.text) == (
        None if value == "null" else json.loads(value.replace("'", '"')),
        None,
    )


def test_a_value_counts_before_a_body(imported):
    (interaction,) = cassette_from(
        imported(recording("{body: {string: '{}'}, parsed_body: {a: 1}}"[1:-1].replace(", p", "\n    p"))).text
    ).interactions
    assert interaction.json == {"a": 1}


def test_half_of_a_character_is_kept_by_its_number(imported):
    text = imported(in_json({"status": {"code": 200}, "parsed_body": {"a": "\ud800"}}), "a.json").text
    deck = Deck()
    deck.load(cassette_from(text))
    assert deck.answer(Request("POST", "api.openai.com", "/v1/threads")).body() == b'{"a": "\\ud800"}'


def test_a_file_that_was_kept_as_a_value_is_reported(imported):
    done = imported(
        in_json({"status": {"code": 200}, "parsed_body": {"b": 1, "a": 2}}, "/files/f/content", "GET"), "a.json"
    )
    assert done.warnings == (
        "interaction 0: its answer is a file that was kept as 'parsed_body': white space and order of keys are lost",
    )
    assert cassette_from(done.text).interactions[0].text == '{"b": 1, "a": 2}'


THE_BODY = "interaction 0: the body of its answer"
REFUSED = {
    "a date": ("parsed_body: {a: [1, {at: 2026-01-01}]}", f"{THE_BODY}, parsed_body.a[1].at is of the type 'date', which JSON cannot express"),
    "a number as key": ("parsed_body: {a: {1: b}}", f"{THE_BODY}, parsed_body.a has a key that is not text (1), which JSON cannot express"),
    "no number": ("parsed_body: [.nan]", f"{THE_BODY}, parsed_body[0] is nan, which JSON cannot express"),
    "too large a number": ("parsed_body: {a: .inf}", f"{THE_BODY}, parsed_body.a is inf, which JSON cannot express"),
    "bytes": ("parsed_body: {a: !!binary aGk=}", f"{THE_BODY}, parsed_body.a is of the type 'bytes', which JSON cannot express"),
    "itself": ("parsed_body: &a [*a]", f"{THE_BODY}, parsed_body is nested too deeply, which JSON cannot express"),
    "a date as body": ("body: {string: 2026-01-01}", f"{THE_BODY} is of the type 'date', which JSON cannot express"),
    "no date": ("body: {string: 2026-13-01}", "not valid YAML: month must be in 1..12"),
    "another form": ("body: {yaml: {a: 1}}", f"{THE_BODY} has no 'string' and no 'base64_string'; its keys: yaml"),
    "an empty form": ("body: {}", f"{THE_BODY} has no 'string' and no 'base64_string'; its keys: none"),
    "no base64": ("body: {base64_string: '%'}", f"{THE_BODY} is marked as base64, but it is not"),
    "no body": ("protocol: HTTP/2", "interaction 0 has no body in its answer"),
}  # fmt: skip


@pytest.mark.parametrize(("response", "why"), REFUSED.values(), ids=REFUSED)
def test_an_answer_that_cannot_be_read_is_refused_with_its_place(imported, response, why):
    with pytest.raises(CassetteError) as raised:
        imported(recording(response))
    assert str(raised.value).endswith(f"a.yaml: {why}")


def test_a_request_that_cannot_be_read_is_refused_with_its_place(imported):
    with pytest.raises(
        CassetteError, match=r"interaction 0: the body of its request, parsed_body.a is of the type 'date'"
    ):
        imported(recording("parsed_body: {}", "parsed_body: {a: 2026-01-01}"))


def test_half_of_a_character_is_no_text(imported):
    with pytest.raises(CassetteError, match=f"{THE_BODY} has half of a character"):
        imported(in_json({"status": {"code": 200}, "body": {"string": "\ud800"}}), "a.json")


def test_a_body_that_is_nested_too_deeply_is_refused(imported):
    deep = in_json({"status": {"code": 200}, "parsed_body": {"a": 1}}).replace('"a": 1', f'"a": {"[" * 600}{"]" * 600}')
    with pytest.raises(CassetteError, match=r"a\.json: a body in it is nested too deeply"):
        imported(deep, "a.json")


@pytest.mark.parametrize("headers", [["content-type: a"], [1], {"a": 1}])
def test_headers_are_pairs(imported, headers):
    text = in_json({"status": {"code": 200}, "headers": headers, "body": {"string": "{}"}})
    if isinstance(headers, dict):
        assert imported(text, "a.json").interactions == 1
        return
    with pytest.raises(CassetteError, match="the headers of a message are no names with values"):
        imported(text, "a.json")


def old(content, **headers):
    return in_json({"status_code": 200, "http_version": "HTTP/1.1", "headers": headers, "content": content})


UNKNOWN = "interaction 0: bytes that are no UTF-8 may be missing from its answer, which has no length"


@pytest.mark.parametrize(
    ("content", "headers", "warnings"),
    [
        ("PNG", {"content-type": ["image/png"]}, (UNKNOWN,)),
        ("PNG", {"content-type": ["image/png"], "content-length": ["9"], "content-encoding": ["gzip"]}, (UNKNOWN,)),
        ("PNG", {}, (UNKNOWN,)),
        ("PNG", {"content-type": ["image/png"], "content-length": ["3"]}, ()),
        ("", {"content-type": ["image/png"]}, ()),
        ("{}", {"content-type": ["application/json"]}, ()),
        ("{}", {"content-type": ["application/json"], "content-encoding": ["gzip"]}, ()),
    ],
)  # fmt: skip
def test_bytes_that_the_older_form_may_have_dropped_are_reported(imported, content, headers, warnings):
    done = imported(old(content, **headers), "a.json")
    assert done.warnings == warnings
    assert cassette_from(done.text).interactions[0].status == 200


def test_the_older_form_without_its_content_is_refused(imported):
    with pytest.raises(CassetteError, match="interaction 0 has no 'content' as this format has it"):
        imported(in_json({"status_code": 200}), "a.json")
