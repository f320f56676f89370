"""`before_record` runs over what is sent before it is compared, as it ran over what was written."""

import httpx2
import pytest
from upstream import ROOT, Upstream, recorded, weather

import runmock
from runmock.tape.reading.cassette import load_cassette

HEADERS = {"OpenAI-Beta": "assistants=v2"}


class Echo:
    """An upstream that gives back what it was sent; counts its requests."""

    def __init__(self):
        self.count = 0

    def __call__(self, request):
        self.count += 1
        return httpx2.Response(200, json={"id": f"thread_{'A' * 20}{self.count}", "object": "thread", "note": "fine"})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.runmock.yaml"


def client_in_session(path, upstream, hook, mode="none", **more):
    """A client within a session."""
    transport = httpx2.MockTransport(upstream)
    client = httpx2.Client(transport=transport, base_url=ROOT, headers=HEADERS)
    return client, runmock.use_cassette(path, record_mode=mode, before_record=hook, hosts=["gateway.example"], **more)


def send(path, hook, mode, how, *sent, upstream=None):
    """Send one request in a session of its own; the answer, and how many requests upstream has got."""
    upstream = upstream or Echo()
    client, session = client_in_session(path, upstream, hook, mode)
    with client, session:
        answer = how(client, *sent)
    return answer.json(), upstream.count


def metadata(interaction):
    if isinstance(interaction.body, dict):
        interaction.body["metadata"] = {}
    return interaction


def first_path_part(interaction):
    interaction.path = interaction.path.replace("/tenant-1/", "/tenant/").replace("/tenant-2/", "/tenant/")
    return interaction


def query_set(interaction):
    interaction.query["user"] = "someone"
    return interaction


def query_without_user(interaction):
    interaction.query.pop("user")
    return interaction


def query_emptied(interaction):
    interaction.query = {}
    return interaction


def new_body(interaction):
    interaction.body = {"user": "someone"}
    return interaction


def user(name):
    return {"metadata": {"user": name}}


CASES = {
    "a part of the body": (metadata, lambda c, n: c.post("/threads", json=user(n))),
    "the body": (new_body, lambda c, n: c.post("/threads", json=user(n))),
    "a part of the path": (first_path_part, lambda c, n: c.post(f"/x/tenant-{1 + (n == 'Bob')}/y", json={})),
    "a value of the query": (query_set, lambda c, n: c.post(f"/threads?user={n}", json={})),
    "a name of the query": (query_without_user, lambda c, n: c.post(f"/threads?user={n}", json={})),
    "the query": (query_emptied, lambda c, n: c.get(f"/assistants?user={n}&order=asc")),
}


@pytest.mark.parametrize(("hook", "how"), CASES.values(), ids=CASES)
def test_what_it_removes_may_differ_when_the_recording_is_played(path, hook, how):
    first, request_count = send(path, hook, "once", how, "Ada")
    assert (request_count, "Ada" in path.read_text()) == (1, False)
    for name in ("Ada", "Bob"):
        again, request_count = send(path, hook, "none", how, name)
        assert (again["note"], request_count) == (first["note"], 0)


def test_what_it_leaves_may_not_differ(path):
    send(path, metadata, "once", CASES["a part of the body"][1], "Ada")
    with pytest.raises(runmock.UnmatchedRequest):
        send(path, metadata, "none", lambda client: client.post("/threads", json={**user("Ada"), "other": 1}))


def test_new_episodes_plays_such_a_request_and_does_not_record_it_again(path):
    how = CASES["a part of the body"][1]
    send(path, metadata, "once", how, "Ada")
    before = path.read_bytes()
    assert send(path, metadata, "new_episodes", how, "Bob")[1] == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", ["verify", "all", "rewrite"])
def test_the_other_modes_find_it_too(path, mode):
    how = CASES["a part of the body"][1]
    send(path, metadata, "once", how, "Ada")
    before = path.read_bytes()
    assert send(path, metadata, mode, how, "Bob")[1] == 1
    assert path.read_bytes() == before


def test_verify_compares_what_would_be_written(path):
    def clean(interaction):
        if isinstance(interaction.json, dict) and "note" in interaction.json:
            interaction.json["note"] = "taken out"
        return interaction

    send(path, clean, "once", CASES["a part of the body"][1], "Ada")
    assert send(path, clean, "verify", CASES["a part of the body"][1], "Ada")[1] == 1


