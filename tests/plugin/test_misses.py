"""The cases of a miss: one headline for each, and the text to paste in each message mends the case."""

import ast
import re
import textwrap
from pathlib import Path

import pytest

from runmock.tape.yaml.yaml12 import read

NOTHING = "nothing says what the assistant does: there is no script, no recording and no verb"
TEST = """
{mark}
def test_asks(runmock):
    {verbs}
    app.ask("In Paris?")
"""
CASES = {
    NOTHING: {},
    "when() needs a verb after it, such as reply(): nothing says what the run does": {
        "verbs": "runmock.when(last_message='In Paris?')"
    },
    "nothing left on the cassette for this request": {"verbs": "runmock.reply('One'); app.ask('In Paris?')"},
    "no scripted run matches this request": {
        "verbs": "runmock.when(last_message='/Rome/').reply('One'); app.ask('To Rome'); runmock.when(model='x').reply('')"
    },
}
SEVEN = """
EMBEDDINGS = "https://api.openai.com/v1/embeddings"

def asks():
    # The same call of an application in each state: it embeds the question, then it asks the assistant.
    app.post("/embeddings", model="m", input="In Paris?")
    app.ask("In Paris?")

@pytest.fixture
def embeds(runmock):
    runmock.router.post(EMBEDDINGS).respond(json={})

def test_no_script(runmock, embeds):
    asks()

def test_only_when(runmock, embeds):
    runmock.when(last_message="In Paris?")
    asks()

def test_used_up(runmock, embeds):
    runmock.reply("One")
    app.ask()
    asks()

def test_no_match(runmock, embeds):
    runmock.when(last_message="in paris").reply("One")
    asks()

def test_another_api(runmock):
    runmock.reply("One")
    asks()

def test_near_route(runmock):
    runmock.router.get(EMBEDDINGS).respond(json={})
    asks()

@pytest.mark.runmock
def test_missing(runmock, embeds):
    asks()
"""
EMBEDS = (
    'runmock.router.post("https://api.openai.com/v1/embeddings").respond(json='
    "{'object': 'list', 'model': 'text-embedding-3-small', 'data': [{'object': 'embedding', 'index': 0, "
    "'embedding': [0.0]}], 'usage': {'prompt_tokens': 1, 'total_tokens': 1}})"
)
RECORDS = "to record it: pytest --runmock-record=new_episodes --runmock-upstream=URL test_app.py::test"
MESSAGES = {
    "no_script": f"""
        {NOTHING}
          sent      POST /threads/ID/runs  (create_run)
          cassette  none   mode none
          played    nothing
          to answer it: runmock.reply("Hello!")
          {RECORDS}_no_script
    """,
    "only_when": f"""
        when() needs a verb after it, such as reply(): nothing says what the run does
          sent      POST /threads/ID/runs  (create_run)
          cassette  none   mode none
          played    nothing
          to answer it: runmock.when(last_message='In Paris?').reply("Hello!")
          {RECORDS}_only_when
    """,
    "used_up": """
        nothing left on the cassette for this request
          sent      POST /threads/ID/runs  (create_run)
          cassette  inline   mode none
          nearest   none: every scripted run was used
          played    run 0
          to answer it: runmock.reply("Hello!")
    """,
    "no_match": """
        no scripted run matches this request
          sent      POST /threads/ID/runs  (create_run)
          cassette  inline   mode none
          nearest   run 0: last_message differs
                      cassette  in paris
                      sent      In Paris?
                      to match it: last_message='/in paris/i'  (a text without slashes has to be the same)
          played    nothing
          to answer it: runmock.when(last_message='In Paris?').reply("Hello!")
    """,
    "another_api": f"""
        embeddings is another API than Assistants and Responses, and nothing answers it
          sent      POST https://api.openai.com/v1/embeddings  (embeddings)
          cassette  inline   mode none
          played    nothing
          to answer it: {EMBEDS}
          to record it: pytest --runmock-record=new_episodes test_app.py::test_another_api
    """,
    "near_route": f"""
        no route of runmock.router answers this request
          sent      POST https://api.openai.com/v1/embeddings  (embeddings)
          cassette  none   mode none
          route     scheme https, host api.openai.com, path /v1/embeddings, method GET
                      method differs: the route has GET, sent is POST
          played    nothing
          to answer it: {EMBEDS}
          to record it: pytest --runmock-record=new_episodes test_app.py::test_near_route
    """,
    "missing": f"""
        the cassette of this test does not exist
          sent      POST /threads  (create_thread)
          cassette  cassettes/test_app/test_missing.runmock.yaml (does not exist)   mode none
          played    nothing
          to answer it: write cassettes/test_app/test_missing.runmock.yaml
        runmock: 1
        runs:
          - reply: Hello!
          {RECORDS}_missing
    """,
}
PASTED = re.compile(r"^E +to answer it: (runmock\..*)$", re.MULTILINE)


