"""Leftovers fail a test that otherwise passed, unless they are allowed."""

import pytest

LEFT = "runmock: not everything on the cassette was played"


@pytest.fixture
def leaves(project):
    """Write a test that plays one of two scripted runs."""

    def write(marker="", body="app.ask()"):
        project.replies("cassettes/two.yaml", "one", "two")
        project.test(f'@pytest.mark.runmock("two"{marker})\ndef test_leaves(runmock):\n    {body}\n')
        return project

    return write


def test_a_scripted_run_that_nothing_created_fails_the_test(leaves):
    ran = leaves().run()
    ran.counts(passed=1, errors=1)
    ran.shows("""
        runmock: not everything on the cassette was played
          cassettes/two.yaml
            run 1, line 4: reply "two"
          to allow it: @pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=warn
    """)


def test_a_verb_that_nothing_used_fails_the_test(project):
    project.test("def test_leaves(runmock):\n    runmock.reply('never')\n")
    ran = project.run()
    ran.counts(passed=1, errors=1)
    ran.shows('    run 0: reply "never"')


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("assert 1 == 2", {"failed": 1}),
        ("pytest.skip('no')", {"skipped": 1}),
        ("pytest.xfail('no')", {"xfailed": 1}),
        ("raise SystemExit", {"failed": 1}),
    ],
)
def test_a_test_that_did_not_pass_shows_its_own_reason_only(leaves, ending, expected):
    ran = leaves(body=ending).run()
    ran.counts(**expected)
    assert LEFT not in ran.text


def test_a_test_that_missed_shows_the_miss_only(leaves):
    ran = leaves(body="app.post('/batches')").run()
    ran.counts(failed=1)
    assert LEFT not in ran.text


def test_a_swallowed_miss_comes_before_leftovers(leaves):
    body = "try:\n        app.post('/batches')\n    except BaseException:\n        pass"
    ran = leaves(body=body).run()
    ran.counts(passed=1, errors=1)
    assert LEFT not in ran.text


def test_a_test_whose_set_up_failed_shows_that_only(project):
    project.test("""
        @pytest.fixture
        def broken():
            raise ValueError("broken")

        @pytest.mark.runmock(script={"runs": [{"reply": "a"}]})
        def test_a(broken):
            pass
    """)
    ran = project.run()
    ran.counts(errors=1)
    assert LEFT not in ran.text


def test_leftovers_are_a_failure_that_may_be_expected(project):
    project.test("""
        @pytest.mark.xfail
        @pytest.mark.runmock(script={"runs": [{"reply": "a"}]})
        def test_a():
            pass
    """)
    project.run().counts(xpassed=1, xfailed=1)


@pytest.mark.parametrize("how", ["marker", "config", "option"])
def test_leftovers_may_be_allowed(leaves, how):
    project = leaves(", allow_unplayed=True" if how == "marker" else "")
    if how == "config":
        project.write(
            "conftest.py",
            """
            import pytest

            @pytest.fixture(scope="session")
            def runmock_config():
                return {"allow_unplayed": True}
            """,
        )
    project.run(*["--runmock-unused=ignore"] * (how == "option")).counts(passed=1)


def test_a_marker_may_forbid_what_the_configuration_allows(leaves):
    project = leaves(", allow_unplayed=False")
    project.write(
        "conftest.py",
        'import pytest\n\n@pytest.fixture\ndef runmock_config():\n    return {"allow_unplayed": True}\n',
    )
    project.run().counts(passed=1, errors=1)


def test_leftovers_may_be_a_warning(leaves):
    ran = leaves().run("--runmock-unused=warn")
    ran.counts(passed=1, warnings=1)
    ran.shows('    run 1, line 4: reply "two"')
    assert "PytestWarning: runmock: not everything on the cassette was played" in ran.text
    assert "to allow it: @pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=ignore" in ran.text


def test_unplayed_and_repeated_gets_are_no_leftovers(project):
    project.write(
        "cassettes/gets.yaml",
        """
        runmock: 1
        interactions:
          - request: GET /threads/thread_1
            json: {id: thread_1}
          - request: GET /threads/thread_1/messages
            json: {object: list, data: []}
        """,
    )
    project.test("""
        @pytest.mark.runmock("gets")
        def test_polls():
            for _ in range(3):
                assert app.get("/threads/thread_1") == {"id": "thread_1"}
    """)
    project.run().counts(passed=1)


def test_a_refusal_that_was_not_used_up_is_left(project):
    project.test("""
        def test_a(runmock):
            runmock.http(429, times=2)
            assert app.client.post("/threads/thread_1/runs", json={"assistant_id": "a"}).status_code == 429
    """)
    ran = project.run()
    ran.counts(passed=1, errors=1)
    ran.shows("    run 0: http 429")


@pytest.mark.parametrize(
    ("marker", "environment", "option", "outcome"),
    [
        (", allow_unplayed=True", "fail", "", {"passed": 1}),
        (", allow_unplayed=True", "", "--runmock-unused=fail", {"passed": 1, "errors": 1}),
        (", allow_unplayed=False", "ignore", "", {"passed": 1, "errors": 1}),
        (", allow_unplayed=False", "", "--runmock-unused=ignore", {"passed": 1}),
        ("", "ignore", "", {"passed": 1}),
    ],
)
def test_the_command_line_wins_over_the_marker_and_the_marker_over_the_environment(
    leaves, monkeypatch, marker, environment, option, outcome
):
    monkeypatch.setenv("RUNMOCK_UNUSED", environment)
    leaves(marker).run(*filter(None, [option])).counts(**outcome)
