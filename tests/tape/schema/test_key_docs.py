"""What is said of every key, and that its examples are read."""

import json
from pathlib import Path

import jsonschema
import pytest

from runmock.core.replay.interaction import NAMELESS_DONE
from runmock.tape.format.model import Model
from runmock.tape.format.model_content import (
    Call,
    CodeInterpreter,
    Content,
    FileSearch,
    FileSearchResult,
    Refusal,
    Reply,
)
from runmock.tape.format.model_faults import ErrorEvent, Faults, Garbage, Stall, StreamFault
from runmock.tape.format.model_file import Assistant, Defaults, File, Interaction, Message, Pace, Recorded, Thread
from runmock.tape.format.model_parts import Image, ImageFile, ImageURL, Part
from runmock.tape.format.model_run import Event, Match, Run, Step, Usage
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.reading.stream import PIECES, RAW
from runmock.tape.schema.key_docs import DONE_DOC, ITEM_DOCS, KEY_DOCS, PAYLOAD_DOCS

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "runmock/tape/schema/cassette.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

NOT_WRITTEN = {Event, Refusal}
"""Models of long forms that nobody writes."""


def _models(model=Model):
    for one in model.__subclasses__():
        if one.__module__.startswith("runmock.tape."):
            yield one
            yield from _models(one)


def _own_keys(model):
    inherited = {key for base in model.__mro__[1:] if issubclass(base, Model) for key in base.key_types()}
    return model.key_types().keys() - inherited


def test_every_key_of_every_model_has_its_entry_and_no_entry_is_stale():
    documented = {model.__name__: set(docs) for model, docs in KEY_DOCS.items()}
    keys = {model.__name__: _own_keys(model) for model in set(_models()) - NOT_WRITTEN if _own_keys(model)}
    assert documented == keys
    assert set(ITEM_DOCS) == {*PIECES, RAW}
    assert set(PAYLOAD_DOCS) == {"same", "drop"}


def test_every_key_of_the_schema_has_its_description_and_an_example():
    for name, definition in {"File": SCHEMA, **SCHEMA["$defs"]}.items():
        for key, value in definition.get("properties", {}).items():
            assert value["description"].endswith("."), (name, key)
            assert value["examples"], (name, key)


def _in_run(**keys):
    return {"runs": [keys]}


def _answered(**keys):
    return {"interactions": [{"request": "POST /a", **keys}]}


AROUND = {
    File: lambda keys: keys,
    Recorded: lambda keys: {"recorded": keys},
    Defaults: lambda keys: {"defaults": keys},
    Assistant: lambda keys: {"assistants": [{"id": "a"} | keys]},
    Thread: lambda keys: {"threads": [{"id": "t"} | keys]},
    Message: lambda keys: {"threads": [{"id": "t", "messages": [{"role": "user", "content": "a"} | keys]}]},
    Content: lambda keys: {"runs": [keys, {"steps": [keys]}]},
    Step: lambda keys: _in_run(steps=[keys]),
    Faults: lambda keys: {"runs": [keys, {"steps": [keys]}]},
    StreamFault: lambda keys: _in_run(reply="a", disconnect=keys, truncate=keys),
    Stall: lambda keys: _in_run(reply="a", stall={"for": "1s"} | keys),
    Garbage: lambda keys: _in_run(steps=[{"garbage": keys}]),
    ErrorEvent: lambda keys: _in_run(error_event=keys),
    Run: lambda keys: {"runs": [keys]},
    Reply: lambda keys: _in_run(reply=keys),
    Image: lambda keys: _in_run(reply={"images": [keys]}),
    ImageFile: lambda keys: _in_run(reply=[{"image_file": keys}]),
    ImageURL: lambda keys: _in_run(reply=[{"image_url": keys}]),
    Part: lambda keys: _in_run(reply=["a", keys]),
    Call: lambda keys: _in_run(calls=[{"name": "a", "id": "call_1"} | keys]),
    CodeInterpreter: lambda keys: _in_run(code_interpreter={"input": ""} | keys),
    FileSearch: lambda keys: _in_run(file_search=keys),
    FileSearchResult: lambda keys: _in_run(file_search={"results": [keys]}),
    Match: lambda keys: _in_run(reply="a", match=keys),
    Usage: lambda keys: _in_run(reply="a", usage=keys),
    Interaction: lambda keys: {"interactions": [{"request": "POST /a"} | keys]},
    Pace: lambda keys: _answered(stream=["done"], pace=keys),
}
"""The least cassette around a mapping of each model."""

