"""Where one more entry goes into a cassette's runs."""

import pytest

from runmock.tape.cassette import cassette_from
from runmock.tape.place_of_run import place_of_run

TEXTS = [
    "runmock: 1\nruns:\n  - reply: a\n",
    "runmock: 1\nruns:\n  - reply: a",
    "runs:\n- reply: |\n    x\n    # y\n\nassistants:\n  - id: a\n",
    "runs:\n    - match: {model: b}\n      reply: b\n    # c\n\nx-1: {runs: [1]}",
    "x-1: {runs: [1]}\nruns:\n  - reply: [a,\n     b]\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_an_entry_that_is_put_there_is_the_last_run(text, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    place = place_of_run(str(path))
    lines = text.splitlines()
    lines.insert(place.line - 1, f"{' ' * place.column}- reply: Last")
    before, after = (cassette_from(one).script.runs for one in (text, "\n".join(lines)))
    assert len(after) == len(before) + 1
    assert after[-1].steps[0].content[0].text == "Last"


@pytest.mark.parametrize("text", ["runs: [{reply: a}]", "runmock: 1\n", "- a", "runs: {a", "runs: a\nb: 1"])
def test_where_there_is_no_list_of_lines_there_is_no_place(text, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(text)
    assert place_of_run(str(path)) is None


def test_a_cassette_that_is_no_file_has_no_place(tmp_path):
    assert place_of_run(str(tmp_path / "none.yaml")) is None
