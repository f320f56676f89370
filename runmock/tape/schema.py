"""The JSON Schema of the format, made of the models, the tables of their checks, and a sentence for each key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from runmock.core.run import EVENTS
from runmock.tape.key_docs import DOCS
from runmock.tape.model_file import METHODS, File
from runmock.tape.run_checks import ALONE, CONTENT, ENDINGS, GOES_WITH
from runmock.tape.shorthand import MAX_POLLS
from runmock.tape.stream import PIECES, RAW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.core.exchange import JSON

ID = "urn:runmock:cassette:1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILE = "cassette.schema.json"
"""The published file, beside this module."""

UNSAID: JSON = {"$ref": "#/$defs/Unsaid"}
"""A key with such a value says nothing."""
ONE: JSON = {"type": "object", "minProperties": 1, "maxProperties": 1}
"""A mapping with one key: an event by its name."""
DURATION: JSON = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?(ms|s)$"}
NUMBER: JSON = {"type": "number", "minimum": 0}
PIECE: JSON = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

FUNCTION: JSON = {"pattern": "^[a-zA-Z0-9_-]{1,64}$"}
ARGUMENTS: JSON = {"type": ["string", "object", "null"]}
CALLED: JSON = {"type": "object", "propertyNames": FUNCTION, "additionalProperties": ARGUMENTS, "minProperties": 1}
"""Calls by the function's name."""
LONG: JSON = {"$ref": "#/$defs/Call"}
CALL: JSON = {"anyOf": [{"type": "string", **FUNCTION}, {**CALLED, "maxProperties": 1}, LONG]}
CALLS: JSON = {"anyOf": [{"type": "array", "minItems": 1, "items": CALL}, {"type": "string", **FUNCTION}, CALLED, LONG]}
REPLY: JSON = {
    "anyOf": [
        {"type": "string"},
        {"type": "array", "minItems": 1, "items": {"type": "string"}},
        {"$ref": "#/$defs/Reply"},
    ]
}

FORMS: Mapping[tuple[str, str], JSON] = {
    **{
        place: {"anyOf": [DURATION, NUMBER, {"type": "null"}]}
        for place in (("Run", "pace"), ("Defaults", "pace"), ("Pace", "first"), ("Pace", "gap"))
    },
    **{
        (model, "headers"): {"type": ["object", "null"], "additionalProperties": {"type": ["string", "number"]}}
        for model in ("Run", "Interaction")
    },
    ("Run", "retry_after"): {"anyOf": [NUMBER, {"type": ["string", "null"]}]},
    ("Interaction", "request"): {"type": "string", "pattern": rf"^({'|'.join(METHODS)}) /\S*$"},
    ("Interaction", "stream"): {
        "anyOf": [{"type": "array", "items": {"$ref": "#/$defs/StreamItem"}}, {"type": "null"}]
    },
    ("Call", "name"): {"type": "string", **FUNCTION},
    **{(model, "calls"): CALLS for model in ("Run", "Step")},
    **{(model, "reply"): REPLY for model in ("Run", "Step")},
}
"""Values whose written form pydantic does not know."""


def schema() -> JSON:
    """The whole schema; what is between keys is in it as far as editors profit of it."""
    made = File.model_json_schema(by_alias=True, mode="validation")
    shorthands = {**dict.fromkeys(PIECES, PIECE), RAW: {"type": "string"}}
    models = {**made.pop("$defs"), "StreamItem": {"properties": shorthands}, "File": made}
    for name, model in models.items():
        _fill(name, model)
    _rules(models)
    whole = models.pop("File")
    head = {"$schema": DIALECT, "$id": ID, "title": "A runmock cassette, version 1"}
    return {
        **head,
        **{key: value for key, value in whole.items() if key != "title"},
        "$defs": {**models, "Unsaid": {"enum": [None, False]}},
    }


def schema_text() -> str:
    """The schema as it is published."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _fill(name: str, model: JSON) -> None:
    """A model's keys with their forms, their sentences and their examples; pydantic's titles and defaults go."""
    model.pop("title", None)
    for key, made in model["properties"].items():
        form = FORMS.get((name, key), _form(made, key))
        doc = DOCS[name][key]
        model["properties"][key] = {"description": doc.text, **form, "examples": [doc.example]}


def _form(made: JSON, key: str) -> JSON:
    form = {name: value for name, value in made.items() if name not in {"title", "default", "description"}}
    options = form.get("anyOf", [])
    for option in options:
        if key == "poll" and option.get("type") == "integer":
            option |= {"minimum": 0, "maximum": MAX_POLLS}
    if key in {"poll", "clock", "at", "content"} and {"type": "null"} not in options:
        options.append({"type": "null"})
    return form


def _rules(models: Mapping[str, JSON]) -> None:
    """What keys mean for each other, from the tables of the checks."""
    events: JSON = {name: {"description": f"The event {name}."} for name in sorted(EVENTS - {"done"})}
    item, run, step = models["StreamItem"], models["Run"], models["Step"]
    item |= {"anyOf": [{"const": "done"}, {**ONE, "properties": {**events, **item.pop("properties"), "done": {}}}]}
    event = {"anyOf": [{"const": "done"}, {**ONE, "properties": {**events, "done": {}}, "additionalProperties": False}]}
    run["properties"]["events"] |= {"anyOf": [{"type": "array", "minItems": 1, "items": event}, {"type": "null"}]}
    run["anyOf"] = [{"required": [key]} for key in (*reversed(CONTENT), "steps", *ENDINGS, *ALONE)]
    run["allOf"] = [*_alone(run), *_ends_once(), *_company(GOES_WITH), _when("steps", _unsaid(CONTENT))]
    step["oneOf"] = [{"required": [key]} for key in reversed(CONTENT)]
    step["dependentRequired"] = {"outputs": ["calls"]}
    models["Interaction"]["oneOf"] = [{"required": [key]} for key in ("json", "stream", "text")]


def _said(key: str) -> JSON:
    return {"required": [key], "properties": {key: {"not": UNSAID}}}


def _unsaid(keys: Iterable[str]) -> JSON:
    return {"properties": dict.fromkeys(keys, UNSAID)}


def _when(key: str, then: JSON) -> JSON:
    return {"if": _said(key), "then": then}


def _alone(run: JSON) -> Iterable[JSON]:
    for key, company in ALONE.items():
        yield _when(key, _unsaid(sorted(run["properties"].keys() - {key, *company})))


def _ends_once() -> Iterable[JSON]:
    for key in ENDINGS:
        yield _when(key, _unsaid(other for other in ENDINGS if other != key))


def _company(table: Mapping[str, tuple[str, ...]]) -> Iterable[JSON]:
    for key, owners in table.items():
        yield _when(key, {"anyOf": [_said(owner) for owner in owners]})
