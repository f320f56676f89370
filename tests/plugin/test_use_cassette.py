"""runmock.use_cassette and runmock.transport, outside of pytest's fixtures."""

import asyncio

import anyio
import anyio.lowlevel
import httpx
import httpx2
import pytest
from pytest_runmock.option_table import MARKER_KEYWORDS
from short_client import HEADERS, ask, ask_async

import runmock
from runmock.session.keywords import KNOWN, Keywords

LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


def test_a_block_plays_the_cassette(tape):
    with runmock.use_cassette(tape("a", "b")) as session:
        assert [ask(), ask()] == ["a", "b"]
    assert [run.status for run in session.runs] == ["completed", "completed"]


def test_a_path_may_be_a_text_and_there_may_be_several_or_none(tape):
    with runmock.use_cassette(str(tape("a")), tape("b", name="b.yaml")):
        assert [ask(), ask()] == ["a", "b"]
    with runmock.use_cassette() as session:
        session.reply("from a verb")
        assert ask() == "from a verb"


def test_an_async_block_plays_it(tape):
    async def main():
        async with runmock.use_cassette(tape("a")) as session, httpx2.AsyncClient() as client:
            assert await ask_async(client) == "a"
            assert len(session.runs) == 1

    asyncio.run(main())


def test_a_decorated_function_plays_it_from_the_start_each_time(tape):
    @runmock.use_cassette(tape("a"))
    def application(*, name):
        """What it does."""
        return f"{ask()} for {name}"

    assert [application(name="Ada"), application(name="Bob")] == ["a for Ada", "a for Bob"]
    assert (application.__name__, application.__doc__) == ("application", "What it does.")


def test_a_decorated_coroutine_function_plays_it(tape):
    @runmock.use_cassette(tape("a"))
    async def application():
        async with httpx2.AsyncClient() as client:
            await anyio.lowlevel.checkpoint()
            return await ask_async(client)

    assert asyncio.iscoroutinefunction(application)
    assert asyncio.run(application()) == "a"


@runmock.use_cassette()
def test_a_decorated_test_has_its_fixtures(tmp_path):
    assert tmp_path.exists()


def test_calls_of_a_decorated_coroutine_function_may_overlap(tape):
    @runmock.use_cassette(tape("a"))
    async def application(entered, leave):
        entered.set()
        await leave.wait()
        async with httpx2.AsyncClient() as client:
            return await ask_async(client)

    async def main():
        first, second = [(asyncio.Event(), asyncio.Event()) for _ in range(2)]
        task = asyncio.create_task(application(*first))
        await first[0].wait()
        other = asyncio.create_task(application(*second))
        await second[0].wait()
        first[1].set()
        answers = [await task]
        second[1].set()
        return [*answers, await other]

    assert asyncio.run(main()) == ["a", "a"]


def test_the_inner_session_answers_first_and_the_outer_again_after_it(tape):
    with runmock.use_cassette(tape("outer 1", "outer 2")):
        assert ask() == "outer 1"
        with runmock.use_cassette(tape("inner", name="inner.yaml")):
            assert ask() == "inner"
        assert ask() == "outer 2"


def test_a_miss_of_the_inner_session_does_not_go_to_the_outer_session(tape):
    with runmock.use_cassette(tape("outer", name="outer.yaml")) as outer, runmock.use_cassette(tape("inner")):
        ask()
        with pytest.raises(runmock.UnmatchedRequest):
            ask()
    assert outer.requests == []


def test_the_session_is_closed_when_the_block_raises(tape):
    before = httpx2.Client._transport_for_url
    with pytest.raises(ZeroDivisionError), runmock.use_cassette(tape("a")):
        raise ZeroDivisionError
    assert httpx2.Client._transport_for_url is before


def test_a_cassette_that_is_not_there_is_reported(tmp_path):
    with pytest.raises(runmock.CassetteNotFoundError) as error, runmock.use_cassette(tmp_path / "none.yaml"):
        pytest.fail("the block does not run")
    assert str(error.value) == (
        f"{tmp_path}/none.yaml: there is no such cassette; write it\n"
        f'  to record it: use_cassette("{tmp_path}/none.yaml", record_mode="once")'
    )


