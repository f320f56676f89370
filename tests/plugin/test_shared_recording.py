"""`runmock_session` in the record modes: where its cassette is written, when, and when it is not."""

import textwrap

import pytest
from test_created import with_xdist

HEAD = "from runmock import runmock_session\n"
TWO = """
    {definition}

    @pytest.fixture(scope="module")
    def asked(shared):
        yield app.ask("In the set-up")
        app.ask("In the teardown")

    def test_a(asked, shared): app.ask("In test_a")
    def test_b(asked, shared): app.ask("In test_b")
"""
ALL = ["In the set-up", "In test_a", "In test_b", "In the teardown"]


@pytest.fixture
def tests(project, live):
    """Write a module of tests, and run it in a record mode against the live API."""

    def run(text, mode, *args, **how):
        project.test(HEAD + textwrap.dedent(text))
        return project.run(f"--runmock-record={mode}", f"--runmock-upstream={live.url}", *args, **how)

    return run


def two(definition='shared = runmock_session("setup")'):
    return TWO.format(definition=definition)


def recorded(project, path="cassettes/setup.runmock.yaml"):
    """The texts of users in a cassette, in order; None without a file."""
    file = project.path / path
    if not file.exists():
        return None
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [
        text
        for line in lines
        for text in ("In the set-up", "In test_a", "In test_b", "In the teardown", "Old")
        if f"content: {text}" in line or f'"{text}"' in line
    ]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
def test_a_recording_has_the_set_up_the_tests_and_the_teardown_and_plays(project, tests, mode):
    ran = tests(two(), mode)
    ran.counts(passed=2)
    ran.shows("runmock: wrote cassettes/setup.runmock.yaml")
    assert recorded(project) == ALL
    ran = project.run()
    ran.counts(passed=2)
    assert "in 24 requests, from 1 cassette" in ran.text


def test_once_leaves_a_cassette_that_exists(project, tests):
    tests(two(), "once").counts(passed=2)
    before = (project.path / "cassettes/setup.runmock.yaml").read_bytes()
    ran = tests(two(), "once")
    ran.counts(passed=2)
    assert "wrote" not in ran.text
    assert (project.path / "cassettes/setup.runmock.yaml").read_bytes() == before


def test_verify_compares_and_writes_nothing(project, tests, live):
    tests(two(), "once").counts(passed=2)
    before = (project.path / "cassettes/setup.runmock.yaml").read_bytes()
    tests(two(), "verify").counts(passed=2)
    live.plays({"runs": [{"reply": "Another answer."}] * 4})
    ran = tests(two(), "verify")
    assert (project.path / "cassettes/setup.runmock.yaml").read_bytes() == before
    assert "ERROR at teardown of test_b" in ran.text
    assert "the answers of upstream differ from the cassette" in ran.text


def test_without_a_name_the_cassette_has_the_name_of_file_and_fixture(project, tests):
    tests(two("shared = runmock_session()"), "once").counts(passed=2)
    assert recorded(project, "cassettes/test_app/shared.runmock.yaml") == ALL
    project.run().counts(passed=2)


def test_a_fixture_of_a_class_has_the_class_in_the_name_of_its_cassette(project, tests):
    tests(
        """
        class TestA:
            class TestB:
                shared = runmock_session(scope="class")
                def test_it(self, shared): app.ask()
        """,
        "once",
    ).counts(passed=1)
    assert (project.path / "cassettes/test_app/TestA.TestB.shared.runmock.yaml").exists()
    project.run().counts(passed=1)


def test_the_cassette_is_written_beside_the_file_that_defines_the_fixture(project, live):
    project.write("conftest.py", HEAD + 'shared = runmock_session("setup", scope="session")\n')
    project.test("def test_it(shared): app.ask()", "tests/deep/test_it.py")
    project.run("--runmock-record=once", f"--runmock-upstream={live.url}").counts(passed=1)
    assert [str(path.relative_to(project.path)) for path in project.path.rglob("*.runmock.yaml")] == [
        "cassettes/setup.runmock.yaml"
    ]
    project.run().counts(passed=1)


