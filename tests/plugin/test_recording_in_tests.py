"""Recording inside pytest: where the cassette is written, and when it is not."""

import re

import pytest

REPLY = "runs: [{reply: It is 21.}, {reply: It is 21.}, {reply: It is 21.}]"
COLDER = REPLY.replace("21", "9")
ASKS = "\n@pytest.mark.runmock\ndef test_a():\n    assert app.ask() == 'It is 21.'\n"
OWN = "cassettes/test_app/test_a.runmock.yaml"


@pytest.fixture
def live(_live):
    _live.plays(REPLY)
    return _live


def cassettes(project):
    return sorted(
        str(path.relative_to(project.path)) for path in project.path.rglob("cassettes/**/*") if path.is_file()
    )


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
@pytest.mark.parametrize("test", [ASKS, ASKS.replace("@pytest.mark.runmock\ndef test_a()", "def test_a(runmock)")])
def test_a_test_records_the_cassette_of_its_name_and_plays_it_from_then_on(project, live, records, mode, test):
    project.test(test)
    ran = records(mode)
    ran.counts(passed=1)
    ran.shows(f"""
        runmock: 1 test played 1 run in 6 requests, from 1 cassette
        runmock: wrote {OWN}
    """)
    assert cassettes(project) == [OWN]
    request_count = len(live.heard)
    project.run().counts(passed=1)
    assert len(live.heard) == request_count == 6


def test_a_named_cassette_that_does_not_exist_is_written_beside_the_test(project, records):
    project.test(ASKS.replace("mark.runmock", "mark.runmock('paris')"), "deep/test_app.py")
    project.test(ASKS.replace("mark.runmock", "mark.runmock('rome.yaml')"), "deep/test_b.py")
    records("once", "deep/test_app.py").counts(passed=1)
    records("new_episodes", "deep/test_b.py").counts(passed=1)
    assert cassettes(project) == ["deep/cassettes/paris.runmock.yaml", "deep/cassettes/rome.yaml"]
    project.run().counts(passed=2)


def test_a_named_cassette_goes_into_the_folder_that_a_fixture_names(project, records):
    project.test(
        ASKS.replace("mark.runmock", "mark.runmock('paris')")
        + """
@pytest.fixture
def runmock_cassette_dir(tmp_path_factory):
    return app.os.path.join(app.os.getcwd(), "cassettes", "mine")
"""
    )
    records("once").counts(passed=1)
    assert cassettes(project) == ["cassettes/mine/paris.runmock.yaml"]
    project.run().counts(passed=1)


def test_only_the_first_of_several_is_written_and_the_others_play(project, live, records):
    project.replies("cassettes/rest.yaml", "from the rest")
    project.test("""
        @pytest.mark.runmock("new", "rest")
        def test_a():
            assert app.ask() == "from the rest"
    """)
    before = (project.path / "cassettes/rest.yaml").read_bytes()
    records("once").counts(passed=1)
    assert live.heard == []
    assert (project.path / "cassettes/rest.yaml").read_bytes() == before


