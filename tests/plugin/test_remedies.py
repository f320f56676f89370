"""The advice of a miss is followed, word for word, and mends the case: commands and keywords, where hosts are called."""

import re
import shlex

import pytest
from test_allow_hosts import GATEWAY

ASKS = """
import app
import httpx2
import pytest
import runmock as library

client = httpx2.Client(base_url={url!r}, headers={{"OpenAI-Beta": "assistants=v2"}})

{mark}
def test_asks({fixture}):
    {verbs}
    app.client = client
    run = app.start({text!r}, {assistant!r})
    assert app.finish(run)["status"] == "completed"
"""
RETIRED = "https://api.openai.com/v1"


def asks(project, url, path="test_app.py", **how):
    values = {
        "mark": "@pytest.mark.runmock",
        "fixture": "",
        "verbs": "pass",
        "text": "In Paris?",
        "assistant": "asst_1",
    }
    project.write(path, ASKS.format(url=url, **values | how))


def advice(ran, aim):
    (line,) = re.findall(rf"^(?:E +|  ){aim}: (.*)$", ran.text, re.MULTILINE)
    return line


def pasted(project, command, url=None):
    """Run a command line that a message advises, with an API root where it leaves one open."""
    name, *arguments = shlex.split(command if url is None else command.replace("=URL ", f"={url} "))
    assert name == "pytest"
    return project.run(*arguments)


def plays_alone(project, live, *arguments):
    """Without the live API the tests pass."""
    before = len(live.heard)
    project.run(*arguments).counts(passed=1)
    assert len(live.heard) == before


@pytest.mark.parametrize("fixture", ["", "runmock"])
@pytest.mark.parametrize("mark", ["@pytest.mark.runmock", "@pytest.mark.runmock()", ""])
def test_the_command_records_from_where_the_requests_go(project, live, mark, fixture):
    asks(project, live.url, mark=mark, fixture=fixture if mark else "runmock")
    ran = project.run()
    ran.counts(failed=1)
    command = advice(ran, "to record it")
    assert command == "pytest --runmock-record=new_episodes test_app.py::test_asks"
    pasted(project, command).counts(passed=1)
    assert "POST /v1/threads" in live.heard
    plays_alone(project, live)


def test_the_command_records_from_the_server_that_is_put_in_the_place_of_url(project, live):
    asks(project, RETIRED)
    command = advice(project.run(), "to record it")
    assert command == "pytest --runmock-record=new_episodes --runmock-upstream=URL test_app.py::test_asks"
    pasted(project, command, live.url).counts(passed=1)
    plays_alone(project, live)


def test_an_upstream_of_the_command_line_stays_in_the_command(project, live):
    asks(project, RETIRED)
    command = advice(project.run(f"--runmock-upstream={live.url}"), "to record it")
    assert command == f"pytest --runmock-record=new_episodes --runmock-upstream={live.url} test_app.py::test_asks"
    pasted(project, command).counts(passed=1)
    plays_alone(project, live)


def test_an_upstream_of_the_ini_file_need_not_be_repeated(project, live):
    ini = project.path / "pytest.ini"
    ini.write_text(f"{ini.read_text()}runmock_upstream = {live.url}\n")
    asks(project, RETIRED)
    command = advice(project.run(), "to record it")
    assert command == "pytest --runmock-record=new_episodes test_app.py::test_asks"
    pasted(project, command).counts(passed=1)
    plays_alone(project, live)


def test_a_named_cassette_that_is_missing_is_recorded_by_its_command(project, live):
    asks(project, live.url, mark="@pytest.mark.runmock('paris')")
    ran = project.run()
    ran.counts(errors=1)
    pasted(project, advice(ran, "to record it")).counts(passed=1)
    plays_alone(project, live)


@pytest.mark.parametrize("started", ["tests/unit", "tests", "docs"])
def test_the_command_is_shown_as_it_is_pasted_where_pytest_was_started(project, live, monkeypatch, started):
    asks(project, live.url, "tests/unit/test_app.py")
    (project.path / "docs").mkdir()
    monkeypatch.chdir(project.path / started)
    ran = project.run(str(project.path / "tests"))
    ran.counts(failed=1)
    pasted(project, advice(ran, "to record it")).counts(passed=1)
    plays_alone(project, live, str(project.path / "tests"))


@pytest.mark.parametrize("mode", ["none", "new_episodes"])
def test_what_follows_on_a_replayed_thread_is_recorded_with_all_of_its_test(project, live, mode):
    asks(project, live.url)
    project.run("--runmock-record=once").counts(passed=1)
    asks(project, live.url, assistant="asst_2")
    requests_before = len(live.heard)
    ran = project.run(f"--runmock-record={mode}")
    ran.counts(failed=1)
    assert len(live.heard) == requests_before
    command = advice(ran, "to record it")
    assert command == "pytest --runmock-record=all test_app.py::test_asks"
    pasted(project, command).counts(passed=1)
    plays_alone(project, live)


def test_another_conversation_is_recorded_as_a_new_episode(project, live):
    asks(project, live.url)
    project.run("--runmock-record=once").counts(passed=1)
    asks(project, live.url, text="In Rome?")
    command = advice(project.run(), "to record it")
    assert command == "pytest --runmock-record=new_episodes test_app.py::test_asks"
    pasted(project, command).counts(passed=1)
    plays_alone(project, live, "--runmock-unused=ignore")


def test_a_test_that_has_its_session_without_a_mark_is_marked_first(project, live):
    asks(project, live.url, mark="")
    first, command = advice(project.run("--runmock-every-test"), "to record it").split(", then ")
    mark = re.fullmatch(r"mark the test with (\S+)", first)[1]
    asks(project, live.url, mark=mark)
    pasted(project, command).counts(passed=1)
    plays_alone(project, live)


