"""Hosts that an OpenAI client's requests are let through to: where they are named, and what the refusal advises."""

import itertools

import pytest
import pytest_runmock

PLACES = ("option", "marker", "config", "environment", "ini")
GATEWAY = """
import openai


def client(url):
    return openai.OpenAI(api_key="sk-not-a-key", base_url=url, max_retries=0)


def chat(url):
    return client(url).chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Hello!"}])


def batches(url):
    # The status that the live service answers with, which has no batches.
    try:
        return client(url).batches.list().data and 200
    except openai.NotFoundError as error:
        return error.status_code
"""
MARKED = """
    import gateway

    @pytest.mark.runmock({marker})
    def test_batches(runmock):
        assert gateway.batches({url!r}) == 404
"""


@pytest.fixture
def gateway(project):
    project.write("gateway.py", GATEWAY)
    return project


def run(project, live, monkeypatch, values):
    """Run a test that gets the batches of the live service, where each place names hosts."""
    project.test(MARKED.format(marker=f"allow_hosts={values['marker']!r}" if "marker" in values else "", url=live.url))
    config = {"allow_hosts": values["config"]} if "config" in values else {}
    project.write("conftest.py", f"import pytest\n\n@pytest.fixture\ndef runmock_config():\n    return {config}\n")
    monkeypatch.setenv("RUNMOCK_ALLOW_HOSTS", values.get("environment", ""))
    options = ["-o", f"runmock_allow_hosts={values['ini']}"] if "ini" in values else []
    return project.run(*options, *([f"--runmock-allow-hosts={values['option']}"] if "option" in values else []))


def written(place, host):
    return [host] if place in {"marker", "config"} else f"other,{host}"


@pytest.mark.parametrize("place", PLACES)
def test_each_place_may_allow_hosts(gateway, live, monkeypatch, place):
    run(gateway, live, monkeypatch, {}).counts(failed=1)
    run(gateway, live, monkeypatch, {place: written(place, "127.0.0.1")}).counts(passed=1)


@pytest.mark.parametrize(("higher", "lower"), list(itertools.pairwise(PLACES)))
def test_the_higher_place_counts(gateway, live, monkeypatch, higher, lower):
    yes, no = written(higher, "127.0.0.1"), written(lower, "nobody")
    run(gateway, live, monkeypatch, {higher: yes, lower: no}).counts(passed=1)
    yes, no = written(lower, "127.0.0.1"), written(higher, "nobody")
    run(gateway, live, monkeypatch, {higher: no, lower: yes}).counts(failed=1)


def test_the_marker_may_allow_nothing_again(gateway, live, monkeypatch):
    run(gateway, live, monkeypatch, {"marker": [], "ini": "127.0.0.1"}).counts(failed=1)


@pytest.mark.parametrize("text", ["a, 127.0.0.1", "127.0.0.1:80", "*", "a\n    127.0.0.1", "127.*,"])
def test_a_setting_is_a_text_with_names_patterns_and_ports(gateway, live, monkeypatch, text):
    run(gateway, live, monkeypatch, {"environment": text}).counts(passed=1)


TOML = {
    "pyproject.toml": "[tool.pytest.ini_options]\nrunmock_allow_hosts = {}\n",
    "pytest.toml": "[pytest]\nrunmock_allow_hosts = {}\n",
}


@pytest.mark.parametrize("file", TOML)
def test_toml_has_a_list(gateway, live, file):
    gateway.write(file, TOML[file].format('["other", "127.0.0.1:80"]'))
    gateway.test(MARKED.format(marker="", url=live.url))
    gateway.run("-c", file, "-W", "error", plugins=[pytest_runmock]).counts(
        **{"passed" if _reads(file) else "failed": 1}
    )


def test_a_text_in_pyproject_toml_has_commas_too(gateway, live):
    gateway.write("pyproject.toml", TOML["pyproject.toml"].format('"other, 127.0.0.1"'))
    gateway.test(MARKED.format(marker="", url=live.url))
    gateway.run("-c", "pyproject.toml", "-W", "error", plugins=[pytest_runmock]).counts(passed=1)


def _reads(file):
    """Whether this pytest knows the file."""
    return file == "pyproject.toml" or pytest.version_tuple >= (9, 0)


def test_the_nearer_mark_counts(gateway, live):
    gateway.test(f"""
        import gateway

        pytestmark = pytest.mark.runmock(allow_hosts=["nobody"])

        @pytest.mark.runmock(allow_hosts=["127.0.0.1"])
        def test_batches():
            assert gateway.batches({live.url!r}) == 404
    """)
    gateway.run().counts(passed=1)


def test_a_text_in_the_marker_is_no_list(gateway, live, monkeypatch):
    ran = run(gateway, live, monkeypatch, {"marker": "litellm"})
    ran.counts(errors=1)
    ran.shows("allow_hosts is a list of names, not the text 'litellm'; write allow_hosts=['litellm']")


def test_the_refusal_has_the_keyword_the_option_and_a_route_ready_to_paste(gateway):
    gateway.test("""
        import gateway

        def test_chats(runmock):
            gateway.chat("http://litellm:4000/v1")
    """)
    ran = gateway.run()
    ran.counts(failed=1)
    assert ran.error_text() == (
        "runmock.UnmatchedRequest: chat.completions is another API than Assistants and Responses, and nothing answers it\n"
        "  sent      POST http://litellm:4000/v1/chat/completions  (chat.completions, by an OpenAI client)\n"
        "  cassette  none   mode none\n"
        "  played    nothing\n"
        '  to let it through: allow_hosts=["litellm"], or pytest --runmock-allow-hosts=litellm test_app.py::test_chats\n'
        '  to answer it: runmock.router.post("http://litellm:4000/v1/chat/completions").respond(json={'
        "'id': 'chatcmpl-1', 'object': 'chat.completion', 'created': 0, 'model': 'gpt-4o', 'choices': [{'index': 0, "
        "'finish_reason': 'stop', 'message': {'role': 'assistant', 'content': 'Hello!'}}]})\n"
        "  to record it: pytest --runmock-record=new_episodes test_app.py::test_chats"
    )


def test_what_goes_to_a_gateway_is_recorded_there_and_plays(gateway, live, records):
    gateway.test(f"""
        import gateway

        @pytest.mark.runmock("chat")
        def test_lists():
            assert gateway.batches({live.url!r}) == 404
    """)
    ran = records("once")
    ran.counts(passed=1)
    assert "request: GET /batches" in (gateway.path / "cassettes/chat.runmock.yaml").read_text()
    before = len(live.heard)
    gateway.run().counts(passed=1)
    assert len(live.heard) == before
