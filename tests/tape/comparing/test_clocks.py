"""Times of a new recording become times of the old one's clock."""

import pytest

from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.script.script import Source
from runmock.tape.comparing.clocks import Clocks

OLD, NEW = 1_760_000_000, 1_780_000_000


def answer(**value):
    return Interaction(Source("x", 0), "GET", "/a", json=value)


def clocks(*pairs, distance=OLD - NEW):
    """`pairs`: seconds of the old clock and of the new one, at which the same happened."""
    learnt = Clocks(distance)
    for number, (old, new) in enumerate(pairs):
        learnt.learn(answer(id=number, created_at=OLD + old), answer(id=number, created_at=NEW + new))
    learnt.end()
    return learnt


@pytest.mark.parametrize(
    ("pairs", "new", "old"),
    [
        ([], 5, 5),
        ([(0, 0)], 5, 5),
        ([(0, 0), (60, 20)], 10, 10),
        ([(0, 0), (60, 20)], 20, 60),
        ([(0, 0), (60, 20)], 25, 65),
        ([(60, 20), (0, 0)], 25, 65),
        ([(10, 20)], 5, -5),
        ([(0, 0), (60, 20)], 25.5, 65.5),
    ],
)
def test_what_has_no_counterpart_keeps_its_distance_to_what_came_before(pairs, new, old):
    assert clocks(*pairs).on_old_clock(answer(id="x", started_at=NEW + new)).json["started_at"] == OLD + old


def test_the_time_of_a_counterpart_is_used_wherever_it_stands():
    known = clocks((7, 3))
    assert known.on_old_clock(answer(id=0, created_at=NEW + 3, data=[{"id": 0, "created_at": NEW + 3}])).json == {
        "id": 0,
        "created_at": OLD + 7,
        "data": [{"id": 0, "created_at": OLD + 7}],
    }
    moved = known.on_old_clock(
        answer(id="a", started_at=NEW + 90, x_at=None), answer(id="a", started_at=OLD + 1, x_at=5)
    )
    assert moved.json == {"id": "a", "started_at": OLD + 1, "x_at": None}


def test_what_is_to_come_keeps_its_distance_to_its_own_beginning():
    known = clocks((0, 0), (60, 20), (100, 30))
    interaction = known.on_old_clock(answer(id="x", created_at=NEW + 21, expires_at=NEW + 621)).json
    assert interaction == {"id": "x", "created_at": OLD + 61, "expires_at": OLD + 661}


def test_what_is_no_time_of_its_day_and_what_is_the_applications_own_stays():
    value = {"created_at": 0, "ended_at": NEW * 1000, "metadata": {"sent_at": NEW}, "at": NEW, "done_at": True}
    assert clocks((0, 0)).on_old_clock(answer(**value)).json == value


def test_events_are_moved_too_but_not_raw_events():
    raw = StreamEvent("b", {"created_at": NEW}, "event: b\ndata: {}\n\n")
    interaction = answer()._replace(json=None, stream=(StreamEvent("a", {"created_at": NEW}), raw, StreamEvent("done")))
    assert clocks((0, 0)).on_old_clock(interaction).stream == (
        StreamEvent("a", {"created_at": OLD}),
        raw,
        StreamEvent("done"),
    )
