"""The check of submitted tool outputs against a script's `outputs:`, and the message when they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.errors import OutputMismatch
from runmock.core.script.patterns import output_satisfies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.engine.played_run import PlayedRun


def check_outputs(run: PlayedRun, expected: tuple[Any, ...] | Mapping[str, Any]) -> None:
    """Raise OutputMismatch when the outputs of the waiting calls are not those that the script expects."""
    rows = []
    for position, call_id in enumerate(run.waiting):
        name = run.calls[call_id].name
        expected_output = _expected_output(expected, name, position)
        actual = run.outputs[call_id]
        if expected_output is not _NOTHING and not output_satisfies(actual, expected_output):
            rows.append((f"{name} ({call_id})", expected_output, actual))
    if rows:
        raise OutputMismatch(_text(run, rows))


_NOTHING = object()


def _expected_output(expected: tuple[Any, ...] | Mapping[str, Any], name: str, position: int) -> Any:
    if isinstance(expected, tuple):
        return expected[position]
    return expected.get(name, _NOTHING)


def _text(run: PlayedRun, rows: list[tuple[str, Any, str]]) -> str:
    lines = [
        "the application submitted other tool outputs than the script expects",
        f"  run       {run.id}, {run.script.source}",
    ]
    for place, expected_output, actual in rows:
        lines += [f"  {place}", f"    - expected   {_shown(expected_output)}", f"    + submitted  {_shown(actual)}"]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value.startswith("/") else repr(value)