BESIDE = {
    (Content, "outputs"): {"calls": [{"get_weather": {}}]},
    (Content, "unoffered"): {"calls": ["multi_tool_use.parallel"]},
    (Reply, "annotations"): {"text": "a"},
    (Image, "type"): {"image_file": "file-1"},
    (ImageFile, "detail"): {"file_id": "file-1"},
    (ImageURL, "detail"): {"url": "https://a.example/b.png"},
    (Part, "annotations"): {"text": "a"},
    **{(Run, key): {"reply": "a"} for key in ("match", "poll", "pace", "usage", "model", "metadata", "run")},
    **{
        (Faults, key): {"http": 429}
        for key in ("error", "message", "param", "type", "body", "retry_after", "times", "headers")
    },
    **{
        (Interaction, key): {"json": {}}
        for key in ("request", "body", "status", "headers", "pace", "repeat", "truncated")
    },
    **{(Interaction, key): {"path": "a.bin", "size": 1, "sha256": "0" * 64} for key in ("path", "size", "sha256")},
}
"""What a key needs beside it."""

EXAMPLES = [
    pytest.param(AROUND[model](BESIDE.get((model, key), {}) | {key: example}), id=f"{model.__name__}.{key}-{number}")
    for model, docs in KEY_DOCS.items()
    for key, doc in docs.items()
    for number, example in enumerate(doc.examples)
]


@pytest.mark.parametrize("cassette", EXAMPLES)
def test_an_example_of_a_key_is_read_and_accepted(cassette):
    cassette_from(cassette)
    VALIDATOR.validate({"runmock": 1} | cassette)


def _called(kind):
    return {
        "thread.run.step.delta": {
            "id": "step_1",
            "delta": {"step_details": {"tool_calls": [{"index": 0, "id": "call_1", "type": kind}]}},
        }
    }


BEFORE = {
    "text": [{"thread.message.created": {"id": "msg_1"}}],
    "arguments": [_called("function")],
    "code": [_called("code_interpreter")],
    "raw": [],
}
"""What comes before a key of a stream for it to continue."""


@pytest.mark.parametrize("key", ITEM_DOCS)
def test_an_example_of_a_stream_is_read_and_accepted(key):
    for example in ITEM_DOCS[key].examples:
        cassette = _answered(stream=[*BEFORE[key], {key: example}, "done"])
        cassette_from(cassette)
        VALIDATOR.validate({"runmock": 1} | cassette)


def test_the_example_of_the_end_of_a_stream_is_read_and_accepted():
    (example,) = DONE_DOC.examples
    cassette = _answered(stream=[{"message": {"choices": []}}, {"done": example}])
    (read,) = cassette_from(cassette).interactions
    assert read.stream[-1] == NAMELESS_DONE
    VALIDATOR.validate({"runmock": 1} | cassette)


def test_the_examples_of_a_recorded_object_are_read_and_accepted():
    payload = {key: doc.examples[0] for key, doc in PAYLOAD_DOCS.items()}
    run = {"id": "run_1", "usage": None}
    cassette = {"interactions": [{"request": "GET /a", "json": one} for one in (run, payload)]}
    assert cassette_from(cassette).interactions[1].json == {"id": "run_1"}
    VALIDATOR.validate({"runmock": 1} | cassette)
