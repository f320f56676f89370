"""Whatever a server sent, and whatever people make of it by hand: the tools show something, and never a traceback."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st
from rules_recording import RECORDING

from runmock.cli.story_lines import story_lines
from runmock.core.errors import CassetteError
from runmock.core.http.json_values import inside
from runmock.documents.check.checking import check_text
from runmock.documents.compare import compared
from runmock.documents.convert.distilling import distilled
from runmock.documents.show.summary import summary_of
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.yaml.yaml12 import load
from runmock.tape.yaml.yaml_text import flow
from runmock.viewer.cassette_page import cassette_page

GOOD = load(RECORDING, "good")
ODD = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "thread.run", "completed", [], [None], [[]], {}, {"id": 3}, {"id": "run_1"}]
)


def places(value, path=()):
    """Every place in the recording's answers and bodies."""
    if path and len(path) > 2:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


PLACES = [path for path in places(GOOD) if path[0] == "interactions" and path[2] in {"json", "body", "stream"}]


def with_odd(changes):
    found = copy.deepcopy(GOOD)
    for path, odd in changes:
        around = inside(found, *path[:-1])
        if isinstance(around, dict if isinstance(path[-1], str) else list) and inside(found, *path) is not None:
            around[path[-1]] = copy.deepcopy(odd)  # unless another change took this place away
    return found


def is_distilled(cassette):
    """Whether there is a script, or a reason why there is none."""
    try:
        return distilled(cassette).text.startswith("runmock: 1\n")
    except CassetteError as error:
        return "no script can" in error.message


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD), min_size=1, max_size=4))
def test_an_odd_recording_is_looked_at_without_a_traceback(tmp_path_factory, changes):
    text = "\n".join(f"{key}: {flow(part)}" for key, part in with_odd(changes).items()) + "\n"
    findings = list(check_text(text, "odd"))
    try:
        cassette = cassette_from(text, "odd")
    except CassetteError:
        assert findings
        return
    path = tmp_path_factory.mktemp("odd") / "odd.yaml"
    path.write_text(text)
    assert "</html>" in cassette_page(path)
    assert list(story_lines(summary_of(path)))
    assert compared(cassette, cassette) == []
    assert is_distilled(cassette)
