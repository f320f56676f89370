"""The report as a short Markdown text, for the summary of a CI job, where people look first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_runmock.reports.results import summed_up

from runmock.core.report.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_runmock.reports.results import Result

MOST_BYTES = 60_000
"""Of the whole text; tests for which there is no room are counted."""
MOST_TESTS = 20
"""So many tests with problems are shown."""
MOST_PROBLEMS = 5
"""So many problems of a test are shown."""
MOST_LINES, MOST_CHARACTERS = 40, 3_000
"""Of the text of a problem."""
LONGEST_NAME = 300
"""Characters of a test's id, or of a title."""


def markdown_text(results: Sequence[Result], name: str) -> str:
    """The text; `name` is the project's."""
    with_problems = [result for result in results if result.problems]
    text, shown = "\n".join(_head(results, name)) + "\n", 0
    for result in with_problems[:MOST_TESTS]:
        block = "\n".join(_test(result)) + "\n"
        if len((text + block).encode(errors="replace")) > MOST_BYTES - 200:
            break
        text, shown = text + block, shown + 1
    if shown < len(with_problems):
        text += f"\nAnd {counted(len(with_problems) - shown, 'more test')} with problems.\n"
    return text.encode(errors="replace").decode()


def _head(results: Sequence[Result], name: str) -> Iterator[str]:
    yield f"## {_plain(name)}: {summed_up(results)}"
    yield ""
    runs, requests = sum(result.runs for result in results), sum(result.requests for result in results)
    cassettes = {path for result in results for path in result.cassettes}
    played = f"{counted(runs, 'run')} in {counted(requests, 'request')}"
    yield f"runmock played {played}, from {counted(len(cassettes), 'cassette')}."


def _test(result: Result) -> Iterator[str]:
    mark = "❌" if result.has_failed else "⚠️"
    yield from ("", f"### {mark} {_code(result.id)}", "")
    where = f", {', '.join(map(_code, result.cassettes[:MOST_PROBLEMS]))}" if result.cassettes else ""
    yield f"{result.outcome}, {counted(result.requests, 'request')}{where}"
    for number, problem in enumerate(result.problems[:MOST_PROBLEMS]):
        yield ""
        yield f"<details{'' if number else ' open'}><summary>{_html(problem['title'])}</summary>"
        yield ""
        yield from _fenced(_shortened(problem["text"]))
        yield from ("", "</details>")
    if (more := len(result.problems) - MOST_PROBLEMS) > 0:
        yield from ("", f"And {counted(more, 'more problem')}.")


def _shortened(text: str) -> list[str]:
    lines = text.splitlines()
    shown = text[:MOST_CHARACTERS].splitlines()[:MOST_LINES]
    if len(shown) == len(lines) and shown[-1:] == lines[-1:]:
        return lines
    return [*shown, "..."]


def _fenced(lines: Sequence[str]) -> Iterator[str]:
    """Lines as a block of code, in a fence that is longer than any in them."""
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}text", *lines, fence)


def _code(text: str) -> str:
    """A text in one line as code."""
    text = _one_line(text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence, blank = "`" * (longest + 1), " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|&~])", r"\\\1", _one_line(text))


def _html(text: str) -> str:
    return _one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_NAME else f"{line[:LONGEST_NAME]}..."
