"""`--runmock-orphans` when only a part of the suite was collected, and where its folders and tests are distinguished."""

import sys

import pytest


def with_ini(project, more, addopts=""):
    text = (project.path / "pytest.ini").read_text()
    project.write("pytest.ini", text.replace("\nfilterwarnings", f" {addopts}\nfilterwarnings") + more)


def not_judged(ran, number, reason):
    """Whether there are no orphans; the line with this result must be there."""
    assert f"runmock: {number} not judged: {reason}" in ran.text, ran.text
    return ran.orphans() == []


def test_single_tests_do_not_stand_for_their_file(suite):
    suite.replies("cassettes/test_app/loaded.yaml", "a")
    ran = suite.run("--runmock-orphans", "test_app.py::test_own", "test_other.py")
    assert not_judged(ran, "2 of 5 cassettes", "single tests of a file were named")


def test_the_first_of_two_testpaths_does_not_stand_for_both(project):
    with_ini(project, "testpaths = unit integration\n")
    project.test("def test_a():\n    pass\n", "unit/test_u.py")
    project.test("@pytest.mark.runmock('far')\ndef test_a():\n    app.ask()\n", "integration/test_i.py")
    project.replies("integration/cassettes/far.yaml", "a")
    assert not_judged(
        project.run("--runmock-orphans", "unit"), "1 of 1 cassette", "integration/test_i.py was not collected"
    )


def test_a_folder_that_has_all_the_tests_stands_for_them(project):
    project.test("@pytest.mark.runmock('used')\ndef test_a():\n    app.ask()\n", "tests/test_t.py")
    project.replies("tests/cassettes/used.yaml", "a")
    project.replies("tests/cassettes/gone.yaml", "a")
    assert project.run("--runmock-orphans", "tests").orphans() == ["tests/cassettes/gone.yaml"]


def test_testpaths_may_be_patterns(project):
    with_ini(project, "testpaths = t*\n")
    project.test("def test_a():\n    pass\n", "tests/test_t.py")
    project.replies("tests/cassettes/gone.yaml", "a")
    project.replies("other/cassettes/far.yaml", "a")
    assert project.run("--runmock-orphans").orphans() == ["tests/cassettes/gone.yaml"]


def test_what_pytest_never_collects_is_not_missed(suite):
    with_ini(suite, "norecursedirs = old* .*\n")
    suite.write("old_tests/test_old.py", "import nothing_of_this_name\n")
    assert suite.run("--runmock-orphans").orphans() == ["cassettes/gone.yaml"]


def test_what_a_conftest_ignores_may_use_cassettes(suite):
    suite.write("conftest.py", "collect_ignore = ['test_other.py']\n")
    assert not_judged(suite.run("--runmock-orphans"), "2 of 4 cassettes", "test_other.py was not collected")


def test_last_failed_leaves_tests_out(suite):
    suite.write("pytest.ini", (suite.path / "pytest.ini").read_text().replace("-p no:cacheprovider", ""))
    suite.replies("cassettes/weather.yaml", "cold")
    suite.replies("cassettes/test_app/loaded.yaml", "a")
    suite.run().counts(failed=1, passed=3)
    assert not_judged(suite.run("--runmock-orphans", "--lf"), "3 of 5 cassettes", "--lf leaves tests out")


def test_a_collection_that_was_cut_off_judges_nothing(suite):
    suite.write("conftest.py", "def pytest_itemcollected(item):\n    raise KeyboardInterrupt\n")
    ran = suite.run("--runmock-orphans", no_reraise_ctrlc=True)
    assert not_judged(ran, "2 of 4 cassettes", "the collection did not finish")


def test_a_worker_that_was_killed_saw_what_nobody_knows(suite):
    suite.write("pytest.ini", (suite.path / "pytest.ini").read_text().replace("-p no:xdist ", ""))
    suite.test("def test_crash():\n    app.os._exit(1)\n", "test_bad.py")
    ran = suite.spread("--runmock-orphans", "-n", "1", "--max-worker-restart=0")
    assert not_judged(ran, "4 of 4 cassettes", "a worker of xdist did not finish")


@pytest.mark.parametrize("where", ["addopts", "typed"])
def test_a_test_behind_the_bare_option_is_no_folder(suite, monkeypatch, where):
    suite.test("def test_a():\n    pass\n", "tests/test_t.py")
    suite.write("tests/conftest.py", "def pytest_addoption(parser):\n    parser.addoption('--mine')\n")
    option = ["--runmock-orphans"] if where == "typed" else []
    if where == "addopts":
        with_ini(suite, "", "--runmock-orphans")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_runmock")
    result = suite.pytester.run(sys.executable, "-m", "pytest", *option, "tests", "--mine=1")
    result.assert_outcomes(passed=1)
    assert "cassettes not judged: test_app.py and 1 more were not collected" in result.stdout.str()


def test_a_folder_in_the_ini_file_is_beside_it(suite, monkeypatch):
    with_ini(suite, "runmock_orphans = cassettes\n")
    suite.write("deep/test_deep.py", "def test_a():\n    pass\n")
    monkeypatch.chdir(suite.path / "deep")
    ran = suite.run()
    ran.counts(passed=1)
    assert not_judged(ran, "4 of 4 cassettes", "test_app.py and 1 more were not collected")


def test_collecting_alone_is_enough_and_fails_too(suite):
    ran = suite.run("--runmock-orphans", "--collect-only")
    assert (ran.orphans(), ran.exit) == (["cassettes/gone.yaml"], pytest.ExitCode.TESTS_FAILED)