FAILING = {
    "in its body": "def test_c(shared): assert False",
    "in its set-up": """
@pytest.fixture
def broken(shared): raise ValueError
def test_c(broken): pass
""",
    "in its teardown": """
@pytest.fixture
def broken(shared):
    yield
    raise ValueError
def test_c(broken): pass
""",
    "without requesting the fixture": "def test_c():\n    app.ask('In test_c')\n    assert False",
    "as expected": "@pytest.mark.xfail\ndef test_c(shared): assert False",
}


@pytest.mark.parametrize("how", FAILING)
def test_nothing_is_written_when_a_test_that_used_it_fails(project, tests, how):
    ran = tests(textwrap.dedent(two()) + FAILING[how], "all")
    assert recorded(project) is None
    line = (
        "runmock: nothing was written to cassettes/setup.runmock.yaml: "
        "test_app.py::test_c did not pass, which used the fixture shared of test_app.py"
    )
    assert ran.text.count(line) == 1


def test_it_is_written_when_another_test_fails_or_one_of_its_tests_is_skipped(project, tests):
    text = textwrap.dedent(two()) + "def test_c(): assert False\n@pytest.mark.skip\ndef test_d(shared): pass\n"
    tests(text, "all").counts(passed=2, failed=1, skipped=1)
    assert recorded(project) == ALL


def test_nothing_is_written_when_the_teardown_of_a_fixture_fails(project, tests):
    ran = tests(two().replace('app.ask("In the teardown")', "raise ValueError"), "all")
    ran.counts(passed=2, errors=1)
    assert recorded(project) is None
    assert "nothing was written to cassettes/setup.runmock.yaml: test_app.py::test_b did not pass" in ran.text


def test_nothing_is_written_when_pytest_stops_before_the_end(project, tests):
    stopped = "def test_c(shared): raise KeyboardInterrupt\n"
    ran = tests(textwrap.dedent(two()) + stopped, "all", no_reraise_ctrlc=True)
    assert recorded(project) is None
    ran.shows(
        "runmock: nothing was written to cassettes/setup.runmock.yaml: pytest was stopped before "
        "the last test that uses the fixture shared of test_app.py"
    )


def test_what_the_tests_before_recorded_is_written_when_pytest_stops_after_a_failure_of_another_test(project, tests):
    text = textwrap.dedent(two()).replace("def test_b", "def test_other(): assert False\n\ndef test_b")
    tests(text, "all", "-x").counts(passed=1, failed=1)
    assert recorded(project) == ["In the set-up", "In test_a", "In the teardown"]


def test_a_recording_that_is_refused_is_an_error_at_the_last_test(project, tests, live):
    ran = tests(two().replace("In test_b", "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"), "all")
    ran.counts(passed=2, errors=1)
    assert "ERROR at teardown of test_b" in ran.text
    assert "nothing was written" in ran.text
    assert recorded(project) is None
    assert recorded(project, "cassettes/setup.runmock.yaml.partial") is not None


def test_all_keeps_and_rewrite_drops_what_was_not_used(project, tests):
    tests(two().replace("In test_b", "Old"), "all").counts(passed=2)
    tests(two(), "all").counts(passed=2)
    assert sorted(recorded(project)) == sorted([*ALL, "Old"])
    tests(two(), "rewrite").counts(passed=2)
    assert recorded(project) == ALL


@pytest.mark.parametrize(
    ("more", "args", "why"),
    [
        ("", ("-k", "not test_b"), "test_app.py::test_b did not run"),
        ("", ("test_app.py::test_a",), "not all tests of test_app.py were collected"),
        ("@pytest.mark.skip\ndef test_c(shared): pass", (), "test_app.py::test_c did not run"),
        ("@pytest.mark.runmock('setup')\ndef test_c(): pass", (), "the mark of another test names it too"),
    ],
)
def test_rewrite_keeps_what_others_may_use(project, tests, more, args, why):
    tests(two().replace("In test_b", "Old"), "all").counts(passed=2)
    ran = tests(textwrap.dedent(two()) + more, "rewrite", *args)
    assert "Old" in recorded(project)
    ran.shows(f"runmock: cassettes/setup.runmock.yaml keeps what was not used: {why}")


