"""How a test's own cassette is called."""

import hashlib
import re

import pytest
from pytest_runmock.cassettes.names import LONGEST, file_name, old_name

from runmock.tape.files import store


def digest(full):
    return hashlib.sha256(full.encode("utf-8", "surrogatepass")).hexdigest()[:10]


KEPT = [
    "test_a",
    "TestOuter.TestInner.test_a[Paris]",
    "test_a[]",
    "test_a[a b-c.d (e)]",
    "test_a[Paris]",
    "test_a[paris]",
    "test_a[\u00e9\U0001f600]",
    "TestCon.test_a",
    "test_a[con.x]",
    "test_" + "x" * 145,
    "test_" + "\u00e9" * 72 + "x",
]
CHANGED = {
    "test_a[a/b]": "test_a[a-b]",
    "test_a[a:b]": "test_a[a-b]",
    'test_a[\\*?"<>|]': "test_a[-------]",
    "test_a[a\0b\nc\x1f]": "test_a[a-b-c-]",
    "test_a[\ud800]": "test_a[-]",
    "test_a[e\u0301]": "test_a[\u00e9]",
    "Con.test_a": "Con-test_a",
    "AUX.test_a[1.2]": "AUX-test_a[1.2]",
    "nul": "nul-",
    "test_" + "x" * 146: "test_" + "x" * 134,
    "test_a[" + "x" * 300 + "]": "test_a[" + "x" * 132,
    "test_a[" + "/" * 300 + "]": "test_a[" + "-" * 132,
    "test_" + "\u00e9" * 73: "test_" + "\u00e9" * 67,
    "test_" + "\U0001f600" * 40: "test_" + "\U0001f600" * 33,
    "Test" + "X" * 200 + ".test_a": "Test" + "X" * 135,
}


@pytest.mark.parametrize("full", KEPT, ids=range(len(KEPT)))
def test_a_name_that_every_disk_can_hold_stays_as_it_is(full):
    assert file_name(full) == full
    assert len(full.encode()) <= LONGEST == 150


@pytest.mark.parametrize("full", CHANGED, ids=range(len(CHANGED)))
def test_another_one_is_changed_and_has_ten_digits_of_its_digest(tmp_path, full):
    name = file_name(full)
    assert name == f"{CHANGED[full]}-{digest(full)}"
    assert len(name.encode()) <= LONGEST
    with store.locked(tmp_path / f"{name}.runmock.yaml"):
        assert store.write(tmp_path / f"{name}.runmock.yaml", "it fits, and what is written beside it, too")


def test_names_that_were_equal_in_0_1_0_are_distinguished():
    fulls = ["test_a[a-b]", "test_a[a/b]", "test_a[a:b]", "test_a[a\\b]", "test_a[a\0b]"]
    assert {old_name(full) for full in fulls} == {"test_a[a-b]"}
    assert len({file_name(full) for full in fulls}) == 5


def files(project):
    return sorted(str(path.relative_to(project.path)) for path in project.path.rglob("*.yaml"))


EVERY = """
    LONG = "x" * 300
    IDS = ["a-b", "a/b", "a:b", "Paris", "paris", LONG, LONG + "/", "", "é", "e\u0301", "😀" * 40, "line\\nbreak", "\\0"]

    @pytest.mark.runmock
    @pytest.mark.parametrize("city", IDS)
    def test_a(city):
        assert app.ask(city)

    @pytest.mark.runmock
    @pytest.mark.parametrize("city", IDS, ids=[f"{number}{'/' * 300}" for number in range(len(IDS))])
    def test_ids(city):
        assert app.ask(city)

    @pytest.mark.runmock
    class TestLong:
        def test_a(self):
            assert app.ask("long")

    TestLong.__name__ = "Test" + "Long" * 60
    globals()[TestLong.__name__] = TestLong
    del TestLong
"""


@pytest.mark.parametrize("escapes", [True, False])
def test_every_id_has_a_cassette_of_its_own(project, live, records, escapes):
    if not escapes:
        ini = "disable_test_id_escaping_and_forfeit_all_rights_to_community_support = true\n"
        project.write("pytest.ini", (project.path / "pytest.ini").read_text() + ini)
    project.test(EVERY)
    records("once").counts(passed=27)
    assert len(files(project)) == 27
    assert all(len(path.rpartition("/")[2].encode()) <= 150 + len(".runmock.yaml") for path in files(project))
    request_count, before = len(live.heard), files(project)
    project.run("--runmock-orphans").shows("runmock: no orphans among 27 cassettes")
    assert (len(live.heard), files(project)) == (request_count, before)


