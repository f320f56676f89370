"""A value that a JSON schema allows: the arguments with which the stock reply calls a function tool.

It is small: only required members (all of them when the schema names none), one item in a list, the first of several
choices; values in `const`, `default`, `examples` and `enum` are used. What is no valid schema is ignored. Not
supported: `not`, `if`, `contains`, `dependentRequired`, `patternProperties`,
`propertyNames`, `unevaluated...`, and whether a second alternative of `oneOf` allows the value too.

Whatever a schema requires, at most 100 items or added members are made, and texts of at most 4,000 letters; after
100,000 letters in all, or 32 levels, the rest is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from runmock.core.script.sample_number import is_number, sample_number
from runmock.core.script.sample_text import sample_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runmock.core.http.exchange import JSON

_DEEP = 4
"""From this level on a schema that contains itself is filled only as far as it requires."""
_DEEPEST = 32
_MOST = 100
_MOST_LETTERS = 100_000
_FLAT = 12
"""How many levels, references and alternatives included, are searched for an alternative that ends."""


def sample(schema: Any, name: str = "text") -> Any:
    """A value for the JSON schema of a function tool; a text without further rules is `name`."""
    try:
        return _Sampler(schema if isinstance(schema, dict) else {}).value(schema, name, 0, 0)
    except RecursionError:  # hundreds of references or parts, each within the last
        return None


class _Sampler:
    """Makes values for the parts of one schema; `root` is where its references point into."""

    def __init__(self, root: JSON) -> None:
        self._root = root
        self._left = _MOST_LETTERS
        self._fitting: dict[tuple[str, int], bool] = {}
        self._by_type: Mapping[str, Callable[[JSON, str, int], Any]] = {
            "string": sample_text,
            "integer": lambda schema, _name, nth: sample_number(schema, nth, is_whole=True),
            "number": lambda schema, _name, nth: sample_number(schema, nth, is_whole=False),
            "boolean": lambda _schema, _name, nth: nth % 2 == 0,
            "null": lambda _schema, _name, _nth: None,
        }

    def value(self, schema: Any, name: str, nth: int, depth: int) -> Any:
        """The `nth` value for a schema; the values for one schema differ where it allows several."""
        self._left -= len(name) + len(", null")
        if self._left < 0 or depth > _DEEPEST:
            return None
        whole = self._resolved(schema, depth, frozenset()) if isinstance(schema, dict) else {}
        kind, named_values = _type_of(whole), _named_values(whole)
        if not named_values and kind == "object":
            return self._object(whole, nth, depth)
        if not named_values and kind == "array":
            return self._array(whole, name, nth, depth)
        make = self._by_type.get(kind, _just_the_name)
        made = named_values[nth % len(named_values)] if named_values else make(whole, name, nth)
        self._left -= len(repr(made))
        return made if self._left >= 0 or depth == 0 else None

    def _resolved(self, schema: JSON, depth: int, followed: frozenset[str]) -> JSON:
        """The schema with references followed, `allOf` merged, and one alternative of `anyOf` and `oneOf` chosen."""
        self._left -= 1
        whole = dict(schema) if self._left >= 0 else {}
        while isinstance(ref := whole.pop("$ref", None), str) and ref not in followed:
            followed |= {ref}
            whole = _both(self._referred(ref), whole)
        every, *alternatives = ([part for part in _list(whole, key) if isinstance(part, dict)] for key in _COMBINED)
        chosen = [self._choice(options, depth) for options in alternatives if options]
        whole = {key: value for key, value in whole.items() if key not in _COMBINED}
        for part in (*every, *chosen):
            whole = _both(whole, self._resolved(part, depth, followed))
        return whole

    def _choice(self, options: list[JSON], depth: int) -> JSON:
        """The first alternative that is not null; on deep levels null, else the one that ends after fewest levels."""
        nulls = [option for option in options if option.get("type") == "null"]
        others = [option for option in options if option.get("type") != "null"]
        if depth < _DEEP or not others:
            return (others or nulls)[0]
        flat = (option for levels in range(1, _FLAT) for option in others if self._fits(option, levels))
        return nulls[0] if nulls else next(flat, others[0])

    def _fits(self, schema: Any, levels: int) -> bool:
        """Whether a schema has a value with at most this many levels."""
        if not isinstance(schema, dict) or levels == 0:
            return levels > 0
        properties = _dict(schema, "properties")
        parts = [*_list(schema, "allOf"), *(properties.get(key) for key in _names(schema, "required"))]
        parts += [schema.get("items")] if _count(schema, "minItems") else []
        choices = [options for key in ("anyOf", "oneOf") if (options := _list(schema, key))]
        return (
            self._reference_fits(schema.get("$ref"), levels - 1)
            and all(self._fits(part, levels - 1) for part in parts)
            and all(any(self._fits(option, levels - 1) for option in options) for options in choices)
        )

    def _reference_fits(self, ref: Any, levels: int) -> bool:
        if not isinstance(ref, str):
            return True
        if (ref, levels) not in self._fitting:
            self._fitting[ref, levels] = self._fits(self._referred(ref), levels)
        return self._fitting[ref, levels]

    def _referred(self, ref: str) -> JSON:
        """The schema that a reference points to, also through lists, as zod's do; {} if it leads nowhere."""
        found: Any = self._root if ref == "#" or ref.startswith("#/") else None
        for step in ref.split("/")[1:]:
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            members = {str(at): member for at, member in enumerate(found)} if isinstance(found, list) else found
            found = members.get(key) if isinstance(members, dict) else None
        return found if isinstance(found, dict) else {}

    def _object(self, schema: JSON, nth: int, depth: int) -> JSON:
        properties, required = _dict(schema, "properties"), _names(schema, "required")
        least = _count(schema, "minProperties")
        keys = required if "required" in schema or depth >= _DEEP else list(properties)
        keys = list(dict.fromkeys([*keys, *properties])) if len(keys) < least else keys
        members = {key: self.value(properties.get(key, {}), key, nth, depth + 1) for key in keys}
        for number in range(1, least - len(members) + 1):
            key = f"key_{number}"
            members[key] = self.value(schema.get("additionalProperties", {}), key, nth, depth + 1)
        return members

    def _array(self, schema: JSON, name: str, nth: int, depth: int) -> list[Any]:
        items = schema.get("items", {})
        first = items if isinstance(items, list) else _list(schema, "prefixItems")  # drafts before 2020 had one keyword
        items = schema.get("additionalItems", {}) if isinstance(items, list) else items
        least = max(_count(schema, "minItems"), len(first))
        usual = max(least, 1 if items and depth < _DEEP else 0)
        length = min(usual, _count(schema, "maxItems")) if "maxItems" in schema else usual
        return [
            self.value(first[number] if number < len(first) else items, name, nth + number, depth + 1)
            for number in range(length)
        ]


