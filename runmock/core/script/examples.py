"""Examples of what a script expects: the example of a literal is the literal, of a pattern a text that matches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.core.http.json_text import compact_json
from runmock.core.script.patterns import ANYTHING, as_regex, output_satisfies, satisfies
from runmock.core.script.sample_text import sample_text

if TYPE_CHECKING:
    from runmock.core.script.script import Source


def example_of(expected: Any, name: str, source: Source) -> Any:
    """A value that meets a condition of `match:`. Raises CassetteError when no example can be made."""
    if isinstance(expected, dict):
        return {key: example_of(part, key, source) for key, part in expected.items()}
    if isinstance(expected, list | tuple):
        return [example_of(part, name, source) for part in expected]
    pattern = as_regex(expected)
    if pattern is None:
        return expected
    text = sample_text({"pattern": pattern.pattern}, name, 0)
    if satisfies(text, expected):
        return text
    raise CassetteError(
        f"no example of {expected} can be made, for '{name}' in run {source.index}; ask with the requests of a "
        "recording: --like RECORDING",
        source.cassette,
        source.line,
    )


def example_output(expected: Any, name: str, source: Source) -> str:
    """An output that `outputs:` accepts; `the output of NAME` when it accepts any. Raises as `example_of` does."""
    if expected is None or expected == ANYTHING:
        return f"the output of {name}"
    example = example_of(expected, name, source)
    text = example if isinstance(example, str) else compact_json(example)
    if output_satisfies(text, expected):
        return text
    return str(example)
