"""A value that a JSON schema allows: what the stock reply calls a function tool with.

The smallest that says something: required members only (all of them when the schema names none), one item in a list,
the first of several choices; `const`, `default`, `examples` and `enum` are taken at their word. What makes no sense
as a schema is passed over. Not looked at: `not`, `if`, `contains`, `dependentRequired`, `patternProperties`,
`propertyNames`, `unevaluated...`, and whether a second alternative of `oneOf` allows the value too.

However much a schema wants, no more than 100 items or added members are made and no text longer than 4,000 letters;
after 100,000 letters in all, or 32 levels, the rest is null.
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
"""From this level on a schema that contains itself gets no more of itself than it must."""
_DEEPEST = 32
_MOST = 100
_MOST_LETTERS = 100_000
_FLAT = 12
"""So many levels, references and alternatives among them, are looked ahead for an alternative that comes to an end."""


def sample(schema: Any, name: str = "text") -> Any:
    """A value for `schema`, a JSON schema as a function tool has it; texts without further rules are `name`."""
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
        """The `nth` value for a schema; those for one schema differ where it leaves a choice."""
        self._left -= len(name) + len(", null")
        if self._left < 0 or depth > _DEEPEST:
            return None
        whole = self._resolved(schema, depth, frozenset()) if isinstance(schema, dict) else {}
        kind, said = _type_of(whole), _said(whole)
        if not said and kind == "object":
            return self._object(whole, nth, depth)
        if not said and kind == "array":
            return self._array(whole, name, nth, depth)
        make = self._by_type.get(kind, _just_the_name)
        made = said[nth % len(said)] if said else make(whole, name, nth)
        self._left -= len(repr(made))
        return made if self._left >= 0 or depth == 0 else None

    def _resolved(self, schema: JSON, depth: int, followed: frozenset[str]) -> JSON:
        """The schema with its reference followed, its parts together, and the first of its alternatives chosen."""
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
        """The first alternative that is not null; deep down the null, or one that comes to an end the soonest."""
        nulls = [option for option in options if option.get("type") == "null"]
        others = [option for option in options if option.get("type") != "null"]
        if depth < _DEEP or not others:
            return (others or nulls)[0]
        flat = (option for levels in range(1, _FLAT) for option in others if self._fits(option, levels))
        return nulls[0] if nulls else next(flat, others[0])

    def _fits(self, schema: Any, levels: int) -> bool:
        """Whether there is a value for a schema that needs no more levels than these."""
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
        """What a reference within the schema points to, by way of lists too, as zod's do; {} for any other."""
        found: Any = self._root if ref == "#" or ref.startswith("#/") else None
        for step in ref.split("/")[1:]:
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            members = {str(at): one for at, one in enumerate(found)} if isinstance(found, list) else found
            found = members.get(key) if isinstance(members, dict) else None
        return found if isinstance(found, dict) else {}

    def _object(self, schema: JSON, nth: int, depth: int) -> JSON:
        properties, required = _dict(schema, "properties"), _names(schema, "required")
        least = _count(schema, "minProperties")
        wanted = required if "required" in schema or depth >= _DEEP else list(properties)
        wanted = list(dict.fromkeys([*wanted, *properties])) if len(wanted) < least else wanted
        members = {key: self.value(properties.get(key, {}), key, nth, depth + 1) for key in wanted}
        for number in range(1, least - len(members) + 1):
            key = f"key_{number}"
            members[key] = self.value(schema.get("additionalProperties", {}), key, nth, depth + 1)
        return members

    def _array(self, schema: JSON, name: str, nth: int, depth: int) -> list[Any]:
        items = schema.get("items", {})
        first = items if isinstance(items, list) else _list(schema, "prefixItems")  # drafts before 2020 had one keyword
        items = schema.get("additionalItems", {}) if isinstance(items, list) else items
        least = max(_count(schema, "minItems"), len(first))
        wanted = max(least, 1 if items and depth < _DEEP else 0)
        length = min(wanted, _count(schema, "maxItems")) if "maxItems" in schema else wanted
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


def _said(schema: JSON) -> list[Any]:
    """The values that the schema itself names."""
    if "const" in schema:
        return [schema["const"]]
    named = [schema[key] for key in ("default", "example") if key in schema]
    return _list(schema, "enum") or _list(schema, "examples") or named


def _count(schema: JSON, key: str) -> int:
    found = schema.get(key)
    return min(max(int(found), 0), _MOST) if is_number(found) else 0


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


def _both(one: JSON, other: JSON) -> JSON:
    """A schema that asks for what both ask for."""
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
