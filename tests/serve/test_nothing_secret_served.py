"""No secret that an application sends or gets is in what the page of a server asks for: document, state, feed."""

import base64
import json
from urllib.parse import quote

import httpx
import pytest

from runmock.tape.secrets.secret_shapes import SHAPES

OWN_KEY = "sesame-of-this-server"
CLIENTS_KEY = "no-shape-at-all-but-a-key"
HEADERS = {"api-key": OWN_KEY, "OpenAI-Beta": "assistants=v2"}
ROUTES = ("document", "state", "cassettes")


def forms_of(secret):
    """The texts by which a secret would be found in an answer, whatever is done to it."""
    plain = {secret, json.dumps(secret)[1:-1], quote(secret, safe="")}
    return {*plain, *(base64.b64encode(f"({' ' * shift}{secret}".encode()).decode()[8:-4] for shift in range(3))}


def shown(served):
    """Everything that the control routes tell."""
    return "\n".join(httpx.get(f"{served.url}/_runmock/{name}", headers=HEADERS).text for name in ROUTES)


def plant(served, sample):
    """Send a text in every place in which an application may send it."""
    headers = {**HEADERS, "x-more": sample.replace("\n", " ")}
    with httpx.Client(base_url=served.base_url, headers=headers) as client:
        answer = client.request
        answer("POST", "/threads", json={"messages": [{"role": "user", "content": f"it is {sample}"}]})
        answer("POST", "/responses", json={"model": "gpt-4o", "input": f"Who is {sample}?", "instructions": sample})
        answer("POST", "/responses", json={"model": "gpt-4o", "input": sample, "metadata": {"password": sample[:500]}})
        answer("POST", "/embeddings", json={"model": sample, "input": [sample]})
        answer("POST", "/threads", json={"metadata": {sample[:60]: [sample]}})
        answer("GET", f"/files/{quote(sample, safe='')}", params={"q": sample})
        answer("POST", "/threads", content=f"a broken body with {sample}".encode())
        answer(
            "POST",
            "/files",
            files={"file": (f"{sample[:40]}.txt".replace("\n", " "), sample)},
            data={"purpose": "assistants"},
        )
        answer("POST", "/threads", json={"metadata": {"a": base64.b64encode(f"me:{sample}".encode()).decode()}})


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.kind for shape in SHAPES])
def test_no_shape_is_in_what_a_page_gets(serve_here, cassette, shape):
    script = {"runmock": 1, "runs": [{"match": {"last_message": "/^Who/"}, "reply": f"I am {shape.sample}"}]}
    path = cassette(f"runmock: 1\n{json.dumps(script)[15:-1].lstrip(', ')}\n".replace('"runs":', "runs:", 1))
    served = serve_here(path, "--api-key", OWN_KEY)
    plant(served, shape.sample)
    secret, text = shape.pattern.search(shape.sample)[1], shown(served)
    assert text.count('"redacted') > 3
    assert [form for form in forms_of(secret) if form in text] == []


def test_neither_is_the_servers_own_key_nor_that_of_a_client(serve_here, cassette):
    served = serve_here(cassette("runs: []"), "--api-key", OWN_KEY)
    headers = HEADERS | {"authorization": f"Bearer {CLIENTS_KEY}"}
    for text in (f"the key is {OWN_KEY}", f"and {CLIENTS_KEY}"):
        httpx.post(f"{served.base_url}/responses", headers=headers, json={"model": "m", "input": text})
        httpx.post(f"{served.base_url}/threads", headers=headers, json={"metadata": {"a": text}})
    assert "the key is redacted" in shown(served)
    assert not any(key in shown(served) for key in (OWN_KEY, CLIENTS_KEY))


def test_a_key_that_is_learned_later_is_taken_out_of_what_was_seen_before(serve_here):
    served = serve_here()
    httpx.post(f"{served.base_url}/responses", json={"model": "m", "input": f"it is {CLIENTS_KEY}"})
    assert CLIENTS_KEY in shown(served)
    httpx.get(f"{served.base_url}/models", headers={"authorization": f"Bearer {CLIENTS_KEY}"})
    assert CLIENTS_KEY not in shown(served)


def test_a_key_that_the_end_of_the_shown_body_cuts_is_hidden(serve_here):
    served = serve_here()
    key = f"sk-proj-{'Zx9qLm2Vt7Rw4Kp8' * 6}"
    for before in range(3_880, 4_000, 5):
        httpx.post(f"{served.base_url}/elsewhere", content=f"{'a ' * (before // 2)}{key}".encode())
    assert key[:12] not in shown(served)


def test_the_feed_hides_them_too(serve_here):
    served = serve_here("--api-key", OWN_KEY)
    told = ""
    with httpx.stream("GET", f"{served.url}/_runmock/feed", headers=HEADERS, timeout=20) as feed:
        lines = feed.iter_lines()
        next(lines)
        for shape in SHAPES:
            path = quote(shape.sample.replace("\n", " "), safe="")
            httpx.post(f"{served.base_url}/elsewhere/{path}", headers=HEADERS, content=shape.sample)
        httpx.post(f"{served.base_url}/the-end", headers=HEADERS)
        for line in lines:
            told += line
            if "/the-end" in line:
                break
    secrets = [shape.pattern.search(shape.sample)[1] for shape in SHAPES]
    assert told.count("redacted") > len(SHAPES)
    assert [secret for secret in secrets for form in forms_of(secret) if form in told] == []
