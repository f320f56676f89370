"""The markers of a test add up."""

import pytest


def test_cassettes_add_up_the_nearest_first_and_keywords_of_the_nearest_win(project):
    project.test("""
        pytestmark = pytest.mark.runmock("module", allow_unplayed=True, match_on=["operation"])

        def answers(runmock):
            return [app.ask() for _ in range(len(runmock.deck.leftovers()))]

        def test_of_module(runmock):
            assert answers(runmock) == ["module"]

        @pytest.mark.runmock("class")
        class TestAll:
            def test_of_class(self, runmock):
                assert answers(runmock) == ["class", "module"]

            @pytest.mark.runmock("test")
            def test_own(self, runmock):
                assert answers(runmock) == ["test", "class", "module"]

            @pytest.mark.runmock(pace="0")
            def test_keyword_only(self, runmock):
                assert answers(runmock) == ["class", "module"]

            @pytest.mark.runmock("module")
            def test_named_twice(self, runmock):
                assert answers(runmock) == ["module", "class"]

            @pytest.mark.runmock("first", "second")
            @pytest.mark.runmock("test", allow_unplayed=False)
            def test_two_marks(self, runmock):
                assert answers(runmock) == ["test", "first", "second", "class", "module"]

            @pytest.mark.runmock(allow_unplayed=False)
            def test_strict(self):
                pass
    """)
    for name in ("module", "class", "test", "first", "second"):
        project.replies(f"cassettes/{name}.yaml", name)
    ran = project.run()
    ran.counts(passed=7, errors=1)
    ran.shows("ERROR at teardown of TestAll.test_strict")


def test_what_stands_at_a_case_comes_before_what_stands_at_the_test(project):
    project.test("""
        @pytest.mark.parametrize(
            "city",
            ["Rome", pytest.param("Oslo", marks=pytest.mark.runmock("oslo", allow_unplayed=True))],
        )
        @pytest.mark.runmock("weather", allow_unplayed=False)
        def test_a(city):
            assert app.ask() == city
    """)
    project.replies("cassettes/oslo.yaml", "Oslo")
    project.replies("cassettes/weather.yaml", "Rome")
    project.run().counts(passed=2)


MARK = 'pytest.mark.runmock("base", allow_unplayed=False)'


@pytest.mark.parametrize("marks", [MARK, f"[pytest.mark.usefixtures('tmp_path'), {MARK}]"])
def test_what_stands_at_a_class_comes_before_what_stands_at_its_base(project, marks):
    project.test(f"""
        class Base:
            pytestmark = {marks}

            def test_a(self):
                assert app.ask() == self.answer

        @pytest.mark.runmock("child", allow_unplayed=True)
        class TestChild(Base):
            answer = "child"

        class TestOther(Base):
            answer = "base"
    """)
    for name in ("base", "child"):
        project.replies(f"cassettes/{name}.yaml", name)
    project.run().counts(passed=2)


def test_marks_win_over_runmock_config_key_by_key(project):
    project.test("""
        @pytest.fixture
        def runmock_config():
            return {"allow_unplayed": True, "script": {"runs": [{"reply": "config"}]}}

        pytestmark = pytest.mark.runmock(script={"runs": [{"reply": "module"}, {"reply": "rest"}]})

        @pytest.mark.runmock("file")
        def test_a():
            assert [app.ask(), app.ask()] == ["file", "module"]
    """)
    project.replies("cassettes/file.yaml", "file")
    project.run().counts(passed=1)


def test_a_mark_that_a_conftest_adds_is_one_of_them(project):
    project.write(
        "conftest.py",
        """
        import pytest

        def pytest_collection_modifyitems(items):
            for item in items:
                item.add_marker(pytest.mark.runmock("added"))
        """,
    )
    project.test("""
        def test_bare():
            assert app.ask() == "added"

        @pytest.mark.runmock("own")
        def test_marked():
            assert [app.ask(), app.ask()] == ["own", "added"]
    """)
    for name in ("own", "added"):
        project.replies(f"cassettes/{name}.yaml", name)
    project.run().counts(passed=2)


SHARED = """
    pytestmark = pytest.mark.runmock("module")

    @pytest.mark.runmock("own")
    def test_own():
        assert app.ask() == "own"

    @pytest.mark.runmock(script={"runs": [{"reply": "script"}]})
    def test_script():
        assert app.ask() == "script"

    @pytest.mark.runmock("class")
    class TestAll:
        def test_class(self):
            assert app.ask() == "class"

        @pytest.mark.parametrize("city", [pytest.param("Oslo", marks=pytest.mark.runmock("case"))])
        @pytest.mark.runmock("own")
        def test_case(self, city):
            assert app.ask() == "case"
"""


def test_what_marks_further_out_add_need_not_be_played(project):
    project.test(SHARED)
    for name in ("module", "class", "own", "case"):
        project.replies(f"cassettes/{name}.yaml", name)
    project.run().counts(passed=4)


def test_what_the_nearest_place_adds_must_be_played(project):
    project.test("""
        pytestmark = pytest.mark.runmock("module", script={"runs": [{"reply": "script"}]})

        @pytest.mark.runmock("own")
        @pytest.mark.runmock("beside")
        def test_own():
            assert app.ask() == "beside"

        @pytest.mark.runmock(pace="0")
        def test_only_those_of_the_module():
            pass
    """)
    for name in ("module", "own", "beside"):
        project.replies(f"cassettes/{name}.yaml", name)
    ran = project.run()
    ran.counts(passed=2, errors=2)
    ran.shows("""
        runmock: not everything on the cassette was played
          cassettes/own.yaml
            run 0, line 3: reply "own"
          to allow it: @pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=warn
    """)
    ran.shows("""
        runmock: not everything on the cassette was played
          cassettes/module.yaml
            run 0, line 3: reply "module"
          script of test_app.py::test_only_those_of_the_module
            run 0: reply "script"
          to allow it: @pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=warn
    """)


def test_allow_unplayed_false_holds_for_what_marks_further_out_add(project):
    project.test("""
        pytestmark = pytest.mark.runmock("module", allow_unplayed=False)

        @pytest.mark.runmock("own")
        def test_own():
            assert app.ask() == "own"
    """)
    for name in ("module", "own"):
        project.replies(f"cassettes/{name}.yaml", name)
    ran = project.run()
    ran.counts(passed=1, errors=1)
    ran.shows("""
        runmock: not everything on the cassette was played
          cassettes/module.yaml
            run 0, line 3: reply "module"
          to allow it: @pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=warn
    """)


def test_a_run_further_out_that_was_begun_is_judged(project):
    project.write(
        "cassettes/module.yaml",
        """
        runmock: 1
        runs:
          - calls: [a]
            outputs: [any]
        """,
    )
    project.test("""
        pytestmark = pytest.mark.runmock("module")

        @pytest.mark.runmock(script={"threads": [{"id": "thread_1"}]})
        def test_own():
            run = app.post("/threads/thread_1/runs", assistant_id="asst_1", tools=[{"type": "function", "function": {"name": "a"}}])
            app.finish(run)
    """)
    ran = project.run()
    ran.counts(passed=1, errors=1)
    assert "    run 0, line 3: outputs for call_1 were never submitted" in ran.text
