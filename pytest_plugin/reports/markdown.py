"""The report as a short Markdown text, for the summary of a CI job, where people look first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_runmock.reports.results import summed_up

from runmock.core.report.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_runmock.reports.results import Result

MOST_TESTS = 20
"""So many failed tests are shown; the others are counted."""
MOST_LINES = 40
"""So many lines of a text are shown."""


def markdown_text(results: Sequence[Result], name: str) -> str:
    """The text; `name` is the project's."""
    return "\n".join(_lines(results, name)) + "\n"


def _lines(results: Sequence[Result], name: str) -> Iterator[str]:
    yield f"## {_plain(name)}: {summed_up(results)}"
    yield ""
    runs, requests = sum(result.runs for result in results), sum(result.requests for result in results)
    cassettes = {path for result in results for path in result.cassettes}
    played = f"{counted(runs, 'run')} in {counted(requests, 'request')}"
    yield f"runmock played {played}, from {counted(len(cassettes), 'cassette')}."
    with_problems = [result for result in results if result.problems]
    for result in with_problems[:MOST_TESTS]:
        yield from _test(result)
    if len(with_problems) > MOST_TESTS:
        yield from ("", f"And {len(with_problems) - MOST_TESTS:,} more tests with problems.")


def _test(result: Result) -> Iterator[str]:
    mark = "❌" if result.has_failed else "⚠️"
    yield from ("", f"### {mark} {_code(result.id)}", "")
    where = f", {', '.join(map(_code, result.cassettes))}" if result.cassettes else ""
    yield f"{result.outcome}, {counted(result.requests, 'request')}{where}"
    for problem in result.problems:
        lines = problem["text"].splitlines()
        more = [f"... and {len(lines) - MOST_LINES:,} more lines"] if len(lines) > MOST_LINES else []
        yield from (
            "",
            f"<details{' open' if problem is result.problems[0] else ''}><summary>{_html(problem['title'])}</summary>",
            "",
        )
        yield from _fenced([*lines[:MOST_LINES], *more])
        yield from ("", "</details>")


def _fenced(lines: Sequence[str]) -> Iterator[str]:
    """Lines as a block of code, in a fence that is longer than any in them."""
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}text", *lines, fence)


def _code(text: str) -> str:
    """A text in one line as code."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence, blank = "`" * (longest + 1), " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{blank}{' '.join(text.split())}{blank}{fence}"


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(text.split()))


def _html(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