def test_a_missing_cassette_that_no_mode_records_is_reported_without_a_way_to_record_it(tape, tmp_path):
    (tmp_path / "weather.yaml").touch()
    with pytest.raises(runmock.CassetteNotFoundError) as error:
        runmock.transport(tape("a"), tmp_path / "wether.yaml")
    assert str(error.value) == f"{tmp_path}/wether.yaml: there is no such cassette; did you mean 'weather.yaml'?"


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"record_mode": "nome"}, "record_mode 'nome' is not known; the modes are none, once, new_episodes, all, rewrite, verify; did you mean 'none'?"),
        ({"pace": "slow"}, "pace 'slow' is not known; give 0, recorded, 2x (twice as fast as recorded) or 20ms"),
        ({"match_on": ["boddy"]}, "match_on 'boddy' is not known; the matchers are operation, ids, query, body; did you mean 'body'?"),
        ({"match_on": ["xyz"]}, "match_on 'xyz' is not known; the matchers are operation, ids, query, body"),
        ({"match_on": "body"}, "match_on is a list of matchers, as in ['operation', 'body'], not 'body'; write match_on=['body']"),
        ({"match_on": 5}, "match_on is a list of matchers, as in ['operation', 'body'], not 5"),
        ({"allow_unplayed": "yes"}, "allow_unplayed is True or False, not 'yes'; did you mean True?"),
        ({"allow_unplayed": "no"}, "allow_unplayed is True or False, not 'no'; did you mean False?"),
        ({"allow_truncated": ["all"]}, "allow_truncated is True or False, not ['all']"),
        ({"upstream": 5}, "upstream 5 is not a URL; name an API root, as https://gateway.example/v1"),
        ({"hosts": "a"}, "hosts is a list of names, not the text 'a'; write hosts=['a']"),
        ({"before_record": "clean"}, "before_record is a function that takes an interaction, not 'clean'"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("use", [runmock.use_cassette, runmock.transport])
def test_an_invalid_option_is_refused_before_the_block(use, option, message):
    with pytest.raises(runmock.UsageError) as error:
        use(**option)
    assert str(error.value) == f"{use.__name__}: {message}"


def test_the_options_are_the_markers(tape):
    with runmock.use_cassette(tape("a"), hosts=["llm.example"], pace="0", match_on=["operation"], record_mode="once"):
        body = {"assistant_id": "asst_1", "stream": True}
        assert httpx2.post("https://llm.example/v1/threads/runs", json=body, headers=HEADERS).status_code == 200


USES = pytest.mark.parametrize("use", [runmock.use_cassette, runmock.transport])


@USES
def test_every_keyword_of_the_marker_is_accepted(tape, use):
    keywords = dict.fromkeys(MARKER_KEYWORDS)
    assert set(MARKER_KEYWORDS) == set(Keywords.__annotations__) | {"chaos"} == set(KNOWN)
    use(tape("a"), **keywords)
    use(
        tape("a"),
        record_mode="none",
        match_on=["operation"],
        allow_unplayed=True,
        allow_truncated=True,
        pace="2x",
        upstream="https://gateway.example/v1",
        before_record=lambda interaction: interaction,
        hosts=["llm.example"],
        allow_hosts=["*.internal"],
        script={"runs": []},
        chaos=False,
    )


@pytest.mark.parametrize(
    ("keyword", "hint"),
    [
        ("record_mod", "; did you mean 'record_mode'?"),
        ("allow_unplaid", "; did you mean 'allow_unplayed'?"),
        ("before_recording", "; did you mean 'before_record'?"),
        (
            "is_commanded",
            f"; they are {', '.join(Keywords.__annotations__)}",
        ),
    ],
)
@USES
def test_a_keyword_that_is_none_is_refused(use, keyword, hint):
    with pytest.raises(runmock.UsageError) as refused:
        use(**{keyword: True})
    assert str(refused.value) == f"{use.__name__} has no keyword {keyword!r}{hint}"


@USES
def test_chaos_is_the_markers(use):
    with pytest.raises(runmock.UsageError) as refused:
        use(chaos=True)
    assert str(refused.value) == (
        f"{use.__name__} has no keyword 'chaos': a chaos pass runs a test several times; "
        "write @pytest.mark.runmock(chaos=...) above the test"
    )


@pytest.mark.parametrize("script", ["runs: [{reply: b}]", {"runs": [{"reply": "b"}]}], ids=["YAML", "a mapping"])
def test_a_script_is_tried_after_the_cassettes(tape, script):
    with runmock.use_cassette(tape("a"), script=script):
        assert [ask(), ask()] == ["a", "b"]
    with runmock.use_cassette(script=script):
        assert ask() == "b"
    with httpx2.Client(transport=runmock.transport(script=script)) as client:
        assert ask(client) == "b"


def test_a_decorated_function_has_its_script_from_the_start_each_time():
    decorated = runmock.use_cassette(script={"runs": [{"reply": "a"}]})(ask)
    assert [decorated(), decorated()] == ["a", "a"]


@USES
def test_an_error_in_a_script_is_reported_before_the_block(use):
    with pytest.raises(runmock.CassetteError) as refused:
        use(script="runs: [{repy: a}]")
    expected = f"script of {use.__name__}:1:9: unknown key 'repy' in a run; did you mean 'reply'?"
    assert str(refused.value).startswith(expected)


LEFT = """\
runmock: not everything on the cassette was played
  script of {name}
    run 1, line 1: reply "b"
  to allow it: leave out allow_unplayed=False"""
TWO = "runs: [{reply: a}, {reply: b}]"


@pytest.mark.parametrize("options", [{}, {"allow_unplayed": True}, {"allow_unplayed": None}])
def test_what_is_left_is_not_looked_for_unless_it_is_requested(options):
    with runmock.use_cassette(script=TWO, **options):
        assert ask() == "a"


def test_what_is_left_is_reported_at_the_end_of_a_block_and_of_each_call():
    use = runmock.use_cassette(script=TWO, allow_unplayed=False)
    with pytest.raises(AssertionError) as left, use:
        ask()
    assert str(left.value) == LEFT.format(name="use_cassette")
    with use:
        assert [ask(), ask()] == ["a", "b"]
    with pytest.raises(AssertionError) as left:
        use(ask)()
    assert str(left.value) == LEFT.format(name="use_cassette")


def test_what_is_left_is_reported_when_the_client_of_a_transport_is_closed():
    with (
        pytest.raises(AssertionError) as left,
        httpx2.Client(transport=runmock.transport(script=TWO, allow_unplayed=False)) as client,
    ):
        ask(client)
    assert str(left.value) == LEFT.format(name="transport")


def test_a_block_that_fails_is_not_failed_for_what_is_left_too():
    with pytest.raises(ZeroDivisionError), runmock.use_cassette(script=TWO, allow_unplayed=False):
        raise ZeroDivisionError


@LIBRARIES
def test_a_transport_plays_to_its_client_only(tape, library):
    before = library.Client._transport_for_url
    with library.Client(transport=runmock.transport(tape("a", "b"))) as client:
        assert library.Client._transport_for_url is before
        assert [ask(client), ask(client)] == ["a", "b"]
        with pytest.raises(runmock.UnmatchedRequest):
            client.get("https://weather.example/paris")


@LIBRARIES
def test_a_transport_plays_to_an_async_client(tape, library):
    async def main():
        async with library.AsyncClient(transport=runmock.transport(tape("a"))) as client:
            return await ask_async(client)

    assert asyncio.run(main()) == "a"


@LIBRARIES
def test_a_transport_may_be_mounted(tape, library):
    mounts = {"https://api.openai.com": runmock.transport(tape("a"))}
    with library.Client(mounts=mounts) as client:
        assert ask(client) == "a"


def test_a_transport_goes_into_the_sdks_client(tape):
    import openai

    with httpx2.Client(transport=runmock.transport(tape("Hello!"))) as http_client:
        client = openai.OpenAI(api_key="sk-not-a-key", http_client=http_client)
        run = client.beta.threads.create_and_run_poll(assistant_id="asst_1")
        assert client.beta.threads.messages.list(run.thread_id).data[0].content[0].text.value == "Hello!"
