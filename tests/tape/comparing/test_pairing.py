"""Which of two look-alikes is the old one: the one that goes on as before, so that a small change is a small diff."""

import pytest
from service import SOURCE, Service, Turn

from runmock.apis.registry import identify
from runmock.core.replay.interaction import Interaction
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.cassette_text import Header, cassette_text
from runmock.tape.writing.rewriting import rewritten

FIRST, AGAIN = Header(1_790_000_000, "u", "s"), Header(1_790_086_400, "u", "s")
CALLING = Turn("Hello?", ("Paris",), False, 1, "21")
PLAIN = Turn("Hello?", ("Paris",), False, 0)
STREAMED = Turn("Hello?", ("Lyon", " is"), True, 0)


def conversation(turns, salt="a"):
    return Service(salt).conversation(turns)


def removed_and_added(old, new):
    """How many lines are gone and how many are new, by the smallest difference of the two texts."""
    text = cassette_text(FIRST, old)
    again = rewritten(text, cassette_from(text), new, AGAIN)
    lines, others = text.split("\n"), again.split("\n")
    row = [0] * (len(others) + 1)
    for line in lines:
        last = 0
        for place, other in enumerate(others, 1):
            last, row[place] = row[place], last + 1 if line == other else max(row[place], row[place - 1])
    return len(lines) - row[-1], len(others) - row[-1]


def lines_of(turn):
    alone = cassette_text(FIRST, conversation([turn]))
    return alone.count("\n") - cassette_text(FIRST, conversation([])).count("\n")


@pytest.mark.parametrize("turns", [[CALLING], [CALLING, CALLING], [PLAIN, CALLING, STREAMED]])
@pytest.mark.parametrize("put", [PLAIN, STREAMED, CALLING])
def test_a_turn_that_begins_like_another_is_all_that_is_new_or_gone(turns, put):
    for place in range(len(turns) + 1):
        more = [*turns[:place], put, *turns[place:]]
        assert removed_and_added(conversation(turns), conversation(more, "zz")) == (0, lines_of(put))
        assert removed_and_added(conversation(more), conversation(turns, "zz")) == (lines_of(put), 0)


def test_of_turns_that_changed_places_the_longer_one_stays():
    short, long = PLAIN, Turn("Hello?", ("Nice",), False, 1, "21")
    moved = (lines_of(short), lines_of(short))
    assert removed_and_added(conversation([short, long]), conversation([long, short], "zz")) == moved
    assert removed_and_added(conversation([long, short]), conversation([short, long], "zz")) == moved


def created(number, salt="a", text="Hi"):
    """An answer that is part of no conversation, and what is looked at of it afterwards."""
    path, ident = "/responses", f"resp_{salt}{number:020d}"
    answer = {"id": ident, "object": "response", "status": "queued"}
    return [
        Interaction(SOURCE, "POST", path, body={"input": "Hello?"}, json=answer, identify=identify),
        Interaction(
            SOURCE, "GET", f"{path}/{ident}", json=answer | {"status": "completed", "text": text}, identify=identify
        ),
    ]


def test_what_is_part_of_no_conversation_stays_with_what_was_looked_at_of_it():
    new = [*created(1, "zz", "Bye"), *created(2, "zz")]
    assert removed_and_added(created(1), new) == (0, 7)
    assert removed_and_added(new, created(1)) == (7, 0)