def test_rewrite_keeps_what_the_fixture_has_for_other_modules(project, live):
    project.write("conftest.py", HEAD + 'shared = runmock_session("setup")\n')
    for name in ("a", "b"):
        project.test(f"def test_it(shared): app.ask('In test_{name}')", f"test_{name}.py")
    record = ("--runmock-record=rewrite", f"--runmock-upstream={live.url}")
    ran = project.run(*record)
    ran.counts(passed=2)
    assert recorded(project) == ["In test_a", "In test_b"]
    project.run().counts(passed=2, errors=2)  # each module plays its own part
    ran = project.run(*record)
    ran.shows("runmock: cassettes/setup.runmock.yaml keeps what was not used: test_b.py::test_it uses it too")
    assert recorded(project) == ["In test_a", "In test_b"]


def test_rewrite_keeps_what_a_file_that_was_not_collected_names(project, live):
    project.test(HEAD + 'shared = runmock_session("setup")\ndef test_it(shared): app.ask("In test_a")', "test_a.py")
    project.test("@pytest.mark.runmock('setup')\ndef test_it(): app.ask('Old')", "test_b.py")
    record = ("--runmock-record=rewrite", f"--runmock-upstream={live.url}")
    project.run(*record).counts(passed=2)
    ran = project.run(*record, "test_a.py")
    ran.shows(
        "runmock: cassettes/setup.runmock.yaml keeps what was not used: not all tests of test_b.py were collected"
    )
    assert "Old" in recorded(project)


def test_two_fixtures_record_at_once_into_their_own_cassettes(project, tests):
    tests(
        """
        first = runmock_session("first")
        second = runmock_session("second", scope="class")

        @pytest.fixture(scope="module")
        def asked(first):
            yield app.ask("In the set-up")
            app.ask("In the teardown")

        def test_it(asked, second, runmock):
            app.ask("In test_a")
        """,
        "all",
        "-k",
        "test_it",
    ).counts(passed=1)
    assert recorded(project, "cassettes/first.runmock.yaml") == ["In the set-up", "In the teardown"]
    assert recorded(project, "cassettes/second.runmock.yaml") is None
    assert recorded(project, "cassettes/test_app/test_it.runmock.yaml") == ["In test_a"]


@pytest.mark.parametrize("scope", ["class", "module", "session"])
def test_runmock_config_and_ini_count(project, live, scope):
    project.test(
        HEAD
        + textwrap.dedent(f"""
        shared = runmock_session("setup", scope={scope!r})

        @pytest.fixture(scope={scope!r})
        def runmock_config():
            def clean(interaction):
                return None if interaction.method == "GET" else interaction
            return {{"upstream": {live.url!r}, "before_record": clean}}

        def test_it(shared):
            run = app.start("In test_a")
        """)
    )
    project.write("pytest.ini", (project.path / "pytest.ini").read_text() + "\nrunmock_record = once\n")
    project.run().counts(passed=1)
    assert recorded(project) == ["In test_a"]


def test_a_keyword_of_the_fixture_wins_over_runmock_config_and_the_command_line_over_both(project, tests):
    text = """
    shared = runmock_session("setup", record_mode="none", script={"runs": [{"reply": "scripted"}]})

    @pytest.fixture(scope="session")
    def runmock_config():
        return {"record_mode": "all"}

    def test_it(shared):
        assert app.ask() == "scripted"
    """
    project.replies("cassettes/setup.runmock.yaml")
    project.write("cassettes/setup.runmock.yaml", "runmock: 1\nruns: []\n")
    project.test(HEAD + textwrap.dedent(text))
    project.run().counts(passed=1)