@pytest.mark.parametrize("mode", ["new_episodes", "all", "rewrite"])
def test_ids_that_had_the_same_name_do_not_use_each_others_recording(project, live, records, mode):
    project.test("""
        @pytest.mark.runmock
        @pytest.mark.parametrize("city", ["a-b", "a/b", "a:b"])
        def test_a(city):
            assert app.ask(city)
    """)
    for _ in range(2):
        ran = records(mode)
        ran.counts(passed=3)
        assert "is shared by" not in ran.text
        assert len(files(project)) == 3
    project.run().counts(passed=3)


def test_a_name_does_not_depend_on_what_else_is_collected(project, live, records):
    project.test("""
        @pytest.mark.runmock
        @pytest.mark.parametrize("city", ["a/b", "a:b"])
        def test_a(city):
            assert app.ask(city)
    """)
    records("once", "test_app.py::test_a[a:b]").counts(passed=1)
    assert files(project) == [f"cassettes/test_app/test_a[a-b]-{digest('test_a[a:b]')}.runmock.yaml"]
    project.run("test_app.py::test_a[a:b]").counts(passed=1)


LONG_ID = "LONG = 'x' * 300\n\n"


def test_a_long_id_without_a_cassette_is_a_miss_that_names_the_file(project):
    project.test(
        LONG_ID
        + "@pytest.mark.runmock\n@pytest.mark.parametrize('x', [1], ids=[LONG])\ndef test_a(x):\n    app.ask()\n"
    )
    ran = project.run("--runmock-orphans")
    ran.counts(failed=1)
    name = f"test_a[{'x' * 132}-{digest('test_a[' + 'x' * 300 + ']')}"
    ran.shows(f"cassette  cassettes/test_app/{name}.runmock.yaml (does not exist)   mode none")


@pytest.mark.parametrize("bare", ["test_a", "TestIt.test_a"])
def test_long_and_changed_ids_may_share_the_cassette_without_an_id(project, bare):
    head = "class TestIt:\n    " if "." in bare else ""
    project.test(
        f"IDS = ['x' * 300, 'a/b', 'a[b]', '']\n\n{head}@pytest.mark.runmock\n{' ' * 4 * bool(head)}"
        f"@pytest.mark.parametrize('x', IDS, ids=IDS)\n{' ' * 4 * bool(head)}def test_a({'self, ' * bool(head)}x):\n"
        f"{' ' * 4 * bool(head)}    assert app.ask() == 'shared'\n"
    )
    project.replies(f"cassettes/test_app/{bare}.runmock.yaml", "shared")
    ran = project.run("--runmock-orphans")
    ran.counts(passed=4)
    ran.shows("runmock: no orphans among 1 cassette")


def test_what_is_tried_in_a_chaos_pass_is_no_part_of_the_name(project):
    project.test("""
        @pytest.mark.runmock(chaos=["fail"])
        @pytest.mark.parametrize("x", ["xxx", "a/b"], ids=["x" * 300, "a/b"])
        def test_a(x):
            run = app.finish(app.start())
            if run["status"] == "failed":
                raise RuntimeError("no answer")
            assert app.answer(run) == x
    """)
    for x in ("x" * 300, "a/b"):
        project.replies(f"cassettes/test_app/{file_name(f'test_a[{x}]')}.runmock.yaml", x[:3])
    ran = project.run("--runmock-orphans")
    ran.counts(passed=4)
    ran.shows("runmock: no orphans among 2 cassettes")


def test_the_fixture_gives_the_name_as_a_file_has_it(project):
    project.test("""
        @pytest.mark.parametrize("x", ["a/b"])
        def test_a(x, runmock_cassette_name):
            print("NAME", runmock_cassette_name)
    """)
    assert f"NAME test_a[a-b]-{digest('test_a[a/b]')}" in project.run("-s").text


NAMED = """
    @pytest.fixture
    def runmock_cassette_name():
        return {name}

    @pytest.mark.runmock
    def test_a():
        app.ask("Paris")

    def test_b(runmock):
        runmock.reply("from a verb")
        assert app.ask() == "from a verb"
"""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("'x' * 300", "File name too long; choose a shorter name, or another folder"),
        (r"'a\0b'", "no file can have this name"),
        (r"'a\ud800b'", "no file can have this name"),
        ("'x' * 300 + '/y'", "File name too long; choose a shorter name, or another folder"),
    ],
)
def test_a_name_of_the_users_that_no_file_can_have_is_refused_before_anything_is_recorded(
    project, live, records, name, why
):
    project.test(NAMED.format(name=name))
    ran = records("once")
    ran.counts(errors=2)
    ran.shows(f".runmock.yaml: no cassette can be written here: {why}")
    assert (live.heard, files(project)) == ([], [])
    ran = project.run()
    ran.counts(passed=1, failed=1)
    ran.shows(".runmock.yaml (does not exist)   mode none")