def asks(project, verbs="pass", mark=""):
    project.test(TEST.format(verbs=verbs, mark=mark))
    return project.run()


def plain(text):
    """What a cassette holds, as Python has it."""
    return read(text, "").value


def pasted(ran):
    (line,) = PASTED.findall(ran.text)
    return line


def test_the_same_call_has_a_message_of_its_own_in_each_of_seven_states(project):
    project.test(SEVEN)
    ran = project.run()
    ran.counts(failed=7)
    _, *blocks = re.split(r"^_+ test_(\w+) _+$", ran.text.partition("short test summary")[0], flags=re.MULTILINE)
    texts = {
        name: re.sub(r"thread_\w{24}", "ID", "\n".join(re.findall("^E       (.*)$", block, re.MULTILINE)))
        for name, block in zip(blocks[::2], blocks[1::2], strict=True)
    }
    assert texts == {
        name: f"runmock.UnmatchedRequest: {textwrap.dedent(text).strip()}" for name, text in MESSAGES.items()
    }
    assert len({text.splitlines()[0] for text in texts.values()}) == len(SEVEN.split("def test_")) - 1


@pytest.mark.parametrize("options", [("-q",), ("-v",), ("--tb=short",), ("--tb=native",), ("-n", "2")])
def test_a_miss_is_printed_once(project, options):
    project.test("""
        import unittest

        def test_function(runmock):
            app.ask()

        @pytest.mark.runmock
        class TestIt(unittest.TestCase):
            def test_method(self):
                app.ask()

        def test_swallows(runmock):
            try:
                app.ask()
            except BaseException:
                pass
    """)
    ran = (project.spread if "-n" in options else project.run)(*options)
    ran.counts(failed=2, passed=1, errors=1)
    assert ran.text.count(NOTHING) == 2
    assert ran.text.count("the cassette of this test does not exist") == 1
    assert ran.text.count("  played    nothing") == 3


@pytest.mark.parametrize("headline", CASES)
def test_the_verbs_in_the_message_mend_it(project, headline):
    verbs = CASES[headline].get("verbs", "pass")
    ran = asks(project, verbs)
    ran.counts(failed=1)
    assert ran.text.count(f"runmock.UnmatchedRequest: {headline}\n") == 1
    ran = asks(project, f"{verbs}; {pasted(ran)}")
    if "model='x'" in verbs:
        ran.counts(passed=1, errors=1)
        ran.shows("run 1: when model x")
    else:
        ran.counts(passed=1)


def test_the_cassette_in_the_message_mends_a_missing_cassette(project):
    ran = asks(project, mark="@pytest.mark.runmock")
    lines = [line[8:] for line in ran.text.splitlines() if line.startswith("E   ")]
    start = next(number for number, line in enumerate(lines) if "to answer it: write " in line)
    path = lines[start].partition("write ")[2]
    project.write(path, "\n".join(lines[start + 1 : start + 4]))
    asks(project, mark="@pytest.mark.runmock").counts(passed=1)


def entry(ran, name):
    """Where an entry is put, and its lines."""
    lines = [line[8:] for line in ran.text.splitlines() if line.startswith("E   ")]
    start = next(number for number, line in enumerate(lines) if f" into {name}, " in line)
    others = (number for number, line in enumerate(lines) if number > start and line.startswith("  to "))
    return lines[start].partition(f" into {name}, ")[2], lines[start + 1 : next(others, len(lines))]


