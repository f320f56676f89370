"""The error of a scripting verb that is used wrongly."""

import inspect

import pytest

from runmock import CassetteError, CassetteNotFoundError, Session, UsageError, VerbError


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (lambda s: s.calls(), 'calls(): needs a tool, as in calls(get_weather={"city": "Paris"})'),
        (
            lambda s: s.reply({"poll": 3}),
            "reply(): argument 1: 'poll' is not in a part of a message; write reply(poll=...)",
        ),
        (
            lambda s: s.reply("a", {"json": {}}),
            "reply(): argument 2: 'json' is not in a part of a message; write reply(json=...)",
        ),
        (
            lambda s: s.reply({"json": {}}, json={}),
            "reply(json=): given twice, in the mapping and beside it",
        ),
        (
            lambda s: s.reply({"json": {}, "txt": "a"}),
            "reply(txt=): unknown option 'txt'; did you mean 'text'? The options are usage, model, metadata, run, response, poll, pace, json, annotations, images, text, parts, chunks",
        ),
        (
            lambda s: s.reply("a").events(["done"]),
            "events() describes a whole run, so it cannot follow a step; begin with runmock.",
        ),
        (
            lambda s: s.reply("a").json({}),
            "json() describes a whole run, so it cannot follow a step; begin with runmock.",
        ),
    ],
)
def test_the_error_of_a_verb_that_makes_no_sense_names_what_would(script, message):
    with pytest.raises(UsageError) as raised:
        script(Session())
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (lambda s: s.reply(), 'reply(): needs a text, as in reply("It is 21 degrees.")'),
        (lambda s: s.reply("a", txt=1), "reply(txt=): unknown option 'txt'; did you mean 'text'? The options are usage, model, metadata, run, response, poll, pace, json, annotations, images, text, parts, chunks"),
        (lambda s: s.reply("a", {"imgae_file": "f"}), "reply(): argument 2: unknown key 'imgae_file' in a part of a message; did you mean 'image_file'?"),
        (lambda s: s.reply({"image_file": "f"}, "a", json={}), "reply(json=): 'json' cannot stand beside 'parts', which are the whole reply: make it a part"),
        (lambda s: s.refusal("a", mesage="b"), "refusal(mesage=): unknown option 'mesage'; did you mean 'usage'? The options are usage, model, metadata, run, response, poll, pace"),
        (lambda s: s.refusal(), 'refusal(): needs a text, as in refusal("I cannot help with that.")'),
        (lambda s: s.reply("a").reply(42), 'reply(): argument 1 should be a text, or a mapping for a part, got 42; write reply("42")'),
        (lambda s: s.stuck("completed"), "stuck(status=): 'status' should be 'queued', 'in_progress' or 'cancelling', got 'completed'"),
        (lambda s: s.calls(("a", {}), unofferd=True), "calls(unofferd=): unknown option 'unofferd'; did you mean 'unoffered'?"),
        (lambda s: s.calls(("a b", {})), "calls(): argument 1: 'a b' is not a function's name: 1 to 64 letters, digits, _ and -; beside 'unoffered: true' any name passes"),
        (lambda s: s.calls(f={}, unoffered="yes"), "calls(unoffered=): 'unoffered' should be true or false, got 'yes'"),
        (lambda s: s.http(400, error="a", body={}), "http(error=): 'error' cannot stand beside 'body', which is sent as it is"),
        (lambda s: s.http(400, param=["a"]), "http(param=): 'param' should be a text, got a list"),
        (lambda s: s.http(400, body={"a": b"b"}), "http(): b'b' is not a value of JSON"),
        (lambda s: s.events([("thread.run.creatd", {})]), "events(): 'events[0]': unknown event 'thread.run.creatd'; did you mean 'thread.run.created'?"),
        (lambda s: s.http(200), "http(status=): 'status' should be at least 400, got 200"),
        (lambda s: s.when(last_mesage="a").reply("b"), "when(last_mesage=): unknown option 'last_mesage'; did you mean 'last_message'? The options are api, assistant_id, model, last_message, instructions, metadata, stream, body"),
        (lambda s: (s.reply("a"), s.events(["thread.run.creatd"])), "events(): 'events[0]' should be an event: 'name: {payload}', or done, got 'thread.run.creatd'"),
        (lambda s: s.calls(("x",)), 'calls(): argument 1 should be a tool\'s name and its arguments, as in ("get_weather", {"city": "Paris"}), got (\'x\',); without arguments write ("x", {})'),
        (lambda s: s.calls("y", ["x", {"a": 1}]), 'calls(): argument 2 should be a tool\'s name and its arguments, as in ("get_weather", {"city": "Paris"}), got [\'x\', {\'a\': 1}]; write ("x", {\'a\': 1})'),
        (lambda s: s.calls(5), 'calls(): argument 1 should be a tool\'s name and its arguments, as in ("get_weather", {"city": "Paris"}), got 5'),
        (lambda s: s.calls(("x", 1)), "calls(): argument 1 should be a mapping of arguments, or a text that is sent as it is, got 1"),
        (lambda s: s.calls("y", get=1), "calls(get=): 'arguments' should be a mapping of arguments, or a text that is sent as it is, got 1"),
        (lambda s: s.reply("a", usag={}), "reply(usag=): unknown option 'usag'; did you mean 'usage'? The options are usage, model, metadata, run, response, poll, pace, json, annotations, images, text, parts, chunks"),
        (lambda s: s.reply("a", xyz=1), "reply(xyz=): unknown option 'xyz'; the options are usage, model, metadata, run, response, poll, pace, json, annotations, images, text, parts, chunks"),
        (lambda s: s.reply("a", usage={"prompt_tokens": "b"}), "reply(usage=): 'prompt_tokens' should be a whole number, got 'b'"),
        (lambda s: s.reply(["a", "b"]), 'reply(): argument 1 should be a text, or a mapping for a part, got [\'a\', \'b\']; several chunks are several arguments: reply("a", "b")'),
        (lambda s: s.reply("a", None), "reply(): argument 2 should be a text, or a mapping for a part, got None"),
        (lambda s: s.refusal(["a"]), 'refusal(): argument 1 should be a text, got [\'a\']; several chunks are several arguments: refusal("a")'),
        (lambda s: s.calls(f={}).reply("a", "$outputs.g"), "reply(): argument 2: '$outputs.g' names no earlier call of this run; calls before it: call_1, f"),
        (lambda s: s.fail("servererror"), "fail(code=): unknown code 'servererror'; did you mean 'server_error'?"),
        (lambda s: s.fail("a", 5), "fail(message=): 'message' should be a text, got 5: write it in quotes"),
        (lambda s: s.incomplete("maxtokens"), "incomplete(reason=): unknown reason 'maxtokens'; did you mean 'max_completion_tokens' or 'max_prompt_tokens'?"),
        (lambda s: s.stuck("queud"), "stuck(status=): 'status' should be 'queued', 'in_progress' or 'cancelling', got 'queud'; did you mean 'queued'?"),
        (lambda s: s.cancel("refusd"), "cancel(late=): 'late' should be true, 'refused' or 'overtaken', got 'refusd'; did you mean 'refused'?"),
        (lambda s: s.http(429, error="ratelimit_exceeded"), "http(error=): unknown code 'ratelimit_exceeded'; did you mean 'rate_limit_exceeded'?"),
        (lambda s: s.garbage(kind="half_fram"), "garbage(kind=): 'kind' should be 'not_json', 'half_frame', 'unknown_event', 'duplicate', 'out_of_order', 'wrong_index', 'sequence_gap', 'response_id_changes' or 'item_id_changes', got 'half_fram'; did you mean 'half_frame'?"),
        (lambda s: s.stall("a"), "stall(seconds=): 'seconds' should be a number that is not negative, got 'a'"),
        (lambda s: s.stall(-1), "stall(seconds=): 'seconds' should be a number that is not negative, got -1"),
        (lambda s: s.stall(1, after="b"), "stall(after=): 'after' should be a whole number, got 'b'"),
        (lambda s: s.events("a"), "events(): takes one list of events, got 'a'; write events([...])"),
        (lambda s: s.events(["done", ("a",)]), "events(): 'events[1]' should be (name, payload), got ('a',)"),
        (lambda s: s.json(5), "json(): takes a Run object as a mapping, got 5"),
        (lambda s: s.when(last_mesage="a"), "when(last_mesage=): unknown option 'last_mesage'; did you mean 'last_message'? The options are api, assistant_id, model, last_message, instructions, metadata, stream, body"),
        (lambda s: s.when(last_message=5), "when(last_message=): 'last_message' should be a text, got 5: write it in quotes"),
        (lambda s: s.http(429, eror="a"), "http(eror=): unknown option 'eror'; did you mean 'error'? The options are status, error, retry_after, times, message, headers, param, type, body"),
        (lambda s: s.http(error="a"), "http(): 'status' is missing; write http(status)"),
        (lambda s: s.http(429, status=500), "http(status=): given twice, without its name and with it"),
        (lambda s: s.http(None), "http(status=): 'status' cannot be None"),
        (lambda s: s.when("x"), "when(): takes options by their names, got 'x'; the options are api, assistant_id, model, last_message, instructions, metadata, stream, body"),
        (lambda s: s.reply("a").when("x"), "when(): takes options by their names, got 'x'; the options are api, assistant_id, model, last_message, instructions, metadata, stream, body"),
        (lambda s: s.fail("a", "b", "c"), "fail(): takes at most 2 arguments (code, message), got 3"),
        (lambda s: s.fail(error="a"), "fail(error=): unknown option 'error'; the options are code, message"),
        (lambda s: s.fail(None), "fail(code=): 'code' cannot be None; leave it out for 'server_error'"),
        (lambda s: s.expire("x"), "expire(): takes no arguments, got 'x'"),
        (lambda s: s.expire(after=3), "expire(after=): unknown option 'after'; there are no options"),
        (lambda s: s.cancel("refused", 1), "cancel(): takes 1 argument (late), got 2"),
        (lambda s: s.incomplete(reson="a"), "incomplete(reson=): unknown option 'reson'; did you mean 'reason'? The only option is reason"),
        (lambda s: s.stuck(at="a"), "stuck(at=): unknown option 'at'; the only option is status"),
        (lambda s: s.stall(), "stall(): 'seconds' is missing; write stall(seconds)"),
        (lambda s: s.events("a", "b"), "events(): takes 1 argument (events), got 2"),
        (lambda s: s.load("a.yaml", "b.yaml"), "load(): takes 1 argument (source), got 2"),
        (lambda s: s.reply("a", text="b"), "reply(text=): given twice, without its name and with it"),
        (lambda s: s.load("runmock: 1\nruns: []\n"), "load(): takes the path of a cassette, or a mapping; this is the text of one: write it into a file, or give it as @pytest.mark.runmock(script=...)"),
        (lambda s: s.load("runs: []"), "load(): takes the path of a cassette, or a mapping; this is the text of one: write it into a file, or give it as @pytest.mark.runmock(script=...)"),
        (lambda s: s.load(["a"]), "load(): takes the path of a cassette, or a mapping as a cassette holds it, got ['a']"),
        (lambda s: s.load({"rums": []}), "load(): rums: unknown key 'rums' in a cassette; did you mean 'runs'?"),
    ],
)  # fmt: skip
def test_what_a_cassette_could_not_contain_is_refused_in_the_same_words(script, message):
    session = Session()
    with pytest.raises(CassetteError) as raised:
        script(session)
    assert str(raised.value) == message
    assert isinstance(raised.value, UsageError)


