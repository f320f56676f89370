"""One cassette, read once for a whole run of pytest: what a test does to its objects never reaches the next test."""

CASSETTE = """
runmock: 1
ids: strict
assistants:
  - {id: asst_a, name: Ann, tools: [get_weather, code_interpreter, file_search], metadata: {k: v}}
threads:
  - {id: thread_a, metadata: {m: n}, messages: [{role: user, content: hi}]}
runs:
  - file_search: {results: [{file_id: file-a, text: hello}]}
    reply: {text: "See [1].", annotations: [{type: file_citation, text: "[1]", file_citation: {file_id: file-a}}]}
    metadata: {x: y}
  - events:
      - thread.run.created: {id: run_v, object: thread.run, thread_id: thread_a, status: queued, metadata: {}}
      - thread.message.completed: {id: msg_v, object: thread.message, role: assistant, content: [], metadata: {}}
      - thread.run.completed: {id: run_v, object: thread.run, thread_id: thread_a, status: completed, metadata: {}}
      - done
  - json: {id: run_c, object: thread.run, status: completed, metadata: {}}
"""
TEST = """
import httpx2
import pytest

THREAD, CREATE, CHANGE = "/threads/thread_a", {"assistant_id": "asst_a"}, {"metadata": {"changed": "yes"}}
REQUESTS = [
    ("POST", "/assistants/asst_a", CHANGE | {"name": "Bob", "tools": [{"type": "file_search"}]}),
    ("POST", THREAD, CHANGE),
    ("POST", f"{THREAD}/runs", CREATE | {"stream": True}),
    ("GET", f"{THREAD}/messages", None),
    ("GET", f"{THREAD}/runs", None),
    ("POST", f"{THREAD}/runs", CREATE | {"stream": True}),
    ("POST", f"{THREAD}/runs/run_v", CHANGE),
    ("POST", f"{THREAD}/messages/msg_v", CHANGE),
    ("POST", f"{THREAD}/runs", CREATE),
    ("POST", f"{THREAD}/runs/run_c", CHANGE),
    ("DELETE", "/assistants/asst_a", None),
    ("GET", "/assistants/asst_a", None),
]
texts = []


@pytest.mark.parametrize("time", range(3))
@pytest.mark.runmock("all")
def test_again(time):
    client = httpx2.Client(base_url="https://api.openai.com/v1", headers={"OpenAI-Beta": "assistants=v2"})
    answers = [client.request(method, path, json=body) for method, path, body in REQUESTS]
    assert [answer.status_code for answer in answers] == [200] * 11 + [404]
    texts.append([answer.text for answer in answers])
    assert texts[0] == texts[-1]
"""


def test_every_test_begins_with_the_cassette_as_it_was_written(project):
    project.write("test_app.py", TEST)
    project.write("cassettes/all.yaml", CASSETTE)
    project.run().counts(passed=3)