def test_it_gets_the_request_with_an_empty_answer_once(path):
    send(path, None, "once", CASES["a part of the body"][1], "Ada")
    interactions = []

    def look(interaction):
        interactions.append(
            (
                interaction.request,
                interaction.query,
                interaction.body,
                interaction.status,
                interaction.headers,
                interaction.json,
                interaction.stream,
                interaction.text,
            )
        )
        return interaction

    send(path, look, "none", CASES["a part of the body"][1], "Ada")
    assert interactions == [("POST /threads", {}, {"metadata": {"user": "Ada"}}, 200, {}, {}, None, None)]


def test_what_it_drops_is_compared_as_it_came(path):
    send(path, None, "once", CASES["a part of the body"][1], "Ada")
    assert send(path, lambda _: None, "none", CASES["a part of the body"][1], "Ada")[1] == 0
    with pytest.raises(runmock.UnmatchedRequest):
        send(path, lambda _: None, "none", CASES["a part of the body"][1], "Bob")


def test_what_it_changes_in_the_request_is_not_changed_for_the_application_or_a_script(path):
    path.write_text("runmock: 1\nruns: [{reply: $metadata.user}]\ninteractions: [{request: POST /x, json: {}}]\n")
    upstream = Upstream()
    with recorded(path, upstream, "none", before_record=metadata) as sdk:
        thread = sdk.beta.threads.create(metadata={"user": "Ada"})
        run = sdk.beta.threads.runs.create_and_poll(
            thread_id=thread.id, assistant_id="asst_1", metadata={"user": "Ada"}
        )
        assert run.metadata == {"user": "Ada"}
        assert sdk.beta.threads.messages.list(thread.id).data[0].content[0].text.value == "Ada"


def test_a_miss_shows_what_was_compared(path):
    send(path, metadata, "once", CASES["a part of the body"][1], "Ada")
    with pytest.raises(runmock.UnmatchedRequest) as raised:
        send(path, metadata, "none", lambda client: client.post("/threads", json={**user("Bob"), "other": 1}))
    assert "nearest   interaction 0, line 4: operation agrees; other differs" in str(raised.value)
    assert "Bob" not in str(raised.value)


def fails(interaction):
    return interaction.body["nothing"]["there"]


def test_an_exception_in_it_is_reported_with_its_file_and_line_and_never_as_a_miss(path):
    send(path, None, "once", CASES["a part of the body"][1], "Ada")
    with pytest.raises(runmock.ScriptError) as raised:
        send(path, fails, "none", CASES["a part of the body"][1], "Ada")
    line = fails.__code__.co_firstlineno + 1
    assert str(raised.value) == (
        f"before_record raised KeyError: 'nothing'\n  at        {__file__}:{line}, in fails\n"
        "  sent      POST /threads  (create_thread)"
    )


def test_a_result_that_is_neither_is_reported(path):
    send(path, None, "once", CASES["a part of the body"][1], "Ada")
    with pytest.raises(runmock.ScriptError) as raised:
        send(path, lambda _: True, "none", CASES["a part of the body"][1], "Ada")
    assert str(raised.value) == (
        "before_record returns the interaction, or None to drop it, not True\n  sent      POST /threads  (create_thread)"
    )


def test_the_example_of_the_readme_plays_its_own_recording(path):
    def clean(interaction):
        if interaction.path == "/threads" and isinstance(interaction.body, dict):
            interaction.body["metadata"] = {}
            interaction.json["metadata"] = {}
        return interaction

    with recorded(path, Upstream(), before_record=clean) as sdk:
        answer = weather(sdk)
        sdk.beta.threads.create(metadata={"user": "Ada"})
    silent = Upstream()
    with recorded(path, silent, "none", before_record=clean) as sdk:
        assert weather(sdk) == answer
        sdk.beta.threads.create(metadata={"user": "Bob"})
    assert silent.heard == []