WITH_BLOCK = """
import app
import httpx2
import runmock as library

def test_asks():
    app.client = httpx2.Client(base_url={url!r}, headers={{"OpenAI-Beta": "assistants=v2"}})
    with library.use_cassette({arguments}) as session:
        {verbs}
        assert app.finish(app.start("In Paris?", {assistant!r}))["status"] == "completed"
"""


def with_block(project, url, arguments, verbs="pass", assistant="asst_1"):
    text = WITH_BLOCK.format(url=url, arguments=arguments, verbs=verbs, assistant=assistant)
    project.write("test_app.py", text)
    return project.run()


@pytest.mark.parametrize("is_retired", [True, False])
def test_the_keywords_record_where_no_command_does(project, live, is_retired):
    project.write("a.yaml", "runmock: 1\ninteractions: []\n")
    url = RETIRED if is_retired else live.url
    keywords = advice(with_block(project, url, "'a.yaml'"), "to record it")
    known = re.fullmatch(r"use_cassette\((.*)\)", keywords)[1].replace("...", "'a.yaml'").replace("URL", live.url)
    with_block(project, url, known).counts(passed=1)
    requests_before = len(live.heard)
    assert requests_before
    with_block(project, url, "'a.yaml'").counts(passed=1)
    assert len(live.heard) == requests_before
    keywords = advice(with_block(project, url, "'a.yaml'", assistant="asst_2"), "to record it")
    assert keywords.startswith('use_cassette(..., record_mode="all"')


def test_a_file_that_is_missing_is_recorded_by_its_keywords(project, live):
    ran = with_block(project, live.url, "'new/a.yaml'")
    ran.counts(failed=1)
    assert ran.error_text() == (
        "runmock.CassetteNotFoundError: new/a.yaml: there is no such cassette; write it\n"
        '  to record it: use_cassette("new/a.yaml", record_mode="once")'
    )
    arguments = re.fullmatch(r"use_cassette\((.*)\)", advice(ran, "to record it"))[1]
    with_block(project, live.url, arguments).counts(passed=1)
    plays_alone(project, live)


@pytest.mark.parametrize(
    "verbs", ["pass", "session.when(last_message='In Paris?')", "session.reply('a'); app.finish(app.start())"]
)
def test_in_a_block_the_verbs_are_its_sessions(project, verbs):
    line = advice(with_block(project, RETIRED, "", verbs), r"to answer it, with use_cassette\(...\) as session")
    with_block(project, RETIRED, "", f"{verbs}; {line}").counts(passed=1)


def test_a_transport_gets_a_script(project):
    text = """
    import app, httpx2, runmock

    def test_asks():
        transport = runmock.transport({})
        headers = {{"OpenAI-Beta": "assistants=v2"}}
        with httpx2.Client(transport=transport, base_url="https://api.openai.com/v1", headers=headers) as app.client:
            assert app.finish(app.start())["status"] == "completed"
    """
    project.write("test_app.py", text.format(""))
    keyword = advice(project.run(), "to answer it")
    assert keyword == 'script={"runs": [{"reply": "Hello!"}]}'
    project.write("test_app.py", text.format(keyword))
    project.run().counts(passed=1)


def test_a_test_that_lacks_the_fixture_gets_its_name(project):
    how = "to answer it, with the fixture runmock"
    asks(project, RETIRED, mark="", verbs="pass")
    line = advice(project.run("--runmock-every-test"), how)
    asks(project, RETIRED, mark="", fixture="runmock", verbs=line)
    project.run().counts(passed=1)


LISTS = """
import gateway
import pytest

{mark}
def test_lists(runmock):
    assert gateway.batches({url!r}) == 404
"""


@pytest.fixture
def gateway(project):
    project.write("gateway.py", GATEWAY)
    return project


def test_the_hosts_in_the_message_let_a_request_through(gateway, live):
    gateway.write("test_app.py", LISTS.format(mark="", url=live.url))
    ran = gateway.run()
    ran.counts(failed=1)
    assert live.heard == []
    keyword, command = advice(ran, "to let it through").split(", or ")
    assert (keyword, command.split()[1]) == ('allow_hosts=["127.0.0.1"]', "--runmock-allow-hosts=127.0.0.1")
    pasted(gateway, command).counts(passed=1)
    assert live.heard == ["GET /v1/batches"]
    gateway.write("test_app.py", LISTS.format(mark=f"@pytest.mark.runmock({keyword})", url=live.url))
    gateway.run().counts(passed=1)
    assert live.heard == ["GET /v1/batches"] * 2


def test_outside_of_a_test_the_keyword_lets_it_through(gateway, live):
    text = "import gateway, runmock\n\ndef test_lists():\n    with runmock.use_cassette({}):\n        assert gateway.batches({!r}) == 404\n"
    gateway.write("test_app.py", text.format("", live.url))
    keyword = advice(gateway.run(), "to let it through")
    assert (keyword, live.heard) == ('allow_hosts=["127.0.0.1"]', [])
    gateway.write("test_app.py", text.format(keyword, live.url))
    gateway.run().counts(passed=1)
    assert live.heard == ["GET /v1/batches"]


def test_the_command_records_another_api(gateway, live):
    gateway.write("test_app.py", LISTS.format(mark="@pytest.mark.runmock", url=live.url))
    pasted(gateway, advice(gateway.run(), "to record it")).counts(passed=1)
    assert live.heard == ["GET /v1/batches"]
    plays_alone(gateway, live)
