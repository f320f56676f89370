"""A request gets the first run whose conditions it meets, whichever way that run is found."""

from random import Random

import pytest

from runmock.core.script.conditions import unmet
from runmock.core.script.playlist import Playlist
from runmock.core.script.script import Match, ScriptedRun, Source

CONDITIONS = {
    "last_message": ["a", "b", "/a/", "/^b$/i", ""],
    "instructions": ["Be brief.", "/brief/"],
    "model": ["x", "y", "/x|y/"],
    "assistant_id": ["asst_1", "/2$/"],
    "stream": [True, False],
    "metadata": [{"user": "ada"}],
}
FACTS = {
    "last_message": ["a", "b", "B", "", None],
    "instructions": ["Be brief.", None],
    "model": ["x", "y"],
    "assistant_id": ["asst_1", "asst_2"],
    "stream": [True, False],
    "metadata": [{}, {"user": "ada"}],
}


def some(random, values):
    """A choice of the keys, each with one of its values."""
    return {name: random.choice(of_name) for name, of_name in values.items() if random.random() < 0.5}


def scripted(index, **match):
    return ScriptedRun(Source("inline", index), match=Match(**match))


@pytest.mark.parametrize("seed", range(40))
def test_the_run_is_the_one_that_a_search_of_all_runs_finds(seed):
    random = Random(seed)
    waiting = [scripted(number, **some(random, CONDITIONS)) for number in range(60)]
    playlist = Playlist()
    playlist.add(waiting)
    for number in range(80):
        facts = some(random, FACTS)
        if waiting and number % 9 == 0:
            old, new = random.choice(waiting), scripted(100 + number, **some(random, CONDITIONS))
            waiting[waiting.index(old)] = new
            assert playlist.replace(old, new)
        first = next((run for run in waiting if not unmet(run, facts)), None)
        assert playlist.take(facts) is first
        waiting = [run for run in waiting if run is not first]
    assert [*playlist.matching] == waiting


def test_of_runs_that_ask_for_one_text_the_first_is_found():
    playlist = Playlist()
    runs = [scripted(number, last_message="a") for number in range(3)]
    playlist.add(runs)
    assert [playlist.take({"last_message": "a"}) for _ in range(4)] == [*runs, None]


def test_a_condition_on_what_a_request_cannot_have_is_left_out_of_account():
    playlist = Playlist()
    mine = scripted(0, assistant_id="asst_1")
    playlist.add([mine])
    assert playlist.take({"last_message": "a"}) is mine


def test_a_run_that_gets_conditions_stands_before_the_runs_behind_its_place():
    playlist = Playlist()
    plain, behind = ScriptedRun(Source("inline", 0)), scripted(1, last_message="a")
    playlist.add([plain, behind])
    better = scripted(0, last_message="/a/")
    assert playlist.replace(plain, better)
    assert [playlist.take({"last_message": "a"}) for _ in range(2)] == [better, behind]


def test_a_run_with_conditions_that_was_used_cannot_be_replaced():
    playlist = Playlist()
    run = scripted(0, last_message="a")
    playlist.add([run])
    assert playlist.take({"last_message": "a"}) is run
    assert not playlist.replace(run, scripted(1, last_message="a"))
