"""Pydantic's errors become one CassetteError in plain words: every error with its place, in the file's order."""

from __future__ import annotations

import json
import re
import types
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import ValidationError

from runmock.core.errors import CassetteError, did_you_mean
from runmock.tape.format.model import SENTENCE, WRONG_KIND, Model
from runmock.tape.format.model_run import RunModel, StepModel
from runmock.tape.yaml.places import Places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

    from runmock.core.http.json_values import Keys

Read = TypeVar("Read", bound=Model)

RUN_KEYS = frozenset(RunModel.key_types())
MAX_LISTED = 10
MAX_SHOWN = 40

KINDS = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "string_too_short": "a text that is not empty",
    "string_unicode": "a text without lone surrogates",
    "literal_error": "{expected}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    WRONG_KIND: "{text}",
}
"""What a value should be, by pydantic's type of error; the braces name entries of its context."""

SENTENCES = {
    "too_short": "{subject} is empty",
    SENTENCE: "{text}",
}
"""The whole message, by pydantic's type of error; the braces as above."""


def validated(model: type[Read], data: Any, path: str, text: str | None, within: Keys = ()) -> Read:
    """The model made of `data`. Raises CassetteError; `within`: the keys that lead to `data` in the file."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        errors = [_keyed_error(model, data, detail) for detail in error.errors(include_url=False)]
        raise located_error([((*within, *keys), message) for keys, message in errors], path, text) from None


def located_error(errors: Sequence[tuple[Keys, str]], path: str, text: str | None) -> CassetteError:
    """One CassetteError made of all errors, each with line and column in `text`; without a text, with its keys."""
    if text is None:
        messages = [f"{dotted(keys)}: {message}" if keys else message for keys, message in errors]
        error = CassetteError("\n".join(messages[:MAX_LISTED]) + _more(errors), path)
        error.keyed = tuple(errors)
        return error
    places = Places(text)
    placed = sorted(((places.of(keys) or (1, 1)), message) for keys, message in errors)
    (line, column), first = placed[0]
    others = "".join(f"\n{path}:{at[0]}:{at[1]}: {message}" for at, message in placed[1:MAX_LISTED])
    every = tuple((*at, message) for at, message in placed)
    return CassetteError(f"{first}{others}{_more(errors)}", path, line, column, every)


def _more(errors: Sequence[Any]) -> str:
    return f"\n... and {len(errors) - MAX_LISTED} more" if len(errors) > MAX_LISTED else ""


def dotted(keys: Sequence[str | int]) -> str:
    """The keys as one text, such as `runs[0].reply`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def _keyed_error(model: type[Model], data: Any, error: ErrorDetails) -> tuple[Keys, str]:
    keys, kind = _written(data, error["loc"]), error["type"]
    facts = {**error.get("ctx", {}), "subject": _subject(keys), "got": _shown(error["input"])}
    if kind == "extra_forbidden":
        return keys, _unknown(_model_at(model, error["loc"][:-1]), str(error["loc"][-1]))
    if kind == "missing":
        return keys, _missing(_model_at(model, error["loc"][:-1]), str(error["loc"][-1]))
    if kind in KINDS:
        expected = KINDS[kind].format_map(facts)
        hint = _near(expected, error["input"]) or _advice(expected, error["input"])
        return keys, f"{facts['subject']} should be {expected}, got {facts['got']}{hint}"
    if kind in SENTENCES:
        return keys, SENTENCES[kind].format_map(facts)
    return keys, f"{facts['subject']}: {error['msg']}"


def _unknown(model: type[Model], key: str) -> str:
    if hint := did_you_mean(key, model.key_types()):
        return f"unknown key '{key}' in {model.noun}{hint}"
    if key in RUN_KEYS and not issubclass(model, RunModel):
        place = "beside 'steps', not in one" if issubclass(model, StepModel) else "in an item of 'runs:'"
        return f"unknown key '{key}' in {model.noun}; it belongs to a run: write it {place}"
    return f"unknown key '{key}' in {model.noun}; known: {', '.join(model.key_types())}"


def _missing(model: type[Model], key: str) -> str:
    if key == "runmock":
        return "a cassette begins with 'runmock: 1'"
    return f"{model.noun} needs the key '{key}'"


def _subject(keys: Keys) -> str:
    names = [number for number, key in enumerate(keys) if isinstance(key, str)]
    return f"'{dotted(keys[names[-1] :])}'" if names else "a cassette"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return repr(value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}...")
    return json.dumps(value)


def _advice(expected: str, value: Any) -> str:
    return ": write it in quotes" if expected == "a text" and isinstance(value, bool | int | float) else ""


def _near(expected: str, value: Any) -> str:
    """A hint with the word that was probably meant, when one of several is expected: `'queued' or 'in_progress'`."""
    words = re.findall(r"'([a-z_]+)'", expected)
    return did_you_mean(value, words) if isinstance(value, str) and value not in words else ""


def _written(data: Any, loc: Keys) -> Keys:
    """The part of `loc` that is in `data`: the keys of a long form do not exist where a shorthand was written."""
    keys: list[str | int] = []
    for key in loc:
        is_item = isinstance(data, list) and isinstance(key, int) and key < len(data)
        if is_item or (isinstance(data, dict) and key in data):
            data = data[key]
            keys.append(key)
    return tuple(keys)


def _model_at(model: type[Model], loc: Keys) -> type[Model]:
    """The model of the mapping to which `loc` leads, found by following the types of the fields."""
    annotation: Any = model
    for key in loc:
        annotation = _inside(_bare(annotation), key)
    bare: type[Model] = _bare(annotation)
    assert issubclass(bare, Model), loc
    return bare


def _inside(annotation: Any, key: str | int) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation.key_types()[str(key)]
    return get_args(annotation)[-1]


def _bare(annotation: Any) -> Any:
    """The type inside `Annotated` and `| None`."""
    while get_origin(annotation) in {Annotated, Union, types.UnionType}:
        annotation = get_args(annotation)[0]
    return annotation
