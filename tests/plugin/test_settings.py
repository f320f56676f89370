"""Where a setting comes from: command line, marker, runmock_config, environment, ini, default, in this order."""

import itertools

import pytest
from pytest_runmock.settings import SWITCH

from runmock.deck.options import WORDS

PLACES = ("option", "marker", "config", "environment", "ini")

SHOWS = """
    @pytest.mark.runmock({marker})
    def test_shows(runmock):
        print(runmock.deck.options)
"""


def run_with(project, monkeypatch, name, keyword, values):
    """The text of a run in which each of the places has its value."""
    project.test(SHOWS.format(marker=f"{keyword}={values['marker']!r}" if "marker" in values else ""))
    config = {keyword: values["config"]} if "config" in values else {}
    project.write(
        "conftest.py",
        f"import pytest\n\n@pytest.fixture(scope='session')\ndef runmock_config():\n    return {config}\n",
    )
    if "environment" in values:
        monkeypatch.setenv(f"RUNMOCK_{name.upper()}", values["environment"])
    options = ["-o", f"runmock_{name}={values['ini']}"] if "ini" in values else []
    if "option" in values:
        options.append(f"--runmock-{name}={values['option']}")
    return project.run("-s", *options)


PACES = {"option": "1ms", "marker": "2ms", "config": "3ms", "environment": "4ms", "ini": "5ms"}


@pytest.mark.parametrize("places", [PLACES[start:] for start in range(len(PLACES) + 1)], ids="-".join)
def test_the_pace_is_that_of_the_highest_place(project, monkeypatch, places):
    ran = run_with(project, monkeypatch, "pace", "pace", {place: PACES[place] for place in places})
    ran.counts(passed=1)
    expected = f"fixed_ms={PACES[places[0]].removesuffix('ms')}.0" if places else "fixed_ms=0.0"
    assert expected in ran.text


@pytest.mark.parametrize(("higher", "lower"), list(itertools.pairwise(PLACES)))
def test_a_record_mode_is_that_of_the_higher_place(project, monkeypatch, higher, lower):
    for value, otherwise in (("none", "all"), ("all", "none")):
        ran = run_with(project, monkeypatch, "record", "record_mode", {higher: value, lower: otherwise})
        ran.counts(passed=1)
        assert f"<RecordMode.{value.upper()}:" in ran.text


UNUSED = ("option", "environment", "ini")


@pytest.mark.parametrize(("higher", "lower"), list(itertools.pairwise(UNUSED)))
def test_what_leftovers_do_is_set_by_the_higher_place(project, monkeypatch, higher, lower):
    project.test("def test_leaves(runmock):\n    runmock.reply('never')\n")
    for value, otherwise, expected in (
        ("ignore", "fail", {"passed": 1}),
        ("fail", "ignore", {"passed": 1, "errors": 1}),
    ):
        values = {higher: value, lower: otherwise}
        monkeypatch.setenv("RUNMOCK_UNUSED", values.get("environment", ""))
        options = ["-o", f"runmock_unused={values['ini']}"] if "ini" in values else []
        options += [f"--runmock-unused={values['option']}"] if "option" in values else []
        project.run(*options).counts(**expected)


def test_once_plays_when_the_cassette_is_there(project):
    project.replies("cassettes/a.yaml", "a")
    project.test('@pytest.mark.runmock("a")\ndef test_a():\n    assert app.ask() == "a"\n')
    project.run("--runmock-record=once").counts(passed=1)


