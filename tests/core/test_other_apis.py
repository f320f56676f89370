"""Other APIs of the provider: their names, and the smallest answer."""

import pytest

from runmock.core.other_apis import name_of, smallest_answer


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
    assert smallest_answer("POST", "/v1/chat/completions", {"stream": True}).startswith(
        'content_type="text/event-stream", text='
    )
