"""`runmock diff`: compares two cassettes run by run."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.text import Text

from runmock.cli.lines import examples
from runmock.cli.progress import ProgressLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.documents.compare import Change, RunDifference

TROUBLE = 2
"""The exit code when a cassette cannot be read, as in the command `diff`."""


@click.command(
    short_help="Compare two cassettes run by run.",
    epilog=examples("runmock diff old.runmock.yaml new.runmock.yaml", "runmock diff --json a.yaml b.yaml"),
)
@click.argument("first", type=click.Path(path_type=Path, readable=False), metavar="A")
@click.argument("second", type=click.Path(path_type=Path, readable=False), metavar="B")
@click.option("--json", "is_json", is_flag=True, help="Print the differences as a JSON list.")
def diff(first: Path, second: Path, *, is_json: bool) -> None:
    """Compare two cassettes run by run: which tool got which arguments, what the reply was, how it ended.

    Ids, times, tokens, how it was streamed or polled, and how a text was split into deltas do not matter; scripts are
    compared as they play. A recording of Assistants and one of Responses are compared by what was asked, said and
    called, without assistant, model and instructions. The exit code is 0 when all runs are the same, 1 when some
    differ, 2 when a file cannot be read.
    """
    from runmock.core.errors import RunmockError
    from runmock.documents.compare import compared
    from runmock.tape.reading.cassette import load_cassette
    from runmock.tape.reading.gc_paused import gc_paused

    try:
        with gc_paused(), ProgressLine(f"comparing {first} and {second}") as progress:
            differences = compared(load_cassette(first), load_cassette(second), progress)
    except RunmockError as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(TROUBLE) from None
    if is_json:
        click.echo(json.dumps([asdict(run) for run in differences], indent=2, ensure_ascii=False))
    else:
        console = Console(highlight=False, soft_wrap=True)
        for run in differences:
            console.print(_head(run, first, second))
            for change in run.changes:
                for line in _lines(change):
                    console.print(line)
    if differences:
        raise SystemExit(1)


def _head(run: RunDifference, first: Path, second: Path) -> Text:
    number = run.before if run.before is not None else run.after
    only = {(True, False): f"only in {second}", (False, True): f"only in {first}"}
    where = only.get((run.before is None, run.after is None), "")
    moved = f" (run {run.after} in {second})" if not where and run.before != run.after else ""
    question = f': "{run.question}"' if run.question else ""
    return Text(f"run {number}{moved}{f' {where}' if where else ''}{question}", style="bold")


def _lines(change: Change) -> Iterator[Text]:
    if change.fact == "tools":
        before, after = ([_call(call) for call in calls] for calls in (change.before, change.after))
        yield from _listed(change.fact, before, after)
    elif change.fact == "reply" and change.before and change.after:
        yield Text(f"  {change.fact:<13}").append(_words(change.before, change.after))
    else:
        yield Text(f"  {change.fact:<13}").append(f"- {_shown(change.before)}", style="red")
        yield Text(" " * 15).append(f"+ {_shown(change.after)}", style="green")


def _listed(fact: str, before: list[str], after: list[str]) -> Iterator[Text]:
    """Yield the tool calls of both runs in order with the signs of a diff; equal calls are shown too, dimmed."""
    label = f"  {fact:<13}"
    for kind, start, end, other_start, other_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        rows = (
            [("  ", "dim", call) for call in before[start:end]]
            if kind == "equal"
            else [
                *(("- ", "red", call) for call in before[start:end]),
                *(("+ ", "green", call) for call in after[other_start:other_end]),
            ]
        )
        for sign, style, call in rows:
            yield Text(label).append(f"{sign}{call}", style=style)
            label = " " * 15


def _call(call: dict[str, Any]) -> str:
    value = call["input"]
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) if value is not None else ""
    output = "" if call["output"] is None else f" -> {_shown(call['output'])}"
    return f"{call['tool']}({shown}){output}"


def _words(before: str, after: str) -> Text:
    """Return a text with the removed and the added words; signs mark them, so that it can be read without colours."""
    old, new = (re.findall(r"\s+|\S+", text) for text in (before, after))
    text = Text()
    for kind, start, end, other_start, other_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            text.append("".join(old[start:end]))
            continue
        if end > start:
            text.append(f"[-{''.join(old[start:end])}-]", style="red")
        if other_end > other_start:
            text.append(f"{{+{''.join(new[other_start:other_end])}+}}", style="green")
    return text


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
