"""Misses told apart: one headline for each case, and what each message says to paste mends the case."""

import re

import pytest

NOTHING = "nothing says what the assistant does: there is no script, no recording and no verb"
TEST = """
{mark}
def test_asks(runmock):
    {verbs}
    app.ask("In Paris?")
"""
CASES = {
    NOTHING: {},
    "when() is followed by no verb that says what the run does": {"verbs": "runmock.when(last_message='In Paris?')"},
    "nothing left on the cassette for this request": {"verbs": "runmock.reply('One'); app.ask('In Paris?')"},
    "no scripted run matches this request": {
        "verbs": "runmock.when(last_message='/Rome/').reply('One'); app.ask('To Rome'); runmock.when(model='x').reply('')"
    },
    "the cassette of this test does not exist": {"mark": "@pytest.mark.runmock"},
}
PASTED = re.compile(r"^E +to answer it: (runmock\..*)$", re.MULTILINE)


def asks(project, verbs="pass", mark=""):
    project.test(TEST.format(verbs=verbs, mark=mark))
    return project.run()


def pasted(ran):
    (line,) = PASTED.findall(ran.text)
    return line


@pytest.mark.parametrize("headline", CASES)
def test_the_same_request_has_a_headline_for_each_case(project, headline):
    ran = asks(project, **CASES[headline])
    ran.counts(failed=1)
    assert ran.text.count(f"runmock.UnmatchedRequest: {headline}\n") == 1
    assert [line for line in CASES if f": {line}\n" in ran.text] == [headline]


@pytest.mark.parametrize("headline", [one for one in CASES if "mark" not in CASES[one]])
def test_the_verbs_that_are_told_mend_it(project, headline):
    verbs = CASES[headline].get("verbs", "pass")
    line = pasted(asks(project, verbs))
    ran = asks(project, f"{verbs}; {line}")
    if "model='x'" in verbs:
        ran.counts(passed=1, errors=1)
        ran.said("run 1: when model x")
    else:
        ran.counts(passed=1)


def test_the_cassette_that_is_told_mends_a_missing_one(project):
    ran = asks(project, mark="@pytest.mark.runmock")
    lines = [line[8:] for line in ran.text.splitlines() if line.startswith("E   ")]
    start = next(number for number, line in enumerate(lines) if "to answer it: write " in line)
    path = lines[start].partition("write ")[2]
    project.write(path, "\n".join(lines[start + 1 : start + 4]))
    asks(project, mark="@pytest.mark.runmock").counts(passed=1)


@pytest.mark.parametrize(
    "cassette",
    [
        "runmock: 1\nruns:\n  - match: {last_message: /Rome/}\n    reply: One\n",
        "runmock: 1\nruns:\n- reply: One\n  match: {model: x}\n\nassistants: []\n",
        "runmock: 1\nruns:\n    - match: {last_message: in paris?}\n      reply: |\n        One",
        "runmock: 1\nruns:\n- {reply: One}\n",
    ],
)
def test_the_entry_that_is_told_mends_a_cassette(project, cassette):
    project.write("cassettes/a.yaml", cassette)
    how = {"mark": "@pytest.mark.runmock('a', allow_unplayed=True)"}
    verbs = "pass" if "match" in cassette else "app.ask('In Paris?')"
    lines = [line[8:] for line in asks(project, verbs, **how).text.splitlines() if line.startswith("E   ")]
    start = next(number for number, line in enumerate(lines) if "put this into" in line)
    found = re.fullmatch(r"  to answer it: put this into cassettes/a.yaml, as line (\d+)", lines[start])
    text = cassette.splitlines()
    text[int(found[1]) - 1 : int(found[1]) - 1] = lines[start + 1 :]
    project.write("cassettes/a.yaml", "\n".join(text))
    asks(project, verbs, **how).counts(passed=1)


def test_the_pattern_that_is_told_mends_a_literal(project):
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
    "models": "assert client.models.list().data == []",
    "files": "assert client.files.list().data == []",
}
STREAM = "assert [one.choices[0].delta.content for one in client.chat.completions.create(model='m', messages=[], stream=True)]"


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "http://litellm:4000/any/v1"])
@pytest.mark.parametrize(("name", "call"), [*CALLS.items(), ("chat.completions", STREAM)])
def test_the_route_that_is_told_answers_another_api(project, url, name, call):
    project.test(SDK.format(verbs="pass", url=url, call=call))
    ran = project.run()
    ran.counts(failed=1)
    ran.said(f"runmock.UnmatchedRequest: {name} is another API than Assistants, and nothing answers it")
    project.test(SDK.format(verbs=pasted(ran), url=url, call=call))
    project.run().counts(passed=1)


def test_a_route_that_nearly_matches_is_told(project):
    route = "runmock.router.post('https://api.openai.com/v1/embedding').respond(json={})"
    project.test(SDK.format(verbs=route, url="https://api.openai.com/v1", call=CALLS["embeddings"]))
    ran = project.run()
    ran.counts(failed=1)
    ran.said("""
        E       runmock.UnmatchedRequest: no route of runmock.router matches this request
        E         sent      POST https://api.openai.com/v1/embeddings  (embeddings)
        E         cassette  none   mode none
        E         route     scheme https, host api.openai.com, path /v1/embedding, method POST
        E                     path differs: the route has /v1/embedding, sent is /v1/embeddings
        E         played    nothing
    """)
    project.test(SDK.format(verbs=f"{route}; {pasted(ran)}", url="https://api.openai.com/v1", call=CALLS["embeddings"]))
    project.run().counts(passed=1)


def test_what_a_route_asks_of_headers_is_not_shown(project):
    route = "runmock.router.get('https://api.openai.com/v1/models', headers={'x-key': 'secret-1'}).respond(json={})"
    project.test(SDK.format(verbs=route, url="https://api.openai.com/v1", call=CALLS["models"]))
    ran = project.run()
    ran.said("headers differs")
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
def test_an_upstream_is_asked_for_where_the_host_was_switched_off(project, url, command):
    project.test(GATEWAY.format(named="", verbs="pass", url=url))
    project.run().said(f"to record it: pytest {command}\n")


def test_an_upstream_that_is_there_already_is_not_asked_for(project):
    named = "upstream='http://litellm:4000/v1'"
    project.test(GATEWAY.format(named=named, verbs="pass", url="https://api.openai.com/v1"))
    project.run().said("to record it: pytest --runmock-record=new_episodes test_app.py::test_asks\n")


def test_recording_is_not_advised_where_a_script_answers(project):
    project.test(GATEWAY.format(named="", verbs="runmock.when(model='x').reply('')", url="http://litellm:4000/v1"))
    ran = project.run()
    ran.said("no scripted run matches this request")
    assert "to record it" not in ran.text
