"""A value that a JSON schema allows: what the stock reply calls a function tool with.

The smallest that says something: required members only (all of them when the schema names none), one item in a list,
the first of several choices; `const`, `default`, `examples` and `enum` are taken at their word. What makes no sense
as a schema is passed over. Not looked at: `not`, `if`, `dependentSchemas`, `patternProperties`, `unevaluated...`; and
no more than 100 items, members or 4,000 letters are made, however many a schema wants.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeGuard
from urllib.parse import unquote

from runmock.core.sample_text import sample_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runmock.core.exchange import JSON

_DEEP = 4
"""From this level on a schema that contains itself gets no more of itself than it must."""
_DEEPEST = 32
"""A schema that must contain itself is cut off here."""
_MOST = 100
_MOST_VALUES = 5_000
_LARGEST = 1e15
_SMALLEST_STEP = 1e-9


def sample(schema: Any, name: str = "text") -> Any:
    """A value for `schema`, a JSON schema as a function tool has it; texts without further rules are `name`."""
    return _Sampler(schema if isinstance(schema, dict) else {}).value(schema, name, 0, 0)


class _Sampler:
    """Makes values for the parts of one schema; `root` is where its references point into."""

    def __init__(self, root: JSON) -> None:
        self._root = root
        self._made = 0
        self._by_type: Mapping[str, Callable[[JSON, str, int, int], Any]] = {
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
        self._made += 1
        if not isinstance(schema, dict) or depth > _DEEPEST or self._made > _MOST_VALUES:
            return name
        whole = self._resolved(schema, depth, frozenset())
        if "const" in whole:
            return whole["const"]
        said = [whole[key] for key in ("default", "example") if key in whole]
        for choices in (_list(whole, "enum"), _list(whole, "examples"), said):
            if choices:
                return choices[nth % len(choices)]
        make = self._by_type.get(_type_of(whole))
        return name if make is None else make(whole, name, nth, depth)

    def _resolved(self, schema: JSON, depth: int, followed: frozenset[str]) -> JSON:
        """The schema with its reference followed, its parts together, and the first of its alternatives chosen."""
        whole = dict(schema)
        while isinstance(ref := whole.pop("$ref", None), str) and ref not in followed:
            followed |= {ref}
            whole = {**self._referred(ref), **whole}
        every, *alternatives = ([part for part in _list(whole, key) if isinstance(part, dict)] for key in _COMBINED)
        chosen = [_choice(options, depth) for options in alternatives if options]
        whole = {key: value for key, value in whole.items() if key not in _COMBINED}
        for part in (*every, *chosen):
            whole = _both(whole, self._resolved(part, depth, followed))
        return whole

    def _referred(self, ref: str) -> JSON:
        found: Any = self._root
        for step in ref.lstrip("#").split("/")[1:]:
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    def _object(self, schema: JSON, _name: str, nth: int, depth: int) -> JSON:
        properties = _dict(schema, "properties")
        required = [key for key in _list(schema, "required") if isinstance(key, str)]
        wanted = required if "required" in schema or depth >= _DEEP else list(properties)
        wanted = (
            list(dict.fromkeys([*wanted, *properties])) if len(wanted) < _count(schema, "minProperties") else wanted
        )
        members = {key: self.value(properties.get(key, {}), key, nth, depth + 1) for key in wanted}
        for number in range(1, _count(schema, "minProperties") - len(members) + 1):
            key = f"key_{number}"
            members[key] = self.value(schema.get("additionalProperties", {}), key, nth, depth + 1)
        return members

    def _array(self, schema: JSON, name: str, nth: int, depth: int) -> list[Any]:
        first, items = _list(schema, "prefixItems"), schema.get("items", {})
        least = max(_count(schema, "minItems"), len(first))
        wanted = max(least, 1 if items and depth < _DEEP else 0)
        length = min(wanted, _count(schema, "maxItems")) if "maxItems" in schema else wanted
        return [
            self.value(first[number] if number < len(first) else items, name, nth + number, depth + 1)
            for number in range(length)
        ]


_COMBINED = ("allOf", "anyOf", "oneOf")


def _list(schema: JSON, key: str) -> list[Any]:
    found = schema.get(key)
    return found if isinstance(found, list) else []


def _dict(schema: JSON, key: str) -> JSON:
    found = schema.get(key)
    return found if isinstance(found, dict) else {}


def _count(schema: JSON, key: str) -> int:
    found = schema.get(key)
    return min(max(int(found), 0), _MOST) if _is_number(found) else 0


def _bound(schema: JSON, key: str, default: float) -> float:
    found = schema.get(key)
    return found if _is_number(found) else default


def _is_number(found: Any) -> TypeGuard[float]:
    return isinstance(found, int | float) and not isinstance(found, bool) and abs(found) < _LARGEST


def _type_of(schema: JSON) -> str:
    """The type that a schema names, the first that is not null of several, or the one that its keywords speak of."""
    named = schema.get("type")
    if isinstance(named, list):
        named = next((one for one in named if one != "null"), "null")
    if isinstance(named, str):
        return named
    return next((kind for kind, keys in _KEYWORDS.items() if not keys.isdisjoint(schema)), "")


_KEYWORDS = {
    "object": {"properties", "required", "additionalProperties", "minProperties"},
    "array": {"items", "prefixItems", "minItems"},
    "string": {"pattern", "format", "minLength", "maxLength"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
}


def _choice(options: list[JSON], depth: int) -> JSON:
    """The first alternative that is not null; deep down the null, which ends a schema that contains itself."""
    nulls = [option for option in options if option.get("type") == "null"]
    others = [option for option in options if option.get("type") != "null"]
    return (nulls or others)[0] if depth >= _DEEP else (others or nulls)[0]


def _both(one: JSON, other: JSON) -> JSON:
    """A schema that asks for what both ask for."""
    whole = {**one, **other}
    if "properties" in one:
        whole["properties"] = {**_dict(one, "properties"), **_dict(other, "properties")}
    if "required" in one:
        whole["required"] = [*_list(one, "required"), *_list(other, "required")]
    for key, stricter in _STRICTER.items():
        if _is_number(one.get(key)) and _is_number(other.get(key)):
            whole[key] = stricter(one[key], other[key])
    return whole


_STRICTER: Mapping[str, Callable[[float, float], float]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), min),
}


def _number(schema: JSON, nth: int, *, is_whole: bool) -> float:
    """The `nth` number between the bounds, on the steps of `multipleOf`; between steps when no step is allowed."""
    step = _bound(schema, "multipleOf", 1)
    step = step if step > _SMALLEST_STEP else 1
    step = math.ceil(step) if is_whole else step
    least, above = _bound(schema, "minimum", -math.inf), _bound(schema, "exclusiveMinimum", -math.inf)
    most, below = _bound(schema, "maximum", math.inf), _bound(schema, "exclusiveMaximum", math.inf)
    low = max(_stepped(least, step, math.ceil), _stepped(above, step, math.floor) + step)
    high = min(_stepped(most, step, math.floor), _stepped(below, step, math.ceil) - step)
    if low > high:
        return float(max(least, above) + min(most, below)) / 2
    first = low if low > -math.inf else min(step, high)
    wanted = first + nth * step
    return float(wanted if wanted <= high else max(high - nth * step, low))


def _stepped(bound: float, step: float, rounded: Callable[[float], int]) -> float:
    return rounded(bound / step) * step if math.isfinite(bound) else bound