NOT_PASSED = {
    "the body fails": (ASKS.replace("== 'It is 21.'", "is None"), {"failed": 1}),
    "it is skipped": (ASKS + "    pytest.skip('no')\n", {"skipped": 1}),
    "it is expected to fail": (ASKS + "    pytest.xfail('no')\n", {"xfailed": 1}),
    "it exits": (ASKS + "    raise SystemExit\n", {"failed": 1}),
    "the teardown of another fixture fails": (
        ASKS.replace("test_a()", "test_a(late)") + "@pytest.fixture\ndef late():\n    yield\n    assert not 'late'\n",
        {"passed": 1, "errors": 1},
    ),
    "the teardown of a fixture before ours fails": (
        ASKS + "@pytest.fixture(autouse=True, scope='module')\ndef early():\n    yield\n    assert not 'early'\n",
        {"passed": 1, "errors": 1},
    ),
    "the set-up of another fixture fails": (
        ASKS.replace("test_a()", "test_a(broken)") + "@pytest.fixture\ndef broken():\n    app.ask()\n    assert not 'it'\n",
        {"errors": 1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("reason", NOT_PASSED)
@pytest.mark.parametrize("mode", ["once", "all"])
def test_nothing_is_written_when(project, live, records, reason, mode):
    test, counts = NOT_PASSED[reason]
    project.test(test)
    if mode == "all":
        project.test(ASKS)
        records("once").counts(passed=1)
        before = (project.path / OWN).read_bytes()
        project.test(test)
        live.plays(COLDER if "the body" in reason else REPLY.replace("It", "It"))
    records(mode).counts(**counts)
    if mode == "all":
        assert (project.path / OWN).read_bytes() == before
    else:
        assert cassettes(project) == []


def test_a_stream_that_was_not_read_to_its_end_is_reported(project):
    project.test("""
        import httpx2

        def events():
            yield b'event: thread.run.created\\ndata: {"id": "run_A1", "object": "thread.run"}\\n\\n'
            yield b"event: done\\ndata: [DONE]\\n\\n"

        def answers(request):
            return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=events())

        @pytest.mark.runmock
        def test_a():
            with httpx2.Client(transport=httpx2.MockTransport(answers), headers=app.client.headers) as client:
                for _ in range(2):
                    with client.stream("POST", "http://host/threads/t/runs", json={"assistant_id": "a"}) as answer:
                        next(answer.iter_raw())
    """)
    ran = project.run("--runmock-record=once")
    ran.counts(passed=1)
    ran.shows(f"runmock: wrote {OWN}, with 2 streams that were not read to the end: it plays with allow_truncated=True")


UNENDED = """
    import httpx2

    HALF = b'event: thread.run.created\\ndata: {"id": "run_A1", "object": "thread.run"}\\n\\n'

    def half():
        yield HALF

    def broken():
        yield HALF
        raise httpx2.ReadError("gone")

    def sends(body, error=None):
        headers = {"content-type": "text/event-stream"}
        answers = lambda request: httpx2.Response(200, headers=headers, content=body())
        with httpx2.Client(transport=httpx2.MockTransport(answers), headers=app.client.headers) as client:
            client.post("http://host/threads/t/runs", json={"assistant_id": "a"})
"""


def test_a_stream_that_upstream_never_ended_is_reported_as_such(project):
    project.test(
        UNENDED
        + """
    @pytest.mark.runmock
    def test_a():
        sends(half)
    """
    )
    ran = project.run("--runmock-record=once")
    ran.counts(passed=1)
    ran.shows(f"""
        runmock: wrote {OWN}, with a stream without an end: it plays with allow_truncated=True
        runmock: warning: upstream closed the stream of POST /threads/t/runs without done
    """)
    assert "not read to the end" not in ran.text


def test_a_stream_that_broke_off_is_reported_too(project):
    project.test(
        UNENDED
        + """
    @pytest.mark.runmock
    def test_a():
        with pytest.raises(httpx2.ReadError):
            sends(broken)
        sends(half)
    """
    )
    ran = project.run("--runmock-record=once")
    ran.shows(f"""
        runmock: wrote {OWN}, with 2 streams without an end: it plays with allow_truncated=True
        runmock: warning: upstream broke off in the stream of POST /threads/t/runs
        runmock: warning: upstream closed the stream of POST /threads/t/runs without done
    """)


def test_under_ci_only_the_command_line_records(project, live, records, monkeypatch):
    monkeypatch.setenv("CI", "true")
    project.test(ASKS.replace("mark.runmock", f"mark.runmock(record_mode='once', upstream={live.url!r})"))
    ran = project.run()
    ran.counts(failed=1)
    ran.shows("(does not exist)   mode none (not once: CI is set, so only the command line can record)")
    project.write(
        "pytest.ini", (project.path / "pytest.ini").read_text().replace("addopts =", "addopts = --runmock-record=once")
    )
    project.run().counts(failed=1)
    monkeypatch.setenv("RUNMOCK_RECORD", "once")
    project.run().counts(failed=1)
    assert (live.heard, cassettes(project)) == ([], [])
    records("once").counts(passed=1)
    assert cassettes(project) == [OWN]


def test_a_named_cassette_that_would_not_be_recorded_is_reported_when_tests_are_collected(project, monkeypatch):
    monkeypatch.setenv("CI", "true")
    project.test(ASKS.replace("mark.runmock", "mark.runmock('paris', record_mode='once')"))
    ran = project.run()
    ran.counts(errors=1)
    ran.shows("there is no cassette 'paris'")


def test_a_worse_recording_fails_the_test_and_the_old_one_stays(project, live, records):
    project.test(ASKS)
    records("once").counts(passed=1)
    before = (project.path / OWN).read_bytes()
    live.plays("runs: [{http: 404, error: not_found}]")
    project.test("@pytest.mark.runmock\ndef test_a():\n    with pytest.raises(KeyError):\n        app.ask()\n")
    ran = records("all")
    ran.counts(passed=1, errors=1)
    ran.shows(
        f"runmock: {OWN}: the cassette stays as it was: in this recording POST /threads/thread_1/runs was answered with 404".replace(
            "thread_1", re.search("threads/(thread_[A-Za-z0-9]{24})/runs was", ran.text)[1]
        )
    )
    assert (project.path / OWN).read_bytes() == before


def test_another_answer_than_the_cassettes_fails_a_test_that_verifies(project, live, records):
    project.test(ASKS.replace(" == 'It is 21.'", ""))
    records("once").counts(passed=1)
    live.plays(REPLY)
    records("verify").counts(passed=1)
    live.plays(COLDER)
    ran = records("verify")
    ran.counts(passed=1, errors=1)
    assert "      cassette  It is 21.\n      upstream  It is 9.\n" in ran.text


def test_what_users_remove_is_not_written(project, live, records):
    project.write(
        "conftest.py",
        """
        import pytest

        def clean(interaction):
            if interaction.method == "GET":
                return None
            if interaction.path == "/threads":
                interaction.body["messages"][0]["content"] = "something"
            return interaction

        @pytest.fixture(scope="session")
        def runmock_config():
            return {"before_record": clean}
    """,
    )
    project.test(ASKS)
    records("once").counts(passed=1)
    text = (project.path / OWN).read_text()
    assert "something" in text
    assert "Hello" not in text
    assert "GET" not in text


@pytest.mark.parametrize(
    ("clean", "message"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("True", "runmock: before_record returns the interaction, or None to drop it, not True"),
    ],
)
def test_an_error_in_before_record_fails_its_test_and_no_other(project, records, clean, message):
    project.test(f"""
        @pytest.fixture
        def runmock_config(request):
            return {{"before_record": lambda one: {clean}}} if request.node.name == "test_a" else {{}}
    """)
    project.write("test_app.py", (project.path / "test_app.py").read_text() + ASKS + ASKS.replace("test_a", "test_b"))
    ran = records("once")
    ran.counts(passed=2, errors=1)
    ran.shows(message)
    assert cassettes(project) == [OWN.replace("test_a.", "test_b.")]


def test_what_was_not_used_is_no_leftover_in_a_recording_mode(project, records):
    project.test(ASKS)
    records("once").counts(passed=1)
    project.test("@pytest.mark.runmock\ndef test_a():\n    pass\n")
    project.run().counts(passed=1, errors=1)
    for mode in ("new_episodes", "all", "rewrite"):
        records(mode).counts(passed=1)


def test_a_scripted_test_stays_scripted_in_every_mode(project, live, records):
    project.replies("cassettes/script.yaml", "scripted")
    project.test("""
        def test_verbs(runmock):
            runmock.reply("from a verb")
            assert app.ask() == "from a verb"

        @pytest.mark.runmock("script")
        def test_file():
            assert app.ask() == "scripted"
    """)
    before = (project.path / "cassettes/script.yaml").read_bytes()
    for mode in ("once", "new_episodes", "all", "rewrite", "verify"):
        records(mode).counts(passed=2)
    assert live.heard == []
    assert cassettes(project) == ["cassettes/script.yaml"]
    assert (project.path / "cassettes/script.yaml").read_bytes() == before


def test_two_tests_that_share_a_new_cassette_both_record_into_it(project, live, records):
    live.plays()
    project.test("""
        @pytest.mark.runmock("shared", allow_unplayed=True)
        @pytest.mark.parametrize("city", ["Paris", "Rome"])
        def test_a(city):
            assert app.ask(city)
    """)
    records("new_episodes").counts(passed=2)
    assert cassettes(project) == ["cassettes/shared.runmock.yaml"]
    before = (project.path / "cassettes/shared.runmock.yaml").read_bytes()
    project.run().counts(passed=2)
    live.plays()
    records("all").counts(passed=2)
    assert (project.path / "cassettes/shared.runmock.yaml").read_bytes() == before


@pytest.mark.parametrize("more", [[], ["-k", "Rome"]])
def test_rewrite_keeps_what_other_tests_of_a_shared_cassette_use(project, live, records, more):
    live.plays()
    shared = project.path / "cassettes/shared.runmock.yaml"
    project.test("""
        @pytest.mark.runmock("shared", allow_unplayed=True)
        @pytest.mark.parametrize("city", ["Paris", "Rome"])
        def test_a(city):
            assert app.ask(city)
    """)
    records("new_episodes").counts(passed=2)
    before = shared.read_bytes()
    live.plays()
    records("rewrite", *more).counts(passed=1 if more else 2)
    assert shared.read_bytes() == before


TWO = """
@pytest.mark.runmock("shared", allow_unplayed=True)
def test_a():
    assert app.ask("Paris")

@pytest.mark.runmock("shared", allow_unplayed=True)
def test_b():
    assert app.ask("Rome")
"""
KEEPS = (
    "runmock: cassettes/shared.runmock.yaml keeps what these tests did not use: {file} names it too, and not all of its "
    "tests were collected"
)


def test_rewrite_of_a_test_that_is_named_alone_keeps_what_the_others_of_its_file_use(project, live, records):
    live.plays()
    shared = project.path / "cassettes/shared.runmock.yaml"
    project.test(TWO)
    records("new_episodes").counts(passed=2)
    before = shared.read_bytes()
    live.plays()
    ran = records("rewrite", "test_app.py::test_a")
    ran.counts(passed=1)
    assert KEEPS.format(file="test_app.py") in ran.text
    assert shared.read_bytes() == before


def test_rewrite_of_a_file_keeps_what_another_file_may_use(project, live, records):
    live.plays()
    shared = project.path / "cassettes/shared.runmock.yaml"
    one, other = TWO.strip().split("\n\n")
    project.test(one)
    project.test(other, "test_other.py")
    records("new_episodes").counts(passed=2)
    before = shared.read_bytes()
    live.plays()
    ran = records("rewrite", "test_app.py")
    ran.counts(passed=1)
    assert KEEPS.format(file="test_other.py") in ran.text
    assert shared.read_bytes() == before


@pytest.mark.parametrize("words", [[], ["test_app.py"], ["test_app.py::test_a"]])
def test_rewrite_of_a_named_cassette_that_no_other_test_names_drops_what_is_not_used(project, live, records, words):
    shared = project.path / "cassettes/shared.runmock.yaml"
    project.test(ASKS.replace("mark.runmock", "mark.runmock('shared')"))
    project.test("def test_b():\n    'about shared things'\n", "test_other.py")
    records("once", "test_app.py").counts(passed=1)
    project.test(ASKS.replace("mark.runmock", "mark.runmock('shared')").replace("app.ask()", "app.ask('Rome')"))
    live.plays(REPLY)
    records("rewrite", *words)
    text = shared.read_text()
    assert text.count("- request: POST /threads\n") == 1
    assert "Rome" in text


@pytest.mark.parametrize(("mode", "kept"), [("all", True), ("rewrite", False)])
def test_rewrite_drops_what_the_only_test_of_a_cassette_does_not_use(project, live, records, mode, kept):
    live.plays()
    project.test(ASKS.replace("app.ask() == 'It is 21.'", "app.ask('Paris')"))
    records("once").counts(passed=1)
    project.test(ASKS.replace("app.ask() == 'It is 21.'", "app.ask('Rome')"))
    records(mode).counts(passed=1)
    assert ("Paris" in (project.path / OWN).read_text()) is kept


def test_three_workers_record_at_once_and_every_cassette_is_right(project, live):
    live.plays()
    project.write(
        "pytest.ini",
        "[pytest]\naddopts = -p no:randomly -p no:cacheprovider\nasyncio_default_fixture_loop_scope = function\n",
    )
    project.test("""
        @pytest.mark.runmock
        @pytest.mark.parametrize("city", [f"City {number}" for number in range(12)])
        def test_own(city):
            assert app.ask(city)

        @pytest.mark.runmock("shared", allow_unplayed=True)
        @pytest.mark.parametrize("city", [f"Town {number}" for number in range(12)])
        def test_shared(city):
            assert app.ask(city)
    """)
    project.spread("-n", "3", "--runmock-record=new_episodes", f"--runmock-upstream={live.url}").counts(passed=24)
    assert len(cassettes(project)) == 13
    request_count = len(live.heard)
    project.run().counts(passed=24)
    assert len(live.heard) == request_count


TOO_LARGE = """
import httpx2
import pytest

@pytest.mark.runmock(hosts=["gateway.example"])
def test_a():
    answer = httpx2.Response(200, content=b"\\xff" * (64 * 1024 * 1024 + 1))
    with httpx2.Client(transport=httpx2.MockTransport(lambda _: answer)) as sent:
        sent.get("http://gateway.example/v1/files/f/content")
"""


def test_an_answer_whose_bytes_were_not_kept_is_reported_at_the_end(project):
    project.test(TOO_LARGE)
    ran = project.run("--runmock-record=once")
    ran.counts(passed=1)
    ran.shows(f"""
        runmock: wrote {OWN}, without the bytes of GET /files/f/content (67,108,865 are too many): playing that is a miss
    """)
