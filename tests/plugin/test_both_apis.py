"""Sessions that are asked by both APIs: misses and leftovers say which one took which run."""

import openai
import pytest

from runmock import UnmatchedRequest, use_cassette

ASKS = """
import openai
import pytest
from runmock import runmock_session, use_cassette

client = openai.OpenAI(api_key="sk-...")

def assistants():
    return client.beta.threads.create_and_run_poll(assistant_id="asst_1")

def responses(text="Hi"):
    return client.responses.create(model="gpt-4o", input=text).output_text

"""
TWO_TAKEN = """
  Assistants took run 0
  Responses took run 1
  to keep a run for one API: match: {api: assistants} or match: {api: responses}; of a verb: when(api="assistants")
"""


@pytest.fixture
def asks(project):
    """Run tests that ask both APIs; returns what pytest shows."""

    def run(text, *arguments):
        project.write("test_app.py", ASKS + text)
        return project.run(*arguments)

    return run


def test_a_miss_says_which_api_took_which_run(asks):
    ran = asks("""
def test_three(runmock):
    runmock.reply("One")
    runmock.reply("Two")
    assistants()
    responses()
    responses("Again?")
""")
    assert (
        ran.error_text().partition("\n")[0] == "runmock.UnmatchedRequest: nothing left on the cassette for this request"
    )
    ran.shows("""
        E         sent      POST /responses  (create_response)
        E         api       Responses
        E         cassette  inline   mode none
        E         nearest   none: every scripted run was used
        E         played    run 0 by Assistants, run 1 by Responses
        E         to answer it: runmock.reply("Hello!")
        E         to keep a run for one API: match: {api: responses}; of a verb: when(api="responses")
    """)


def test_a_miss_of_assistants_names_the_api_where_responses_took_the_run(asks):
    ran = asks("""
def test_two(runmock):
    runmock.reply("One")
    responses()
    assistants()
""")
    ran.shows("""
        E         sent      POST /threads/runs  (create_thread_and_run)
        E         api       Assistants
        E         cassette  inline   mode none
        E         nearest   none: every scripted run was used
        E         played    run 0 by Responses
        E         to answer it: runmock.reply("Hello!")
        E         to keep a run for one API: match: {api: assistants}; of a verb: when(api="assistants")
    """)


def test_of_one_api_a_miss_has_no_such_advice(asks):
    ran = asks("""
def test_two(runmock):
    runmock.reply("One")
    responses()
    responses("Again?")
""")
    ran.shows("""
        E         sent      POST /responses  (create_response)
        E         api       Responses
        E         cassette  inline   mode none
        E         nearest   none: every scripted run was used
        E         played    run 0
        E         to answer it: runmock.reply("Hello!")
    """)
    assert "one API" not in ran.text


def test_the_run_that_waits_for_the_other_api_is_the_nearest(asks):
    ran = asks("""
def test_other(runmock):
    runmock.when(api="assistants").reply("One")
    responses()
""")
    ran.shows("""
        E       runmock.UnmatchedRequest: no scripted run matches this request
        E         sent      POST /responses  (create_response)
        E         api       Responses
        E         cassette  inline   mode none
        E         nearest   run 0: api differs
        E                     cassette  assistants
        E                     sent      responses
        E         played    nothing
        E         to answer it: runmock.when(last_message='Hi').reply("Hello!")
    """)


def test_a_leftover_says_which_api_took_which_run(asks):
    ran = asks("""
def test_left(runmock):
    runmock.reply("One")
    runmock.reply("Two")
    runmock.when(api="responses", last_message="/never/").reply("Three")
    assistants()
    responses()
""")
    ran.shows(f"""
runmock: not everything on the cassette was played
  inline
    run 2: when api responses and last_message /never/; reply "Three"{TWO_TAKEN.rstrip()}
  to allow it: @pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=warn
""")


def test_a_warning_an_assertion_a_block_and_a_fixture_say_it_too(asks, project):
    project.replies("cassettes/three.yaml", "One", "Two", "Three")
    ran = asks(
        """
shared = runmock_session("three")

def both():
    assistants()
    responses()

def test_warned(runmock):
    runmock.load("cassettes/three.yaml")
    both()

@pytest.mark.runmock(allow_unplayed=True)
def test_asserted(runmock):
    runmock.load("cassettes/three.yaml")
    both()
    with pytest.raises(AssertionError) as caught:
        runmock.assert_all_played()
    assert "Responses took run 1" in str(caught.value)

def test_block():
    with pytest.raises(AssertionError) as caught, use_cassette("cassettes/three.yaml", allow_unplayed=False):
        both()
    assert "Responses took run 1" in str(caught.value)

def test_shared(shared):
    both()
""",
        "--runmock-unused=warn",
    )
    ran.counts(passed=4)
    assert ran.text.count("    Responses took run 1\n") == 3


def test_of_one_api_a_leftover_says_nothing_of_apis(asks):
    ran = asks("""
def test_left(runmock):
    runmock.reply("One")
    runmock.reply("Two")
    responses()
""")
    ran.shows("""
runmock: not everything on the cassette was played
  inline
    run 1: reply "Two"
  to allow it: @pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=warn
""")


def test_a_miss_shows_where_a_long_input_differs():
    """A recorded history of 200 items."""
    client = openai.OpenAI(api_key="sk-...", max_retries=0)
    history = [{"role": "user", "content": f"text {number}"} for number in range(200)]
    recorded = {"request": "POST /responses", "body": {"model": "m", "input": history}, "json": {"object": "response"}}
    sent = [*history[:120], {"role": "user", "content": "Something else"}, *history[121:]]
    with use_cassette(script={"interactions": [recorded]}), pytest.raises(UnmatchedRequest) as caught:
        client.responses.create(model="m", input=sent)
    assert str(caught.value).splitlines()[4:8] == [
        "  nearest   interaction 0: operation and model agree; input differs",
        "              input[120].content: cassette  text 120",
        "              input[120].content: sent      Something else",
        "  played    nothing",
    ]