def _just_the_name(_schema: JSON, name: str, _nth: int) -> str:
    return name


_COMBINED = ("allOf", "anyOf", "oneOf")


def _list(schema: JSON, key: str) -> list[Any]:
    found = schema.get(key)
    return found if isinstance(found, list) else []


def _dict(schema: JSON, key: str) -> JSON:
    found = schema.get(key)
    return found if isinstance(found, dict) else {}


def _names(schema: JSON, key: str) -> list[str]:
    return [found for found in _list(schema, key) if isinstance(found, str)]


def _named_values(schema: JSON) -> list[Any]:
    """The values that the schema itself names."""
    if "const" in schema:
        return [schema["const"]]
    named = [schema[key] for key in ("default", "example") if key in schema]
    return _list(schema, "enum") or _list(schema, "examples") or named


def _count(schema: JSON, key: str) -> int:
    found = schema.get(key)
    return min(max(int(found), 0), _MOST) if is_number(found) else 0


def _type_of(schema: JSON) -> str:
    """The type of a schema: the named one, the first of several that is not null, or the one of its keywords."""
    named = schema.get("type")
    if isinstance(named, list):
        named = next((kind for kind in named if kind != "null"), "null")
    if isinstance(named, str):
        return named
    return next((kind for kind, keys in _KEYWORDS.items() if not keys.isdisjoint(schema)), "")


_KEYWORDS = {
    "object": {"properties", "required", "additionalProperties", "minProperties"},
    "array": {"items", "prefixItems", "minItems"},
    "string": {"pattern", "format", "minLength", "maxLength"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
}


def _both(one: JSON, other: JSON) -> JSON:
    """A schema with the rules of both."""
    whole = {**one, **other}
    if "properties" in one:
        mine, others = _dict(one, "properties"), _dict(other, "properties")
        shared = {key: {"allOf": [mine[key], others[key]]} for key in mine if key in others}
        whole["properties"] = {**mine, **others, **shared}
    if "required" in one:
        whole["required"] = [*_list(one, "required"), *_list(other, "required")]
    for key, stricter in _STRICTER.items():
        if is_number(one.get(key)) and is_number(other.get(key)):
            whole[key] = stricter(one[key], other[key])
    return whole


_STRICTER: Mapping[str, Callable[[float, float], float]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), min),
}