STILL_THERE = {
    "a value": (
        metadata,
        user("Ada Lovelace"),
        {"id": "x", "metadata": {"user": "Ada Lovelace"}},
        "body.metadata.user out of POST /threads, and the answer to POST /threads still has its value in json.metadata.user",
    ),
    "a number": (
        metadata,
        {"metadata": {"customer": 48151623}},
        {"id": "x", "text": "customer 48151623 is known"},
        "body.metadata.customer out of POST /threads, and the answer to POST /threads still has its value in json.text",
    ),
    "a word of a text": (
        lambda one: (one.body.update(text=one.body["text"].replace("ada@corp.example", "someone")), one)[1],
        {"text": "I am ada@corp.example, hello"},
        {"id": "x", "text": "Hello ada@corp.example!"},
        "body.text out of POST /threads, and the answer to POST /threads still has its value in json.text",
    ),
}


@pytest.mark.parametrize(("hook", "sent", "answer", "place"), STILL_THERE.values(), ids=STILL_THERE)
def test_a_value_that_it_removes_and_that_still_stands_in_an_answer_is_named_in_a_warning(
    path, hook, sent, answer, place
):
    client, session = client_in_session(path, lambda _: httpx2.Response(200, json=answer), hook, "once")
    with pytest.warns(UserWarning, match="before_record") as warned, client, session:
        client.post("/threads", json=sent)
    assert [str(warning.message) for warning in warned] == [f"{path}: before_record takes {place}"]
    assert len(load_cassette(path).interactions) == 1


@pytest.mark.parametrize(
    "pieces",
    [
        [(1, b"Hello Ad"), (1, b"a Love"), (1, b"lace!")],
        [(1, b"Hello Ad"), (2, b"Good "), (1, b"a Love"), (2, b"day"), (1, b"lace!")],
    ],
    ids=["of one message", "of two messages in turn"],
)
def test_a_value_that_deltas_add_up_to_is_named_too(path, pieces):
    events = b"".join(
        b'event: thread.message.delta\ndata: {"id": "msg_%d", "delta": {"content": [{"text": {"value": "%s"}}]}}\n\n'
        % piece
        for piece in pieces
    )
    events += b"event: done\ndata: [DONE]\n\n"

    def answers(request):
        return httpx2.Response(200, content=events, headers={"content-type": "text/event-stream"})

    client, session = client_in_session(path, answers, metadata, "once")
    with pytest.warns(UserWarning, match="still has its value in thread.message.delta") as warned, client, session:
        client.post("/threads/runs", json={**user("Ada Lovelace"), "stream": True})
    assert "Ada" not in str(warned[0].message)


QUIET = {
    "it is taken out of the answer as well": (
        lambda one: (metadata(one), one.json.clear()) and one,
        user("Ada Lovelace"),
        {"user": "Ada Lovelace"},
    ),
    "it is a part of another word": (metadata, user("Ada"), {"id": "x", "text": "Canada, Adaptation"}),
    "it is too short to be one": (metadata, user("A"), {"id": "x", "text": "A"}),
    "it still stands in the request": (metadata, {"name": "Ada", **user("Ada")}, {"id": "x", "text": "Ada"}),
    "nothing is taken out": (lambda one: one, user("Ada"), {"id": "x", "text": "Ada"}),
    "it is dropped": (lambda _: None, user("Ada"), {"id": "x", "text": "Ada"}),
}


@pytest.mark.parametrize(("hook", "sent", "answer"), QUIET.values(), ids=QUIET)
def test_there_is_no_warning_when(path, hook, sent, answer):
    client, session = client_in_session(path, lambda _: httpx2.Response(200, json=answer), hook, "once")
    with client, session:
        client.post("/threads", json=sent)


def test_transport_warns_as_well(path):
    def clean(interaction):
        return metadata(interaction)

    upstream = Upstream()
    options = {"record_mode": "once", "before_record": clean, "upstream": "http://127.0.0.1:9/v1"}
    transport = runmock.transport(path, **options)
    transport._inner["HTTPTransport"] = httpx2.MockTransport(upstream)
    with (
        pytest.warns(UserWarning, match=r"body\.metadata\.user out of POST /threads"),
        httpx2.Client(transport=transport, base_url=ROOT, headers=HEADERS) as client,
    ):
        client.post("/threads", json=user("Ada Lovelace"))


def test_where_warnings_are_errors_it_goes_to_the_log(path, caplog):
    client, session = client_in_session(
        path, lambda _: httpx2.Response(200, json=user("Ada Lovelace")), metadata, "once"
    )
    with client, session:
        client.post("/threads", json=user("Ada Lovelace"))
    (text,) = caplog.messages
    assert text.startswith(f"{path}: before_record takes body.metadata.user out of POST /threads")