def with_entry(ran, name, cassette):
    """The text of a cassette with the entry in the message of a miss."""
    where, added = entry(ran, name)
    text = cassette.split("\n")
    if found := re.fullmatch(r"as line (\d+)", where):
        text[int(found[1]) - 1 : int(found[1]) - 1] = added
    else:
        found = re.fullmatch(r"line (\d+), behind column (\d+)", where)
        number, column = int(found[1]) - 1, int(found[2])
        text[number] = f"{text[number][:column]}{added[0]}{text[number][column:]}"
    return "\n".join(text)


CASSETTES = [
    "runmock: 1\nruns:\n  - match: {last_message: /Rome/}\n    reply: One\n",
    "runmock: 1\nruns:\n- reply: One\n  match: {model: x}\n\nassistants: []\n",
    "runmock: 1\nruns:\n    - match: {last_message: in paris?}\n      reply: |\n        One",
    "runmock: 1\nruns:\n- {reply: One}\n",
    "runmock: 1\nruns: [{reply: One}]",
    "runmock: 1\nruns: [\n  {match: {model: x}, reply: One},  # one]\n]\nids: lenient\n",
    '{"runmock": 1, "runs": [{"reply": "One"}]}',
    "runmock: 1\nruns: []",
    "runmock: 1\nruns:\n",
    "runmock: 1\nassistants:\n  - id: asst_1\n",
]


def verbs_for(cassette):
    """What uses the cassette up."""
    return "app.ask('In Paris?')" if "One" in cassette and "match" not in cassette else "pass"


@pytest.mark.parametrize("cassette", CASSETTES)
def test_the_entry_in_the_message_mends_a_cassette(project, cassette):
    project.write("cassettes/a.yaml", cassette)
    how = {"mark": "@pytest.mark.runmock('a', allow_unplayed=True)"}
    ran = asks(project, verbs_for(cassette), **how)
    ran.counts(failed=1)
    project.write("cassettes/a.yaml", with_entry(ran, "cassettes/a.yaml", cassette))
    asks(project, verbs_for(cassette), **how).counts(passed=1)


@pytest.mark.parametrize("cassette", CASSETTES)
def test_the_entry_in_the_message_mends_a_script_in_the_mark(project, cassette):
    mark = "@pytest.mark.runmock(allow_unplayed=True, script={!r})"
    ran = asks(project, verbs_for(cassette), mark.format(cassette))
    ran.counts(failed=1)
    mended = with_entry(ran, "the script of test_app.py::test_asks", cassette)
    asks(project, verbs_for(cassette), mark.format(mended)).counts(passed=1)


@pytest.mark.parametrize("cassette", CASSETTES)
def test_the_entry_in_the_message_is_added_to_a_mapping(project, cassette):
    mapping = plain(cassette)
    for name, mark, verbs in (
        ("script of test_app.py::test_asks", "@pytest.mark.runmock(allow_unplayed=True, script={!r})", "pass"),
        ("mapping of load()", "@pytest.mark.runmock(script={{}}, allow_unplayed=True)", "runmock.load({!r})"),
    ):
        ran = asks(project, f"{verbs.format(mapping)}; {verbs_for(cassette)}", mark.format(mapping))
        ran.counts(failed=1)
        line = re.search(rf"to answer it: add this to runs in the {re.escape(name)}\nE +(.*)\n", ran.text)[1]
        more = {**mapping, "runs": [*(mapping.get("runs") or []), ast.literal_eval(line)]}
        asks(project, f"{verbs.format(more)}; {verbs_for(cassette)}", mark.format(more)).counts(passed=1)


def test_the_entry_goes_behind_the_latest_script_so_that_earlier_requests_keep_theirs(project):
    project.replies("cassettes/a.yaml", "One")
    project.replies("cassettes/b.yaml", "Two")
    how = {"mark": "@pytest.mark.runmock('a', 'b')"}
    verbs = "assert [app.ask(), app.ask()] == ['One', 'Two']"
    ran = asks(project, verbs, **how)
    cassette = (project.path / "cassettes/b.yaml").read_text()
    project.write("cassettes/b.yaml", with_entry(ran, "cassettes/b.yaml", cassette))
    asks(project, verbs, **how).counts(passed=1)
    verbs = "runmock.reply('Three'); assert [app.ask() for _ in range(4)] == ['One', 'Two', 'Hello!', 'Three']"
    asks(project, f"{verbs}; {pasted(asks(project, verbs, **how))}", **how).counts(passed=1)


