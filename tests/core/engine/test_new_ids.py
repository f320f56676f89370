import re

import pytest

from runmock.apis.assistants.state import ID_PREFIXES
from runmock.core.engine.new_ids import Clock, Ids


@pytest.mark.parametrize(("kind", "prefix"), ID_PREFIXES.items())
def test_an_id_has_the_shape_of_real_ids(kind, prefix):
    assert re.fullmatch(prefix + "[A-Za-z0-9]{24}", Ids(ID_PREFIXES).mint(kind))


def test_every_session_mints_the_same_ids():
    first, other = Ids(ID_PREFIXES), Ids(ID_PREFIXES)
    assert [first.mint("run") for _ in range(3)] == [other.mint("run") for _ in range(3)]


def test_ids_are_unique_and_do_not_depend_on_other_kinds():
    ids, others = Ids(ID_PREFIXES), Ids(ID_PREFIXES)
    minted = [ids.mint(kind) for _ in range(1_000) for kind in ID_PREFIXES]
    assert len(set(minted)) == len(minted)
    assert [others.mint("thread") for _ in range(1_000)] == [
        minted_id for minted_id in minted if minted_id.startswith("thread_")
    ]


def test_the_clock_moves_only_when_it_is_set():
    clock = Clock(100)
    assert (clock.now, clock.tick(), clock.now, clock.tick(5), clock.now) == (100, 101, 101, 106, 106)
