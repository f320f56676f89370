"""The published JSON Schema: what the models accept it accepts, and it refuses what a schema can refuse."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from test_faulty_cassettes import RUNS

from runmock.cli import main
from runmock.core.errors import CassetteError
from runmock.tape import model_file, model_run
from runmock.tape.cassette import cassette_from
from runmock.tape.key_docs import DOCS
from runmock.tape.schema import FILE, schema, schema_text
from runmock.tape.stream import PIECES, RAW
from runmock.tape.yaml12 import load

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(schema())
MODELS = {
    name: model
    for module in (model_run, model_file)
    for name, model in vars(module).items()
    if isinstance(model, type) and issubclass(model, BaseModel) and name in schema()["$defs"] | {"File": None}
}


def is_valid(value):
    return VALIDATOR.is_valid(value)


def is_read(value):
    try:
        cassette_from(value)
    except CassetteError:
        return False
    return True


def test_it_is_a_schema():
    Draft202012Validator.check_schema(schema())


def test_the_published_file_is_what_the_models_say():
    published = (files("runmock.tape") / FILE).read_text(encoding="utf-8")
    assert published == schema_text(), "it has changed: runmock schema > runmock/tape/cassette.schema.json"


def test_the_command_prints_it_and_where_it_is():
    printed = CliRunner().invoke(main, ["schema"]).stdout
    assert json.loads(printed) == schema()
    assert Path(CliRunner().invoke(main, ["schema", "--path"]).stdout.strip()).read_text(encoding="utf-8") == printed


def test_every_key_of_every_model_is_described():
    keys = {name: set(model.key_types()) for name, model in MODELS.items()}
    described = {name: set(docs) for name, docs in DOCS.items() if name != "StreamItem"}
    assert described == {name: known for name, known in keys.items() if name not in {"Event", "Content", "Model"}}
    assert set(DOCS["StreamItem"]) == {*PIECES, RAW}


AROUND = {
    "File": lambda key, value: {"runmock": 1, key: value},
    "Run": lambda key, value: {"runs": [BESIDE.get(key, {"reply": "a"} if key not in CONTENT else {}) | {key: value}]},
    "Step": lambda key, value: {"runs": [{"steps": [BESIDE.get(key, {}) | {key: value}]}]},
    "Reply": lambda key, value: {
        "runs": [{"reply": ({"text": "a [1]"} if key == "annotations" else {}) | {key: value}}]
    },
    "Call": lambda key, value: {"runs": [{"calls": [{"name": "f"} | {key: value}]}]},
    "CodeInterpreter": lambda key, value: {"runs": [{"code_interpreter": {"input": "1"} | {key: value}}]},
    "FileSearch": lambda key, value: {"runs": [{"file_search": {key: value}}]},
    "FileSearchResult": lambda key, value: {"runs": [{"file_search": {"results": [{key: value}]}}]},
    "Match": lambda key, value: {"runs": [{"reply": "a", "match": {key: value}}]},
    "Usage": lambda key, value: {"runs": [{"reply": "a", "usage": {key: value}}]},
    "Defaults": lambda key, value: {"defaults": {key: value}},
    "Recorded": lambda key, value: {"recorded": {key: value}},
    "Assistant": lambda key, value: {"assistants": [{"id": "asst_1"} | {key: value}]},
    "Thread": lambda key, value: {"threads": [{"id": "thread_1"} | {key: value}]},
    "Message": lambda key, value: {
        "threads": [{"id": "t", "messages": [{"role": "user", "content": "a"} | {key: value}]}]
    },
    "Interaction": lambda key, value: {
        "interactions": [
            *BEFORE.get(key, []),
            {"request": "POST /threads"} | ({} if key in ANSWERS else {"json": {}}) | {key: value},
        ]
    },
    "Pace": lambda key, value: {"interactions": [{"request": "POST /threads", "json": {}, "pace": {key: value}}]},
    "StreamItem": lambda key, value: {
        "interactions": [{"request": "POST /threads/t/runs", "stream": [*NAMED.get(key, []), {key: value}, "done"]}]
    },
}
"""A cassette around a key of a model, by the model."""

ANSWERS = ("json", "stream", "text")
CONTENT = {
    "reply",
    "calls",
    "code_interpreter",
    "file_search",
    "steps",
    "http",
    "sunset",
    "json",
    "events",
    "expire",
    "cancel",
}
BESIDE = {
    "outputs": {"calls": ["f"]},
    "message": {"fail": "x"},
    **{key: {"http": 429} for key in ("error", "retry_after", "times", "headers")},
}
BEFORE = {"json": [{"request": "GET /threads/t/runs/run_1", "json": {"id": "run_1", "object": "thread.run"}}]}
CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}}
CODE = {"index": 0, "id": "call_1", "type": "code_interpreter", "code_interpreter": {"input": ""}}
NAMED = {
    "text": [{"thread.message.created": {"id": "msg_1"}}],
    "arguments": [{"thread.run.step.delta": {"id": "s", "delta": {"step_details": {"tool_calls": [CALL]}}}}],
    "code": [{"thread.run.step.delta": {"id": "s", "delta": {"step_details": {"tool_calls": [CODE]}}}}],
}


@pytest.mark.parametrize(("model", "key"), [(model, key) for model, docs in DOCS.items() for key in docs])
def test_an_example_is_valid_for_the_schema_and_for_the_models(model, key):
    cassette = {"runmock": 1} | AROUND[model](key, DOCS[model][key].example)
    assert [error.message for error in VALIDATOR.iter_errors(cassette)] == []
    cassette_from(cassette)


def cassettes():
    yield from ((path.name, path.read_text(encoding="utf-8")) for path in sorted((ROOT / "cassettes").glob("*.yaml")))
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    yield from ((f"README {number}", text) for number, text in enumerate(blocks) if "runmock: 1" in text)


@pytest.mark.parametrize(("name", "text"), list(cassettes()))
def test_good_cassettes_are_valid(name, text):
    assert [error.message for error in VALIDATOR.iter_errors(load(text, name))] == []


FORMS = [
    "- reply: [de, l, ta]",
    "- reply: {json: null}",
    "- calls: get_weather",
    "- calls: {get_weather: {city: Paris}, get_time: null}",
    "- calls: {name: f, arguments: '{'}",
    "- calls: [f, g: {a: 1}, {name: h, arguments: {b: 2}, id: call_x}, i: '{\"c\": 3}', j: null]",
    "- calls: [f]\n  outputs: {f: [1, 2]}",
    "- code_interpreter: 1 + 1",
    "- reply: a\n  poll: 0\n  pace: 1.5s",
    "- reply: a\n  poll: []\n  pace: 20",
    "- reply: a\n  poll: null\n  pace: null",
    "- reply: a\n  expire: false\n  sunset: false\n  http: null",
    "- http: 429\n  retry_after: 2.5\n  headers: {x-a: 1, x-b: b}",
    "- http: 503\n  retry_after: 'Wed, 21 Oct 2026 07:28:00 GMT'\n  fail: null",
    "- events: [done]",
    "- events: [thread.run.created: {id: run_1}, error: {message: no}, done: null]",
    "- json: {}",
    "- stuck: queued",
    "- reply: a\n  usage: {prompt_tokens: 1, prompt_token_details: {}}",
]
"""Other ways to write what is written in the examples too."""


@pytest.mark.parametrize("text", FORMS)
def test_whatever_form_the_models_take_the_schema_takes(text):
    value = load(f"runmock: 1\nruns:\n{text}\n", "form")
    assert is_read(value)
    assert [error.message for error in VALIDATOR.iter_errors(value)] == []


WRONG = [
    {},
    {"runmock": 2},
    {"runmock": "1"},
    {"runmock": 1, "run": []},
    {"runmock": 1, "ids": "loose"},
    {"runmock": 1, "defaults": {"shapes": "odd"}},
    {"runmock": 1, "recorded": {"at": 1.5}},
    {"runmock": 1, "assistants": [{"name": "no id"}]},
    {"runmock": 1, "assistants": [{"id": "a", "tools": [3]}]},
    {"runmock": 1, "threads": [{"id": "t", "messages": [{"role": "system", "content": "a"}]}]},
    {"runmock": 1, "threads": [{"id": "t", "messages": [{"role": "user"}]}]},
    {"runmock": 1, "interactions": [{"request": "POST /threads"}]},
    {"runmock": 1, "interactions": [{"json": {}}]},
    {"runmock": 1, "interactions": [{"request": "FETCH /threads", "json": {}}]},
    {"runmock": 1, "interactions": [{"request": "POST threads", "json": {}}]},
    {"runmock": 1, "interactions": [{"request": "POST /threads", "json": {}, "text": "a"}]},
    {"runmock": 1, "interactions": [{"request": "POST /threads", "json": {}, "status": 99}]},
    {"runmock": 1, "interactions": [{"request": "POST /threads", "json": {}, "repeat": 0}]},
    {"runmock": 1, "interactions": [{"request": "POST /threads", "json": {}, "pace": {"first": "soon"}}]},
    {"runmock": 1, "interactions": [{"request": "POST /threads", "stream": ["finished"]}]},
    {"runmock": 1, "interactions": [{"request": "POST /threads", "stream": [{"text": [3]}]}]},
    {"runmock": 1, "interactions": [{"request": "POST /threads", "stream": [{"text": "a", "code": "b"}]}]},
]


@pytest.mark.parametrize("value", WRONG, ids=json.dumps)
def test_what_is_wrong_is_refused_by_both(value):
    assert not is_valid(value)
    if "runmock" in value:
        assert not is_read(value)


BEYOND = re.compile(
    r"is no substitution|names no call|is not among the calls|'outputs' has|is no regular expression|is not a header's name|"
    r"a character that HTTP cannot carry|belongs to an earlier call|a reply is one of|'annotations' go with|"
    r"not queued again|has 'text' or 'content', not both"
)
"""What only the models find: rules about the text of a value, and about several values."""


@pytest.mark.parametrize(("text", "message"), RUNS)
def test_a_faulty_run_is_refused_where_a_schema_can(text, message):
    value = load(f"runmock: 1\nruns:\n{text}\n", "faulty")
    assert is_valid(value) == bool(BEYOND.search(message)), [error.message for error in VALIDATOR.iter_errors(value)]
