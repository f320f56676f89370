"""Conversations that begin alike, with a server of our own whose ids are short and start over: they look like aliases."""

import itertools
import json

import httpx2
import pytest

import runmock

A, B, C = ["a1", "a2"], ["b1"], ["c1", "c2", "c3"]


class Short:
    """It keeps threads and messages, under ids such as `thread_1`."""

    def __init__(self, first=1):
        self.numbers, self.threads = itertools.count(first), {}

    def __call__(self, request):
        path, body = request.url.path.removeprefix("/v1"), json.loads(request.content or b"{}")
        if path == "/threads":
            thread = f"thread_{next(self.numbers)}"
            self.threads[thread] = []
            return httpx2.Response(200, json={"id": thread, "object": "thread"})
        thread = path.split("/")[2]
        messages = self.threads[thread]
        if request.method == "POST":
            messages.append(body["content"])
            return httpx2.Response(200, json=self.message(thread, len(messages)))
        return httpx2.Response(
            200, json={"data": [self.message(thread, number + 1) for number in range(len(messages))]}
        )

    def message(self, thread, number):
        text = self.threads[thread][number - 1]
        return {"id": f"msg_{thread[7:]}_{number}", "object": "thread.message", "thread_id": thread, "content": text}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.runmock.yaml"


@pytest.fixture
def talks(path):
    """Hold conversations in a mode, one after the other or in turns; what the application got."""

    def held(mode, *conversations, first=1, in_turns=False):
        transport = httpx2.MockTransport(Short(first))
        headers = {"OpenAI-Beta": "assistants=v2"}
        with (
            httpx2.Client(transport=transport, base_url="http://host/v1", headers=headers) as client,
            runmock.use_cassette(path, record_mode=mode),
        ):
            steps = [steps_of(client, words) for words in conversations]
            turns = itertools.chain(*itertools.zip_longest(*steps)) if in_turns else itertools.chain(*steps)
            texts = [step for step in turns if isinstance(step, list)]
        assert sorted(texts) == sorted(conversations)

    return held


def steps_of(client, words):
    """A conversation step by step; last what was received."""
    thread = client.post("/threads", json={}).json()["id"]
    yield None
    for word in words:
        added = client.post(f"/threads/{thread}/messages", json={"role": "user", "content": word}).json()
        assert (added["content"], added["thread_id"]) == (word, thread)
        yield None
    yield [message["content"] for message in client.get(f"/threads/{thread}/messages").json()["data"]]


@pytest.mark.parametrize("in_turns", [False, True], ids=["in a row", "in turns"])
@pytest.mark.parametrize("first", [1, 2, 7])
@pytest.mark.parametrize(
    "order", list(itertools.permutations([A, B, C])), ids=lambda order: "".join(talk[0][0] for talk in order)
)
def test_any_order_plays_verifies_and_records_the_same(path, talks, order, first, in_turns):
    talks("once", A, B, C)
    before = path.read_bytes()
    for mode in ("none", "verify", "all", "rewrite"):
        talks(mode, *order, first=first, in_turns=in_turns)
        assert path.read_bytes() == before


def test_all_replaces_those_that_were_used_by_the_new(path, talks):
    talks("once", A, B, C)
    talks("all", C, first=4)
    talks("none", C, B, A)
    talks("rewrite", A, C, in_turns=True)
    talks("none", C, A)
    with pytest.raises(runmock.UnmatchedRequest):
        talks("none", B)


SHARING = {
    "nothing in common but the creation": [A, B, C],
    "the same first message": [["hi", "a"], ["hi", "b"]],
    "the second goes on from the first": [["hi"], ["hi", "b"]],
    "the second is the beginning of the first": [["hi", "a"], ["hi"]],
    "one that only creates a thread": [A, [], B],
}


