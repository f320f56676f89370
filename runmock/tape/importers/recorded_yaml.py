"""YAML as recorders write it: PyYAML, and Ruby's Psych, whose tag for bytes has one exclamation mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from runmock.tape.files.binary_text import bytes_in

if TYPE_CHECKING:
    _Safe = yaml.SafeLoader
else:
    _Safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):
    """PyYAML's safe loader, which wrote most recordings; it also knows `!binary`, and drops nothing from base64."""


def _bytes(loader: _Loader, node: yaml.Node) -> bytes:
    try:
        return bytes_in(loader.construct_scalar(node))  # type: ignore[arg-type]  # it raises for other nodes
    except ValueError as error:
        raise yaml.constructor.ConstructorError(
            None, None, f"a binary value is not base64: {error}", node.start_mark
        ) from None


_Loader.add_constructor("!binary", _bytes)
_Loader.add_constructor("tag:yaml.org,2002:binary", _bytes)


def read(text: str) -> Any:
    """The value of a YAML text. Raises yaml.YAMLError or RecursionError."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - it is a safe loader
    except ValueError as error:  # the loader's, for a date that is none
        raise yaml.YAMLError(str(error)) from None
