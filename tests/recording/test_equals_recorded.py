"""Conversations that begin alike, with a server of one's own whose ids are short and start over: they look like aliases."""

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
        said = self.threads[thread]
        if request.method == "POST":
            said.append(body["content"])
            return httpx2.Response(200, json=self.message(thread, len(said)))
        return httpx2.Response(200, json={"data": [self.message(thread, number + 1) for number in range(len(said))]})

    def message(self, thread, number):
        text = self.threads[thread][number - 1]
        return {"id": f"msg_{thread[7:]}_{number}", "object": "thread.message", "thread_id": thread, "content": text}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.runmock.yaml"


@pytest.fixture
def talks(path):
    """Hold conversations in a mode, one after the other or in turns; what the application heard."""

    def held(mode, *conversations, first=1, in_turns=False):
        transport = httpx2.MockTransport(Short(first))
        headers = {"OpenAI-Beta": "assistants=v2"}
        with (
            httpx2.Client(transport=transport, base_url="http://host/v1", headers=headers) as client,
            runmock.use_cassette(path, record_mode=mode),
        ):
            steps = [steps_of(client, words) for words in conversations]
            turns = itertools.chain(*itertools.zip_longest(*steps)) if in_turns else itertools.chain(*steps)
            heard = [step for step in turns if isinstance(step, list)]
        assert sorted(heard) == sorted(conversations)

    return held


def steps_of(client, words):
    """A conversation step by step; last what was heard."""
    thread = client.post("/threads", json={}).json()["id"]
    yield None
    for word in words:
        said = client.post(f"/threads/{thread}/messages", json={"role": "user", "content": word}).json()
        assert (said["content"], said["thread_id"]) == (word, thread)
        yield None
    yield [message["content"] for message in client.get(f"/threads/{thread}/messages").json()["data"]]


@pytest.mark.parametrize("in_turns", [False, True], ids=["in a row", "in turns"])
@pytest.mark.parametrize("first", [1, 2, 7])
@pytest.mark.parametrize(
    "order", list(itertools.permutations([A, B, C])), ids=lambda order: "".join(one[0][0] for one in order)
)
def test_any_order_plays_verifies_and_records_the_same(path, talks, order, first, in_turns):
    talks("once", A, B, C)
    before = path.read_bytes()
    for mode in ("none", "verify", "all", "rewrite"):
        talks(mode, *order, first=first, in_turns=in_turns)
        assert path.read_bytes() == before


def test_all_puts_new_ones_in_the_place_of_those_that_were_used(path, talks):
    talks("once", A, B, C)
    talks("all", C, first=4)
    talks("none", C, B, A)
    talks("rewrite", A, C, in_turns=True)
    talks("none", C, A)
    with pytest.raises(runmock.UnmatchedRequest):
        talks("none", B)


def test_a_difference_of_a_twin_is_told_of_the_right_one(path, talks):
    talks("once", A, B)
    path.write_text(path.read_text().replace("json: {id: msg_3", "json: {note: other, id: msg_3"))
    with pytest.raises(runmock.CassetteError) as told:
        talks("verify", B, A)
    assert str(told.value).count("interaction ") == 2  # where it was said, and where it was listed
    assert "POST /threads/thread_2/messages  json.note\n      cassette  other\n      upstream  (nothing)" in str(
        told.value
    )