def test_under_ci_only_the_command_line_records(project, tests, live, monkeypatch):
    monkeypatch.setenv("CI", "1")
    project.test(
        HEAD + f"shared = runmock_session(record_mode='all', upstream={live.url!r})\ndef test_it(shared): app.ask()"
    )
    project.run().counts(failed=1)
    project.run("--runmock-record=all").counts(passed=1)


XDIST = """
import pytest
from runmock import runmock_session
"""


@pytest.fixture
def spread(project, live):
    """Run two modules in two workers, in mode `all`."""
    with_xdist(project)

    def run(scope, *args, mode="all", more=""):
        project.write(
            "conftest.py", f"{XDIST}{more}shared = runmock_session('setup', scope={scope!r}, allow_unplayed=True)\n"
        )
        for name in ("a", "b"):
            project.test(
                f"def test_1(shared): app.ask('In test_{name}')\n@pytest.mark.runmock\ndef test_own(): app.ask('Own')",
                f"test_{name}.py",
            )
        return project.spread(
            "-n",
            "2",
            "--dist",
            "loadfile",
            *([f"--runmock-record={mode}"] if mode else []),
            f"--runmock-upstream={live.url}",
            *args,
        )

    return run


@pytest.mark.parametrize("scope", ["session", "package"])
def test_recording_in_a_wide_scope_is_refused_under_xdist_and_the_whole_run_writes_nothing(project, spread, scope):
    ran = spread(scope)
    ran.counts(passed=2, errors=2)
    assert [*project.path.rglob("*.runmock.yaml*")] == []
    head = (
        f"nothing is written: the fixture shared of conftest.py records in the scope {scope}, "
        "and each worker of xdist has a session of its own"
    )
    tail = "to record it: leave out -n, or set -n 0"
    assert f"{head}\n  {tail}" in ran.text
    assert f"{head}\n  the error of test_" in ran.text
    assert f"runmock: {head}\n  {tail}" in ran.text


@pytest.mark.parametrize(("dist", "passed", "errors"), [("load", 0, 2), ("loadscope", 2, 0)])
def test_recording_in_a_module_is_refused_where_its_tests_go_to_several_workers(project, live, dist, passed, errors):
    with_xdist(project)
    project.write("conftest.py", f"{XDIST}shared = runmock_session('setup', allow_unplayed=True)\n")
    project.test("def test_1(shared): app.ask('One')\ndef test_2(shared): app.ask('Two')")
    ran = project.spread("-n", "2", "--dist", dist, "--runmock-record=all", f"--runmock-upstream={live.url}")
    ran.counts(**({"passed": passed} if passed else {}), **({"errors": errors} if errors else {}))
    assert ("keep the tests of a file together: --dist loadfile" in ran.text) == bool(errors)
    assert (project.path / "cassettes/setup.runmock.yaml").exists() == bool(passed)


def test_recording_in_a_module_of_one_test_is_not_refused(project, live):
    with_xdist(project)
    project.write("conftest.py", f"{XDIST}shared = runmock_session('setup', allow_unplayed=True)\n")
    project.test("def test_1(shared): app.ask('One')")
    ran = project.spread("-n", "2", "--runmock-record=all", f"--runmock-upstream={live.url}")
    ran.counts(passed=1)


def test_a_mode_that_only_runmock_config_has_is_refused_as_well(project, spread):
    more = '@pytest.fixture(scope="session")\ndef runmock_config(): return {"record_mode": "all"}\n'
    ran = spread("session", mode=None, more=more)
    ran.counts(errors=2, passed=2)
    assert not (project.path / "cassettes/setup.runmock.yaml").exists()


@pytest.mark.parametrize("mode", ["none", "verify", "once"])
def test_a_wide_scope_plays_in_each_worker_when_nothing_is_recorded(project, spread, live, mode):
    ran = spread("session", "-n0", mode="all")
    ran.counts(passed=4)
    ran = spread("session", mode=mode)
    ran.counts(passed=4)


def test_each_worker_records_the_modules_that_it_runs(project, spread):
    spread("module").counts(passed=4)
    assert recorded(project) in (["In test_a", "In test_b"], ["In test_b", "In test_a"])
