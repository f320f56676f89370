"""Where one more entry goes into a cassette's runs."""

import pytest

from runmock.core.replay.ways_out import by_entry
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.place_of_run import place_of_run

TEXTS = [
    "runmock: 1\nruns:\n  - reply: a\n",
    "runmock: 1\nruns:\n  - reply: a",
    "runs:\n- reply: |\n    x\n    # y\n\nassistants:\n  - id: a\n",
    "runs:\n    - match: {model: b}\n      reply: b\n    # c\n\nx-1: {runs: [1]}",
    "x-1: {runs: [1]}\nruns:\n  - reply: [a,\n     b]\n",
    "\n    runs:\n      - reply: a\n    ",
    "runs: [{reply: a}]",
    "runs: [{reply: a},]\nids: strict",
    "runs: [\n  {reply: a},  # a, b]\n  {reply: [b, c]} # c\n]\n",
    "runs: [reply: a]",
    "runs: [ ]",
    '{"runmock": 1, "runs": [{"reply": "\u00e4 \U0001f600"}]}',
    "{assistants: [{id: a}], runs: []}",
    "runs:\nids: strict\n",
    "  ids: strict\n  runs:",
    "runmock: 1\n",
    "  assistants:\n    - id: a\n\n",
    "threads: [{id: thread_1}]",
]


def with_entry(text):
    """The text with the entry that `by_entry` advises for it."""
    place = place_of_run(text)
    advice, *entry = by_entry("a.yaml", place, None)[1].splitlines()
    lines = text.split("\n")
    if place.between is None:
        assert advice == f"put this into a.yaml, as line {place.line}"
        lines[place.line - 1 : place.line - 1] = entry
    else:
        assert advice == f"put this into a.yaml, line {place.line}, behind column {place.column}"
        line = lines[place.line - 1]
        lines[place.line - 1] = f"{line[: place.column]}{entry[0]}{line[place.column :]}"
    return "\n".join(lines)


@pytest.mark.parametrize("text", TEXTS)
def test_an_entry_that_is_put_there_is_the_last_run(text):
    before, after = (script.runs if script else () for script in map(script_in, (text, with_entry(text))))
    assert [run.steps for run in after[:-1]] == [run.steps for run in before]
    assert after[-1].steps[0].content[0].text == "Hello!"


def script_in(text):
    return cassette_from(text).script


@pytest.mark.parametrize("text", ["", "- a", "runs: {a", "runs: a\nb: 1", "{runmock: 1}", "a: &a []\nruns: *a", "\x00"])
def test_in_what_has_no_list_of_runs_there_is_no_place(text):
    assert place_of_run(text) is None