@pytest.mark.parametrize("started", ["tests", "docs"])
def test_the_cassettes_path_is_shown_from_where_pytest_was_started(project, monkeypatch, started):
    project.replies("tests/cassettes/a.yaml", "One")
    project.test(
        "@pytest.mark.runmock('a')\ndef test_asks(monkeypatch, tmp_path):\n"
        "    monkeypatch.chdir(tmp_path)\n    app.ask()\n    app.ask()\n",
        "tests/test_app.py",
    )
    (project.path / "docs").mkdir()
    monkeypatch.chdir(project.path / started)
    ran = project.run(str(project.path / "tests"))
    ran.counts(failed=1)
    (name,) = re.findall(r"put this into (.*), as line 4$", ran.text, re.MULTILINE)
    cassette = Path(name)
    assert cassette.is_absolute() == (started == "docs")
    cassette.write_text(with_entry(ran, name, cassette.read_text()))
    project.run(str(project.path / "tests")).counts(passed=1)


def test_the_pattern_in_the_message_mends_a_literal(project):
    project.write("cassettes/a.yaml", "runmock: 1\nruns:\n  - match: {last_message: paris}\n    reply: One\n")
    ran = asks(project, mark="@pytest.mark.runmock('a')")
    condition = re.search(r"to match it: (.*?)  \(", ran.text)[1]
    project.write("cassettes/a.yaml", f"runmock: 1\nruns:\n  - match: {{{condition}}}\n    reply: One\n")
    asks(project, mark="@pytest.mark.runmock('a')").counts(passed=1)


SDK = """
import openai

def test_asks(runmock):
    {verbs}
    client = openai.OpenAI(api_key="sk-not-a-key", max_retries=0, base_url={url!r})
    {call}
"""
CALLS = {
    "chat.completions": "assert client.chat.completions.create(model='m', messages=[]).choices[0].message.content",
    "embeddings": "assert client.embeddings.create(model='m', input='a').data",
    "moderations": "assert client.moderations.create(input='a').results",
    "completions": "assert client.completions.create(model='m', prompt='a').choices[0].text",
    "images": "assert client.images.generate(prompt='a').data[0].url",
    "fine_tuning": "assert client.fine_tuning.jobs.list().data == []",
}
MORE_CALLS = [
    ("audio", "assert client.audio.transcriptions.create(model='m', file=('a.mp3', b'a')).text"),
    ("audio", "assert client.audio.speech.create(model='m', voice='alloy', input='a').read()"),
]
OF_STATE = [
    "assert client.models.list().data == []",
    "assert client.models.retrieve('gpt-4o').id == 'gpt-4o'",
    "assert client.files.list().data == []",
    "assert client.files.create(file=('a.txt', b'a'), purpose='assistants').id",
    "assert client.files.delete('file-1').deleted",
    "assert client.files.content('file-1').read()",
    "assert client.vector_stores.create(name='a').id",
]
"""Calls that a session answers from its state, unless it only has a recording."""
ONLY_RECORDED = "@pytest.mark.runmock(script='interactions: [{request: GET /batches, json: {}}]', allow_unplayed=True)"
STREAM = "assert [one.choices[0].delta.content for one in client.chat.completions.create(model='m', messages=[], stream=True)]"


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "http://litellm:4000/any/v1"])
@pytest.mark.parametrize(("name", "call"), [*CALLS.items(), *MORE_CALLS, ("chat.completions", STREAM)])
def test_the_route_in_the_message_answers_another_api(project, url, name, call):
    project.test(SDK.format(verbs="pass", url=url, call=call))
    ran = project.run()
    ran.counts(failed=1)
    ran.shows(f"runmock.UnmatchedRequest: {name} is another API than Assistants and Responses, and nothing answers it")
    project.test(SDK.format(verbs=pasted(ran), url=url, call=call))
    project.run().counts(passed=1)


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "http://litellm:4000/any/v1"])
@pytest.mark.parametrize("call", OF_STATE)
def test_the_route_in_the_message_answers_what_a_recording_lacks(project, url, call):
    def test(verbs):
        text = SDK.format(verbs=verbs, url=url, call=call)
        return text.replace("import openai\n", f"import openai, pytest\n\n{ONLY_RECORDED}", 1).replace(
            "\n\ndef", "\ndef"
        )

    project.test(test("pass"))
    ran = project.run()
    ran.counts(failed=1)
    ran.shows("runmock.UnmatchedRequest: nothing left on the cassette for this request")
    project.test(test(pasted(ran)))
    project.run().counts(passed=1)


