"""Converts values from Python code into those that a YAML text has: tuples become lists, keys become texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from runmock.core.errors import CassetteError
from runmock.tape.yaml.yaml12 import MAX_DEPTH


def plain(value: Any, path: str, depth: int = 0) -> Any:
    """A copy of `value` made of JSON's mappings, lists and scalars. Raises CassetteError for anything else."""
    if depth > MAX_DEPTH:
        raise CassetteError(f"nested more than {MAX_DEPTH} levels deep", path)
    if value is None or type(value) in {bool, int, str}:
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, Mapping):
        return {_key(key): plain(part, path, depth + 1) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(part, path, depth + 1) for part in value]
    raise CassetteError(f"{value!r} is not a value of JSON", path)


def _key(key: Any) -> str:
    return (
        str(key) if not isinstance(key, bool) and key is not None else {True: "true", False: "false", None: "null"}[key]
    )
