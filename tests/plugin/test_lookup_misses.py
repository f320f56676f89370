"""What happens when a cassette is not there, stands in the marker, or changes."""

import pytest

TEST = """
    @pytest.mark.runmock
    def test_greets(runmock):
        assert app.ask() == "found"
"""


def test_a_missing_named_cassette_shows_where_it_was_looked_for(project):
    project.test('@pytest.mark.runmock("wether")\ndef test_a():\n    pass\n', "tests/test_a.py")
    project.replies("cassettes/weather.runmock.yaml", "a")
    ran = project.run()
    ran.counts(errors=1)
    ran.shows("""
        tests/test_a.py::test_a: there is no cassette 'wether'; did you mean 'weather'?
          looked for wether.runmock.yaml and wether.yaml in tests/cassettes and cassettes
    """)


def test_a_missing_own_cassette_is_reported_by_the_first_request(project):
    project.test(TEST)
    ran = project.run()
    ran.counts(failed=1)
    ran.shows("cassette  cassettes/test_app/test_greets.runmock.yaml (does not exist)   mode none")


def test_a_marked_test_that_sends_nothing_needs_no_cassette(project):
    project.test("@pytest.mark.runmock\ndef test_a():\n    pass\n")
    project.run().counts(passed=1)


def test_verbs_may_stand_in_for_a_cassette_that_is_not_there(project):
    project.test("""
        @pytest.mark.runmock
        def test_a(runmock):
            runmock.reply("from a verb")
            assert app.ask() == "from a verb"
    """)
    project.run().counts(passed=1)


@pytest.mark.parametrize(
    "script",
    [
        '"runs: [{reply: inline}]"',
        '"runmock: 1\\nruns:\\n  - reply: inline\\n"',
        '{"runs": [{"reply": "inline"}]}',
        '{"runmock": 1, "runs": [{"reply": ["in", "line"]}]}',
    ],
)
def test_a_script_may_stand_in_the_marker(project, script):
    project.test(f"@pytest.mark.runmock(script={script})\ndef test_a():\n    assert app.ask() == 'inline'\n")
    project.run().counts(passed=1)


def test_a_script_in_the_marker_comes_after_the_named_cassettes(project):
    project.test("""
        @pytest.mark.runmock("file", script={"runs": [{"reply": "inline"}]})
        def test_a():
            assert [app.ask(), app.ask()] == ["file", "inline"]
    """)
    project.replies("cassettes/file.yaml", "file")
    project.run().counts(passed=1)


@pytest.mark.parametrize("mode", ["none", "once"])
@pytest.mark.parametrize("name", [{"runs": []}, "runmock: 1\nruns: []", "runs: []"])
def test_what_is_no_name_is_refused(project, name, mode):
    project.test(f"@pytest.mark.runmock({name!r}, record_mode={mode!r})\ndef test_a():\n    pass\n")
    ran = project.run()
    ran.counts(errors=1)
    ran.shows(f"test_app.py::test_a: the marker takes the names of cassettes, not {name!r}; a script goes into script=")


def test_a_changed_cassette_is_read_again(project):
    project.test("""
        import os
        from pathlib import Path

        @pytest.mark.runmock("a")
        def test_first():
            assert app.ask() == "old"
            path = Path(__file__).parent / "cassettes" / "a.yaml"
            path.write_text(path.read_text().replace("old", "new"))
            os.utime(path, ns=(1, 1))

        @pytest.mark.runmock("a")
        def test_second():
            assert app.ask() == "new"
    """)
    project.replies("cassettes/a.yaml", "old")
    project.run().counts(passed=2)


def test_a_marked_unittest_plays(project):
    project.test("""
        import unittest

        class Greeting(unittest.TestCase):
            @pytest.mark.runmock("hello")
            def test_greets(self):
                self.assertEqual(app.ask(), "hello")
    """)
    project.replies("cassettes/hello.yaml", "hello")
    project.run().counts(passed=1)