def test_a_route_that_nearly_matches_is_shown(project):
    route = "runmock.router.post('https://api.openai.com/v1/embedding').respond(json={})"
    project.test(SDK.format(verbs=route, url="https://api.openai.com/v1", call=CALLS["embeddings"]))
    ran = project.run()
    ran.counts(failed=1)
    ran.shows("""
        E       runmock.UnmatchedRequest: no route of runmock.router answers this request
        E         sent      POST https://api.openai.com/v1/embeddings  (embeddings)
        E         cassette  none   mode none
        E         route     scheme https, host api.openai.com, path /v1/embedding, method POST
        E                     path differs: the route has /v1/embedding, sent is /v1/embeddings
        E         played    nothing
    """)
    project.test(SDK.format(verbs=f"{route}; {pasted(ran)}", url="https://api.openai.com/v1", call=CALLS["embeddings"]))
    project.run().counts(passed=1)


def test_a_route_that_lets_through_what_may_not_go_out_is_shown(project):
    route = "runmock.router.get('https://api.openai.com/v1/fine_tuning/jobs').pass_through()"
    project.test(SDK.format(verbs=route, url="https://api.openai.com/v1", call=CALLS["fine_tuning"]))
    ran = project.run()
    ran.counts(failed=1)
    ran.shows("""
        E         route     scheme https, host api.openai.com, path /v1/fine_tuning/jobs, method GET
        E                     it matches, but it lets the request through: allow_hosts= decides which requests may leave
        E         played    nothing
    """)


def test_a_routes_condition_on_headers_is_not_shown(project):
    route = "runmock.router.get('https://api.openai.com/v1/fine_tuning/jobs', headers={'x-key': 'secret-1'}).respond(json={})"
    project.test(SDK.format(verbs=route, url="https://api.openai.com/v1", call=CALLS["fine_tuning"]))
    ran = project.run()
    ran.shows("headers differ\n")
    assert "secret-1" not in "".join(line for line in ran.text.splitlines() if line.startswith("E"))


GATEWAY = """
import httpx2

@pytest.mark.runmock({named})
def test_asks(runmock):
    {verbs}
    client = httpx2.Client(base_url={url!r}, headers={{"OpenAI-Beta": "assistants=v2"}})
    client.post("/threads/runs", json={{"assistant_id": "asst_1"}})
"""


@pytest.mark.parametrize(
    ("url", "command"),
    [
        ("https://api.openai.com/v1", "--runmock-record=new_episodes --runmock-upstream=URL test_app.py::test_asks"),
        (
            "https://a.openai.azure.com/openai",
            "--runmock-record=new_episodes --runmock-upstream=URL test_app.py::test_asks",
        ),
        ("http://litellm:4000/v1", "--runmock-record=new_episodes test_app.py::test_asks"),
    ],
)
def test_an_upstream_is_requested_where_the_host_was_switched_off(project, url, command):
    project.test(GATEWAY.format(named="", verbs="pass", url=url))
    project.run().shows(f"to record it: pytest {command}\n")


def test_an_upstream_that_is_there_already_is_not_requested(project):
    named = "upstream='http://litellm:4000/v1'"
    project.test(GATEWAY.format(named=named, verbs="pass", url="https://api.openai.com/v1"))
    project.run().shows("to record it: pytest --runmock-record=new_episodes test_app.py::test_asks\n")


def test_recording_is_not_advised_where_a_script_answers(project):
    project.test(GATEWAY.format(named="", verbs="runmock.when(model='x').reply('')", url="http://litellm:4000/v1"))
    ran = project.run()
    ran.shows("no scripted run matches this request")
    assert "to record it" not in ran.text
