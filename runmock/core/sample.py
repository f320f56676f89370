"""A value that a JSON schema allows: what the stock reply calls a function tool with.

The smallest that says something: required members only (all of them when the schema requires none), one item in a
list, the first of several choices; `const`, `default`, `examples` and `enum` are taken at their word. Keywords that
no example needs (`not`, `if`, `dependentSchemas`, `unevaluated...`) are not looked at.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from runmock.core.sample_text import sample_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DEEPEST = 4
"""Below this many levels a schema that contains itself gets no more of itself than it must."""


def sample(schema: Any, name: str = "text") -> Any:
    """A value for `schema`, a JSON schema as a function tool has it; texts without further rules are `name`."""
    return _Sampler(schema if isinstance(schema, dict) else {}).value(schema, name, 0, 0)


class _Sampler:
    """Makes values for the parts of one schema; `root` is where its references point into."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._by_type: Mapping[str, Callable[[Mapping[str, Any], str, int, int], Any]] = {
            "object": self._object,
            "array": self._array,
            "string": lambda schema, name, nth, _: sample_text(schema, name, nth),
            "integer": lambda schema, _name, nth, _: int(_number(schema, nth, is_whole=True)),
            "number": lambda schema, _name, nth, _: _number(schema, nth, is_whole=False),
            "boolean": lambda _schema, _name, nth, _: nth % 2 == 0,
            "null": lambda _schema, _name, _nth, _: None,
        }

    def value(self, schema: Any, name: str, nth: int, depth: int) -> Any:
        """The `nth` value for a schema; those for one schema differ where it leaves a choice."""
        if not isinstance(schema, dict):
            return name
        whole = self._resolved(schema, depth)
        if "const" in whole:
            return whole["const"]
        for choices in (whole.get("enum"), whole.get("examples"), [whole[key] for key in _SAID if key in whole]):
            if isinstance(choices, list) and choices:
                return choices[nth % len(choices)]
        make = self._by_type.get(_type_of(whole))
        return name if make is None else make(whole, name, nth, depth)

    def _resolved(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """The schema with its reference followed, its parts together, and the first of its alternatives chosen."""
        whole = dict(schema)
        seen: set[str] = set()
        while isinstance(ref := whole.pop("$ref", None), str) and ref not in seen:
            seen.add(ref)
            whole = {**self._referred(ref), **whole}
        for part in whole.pop("allOf", None) or ():
            whole = _both(whole, self._resolved(part, depth)) if isinstance(part, dict) else whole
        for key in ("anyOf", "oneOf"):
            options = [option for option in whole.pop(key, None) or () if isinstance(option, dict)]
            if options:
                whole = _both(whole, self._resolved(_choice(options, depth), depth))
        return whole

    def _referred(self, ref: str) -> Mapping[str, Any]:
        found: Any = self._root
        for step in ref.lstrip("#").split("/")[1:]:
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    def _object(self, schema: Mapping[str, Any], _name: str, nth: int, depth: int) -> dict[str, Any]:
        properties = schema.get("properties") or {}
        required = schema.get("required")
        wanted = required if required is not None else (list(properties) if depth < _DEEPEST else [])
        members = {key: self.value(properties.get(key, {}), key, nth, depth + 1) for key in wanted}
        more = (f"key_{number}" for number in range(1, (schema.get("minProperties") or 0) + 1))
        filling = schema.get("additionalProperties", {})
        while len(members) < (schema.get("minProperties") or 0):
            key = next((key for key in properties if key not in members), None) or next(more)
            members[key] = self.value(properties.get(key, filling), key, nth, depth + 1)
        return members

    def _array(self, schema: Mapping[str, Any], name: str, nth: int, depth: int) -> list[Any]:
        first = schema.get("prefixItems") or []
        items = schema.get("items", {})
        least = schema.get("minItems") or 0
        wanted = max(least, len(first), 1 if items and depth < _DEEPEST else 0)
        length = min(wanted, schema["maxItems"]) if "maxItems" in schema else wanted
        return [
            self.value(first[number] if number < len(first) else items, name, nth + number, depth + 1)
            for number in range(length)
        ]


_SAID = ("default", "example")
"""Single values that a schema gives as examples of itself."""


def _type_of(schema: Mapping[str, Any]) -> str:
    """The type that a schema names, the first that is not null of several, or the one that its keywords speak of."""
    named = schema.get("type")
    if isinstance(named, list):
        named = next((one for one in named if one != "null"), "null")
    if isinstance(named, str):
        return named
    return next((kind for kind, keys in _KEYWORDS.items() if not keys.isdisjoint(schema)), "")


_KEYWORDS = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "prefixItems", "minItems"},
    "string": {"pattern", "format", "minLength", "maxLength"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
}


def _choice(options: list[dict[str, Any]], depth: int) -> dict[str, Any]:
    """The first alternative that is not null; deep down the null, which ends a schema that contains itself."""
    nulls = [option for option in options if option.get("type") == "null"]
    others = [option for option in options if option.get("type") != "null"]
    return (nulls or others)[0] if depth >= _DEEPEST else (others or nulls)[0]


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """A schema that asks for what both ask for."""
    whole = {**one, **other}
    if "properties" in one and "properties" in other:
        whole["properties"] = {**one["properties"], **other["properties"]}
    if "required" in one and "required" in other:
        whole["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    for key, stricter in (("minimum", max), ("maximum", min), ("minLength", max), ("maxLength", min)):
        if key in one and key in other:
            whole[key] = stricter(one[key], other[key])
    return whole


def _number(schema: Mapping[str, Any], nth: int, *, is_whole: bool) -> float:
    """The `nth` number between the bounds, on the steps of `multipleOf`; between steps when no step is allowed."""
    step = schema.get("multipleOf") or 1
    step = math.ceil(step) if is_whole else step
    least, above = schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf)
    most, below = schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf)
    low = max(_stepped(least, step, math.ceil), _stepped(above, step, math.floor) + step)
    high = min(_stepped(most, step, math.floor), _stepped(below, step, math.ceil) - step)
    if low > high:
        return float(max(least, above) + min(most, below)) / 2
    first = low if low > -math.inf else min(step, high)
    wanted = first + nth * step
    return float(wanted if wanted <= high else max(high - nth * step, low))


def _stepped(bound: float, step: float, rounded: Callable[[float], int]) -> float:
    return rounded(bound / step) * step if math.isfinite(bound) else bound
