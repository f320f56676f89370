"""A condition that a request of the other API cannot meet is left out of account, and the lines at the end say so."""

TEST = """
import openai

def asks(**more):
    client = openai.OpenAI(api_key="sk-...")
    return client.responses.create(model="gpt-4o", input="Hi", **more).output_text

def test_it(runmock):
    runmock.when(assistant_id="asst_1").reply("Hello")
    assert asks({more}) == "Hello"
"""


def test_an_assistant_that_no_request_of_responses_names_is_left_out_of_account(project):
    project.write("test_app.py", TEST.replace("{more}", ""))
    ran = project.run()
    ran.counts(passed=1)
    ran.shows("""
        runmock: 1 test played 1 run in 1 request, from 0 cassettes
        runmock: warning: inline run 0: assistant_id: asst_1 in its match was left out of account, because the request of the Responses API names no prompt and no agent
    """)


def test_nothing_is_said_where_the_request_names_its_prompt(project):
    project.write("test_app.py", TEST.replace("{more}", 'prompt={"id": "asst_1"}'))
    ran = project.run()
    ran.counts(passed=1)
    assert "runmock: warning" not in ran.text
