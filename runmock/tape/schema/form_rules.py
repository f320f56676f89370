"""The rules between the keys of a mapping as JSON Schema, made from the tables that the models check with.

A key is active when it is there and neither null nor false, as in `Model.active_keys`. Each rule marks the key that is
out of place, so that an editor underlines it, with the reason in `errorMessage`; other readers of the schema ignore it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from runmock.tape.format.forms import NAMED_CALLS
from runmock.tape.format.model_content import FileSearchResultModel, ReplyModel
from runmock.tape.format.model_file import ANSWERS, NO_ANSWER, OF_BYTES, InteractionModel
from runmock.tape.format.model_parts import IMAGES, KINDS, NO_IMAGE, NO_PART, NO_TEXT, TEXTS, ImageModel, PartModel
from runmock.tape.format.model_run import RunModel, StepModel
from runmock.tape.format.run_keys import (
    ALONE,
    CONTENT,
    DOINGS,
    ENDINGS,
    ENVELOPE,
    GOES_WITH,
    NO_ENVELOPE,
    NO_STEP,
    NOTHING,
    ONE_MESSAGE,
    ONE_TEXT,
    PARTS_ALONE,
    STREAM_FAULTS,
    WHY_ALONE,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from runmock.tape.format.model import Model

Schema: TypeAlias = dict[str, Any]
Rules: TypeAlias = "Iterator[Schema]"

INACTIVE = [None, False]
"""Values with which a key is not active."""


def _active(key: str) -> Schema:
    return {"required": [key], "properties": {key: {"not": {"enum": INACTIVE}}}}


def _has(key: str) -> Schema:
    return {"required": [key]}


def _any_active(keys: Iterable[str]) -> Schema:
    return {"anyOf": [_active(key) for key in keys]}


def _inactive(keys: Iterable[str], why: str) -> Schema:
    return {"patternProperties": {f"^({'|'.join(keys)})$": {"enum": INACTIVE, "errorMessage": why}}}


def _absent(keys: Iterable[str]) -> Schema:
    return {"properties": dict.fromkeys(keys, False)}


def _one_active(keys: Sequence[str], why: str) -> Rules:
    """At most one of `keys` is active; the error is at the later ones."""
    for number, key in enumerate(keys[:-1]):
        yield {"if": _active(key), "then": _inactive(keys[number + 1 :], why.format(key=key))}


def _needs(model: type[Model], condition: Schema, key: str, why: str) -> Schema:
    """The rule that a mapping needs `key` unless `condition` holds; `why` is its message.

    It says nothing about a mapping with an unknown key: then that key is the error to report.
    """
    known = {"propertyNames": {"enum": list(model.key_types())}}
    # Not under `properties`: an editor would complete the key from here.
    is_active = {"patternProperties": {f"^{key}$": {"not": {"enum": INACTIVE}}}}
    return {"if": condition, "else": {"if": known, "then": _has(key) | is_active | {"errorMessage": why}}}


def _company(model: type[Model]) -> Rules:
    for key, owners in GOES_WITH.items():
        if key in model.key_types():
            known = [owner for owner in owners if owner in model.key_types()]
            why = f"'{key}' goes with {' or '.join(map(repr, owners))}"
            yield {"if": _any_active(known), "else": _inactive([key], why)}


def _refusal() -> Rules:
    yield {"if": _has("body"), "then": _inactive(ENVELOPE, NO_ENVELOPE)}


def _names() -> Rules:
    # Not under `properties`: an editor would complete the key from here.
    yield {"if": _active("unoffered"), "else": {"patternProperties": {"^calls$": NAMED_CALLS}}}


def _run() -> Rules:
    yield _needs(RunModel, _any_active([*CONTENT, *ENDINGS, *ALONE, *STREAM_FAULTS, "steps"]), "reply", NOTHING)
    for head, company in ALONE.items():
        others = [key for key in RunModel.key_types() if key not in {head, *company}]
        yield {"if": _active(head), "then": _inactive(others, f"cannot stand beside '{head}': {WHY_ALONE[head]}")}
    yield from _one_active(ENDINGS, "a run ends once, and this one has '{key}'")
    yield {"if": _active("steps"), "then": _inactive(CONTENT, "cannot stand beside 'steps': make it a step")}
    yield from _one_active(("reply", "refusal"), ONE_MESSAGE)
    yield from _company(RunModel)
    yield from _refusal()
    yield from _names()


def _step() -> Rules:
    yield _needs(StepModel, _any_active([*DOINGS, *STREAM_FAULTS]), "reply", NO_STEP)
    yield from _one_active(DOINGS, "cannot stand beside '{key}': make it a step of its own")
    yield from _company(StepModel)
    yield from _refusal()
    yield from _names()


def _reply() -> Rules:
    is_something = {"anyOf": [*map(_active, (*TEXTS, "images", "parts")), _has("json")]}
    yield _needs(ReplyModel, is_something, "text", ONE_TEXT)
    yield from _one_active(TEXTS, ONE_TEXT)
    yield {"if": _has("json"), "then": _inactive(TEXTS, ONE_TEXT)}
    yield {"if": _active("parts"), "then": _absent(["json"])}
    for key in (*TEXTS, "images", "annotations"):
        yield {"if": _active("parts"), "then": _inactive([key], PARTS_ALONE.format(key=key))}
    yield {"if": _any_active(TEXTS), "else": _inactive(["annotations"], NO_TEXT)}


def _image() -> Rules:
    yield _needs(ImageModel, _any_active(IMAGES), "image_file", NO_IMAGE)
    yield from _kinds(IMAGES, NO_IMAGE)


def _part() -> Rules:
    yield _needs(PartModel, _any_active(KINDS), "text", NO_PART)
    yield from _kinds(KINDS, NO_PART)
    yield {"if": _any_active(TEXTS), "else": _inactive(["annotations"], NO_TEXT)}


def _kinds(kinds: Sequence[str], sentence: str) -> Rules:
    """Exactly one kind of part, and a `type` that agrees with it."""
    yield from _one_active(kinds, sentence)
    for key in kinds:
        kind = "text" if key in TEXTS else key
        agrees = {"properties": {"type": {"enum": [kind, None]}}}
        yield {"if": _active(key), "then": agrees}


def _search_result() -> Rules:
    yield from _one_active(("content", "text"), "a search result has 'text' or 'content', not both")


def _interaction() -> Rules:
    yield _needs(InteractionModel, {"anyOf": [*map(_has, (*ANSWERS, *OF_BYTES))]}, ANSWERS[0], NO_ANSWER)
    for number, key in enumerate(ANSWERS):
        yield {"if": _has(key), "then": _absent(ANSWERS[number + 1 :])}
    for key in ANSWERS:
        if key != "path":
            yield {"if": _has(key), "then": _absent(OF_BYTES)}
    for key in ("path", *OF_BYTES):
        yield {"if": _has(key), "then": {"required": list(OF_BYTES)}}


RULES: Mapping[type[Model], list[Schema]] = {
    RunModel: list(_run()),
    StepModel: list(_step()),
    ReplyModel: list(_reply()),
    ImageModel: list(_image()),
    PartModel: list(_part()),
    FileSearchResultModel: list(_search_result()),
    InteractionModel: list(_interaction()),
}
"""The rules of each model, as JSON Schema."""