@pytest.mark.parametrize("again", [(), ("all",), ("none", "verify", "all", "rewrite")], ids=["once", "twice", "often"])
@pytest.mark.parametrize("tests", SHARING.values(), ids=SHARING)
def test_all_keeps_the_conversations_of_other_tests_that_begin_alike(path, talks, tests, again):
    for number, conversation in enumerate(tests, 1):
        talks("all", conversation, first=number)
    for conversation in (*tests, *reversed(tests)):
        talks("none", conversation)
    before = path.read_bytes()
    for mode in again:
        if mode == "rewrite":
            continue  # it drops what others use
        for conversation in reversed(tests):
            talks(mode, conversation, first=5)
            assert path.read_bytes() == before


def test_all_keeps_a_shorter_conversation_that_was_answered_otherwise(path):
    def talk(mode, words, answer):
        """What is received after each word."""
        transport = httpx2.MockTransport(
            lambda request: httpx2.Response(
                200,
                json={"id": "thread_A1", "object": "thread"}
                if request.url.path == "/v1/threads"
                else {"added": answer},
            )
        )
        with (
            httpx2.Client(
                transport=transport, base_url="http://host/v1", headers={"OpenAI-Beta": "assistants=v2"}
            ) as client,
            runmock.use_cassette(path, record_mode=mode),
        ):
            thread = client.post("/threads", json={}).json()["id"]
            return [
                client.post(f"/threads/{thread}/messages", json={"content": word}).json()["added"] for word in words
            ]

    talk("all", ["hi"], "short")
    talk("all", ["hi", "more"], "long")
    texts = path.read_text()
    assert (texts.count("added: short"), texts.count("added: long")) == (1, 2)
    assert talk("none", ["hi", "more"], "")[-1] == "long"


def test_all_removes_nothing_that_another_test_looked_at(path, talks):
    talks("all", A)
    before = path.read_text().count("- request: GET")
    headers = {"OpenAI-Beta": "assistants=v2"}
    transport = httpx2.MockTransport(Short(4))
    with (
        httpx2.Client(transport=transport, base_url="http://host/v1", headers=headers) as client,
        runmock.use_cassette(path, record_mode="all"),
    ):
        thread = client.post("/threads", json={}).json()["id"]
        for word in A:
            client.post(f"/threads/{thread}/messages", json={"role": "user", "content": word})
    talks("none", A)
    assert path.read_text().count("- request: GET") == before


def test_a_new_conversation_that_fails_where_one_alike_did_not_is_worse(path, talks):
    talks("all", A)
    before = path.read_bytes()

    def refuses(request):
        return httpx2.Response(500, json={"error": {"message": "no"}})

    headers = {"OpenAI-Beta": "assistants=v2"}
    with (
        pytest.raises(runmock.CassetteError, match="in this recording POST /threads was answered with 500"),
        httpx2.Client(transport=httpx2.MockTransport(refuses), base_url="http://host/v1", headers=headers) as client,
        runmock.use_cassette(path, record_mode="all"),
    ):
        client.post("/threads", json={})
    assert path.read_bytes() == before


def test_a_failure_of_a_request_that_no_other_sent_is_kept(path, talks):
    talks("all", A)
    short = Short(4)

    def answers(request):
        return httpx2.Response(404, json={"error": {"message": "no"}}) if "runs" in request.url.path else short(request)

    headers = {"OpenAI-Beta": "assistants=v2"}
    for mode in ("all", "none"):
        with (
            httpx2.Client(
                transport=httpx2.MockTransport(answers), base_url="http://host/v1", headers=headers
            ) as client,
            runmock.use_cassette(path, record_mode=mode),
        ):
            thread = client.post("/threads", json={}).json()["id"]
            assert client.get(f"/threads/{thread}/runs/run_none").status_code == 404
    talks("none", A)


def test_a_difference_of_a_lookalike_is_reported_for_the_right_conversation(path, talks):
    talks("once", A, B)
    path.write_text(path.read_text().replace("json: {id: msg_3", "json: {note: other, id: msg_3"))
    with pytest.raises(runmock.CassetteError) as raised:
        talks("verify", B, A)
    assert str(raised.value).count("interaction ") == 2  # where it was added, and where it was listed
    assert "POST /threads/thread_2/messages  json.note\n      cassette  other\n      upstream  (nothing)" in str(
        raised.value
    )
