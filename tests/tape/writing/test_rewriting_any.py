"""Whatever changes in a conversation, the file contains what was recorded, and only the lines of what changed are others."""

import difflib
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st
from service import Service, Turn

from runmock.core.replay.ids_in_payloads import conversation_of
from runmock.tape.comparing.same_recording import same_recording
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.carrying import Partners
from runmock.tape.writing.cassette_text import Header, cassette_text
from runmock.tape.writing.rewriting import rewritten

FIRST, AGAIN = Header(1_790_000_000, "u", "s"), Header(1_790_086_400, "u", "s")
WORDS = st.sampled_from(
    ["Paris", " 21", " warm", "", " no", " id: x", '"', "# a", "é\u2028", " - b", "[", "a, b", "x" * 70]
)
TURNS = st.builds(
    Turn,
    st.sampled_from(["Hello?", "And then?", "Warm?", "id: 1"]),
    st.lists(WORDS, min_size=1, max_size=9).map(tuple),
    st.booleans(),
    st.integers(0, 4),
    st.sampled_from([None, None, "21", "22"]),
    st.sampled_from(["completed", "completed", "failed", "incomplete"]),
)
TALKS = st.lists(TURNS, min_size=1, max_size=6)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 6), TURNS),
        st.tuples(st.just("drop"), st.integers(0, 6), TURNS),
        st.tuples(st.just("change"), st.integers(0, 6), TURNS),
    ),
    max_size=3,
)


def edited(turns, edits):
    """The turns after the edits; a change takes all of a turn but its polls."""
    turns = list(turns)
    for how, place, turn in edits:
        if how == "put":
            turns.insert(place, turn)
        elif place < len(turns):
            turns[place : place + 1] = [] if how == "drop" else [turn]
    return turns


def recorded(talks, **options):
    service = Service(**options)
    for number, turns in enumerate(talks):
        service.conversation(turns, {} if number % 2 else {"metadata": {"of": str(number)}})
    return service.interactions


def lines_of(turns):
    """At most so many lines are about these turns."""
    return sum(written([[turn]]).count("\n") for turn in turns)


def changes(before, after):
    """How many lines are in one of the texts only."""
    compared = difflib.SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False)
    return sum(a2 - a1 + b2 - b1 for what, a1, a2, b1, b2 in compared.get_opcodes() if what != "equal")


def apart(turns, others):
    """The turns that are in one of two conversations only."""
    before, after = [map(repr, turns), map(repr, others)]
    compared = difflib.SequenceMatcher(None, list(before), list(after), autojunk=False)
    for what, a1, a2, b1, b2 in compared.get_opcodes():
        if what != "equal":
            yield from turns[a1:a2]
            yield from others[b1:b2]


SCRIPT = "\n# the script\nruns:\n  - reply: Hi   # there\n"


CALLING = Turn("Hello?", ("Paris",), False, 1, "21")
LONGER = CALLING._replace(pieces=("Paris", " 21"))
FAILING = CALLING._replace(polls=3, status="failed")
PLAIN = CALLING._replace(polls=0, output=None)
"""They begin alike."""


def written(talks):
    """A recording as people leave it: with comments, and a script below it."""
    text = cassette_text(FIRST, recorded(talks))
    return re.sub(r"^( *)- ", r"\1# a note\n\1- ", text, flags=re.MULTILINE) + SCRIPT


@settings(max_examples=60, deadline=None)
@given(st.lists(TALKS, min_size=1, max_size=2), EDITS, st.integers(1, 5))
@example([[CALLING], [PLAIN]], [("put", 0, PLAIN)], 1)
@example([[CALLING, LONGER, LONGER]], [("put", 0, PLAIN)], 3)
@example([[PLAIN, FAILING, FAILING, PLAIN]], [("drop", 0, PLAIN)], 2)
def test_the_file_contains_what_was_recorded_and_the_rest_keeps_its_lines(talks, edits, step):
    text = written(talks)
    old = cassette_from(text)
    turns = edited(talks[0], edits)
    new = recorded([turns, *talks[1:]], salt="zz", now=1_780_000_000, step=step)
    again = rewritten(text, old, new, AGAIN)
    back = cassette_from(again)
    assert same_recording(back.interactions, new)
    assert again.startswith(text[: text.index("interactions:")])
    assert again.endswith(SCRIPT)
    assert changes(text, again) <= lines_of(apart(talks[0], turns))
    assert rewritten(again, back, new, FIRST) == again


@settings(max_examples=60, deadline=None)
@given(st.lists(TALKS, min_size=2, max_size=3), EDITS, st.integers(1, 5))
@example([[CALLING], [PLAIN]], [("put", 0, PLAIN)], 1)
@example([[FAILING, CALLING, LONGER], [FAILING]], [("put", 1, PLAIN), ("drop", 0, PLAIN)], 2)
def test_what_is_not_replaced_is_not_touched(talks, edits, step):
    text = written(talks)
    old = cassette_from(text)
    turns = edited(talks[0], edits)
    new = recorded([turns], salt="zz", now=1_780_000_000, step=step)
    threads = [interaction.json["id"] for interaction in old.interactions if interaction.path == "/threads"]
    mine = [
        number
        for number, interaction in enumerate(old.interactions)
        if threads[0] in (conversation_of(interaction), "")
    ]
    again = rewritten(text, old, new, AGAIN, Partners(mine))
    back = cassette_from(again).interactions
    others = [interaction for interaction in old.interactions if conversation_of(interaction) != threads[0]]
    assert [place(interaction) for interaction in back if conversation_of(interaction) in threads[1:]] == [
        place(interaction) for interaction in others
    ]
    assert same_recording([interaction for interaction in back if conversation_of(interaction) not in threads[1:]], new)
    assert changes(text, again) <= lines_of(apart(talks[0], turns))


def place(interaction):
    """An interaction wherever it stands."""
    return interaction._replace(source=None)
