"""`once` records in every test of a run of pytest when the file was not there when pytest started."""

import tempfile
from pathlib import Path

import pytest
from pytest_runmock.cassettes import created

SHARED = "cassettes/shared.runmock.yaml"
TWO = """
    @pytest.mark.runmock("shared", allow_unplayed=True)
    @pytest.mark.parametrize("city", ["Paris", "Rome", "Oslo"])
    def test_a(city):
        assert app.ask(city)
"""


CITIES = ("Paris", "Rome", "Oslo")


def holds(project, *cities):
    """Whether the shared cassette has these tests' conversations and no other."""
    text = (project.path / SHARED).read_text()
    return [city for city in CITIES if f"content: {city}\n" in text or f"content: {city}}}" in text] == [*cities]


def notes():
    return set(Path(tempfile.gettempdir()).glob("runmock-run-*"))


@pytest.fixture(autouse=True)
def _leaves_no_notes(tmp_path_factory, monkeypatch):
    """In a folder for temporary files of its own: other runs of pytest have their notes in the usual one."""
    folder = str(tmp_path_factory.mktemp("temporary"))
    monkeypatch.setenv("TMPDIR", folder)
    monkeypatch.setattr(tempfile, "tempdir", folder)
    yield
    assert notes() == set()


def test_tests_that_share_a_new_cassette_all_record_into_it_and_play_afterwards(project, live, records):
    project.test(TWO)
    records("once").counts(passed=3)
    assert holds(project, "Paris", "Rome", "Oslo")
    request_count, before = len(live.heard), (project.path / SHARED).read_bytes()
    project.run().counts(passed=3)
    records("once").counts(passed=3)
    assert (len(live.heard), (project.path / SHARED).read_bytes()) == (request_count, before)


def test_a_file_that_was_there_when_pytest_started_is_played_and_what_it_lacks_is_a_miss(project, live, records):
    project.test(TWO.replace('"Rome", "Oslo"', ""))
    records("once").counts(passed=1)
    request_count, before = len(live.heard), (project.path / SHARED).read_bytes()
    project.test(TWO)
    ran = records("once")
    ran.counts(passed=1, failed=2)
    ran.shows(f"cassette  {SHARED}   mode once")
    assert (len(live.heard), (project.path / SHARED).read_bytes()) == (request_count, before)


def test_a_test_that_fails_writes_nothing_and_the_next_one_still_records(project, live, records):
    project.test(TWO + "        assert city != 'Paris'\n")
    records("once").counts(passed=2, failed=1)
    assert holds(project, "Rome", "Oslo")
    project.test(TWO + "        assert city != 'Rome'\n")
    (project.path / SHARED).unlink()
    records("once").counts(passed=2, failed=1)
    assert holds(project, "Paris", "Oslo")


def test_what_was_recorded_before_is_requested_again_and_not_played(project, live, records):
    project.test(TWO.replace('"Rome", "Oslo"', '"Paris "').replace("ask(city)", "ask(city.strip())"))
    records("once").counts(passed=2)
    assert len(live.heard) == 12


def test_the_same_test_twice_in_one_run_records_and_leaves_one_conversation(project, live, records):
    project.test("@pytest.mark.runmock\ndef test_a():\n    assert app.ask('Paris')\n")
    records("once", "--keep-duplicates", "test_app.py", "test_app.py").counts(passed=2)
    assert len(live.heard) == 12
    own = project.path / "cassettes/test_app/test_a.runmock.yaml"
    assert own.read_text().count("content: Paris") == 1
    project.run().counts(passed=1)


@pytest.mark.parametrize("mode", ["new_episodes", "all", "rewrite"])
def test_the_other_modes_do_as_before(project, live, records, mode):
    project.test(TWO.replace('"Rome", "Oslo"', '"Paris "'))
    records(mode).counts(passed=2)
    project.run().counts(passed=2)


def test_a_second_cassette_plays_while_the_first_is_recorded_by_every_test(project, live, records):
    project.replies("cassettes/rest.yaml", "from the rest")
    project.test("""
        @pytest.mark.runmock("shared", "rest", allow_unplayed=True)
        @pytest.mark.parametrize("city", ["Paris", "Rome"])
        def test_a(city):
            assert app.ask(city) == "from the rest"
    """)
    records("once").counts(passed=2)
    assert live.heard == []


def test_a_shared_cassette_belongs_to_the_folder_of_each_test_whichever_runs_first(project, live, records):
    project.test(TWO)
    project.test(TWO, "deep/test_b.py")
    records("once", "test_app.py", "deep").counts(passed=6)
    assert (project.path / "deep" / SHARED).exists()
    project.run().counts(passed=6)


def with_xdist(project):
    project.write("pytest.ini", (project.path / "pytest.ini").read_text().replace("-p no:xdist ", ""))


def test_workers_of_xdist_record_into_one_new_cassette(project, live):
    with_xdist(project)
    project.test(TWO)
    project.spread("-n", "2", "--runmock-record=once", f"--runmock-upstream={live.url}").counts(passed=3)
    assert holds(project, "Paris", "Rome", "Oslo")
    project.run().counts(passed=3)
    request_count = len(live.heard)
    project.spread("-n", "2", "--runmock-record=once", f"--runmock-upstream={live.url}").counts(passed=3)
    assert len(live.heard) == request_count


@pytest.mark.parametrize("existed", [False, True])
def test_a_worker_that_replaces_a_crashed_worker_comes_to_the_same_answer(project, live, records, existed):
    if existed:
        project.test(TWO.replace('"Rome", "Oslo"', ""))
        records("once").counts(passed=1)
    with_xdist(project)
    project.test(TWO.replace('"Rome"', '"crash"') + "        if city == 'crash':\n            app.os._exit(3)\n")
    project.write("test_app.py", (project.path / "test_app.py").read_text().replace(
        "    assert app.ask(city)\n    if city == 'crash':\n        app.os._exit(3)\n",
        "    if city == 'crash':\n        app.os._exit(3)\n    assert app.ask(city)\n",
    ))  # fmt: skip
    ran = project.spread("-n", "1", "--runmock-record=once", f"--runmock-upstream={live.url}")
    ran.counts(passed=1 if existed else 2, failed=2 if existed else 1)
    assert holds(project, *(("Paris",) if existed else ("Paris", "Oslo")))


@pytest.mark.parametrize("can_link", [True, False])
def test_one_test_shows_a_text_and_no_other_reads_half_of_its_name(pytestconfig, monkeypatch, tmp_path, can_link):
    def cannot(*_):
        raise PermissionError

    monkeypatch.setattr(created, "begin", lambda _: tmp_path / "notes")
    if not can_link:
        monkeypatch.setattr(Path, "hardlink_to", cannot)
    shown = [created.first_to_show(pytestconfig, text, test) for text, test in (("x", "a"), ("x", "b"), ("y", "c"))]
    assert shown == (["a", "a", "c"] if can_link else ["a", "b", "c"])
    assert len([*(tmp_path / "notes").iterdir()]) == (2 if can_link else 0)
