"""What a scripting verb says to those who use it wrongly."""

import pytest

from runmock import CassetteError, CassetteNotFoundError, Session, UsageError


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (lambda s: s.calls(), 'calls() needs a tool: calls(get_weather={"city": "Paris"})'),
        (
            lambda s: s.reply("a").events(["done"]),
            "events() says all about a run; it cannot follow a step, begin with runmock.",
        ),
        (lambda s: s.reply("a").json({}), "json() says all about a run; it cannot follow a step, begin with runmock."),
    ],
)
def test_a_verb_that_makes_no_sense_says_what_would(script, message):
    with pytest.raises(UsageError) as told:
        script(Session())
    assert str(told.value) == message


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (lambda s: s.reply(), "inline: runs[0].steps[0].reply: a reply is one of text, chunks and json"),
        (lambda s: s.reply("a", txt=1), "inline: runs[0].steps[0].reply.txt: unknown key 'txt' in a reply; did you mean 'text'?"),
        (lambda s: s.reply("a", {"imgae_file": "f"}), "inline: runs[0].steps[0].reply.parts[1].imgae_file: unknown key 'imgae_file' in a part of a message; did you mean 'image_file'?"),
        (lambda s: s.reply({"image_file": "f"}, "a", json={}), "inline: runs[0].steps[0].reply.json: 'json' cannot stand beside 'parts', which say all of a reply: make it a part"),
        (lambda s: s.refusal("a", mesage="b"), "inline: runs[0].steps[0].mesage: unknown key 'mesage' in a step; did you mean 'message'?"),
        (lambda s: s.refusal(), "inline: runs[0].steps[0].refusal: 'refusal' is empty"),
        (lambda s: s.reply("a").reply(42), "inline: runs[0].steps[1].reply.text: 'text' should be a text, got 42: write it in quotes"),
        (lambda s: s.stuck("completed"), "inline: runs[0].stuck: 'stuck' should be 'queued', 'in_progress' or 'cancelling', got 'completed'"),
        (lambda s: s.calls(("a b", {})), "inline: runs[0].steps[0].calls[0].name: 'a b' is not a function's name: 1 to 64 letters, digits, _ and -; beside 'unoffered: true' any name passes"),
        (lambda s: s.calls(f={}, unoffered="yes"), "inline: runs[0].steps[0].unoffered: 'unoffered' should be true or false, got 'yes'"),
        (lambda s: s.http(400, error="a", body={}), "inline: runs[0].error: 'error' cannot stand beside 'body', which is sent as it is"),
        (lambda s: s.http(400, param=["a"]), "inline: runs[0].param: 'param' should be a text, got a list"),
        (lambda s: s.http(400, body={"a": b"b"}), "inline: b'b' is nothing that JSON knows"),
        (lambda s: s.events([("thread.run.creatd", {})]), "inline: runs[0].events[0]: unknown event 'thread.run.creatd'; did you mean 'thread.run.created'?"),
        (lambda s: s.http(200), "inline: runs[0].http: 'http' should be at least 400, got 200"),
        (lambda s: s.when(last_mesage="a").reply("b"), "inline: runs[0].match.last_mesage: unknown key 'last_mesage' in match; did you mean 'last_message'?"),
        (lambda s: (s.reply("a"), s.events(["thread.run.creatd"])), "inline: runs[1].events[0]: 'events[0]' should be an event: 'name: {payload}', or done, got 'thread.run.creatd'"),
        (lambda s: s.load({"rums": []}), "inline: rums: unknown key 'rums' in a cassette; did you mean 'runs'?"),
    ],
)  # fmt: skip
def test_what_a_cassette_could_not_say_is_told_in_the_same_words(script, message):
    session = Session()
    with pytest.raises(CassetteError) as told:
        script(session)
    assert str(told.value) == message


def test_a_verb_that_failed_leaves_nothing_behind():
    session = Session()
    with pytest.raises(CassetteError):
        session.reply("a", txt=1)
    session.assert_all_played()


def test_a_path_that_leads_nowhere_is_told(tmp_path):
    (tmp_path / "weather.yaml").write_text("runmock: 1\n")
    with pytest.raises(CassetteNotFoundError) as told:
        Session().load(tmp_path / "wether.yaml")
    assert str(told.value) == f"{tmp_path}/wether.yaml: there is no such cassette; did you mean 'weather.yaml'?"
