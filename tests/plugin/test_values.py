"""An invalid value is a single usage error at the start, wherever it was set."""

import pytest

WRONG = [
    (
        "record",
        "onec",
        "runmock_record cannot be 'onec'; it is one of none, once, new_episodes, all, rewrite, verify; did you mean 'once'?",
    ),
    ("unused", "wran", "runmock_unused cannot be 'wran'; it is one of ignore, warn, fail; did you mean 'warn'?"),
    ("pace", "fast", "{}: pace 'fast' is not known; give 0, recorded, 2x (twice as fast as recorded) or 20ms"),
    ("upstream", "foo", "{}: upstream 'foo' is not a URL; name an API root, as https://gateway.example/v1"),
    (
        "allow_hosts",
        "a/b",
        "{}: allow_hosts: 'a/b' is not the name of a host; leave out scheme and path, as in 'gateway.example'",
    ),
    ("chaos", "stukc", "{}: chaos knows no fault 'stukc'; did you mean 'stuck'?"),
    ("chaos_seed", "x", "{}: the seed 'x' is not a number"),
    ("orphans", "/no/such/folder", "{}: there is no folder /no/such/folder"),
    ("every_test", "maybe", "runmock_every_test cannot be 'maybe'; it is one of 1, true, yes, on, 0, false, no, off"),
    ("report", "maybe", "runmock_report cannot be 'maybe'; it is one of 1, true, yes, on, 0, false, no, off"),
    ("disable", "maybe", "runmock_disable cannot be 'maybe'; it is one of 1, true, yes, on, 0, false, no, off"),
]


@pytest.fixture
def two(project):
    project.test("def test_a(runmock):\n    pass\n\ndef test_b(runmock):\n    pass\n")
    return project


def errors(ran):
    ran.result.stdout.no_fnmatch_line("*collected*")
    return [line for line in ran.result.errlines if line.startswith("ERROR: ")]


@pytest.mark.parametrize(("name", "word", "text"), WRONG)
def test_in_the_environment(two, monkeypatch, name, word, text):
    variable = f"RUNMOCK_{name.upper()}"
    monkeypatch.setenv(variable, word)
    ran = two.run()
    expected = text.format(variable).replace(f"runmock_{name} cannot", f"{variable} cannot")
    assert (ran.exit, errors(ran)) == (4, [f"ERROR: {expected}"])


def test_beside_workers_it_is_one_error_too(two, monkeypatch):
    monkeypatch.setenv("RUNMOCK_PACE", "fast")
    ran = two.spread("-n", "2")
    text = "RUNMOCK_PACE: pace 'fast' is not known; give 0, recorded, 2x (twice as fast as recorded) or 20ms"
    assert (ran.exit, errors(ran)) == (4, [f"ERROR: {text}"])


@pytest.mark.parametrize(("name", "word", "text"), WRONG)
def test_in_the_ini_file(two, name, word, text):
    ini = two.path / "pytest.ini"
    ini.write_text(f"{ini.read_text()}runmock_{name} = {word}\n")
    ran = two.run()
    assert (ran.exit, errors(ran)) == (4, ["ERROR: " + text.format(f"runmock_{name} in the ini file")])


@pytest.mark.parametrize(("name", "word", "text"), [row for row in WRONG if row[2].startswith("{}")])
def test_on_the_command_line(two, name, word, text):
    flag = f"--runmock-{name.replace('_', '-')}"
    ran = two.run(f"{flag}={word}")
    assert (ran.exit, errors(ran)) == (4, ["ERROR: " + text.format(flag)])


@pytest.mark.parametrize(
    ("name", "word"),
    [("pace", "2x"), ("upstream", "http://a/v1"), ("allow_hosts", "a,*.b"), ("chaos_seed", "7"), ("chaos", "no")],
)
def test_what_can_be_is_no_error(two, monkeypatch, name, word):
    monkeypatch.setenv(f"RUNMOCK_{name.upper()}", word)
    two.run().counts(passed=2)


def test_where_runmock_is_switched_off_nothing_is_wrong(two, monkeypatch):
    monkeypatch.setenv("RUNMOCK_PACE", "fast")
    two.run("--runmock-disable").counts(passed=2)


def test_a_wrong_keyword_of_the_marker_is_reported_once(two):
    two.test("@pytest.mark.runmock(pace='fast')\ndef test_a(runmock):\n    pass\n")
    ran = two.run()
    ran.counts(errors=1)
    body, _, _ = ran.text.partition("short test summary")
    assert body.count("pace 'fast' is not known") == 1
