"""The JSON Schema of a cassette as it is written, for editors: from the models, their documentation and their rules.

It accepts every cassette that runmock reads. What it cannot refuse (a name that no call has, a regular expression that
does not compile, `same:` of nothing, `2.0` for a whole number) is still found when the cassette is read.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from runmock.tape.format.forms import DONE, EVENT_KEYS
from runmock.tape.format.model_file import OWN, File
from runmock.tape.reading.stream import NAMELESS
from runmock.tape.schema.form_rules import RULES
from runmock.tape.schema.key_docs import DONE_DOC, ITEM_DOCS, KEY_DOCS, PAYLOAD_DOCS

if TYPE_CHECKING:
    from pydantic_core import core_schema

    from runmock.tape.format.model import KeyDoc

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = "urn:runmock:cassette:1"
TITLE = "runmock cassette"
PAYLOAD = {"$ref": "#/$defs/Payload"}
PIECES = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
ITEMS: dict[str, JsonSchemaValue] = {"text": PIECES, "arguments": PIECES, "code": PIECES, "raw": {"type": "string"}}
"""The values of the keys of a recorded stream that are no names of events."""


def schema_text() -> str:
    """The schema as JSON text, exactly as in `cassette.schema.json`."""
    return json.dumps(cassette_schema(), indent=2, ensure_ascii=False) + "\n"


def cassette_schema() -> JsonSchemaValue:
    """The schema of a whole cassette."""
    schema = _with_plain_names(File.model_json_schema(schema_generator=_Documented))
    for definition in schema["$defs"].values():
        # An editor would show it instead of the description of the key that leads here.
        definition.pop("description", None)
    answers = schema["$defs"]["Interaction"]["properties"]
    answers["json"] |= PAYLOAD
    schema["patternProperties"] = {f"^{OWN}": {"description": "The writer's own; a place for anchors."}}
    answers["stream"]["items"] = {"$ref": "#/$defs/StreamItem"}
    schema["$defs"] |= {"Payload": _payload(), "StreamItem": _stream_item()}
    head = {
        "$schema": DIALECT,
        "$id": ID,
        "title": TITLE,
        "description": "What an assistant does, or did, for runmock to play: scripted runs, recorded interactions.",
    }
    return head | {key: value for key, value in schema.items() if key not in head}


def _with_plain_names(schema: JsonSchemaValue) -> JsonSchemaValue:
    """The schema with definitions that are called `Run`, not `RunModel`."""
    plain: JsonSchemaValue = json.loads(re.sub(r'"#/\$defs/(\w+)Model"', r'"#/$defs/\1"', json.dumps(schema)))
    plain["$defs"] = {name.removesuffix("Model"): plain["$defs"][name] for name in plain["$defs"]}
    plain["$defs"] = dict(sorted(plain["$defs"].items()))
    return plain


def _payload() -> JsonSchemaValue:
    """The schema of a recorded payload: any JSON value; in a mapping, also the keys `same` and `drop`."""
    return {"properties": {key: _doc_schema(doc) for key, doc in PAYLOAD_DOCS.items()}}


def _stream_item() -> JsonSchemaValue:
    """The schema of an item of a recorded stream: `done`, or one event, whose name may be unknown."""
    shorthands = {key: ITEMS.get(key, {}) | _doc_schema(doc) for key, doc in ITEM_DOCS.items()}
    events = {name: PAYLOAD | {"description": event_schema["description"]} for name, event_schema in EVENT_KEYS.items()}
    item = {
        "type": "object",
        "properties": events | shorthands | {"done": {"enum": [None, "[DONE]", NAMELESS], **_doc_schema(DONE_DOC)}},
        "additionalProperties": PAYLOAD,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"anyOf": [item, DONE]}


def _doc_schema(doc: KeyDoc) -> JsonSchemaValue:
    return {"description": doc.text, "examples": doc.examples}


class _Documented(GenerateJsonSchema):
    """Pydantic's schema with the descriptions of keys and the rules between them, without what misleads editors."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # its signature
        """No title repeats the name of a key."""
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """No schema has a `default`: an editor would write it into the cassette, where it changes nothing."""
        return {key: value for key, value in super().default_schema(schema).items() if key != "default"}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A mapping with any values has no `additionalProperties: true`, which means the same as its absence."""
        described = super().dict_schema(schema)
        return {key: value for key, value in described.items() if (key, value) != ("additionalProperties", True)}

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A value of one type or null has a list of two types, not `anyOf`: shorter, and clearer to an editor."""
        inner = self.generate_inner(schema["schema"])
        if isinstance(inner.get("type"), str) and not inner.keys() & {"enum", "const"}:
            return {**inner, "type": [inner["type"], "null"]}
        return super().nullable_schema(schema)

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The schema of a model, with the descriptions of its keys (`KEY_DOCS`) and its rules (`RULES`)."""
        described, model = super().model_schema(schema), schema["cls"]
        for key, value in described["properties"].items():
            doc = next(docs[key] for base in model.__mro__ if key in (docs := KEY_DOCS.get(base, {})))
            value.update(_doc_schema(doc))
        return described | {"title": model.noun} | ({"allOf": RULES[model]} if model in RULES else {})