@pytest.mark.parametrize(
    ("marker", "config", "message"),
    [
        ("record_mode='nome'", {}, "test_app.py::test_a: @pytest.mark.runmock: record_mode 'nome' is not known; the modes are none, once, new_episodes, all, rewrite, verify; did you mean 'none'?"),
        ("", {"record_mode": "xyzzy"}, "test_app.py::test_a: runmock_config: record_mode 'xyzzy' is not known; the modes are none, once, new_episodes, all, rewrite, verify"),
        ("pace='slow'", {}, "test_app.py::test_a: @pytest.mark.runmock: pace 'slow' is not known; give 0, recorded, 2x (twice as fast as recorded) or 20ms"),
        ("match_on=['boddy']", {}, "test_app.py::test_a: @pytest.mark.runmock: match_on 'boddy' is not known; the matchers are operation, ids, query, body; did you mean 'body'?"),
        ("match_on='body'", {}, "test_app.py::test_a: @pytest.mark.runmock: match_on is a list of matchers, as in ['operation', 'body'], not 'body'; write match_on=['body']"),
        ("allow_unplayed='yes'", {}, "test_app.py::test_a: @pytest.mark.runmock: allow_unplayed is True or False, not 'yes'; did you mean True?"),
        ("", {"allow_truncated": "off"}, "test_app.py::test_a: runmock_config: allow_truncated is True or False, not 'off'; did you mean False?"),
        ("", {"allow_unplaid": True}, "test_app.py::test_a: runmock_config has no keyword 'allow_unplaid'; did you mean 'allow_unplayed'?"),
        ("upstream=5", {}, "test_app.py::test_a: @pytest.mark.runmock: upstream 5 is not a URL; name an API root, as https://gateway.example/v1"),
        ("", ["all"], "test_app.py::test_a: runmock_config is a mapping of keywords, not ['all']"),
    ],
)  # fmt: skip
def test_an_invalid_value_is_reported_in_one_line(project, marker, config, message):
    project.test(f"@pytest.mark.runmock({marker})\ndef test_a():\n    pass\n")
    project.write("conftest.py", f"import pytest\n\n@pytest.fixture\ndef runmock_config():\n    return {config}\n")
    ran = project.run()
    ran.counts(errors=1)
    lines = ran.text.splitlines()
    assert lines[lines.index(message) - 1].startswith("____"), ran.text


@pytest.mark.parametrize("option", ["--runmock-record=nome", "--runmock-unused=wran"])
def test_an_option_that_is_none_stops_pytest_at_the_start(project, option):
    project.test("def test_a():\n    pass\n")
    ran = project.run(option)
    assert ran.exit == pytest.ExitCode.USAGE_ERROR
    assert "invalid choice" in ran.result.stderr.str()


def test_every_option_ini_name_and_the_marker_are_documented(project):
    text = project.run("--help").text
    for name in ("record", "pace", "unused", "disable"):
        assert f"--runmock-{name}" in text
        assert f"runmock_{name}" in text
    assert "@pytest.mark.runmock(*cassettes, record_mode=, match_on=, allow_unplayed=" in project.run("--markers").text
    fixtures = project.run("--fixtures").text
    for line in (
        "runmock -- ",
        "runmock_config -- ",
        "runmock_cassette_dir -- ",
        "runmock_cassette_name -- ",
    ):
        assert line in fixtures


def test_match_on_leaves_out_what_need_not_agree(project):
    project.write(
        "cassettes/loose.yaml",
        "runmock: 1\ninteractions:\n  - request: POST /threads\n    body: {metadata: {a: b}}\n    json: {id: thread_1}\n",
    )
    project.test("""
        @pytest.mark.runmock("loose", match_on=["operation"])
        def test_loose():
            assert app.post("/threads") == {"id": "thread_1"}
    """)
    project.run().counts(passed=1)


@pytest.mark.parametrize(("word", "is_on"), [("0", True), ("off", True), ("yes", False), ("TRUE", False)])
def test_the_switch_accepts_yes_and_no(project, monkeypatch, word, is_on):
    monkeypatch.setenv("RUNMOCK_DISABLE", word)
    project.test(f"""
        from runmock.transports.patching.mocker import Interception

        def test_a(runmock):
            assert bool(Interception.layers) is {is_on}
    """)
    project.run().counts(passed=1)


def test_the_switch_accepts_nothing_else(project, monkeypatch):
    monkeypatch.setenv("RUNMOCK_DISABLE", "maybe")
    project.test("def test_a(runmock):\n    pass\n")
    ran = project.run()
    assert ran.exit != 0
    assert "RUNMOCK_DISABLE cannot be 'maybe'; it is one of 1, true, yes, on, 0, false, no, off" in (
        ran.text + ran.result.stderr.str()
    )


def test_the_words_for_yes_and_no_are_those_of_the_keywords():
    assert {word: is_on for word, is_on in SWITCH.items() if word} == WORDS
