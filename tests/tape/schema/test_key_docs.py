"""Every key has a sentence, and its examples can be read."""

import json
from pathlib import Path

import jsonschema
import pytest

from runmock.core.replay.interaction import NAMELESS_DONE
from runmock.tape.format.model import Model
from runmock.tape.format.model_content import (
    CallModel,
    CodeInterpreterModel,
    ContentModel,
    FileSearchModel,
    FileSearchResultModel,
    RefusalModel,
    ReplyModel,
)
from runmock.tape.format.model_faults import ErrorEvent, FaultsModel, Garbage, StallModel, StreamFaultModel
from runmock.tape.format.model_file import (
    AssistantModel,
    Defaults,
    File,
    InteractionModel,
    MessageModel,
    PaceModel,
    RecordedModel,
    ThreadModel,
)
from runmock.tape.format.model_files import (
    ExpiresAfterModel,
    FileEntryModel,
    FoundModel,
    ProcessingModel,
    VectorStoreModel,
)
from runmock.tape.format.model_parts import ImageFileModel, ImageModel, ImageURLModel, PartModel
from runmock.tape.format.model_run import EventModel, MatchModel, RunModel, StepModel, UsageModel
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.reading.stream import PIECES, RAW
from runmock.tape.schema.key_docs import DONE_DOC, ITEM_DOCS, KEY_DOCS, PAYLOAD_DOCS

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "runmock/tape/schema/cassette.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

NOT_WRITTEN = {EventModel, RefusalModel}
"""Models of long forms that nobody writes."""


def _models(model=Model):
    for subclass in model.__subclasses__():
        if subclass.__module__.startswith("runmock.tape."):
            yield subclass
            yield from _models(subclass)


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
    RecordedModel: lambda keys: {"recorded": keys},
    Defaults: lambda keys: {"defaults": keys},
    AssistantModel: lambda keys: {"assistants": [{"id": "a"} | keys]},
    ThreadModel: lambda keys: {"threads": [{"id": "t"} | keys]},
    MessageModel: lambda keys: {"threads": [{"id": "t", "messages": [{"role": "user", "content": "a"} | keys]}]},
    FileEntryModel: lambda keys: {"files": [{"filename": "a"} | keys]},
    VectorStoreModel: lambda keys: {"vector_stores": [keys]},
    ExpiresAfterModel: lambda keys: {"vector_stores": [{"expires_after": {"days": 1} | keys}]},
    FoundModel: lambda keys: {"vector_stores": [{"search": [{"filename": "a", "text": "b"} | keys]}]},
    ProcessingModel: lambda keys: {"processing": [keys]},
    ContentModel: lambda keys: {"runs": [keys, {"steps": [keys]}]},
    StepModel: lambda keys: _in_run(steps=[keys]),
    FaultsModel: lambda keys: {"runs": [keys, {"steps": [keys]}]},
    StreamFaultModel: lambda keys: _in_run(reply="a", disconnect=keys, truncate=keys),
    StallModel: lambda keys: _in_run(reply="a", stall={"for": "1s"} | keys),
    Garbage: lambda keys: _in_run(steps=[{"garbage": keys}]),
    ErrorEvent: lambda keys: _in_run(error_event=keys),
    RunModel: lambda keys: {"runs": [keys]},
    ReplyModel: lambda keys: _in_run(reply=keys),
    ImageModel: lambda keys: _in_run(reply={"images": [keys]}),
    ImageFileModel: lambda keys: _in_run(reply=[{"image_file": keys}]),
    ImageURLModel: lambda keys: _in_run(reply=[{"image_url": keys}]),
    PartModel: lambda keys: _in_run(reply=["a", keys]),
    CallModel: lambda keys: _in_run(calls=[{"name": "a", "id": "call_1"} | keys]),
    CodeInterpreterModel: lambda keys: _in_run(code_interpreter={"input": ""} | keys),
    FileSearchModel: lambda keys: _in_run(file_search=keys),
    FileSearchResultModel: lambda keys: _in_run(file_search={"results": [keys]}),
    MatchModel: lambda keys: _in_run(reply="a", match=keys),
    UsageModel: lambda keys: _in_run(reply="a", usage=keys),
    InteractionModel: lambda keys: {"interactions": [{"request": "POST /a"} | keys]},
    PaceModel: lambda keys: _answered(stream=["done"], pace=keys),
}
"""The least cassette around a mapping of each model."""

BESIDE = {
    (ProcessingModel, "message"): {"fail": "invalid_file"},
    (ContentModel, "outputs"): {"calls": [{"get_weather": {}}]},
    (ContentModel, "unoffered"): {"calls": ["multi_tool_use.parallel"]},
    (ReplyModel, "annotations"): {"text": "a"},
    (ImageModel, "type"): {"image_file": "file-1"},
    (ImageFileModel, "detail"): {"file_id": "file-1"},
    (ImageURLModel, "detail"): {"url": "https://a.example/b.png"},
    (PartModel, "annotations"): {"text": "a"},
    **{
        (RunModel, key): {"reply": "a"}
        for key in ("match", "poll", "pace", "usage", "model", "metadata", "run", "response")
    },
    **{
        (FaultsModel, key): {"http": 429}
        for key in ("error", "message", "param", "type", "body", "retry_after", "times", "headers")
    },
    **{
        (InteractionModel, key): {"json": {}}
        for key in ("request", "body", "status", "headers", "pace", "repeat", "truncated", "numbered")
    },
    **{(InteractionModel, key): {"path": "a.bin", "size": 1, "sha256": "0" * 64} for key in ("path", "size", "sha256")},
}
"""What a key needs beside it."""

EXAMPLES = [
    pytest.param(AROUND[model](BESIDE.get((model, key), {}) | {key: example}), id=f"{model.__name__}.{key}-{number}")
    for model, docs in KEY_DOCS.items()
    for key, doc in docs.items()
    for number, example in enumerate(doc.examples)
]


@pytest.mark.parametrize("cassette", EXAMPLES)
def test_an_example_of_a_key_is_read_and_accepted(cassette, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files/plot.png").write_bytes(b"")
    cassette_from(cassette, folder=str(tmp_path))
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
    cassette = {"interactions": [{"request": "GET /a", "json": value} for value in (run, payload)]}
    assert cassette_from(cassette).interactions[1].json == {"id": "run_1"}
    VALIDATOR.validate({"runmock": 1} | cassette)
