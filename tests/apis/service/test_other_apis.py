"""Other APIs of the provider: their names, and the smallest answer."""

import ast

import pytest

from runmock.apis.service.other_apis import name_of, smallest, smallest_answer


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/chat/completions", "chat.completions"),
        ("/openai/deployments/gpt/chat/completions", "chat.completions"),
        ("/openai/deployments/gpt/embeddings", "embeddings"),
        ("/v1/embeddings", "embeddings"),
        ("/v1/responses/resp_1", "responses"),
        ("/v1/vector_stores/vs_1/files", "vector_stores"),
        ("/v1/filesystem", None),
        ("/weather", None),
    ],
)
def test_an_api_is_known_by_its_path(path, name):
    assert name_of(path) == name


def test_an_answer_is_what_an_sdk_reads():
    assert smallest_answer("GET", "/v1/models", None) == "json={'object': 'list', 'data': []}"
    assert smallest_answer("POST", "/v1/unknown", {}) == "json={}"
    assert smallest_answer("GET", "/v1/models/gpt-4o", None).startswith("json={'id': 'gpt-4o', 'object': 'model'")
    assert smallest_answer("DELETE", "/v1/files/file-1", None) == "json={'id': 'file-1', 'deleted': True}"
    assert smallest_answer("GET", "/v1/files/file-1/content", None) == 'content=b"Hello!"'


def test_an_answer_of_responses_that_no_script_has_is_known():
    assert smallest("POST", "/v1/responses/input_tokens") == {"object": "response.input_tokens", "input_tokens": 12}
    assert smallest("POST", "/openai/responses/compact")["object"] == "response.compaction"
    assert smallest("POST", "/v1/unknown") == {}


@pytest.mark.parametrize(("texts", "count"), [("a", 1), (["a", "b"], 2), ([[1], [2], [3]], 3), (["a"] * 99, 10)])
def test_there_is_an_embedding_for_each_text(texts, count):
    answer = smallest_answer("POST", "/v1/embeddings", {"input": texts})
    vectors = ast.literal_eval(answer.removeprefix("json="))["data"]
    assert [vector["index"] for vector in vectors] == list(range(count))


@pytest.mark.parametrize("name", ["chat/completions", "responses"])
def test_a_stream_request_is_answered_by_a_stream(name):
    assert smallest_answer("POST", f"/v1/{name}", {"stream": True}).startswith(
        'content_type="text/event-stream", text='
    )
    assert smallest_answer("POST", f"/v1/{name}", {"stream": False}).startswith("json={")
