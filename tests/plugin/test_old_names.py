"""Cassettes under the names that 0.1.0 gave them, which tests may have to share."""

import pytest
from pytest_runmock.cassettes.names import file_name

OLD = "cassettes/test_app/test_a[a-b].runmock.yaml"
TESTS = """
    @pytest.mark.runmock
    @pytest.mark.parametrize("city", {cities})
    def test_a(city):
        assert app.ask(city).startswith("It is")
"""
STOCK = ["once", "new_episodes", "all", "rewrite"]


def files(project):
    return sorted(str(path.relative_to(project.path)) for path in project.path.rglob("*.yaml"))


def line_about(tests):
    lines = [f"  {test}  would be written as {file_name(test)}.runmock.yaml" for test in tests]
    head = f"runmock: {OLD} is shared by {len(tests)} tests, which had one name in 0.1.0; move it away to record them apart"
    return "\n".join([head, *lines, ""])


def records_old(project, records, *cities):
    """Write the cassette that 0.1.0 would have written for tests that had the same name there."""
    project.test(f"""
        @pytest.mark.runmock("test_app/test_a[a-b].runmock.yaml")
        @pytest.mark.parametrize("city", {list(cities)!r})
        def test_a(city):
            assert app.ask(city).startswith("It is")
    """)
    records("new_episodes").counts(passed=len(cities))
    assert files(project) == [OLD]
    project.test(TESTS.format(cities=list(cities)))


@pytest.fixture
def live(_live):
    _live.plays(f"runs: [{', '.join(f'{{reply: It is {number}.}}' for number in range(1, 10))}]")
    return _live


@pytest.mark.parametrize("name", ["test_a[a-b]", "TestIt.test_a[a-b]"])
@pytest.mark.parametrize("ending", [".runmock.yaml", ".yaml"])
def test_a_cassette_under_the_old_name_is_played_and_no_orphan(project, name, ending):
    head, indent, me = ("class TestIt:\n", "    ", "self, ") if "." in name else ("", "", "")
    project.test(
        f"{head}{indent}@pytest.mark.runmock\n{indent}@pytest.mark.parametrize('x', ['a/b', 'a:b'])\n"
        f"{indent}def test_a({me}x):\n{indent}    assert app.ask() == 'old'\n"
    )
    project.replies(f"cassettes/test_app/{name}{ending}", "old")
    for more in ([], ["-k", "nothing"]):
        ran = project.run("--runmock-orphans", *more)
        ran.shows("runmock: no orphans among 1 cassette")
        assert "is shared by" not in ran.text
    project.run().counts(passed=2)


def test_the_new_name_comes_before_the_old_one_and_neither_is_an_orphan(project):
    project.test("""
        @pytest.mark.runmock
        @pytest.mark.parametrize("x", ["a/b", "a:b"])
        def test_a(x):
            assert app.ask() == x
    """)
    project.replies(OLD, "a:b")
    project.replies(f"cassettes/test_app/{file_name('test_a[a/b]')}.yaml", "a/b")
    project.replies("cassettes/test_app/test_a.runmock.yaml", "none of these")
    ran = project.run("--runmock-orphans")
    ran.counts(passed=2)
    ran.shows("runmock: no orphans among 3 cassettes")


@pytest.mark.parametrize("mode", STOCK)
def test_the_only_test_of_an_old_name_keeps_its_file(project, live, records, mode):
    records_old(project, records, "a/b")
    before = (project.path / OLD).read_bytes()
    live.plays("runs: [{reply: It is 1.}]")
    ran = records(mode)
    ran.counts(passed=1)
    assert "is shared by" not in ran.text
    assert files(project) == [OLD]
    assert (project.path / OLD).read_bytes() == before
    assert (len(live.heard) == 0) is (mode in {"once", "new_episodes"})


def test_rewrite_by_the_only_test_drops_what_it_did_not_use(project, live, records):
    records_old(project, records, "a/b", "a:b")
    project.test(TESTS.format(cities=["a/b"]))
    records("rewrite").counts(passed=1)
    assert "a:b" not in (project.path / OLD).read_text()


@pytest.mark.parametrize("cities", [("a/b", "a:b"), ("a-b", "a/b", "a:b")], ids=["two", "three"])
@pytest.mark.parametrize("mode", STOCK)
def test_tests_that_share_an_old_name_play_it_in_every_mode_and_recording_warns_once(
    project, live, records, mode, cities
):
    records_old(project, records, *cities)
    project.test(TESTS.format(cities=list(cities)).replace("mark.runmock", "mark.runmock(allow_unplayed=True)"))
    project.run().counts(passed=len(cities))
    ran = records(mode)
    ran.counts(passed=len(cities))
    assert ran.text.count(OLD + " is shared by") == 1
    ran.shows(line_about([f"test_a[{city}]" for city in cities]))
    assert files(project) == [OLD]
    text = (project.path / OLD).read_text()
    assert all(city in text for city in cities)
    ran = project.run()
    ran.counts(passed=len(cities))
    assert "is shared by" not in ran.text


@pytest.mark.parametrize("chosen", ["test_app.py::test_a[a/b]", "-k=a/b"])
def test_rewrite_of_one_test_keeps_what_the_others_of_its_old_name_use(project, live, records, chosen):
    records_old(project, records, "a/b", "a:b")
    chosen = chosen.split("=")
    ran = records("rewrite", *chosen)
    ran.counts(passed=1)
    assert ran.text.count("is shared by 2 tests") == 1
    text = (project.path / OLD).read_text()
    assert all(city in text for city in ("a/b", "a:b"))


def test_once_the_old_file_is_moved_away_each_is_recorded_under_the_name_in_the_message(project, live, records):
    records_old(project, records, "a/b", "a:b")
    (project.path / OLD).rename(project.path / "kept.runmock.yaml")
    ran = records("once")
    ran.counts(passed=2)
    assert "is shared by" not in ran.text
    new = [f"cassettes/test_app/{file_name(f'test_a[{city}]')}.runmock.yaml" for city in ("a/b", "a:b")]
    assert files(project) == sorted([*new, "kept.runmock.yaml"])


def test_workers_of_xdist_warn_once_together(project, live, records):
    records_old(project, records, "a/b", "a:b")
    project.test(TESTS.format(cities=["a/b", "a:b"]).replace("mark.runmock", "mark.runmock(allow_unplayed=True)"))
    project.write("pytest.ini", (project.path / "pytest.ini").read_text().replace("-p no:xdist ", ""))
    ran = project.spread("-n", "2", "--runmock-record=rewrite", f"--runmock-upstream={live.url}")
    ran.counts(passed=2)
    assert ran.text.count("is shared by") == 1
    ran.shows(line_about(["test_a[a/b]", "test_a[a:b]"]))
    project.run().counts(passed=2)