@pytest.mark.parametrize("name", ["'x' * 300", r"'a\0b'", r"'a\ud800b'", "'x' * 300 + '.yaml'"])
def test_a_marker_that_names_what_no_file_can_be_called_fails_its_test(project, live, records, name):
    project.test(f"""
        @pytest.mark.runmock({name})
        def test_a():
            app.ask("Paris")
    """)
    ran = project.run("--runmock-orphans")
    ran.counts(errors=1)
    ran.shows("test_app.py::test_a: there is no cassette")
    ran = records("once")
    ran.counts(errors=1)
    assert "no cassette can be written here: " in ran.text
    assert (live.heard, files(project)) == ([], [])


def test_a_folder_that_is_too_deep_is_refused_before_anything_is_recorded(project, live, records):
    project.test("""
        from pathlib import Path

        @pytest.fixture
        def runmock_cassette_dir():
            return Path("cassettes", *["x" * 200] * 25)

        @pytest.mark.runmock
        def test_a():
            app.ask("Paris")
    """)
    project.run().counts(failed=1)
    ran = records("once")
    ran.counts(errors=1)
    ran.shows("no cassette can be written here: File name too long; choose a shorter name, or another folder")
    assert live.heard == []


def test_a_name_of_the_users_may_be_made_of_the_tests_own(project):
    project.test("""
        @pytest.fixture
        def runmock_cassette_name(runmock_cassette_name):
            return f"azure-{runmock_cassette_name}"

        @pytest.mark.runmock
        @pytest.mark.parametrize("x", ["a/b", "a:b", "c"])
        def test_a(x):
            assert app.ask() == x.replace(":", "/")
    """)
    project.replies("cassettes/test_app/azure-test_a[a-b].runmock.yaml", "a/b")
    project.replies("cassettes/test_app/azure-test_a[c].runmock.yaml", "c")
    project.run().counts(passed=3)


ONE_DISK = '''
"""A disk that does not tell upper and lower case apart: every look at a file below cassettes/ finds the other one."""
import io
import os

import pytest

REAL = {name: getattr(os, name) for name in ("stat", "lstat", "replace")}
OPEN = io.open


def found(path):
    if not isinstance(path, (str, os.PathLike)):
        return path
    folder, name = os.path.split(os.fspath(path))
    if "cassettes" not in folder or name in (entries := os.listdir(folder) if os.path.isdir(folder) else []):
        return path
    return os.path.join(folder, next((one for one in entries if one.lower() == name.lower()), name))


def pytest_collection_finish(session):
    monkeypatch = pytest.MonkeyPatch()
    session.config.add_cleanup(monkeypatch.undo)
    monkeypatch.setattr(os, "stat", lambda path, **how: REAL["stat"](found(path), **how))
    monkeypatch.setattr(os, "lstat", lambda path, **how: REAL["lstat"](found(path), **how))
    monkeypatch.setattr(os, "replace", lambda old, new: REAL["replace"](old, found(new)))
    monkeypatch.setattr(io, "open", lambda path, *more, **how: OPEN(found(path), *more, **how))
'''


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
def test_a_disk_that_ignores_upper_and_lower_case_is_reported(project, live, records, mode):
    project.write("conftest.py", ONE_DISK)
    project.test("""
        @pytest.mark.runmock
        @pytest.mark.parametrize("city", ["paris", "Paris"])
        def test_a(city):
            assert app.ask(city)
    """)
    ran = records(mode)
    ran.counts(passed=1, errors=1)
    assert files(project) == ["cassettes/test_app/test_a[paris].runmock.yaml"]
    before = (project.path / files(project)[0]).read_bytes()
    request_count = len(live.heard)
    ran.shows("""
        cassettes/test_app/test_a[Paris].runmock.yaml: on this disk 'test_a[Paris].runmock.yaml' is the same file as 'test_a[paris].runmock.yaml': the names differ only in upper and lower case; spell it so, or give it another name (a test: another id, or @pytest.mark.runmock("NAME"))
    """)
    records(mode, "test_app.py::test_a[Paris]").counts(errors=1)
    assert (len(live.heard), (project.path / files(project)[0]).read_bytes()) == (request_count, before)
    assert re.search("Paris", before.decode()) is None