VERBS = sorted(name for name in dir(Session) if hasattr(getattr(Session, name), "__wrapped__"))


def test_these_are_all_of_the_verbs():
    assert len(VERBS) == 19
    assert {"reply", "http", "when", "load"} <= set(VERBS)


@pytest.mark.parametrize("verb", [name for name in VERBS if name != "calls"])
def test_an_option_that_a_verb_does_not_have_is_refused_with_those_that_it_has(verb):
    with pytest.raises(VerbError) as raised:
        getattr(Session(), verb)(nonsense=1)
    known = [
        name
        for name, item in inspect.signature(getattr(Session, verb)).parameters.items()
        if item.kind is item.POSITIONAL_OR_KEYWORD
    ]
    assert str(raised.value).startswith(f"{verb}(nonsense=): unknown option 'nonsense'; ")
    assert all(name in str(raised.value) for name in known[1:])


def test_an_error_of_another_kind_in_a_verb_keeps_its_text():
    def broken():
        yield 1 + "a"

    with pytest.raises(TypeError, match="unsupported operand"):
        Session().events(broken())


def test_a_verb_that_failed_leaves_nothing_behind():
    session = Session()
    with pytest.raises(CassetteError):
        session.reply("a", txt=1)
    session.assert_all_played()


def test_a_path_that_leads_nowhere_is_reported(tmp_path):
    (tmp_path / "weather.yaml").write_text("runmock: 1\n")
    with pytest.raises(CassetteNotFoundError) as raised:
        Session().load(tmp_path / "wether.yaml")
    assert str(raised.value) == f"{tmp_path}/wether.yaml: there is no such cassette; did you mean 'weather.yaml'?"
