"""Which cassette is a test's."""

import pytest

TEST = """
    @pytest.mark.runmock
    def test_greets(runmock):
        assert app.ask() == "found"
"""


@pytest.mark.parametrize("ending", ["runmock.yaml", "yaml"])
def test_a_marked_test_plays_the_cassette_that_has_its_name(project, ending):
    project.test(TEST)
    project.replies(f"cassettes/test_app/test_greets.{ending}", "found")
    project.run().counts(passed=1)


def test_the_runmock_ending_comes_before_the_plain_ending(project):
    project.test(TEST)
    project.replies("cassettes/test_app/test_greets.runmock.yaml", "found")
    project.replies("cassettes/test_app/test_greets.yaml", "not this one")
    project.run().counts(passed=1)


def test_requesting_the_fixture_is_enough_to_find_it(project):
    project.test("""
        def test_greets(runmock):
            assert app.ask() == "found"
    """)
    project.replies("cassettes/test_app/test_greets.runmock.yaml", "found")
    project.run().counts(passed=1)


def test_the_marker_is_enough_to_play(project):
    project.test("""
        @pytest.mark.runmock
        def test_greets():
            assert app.ask() == "found"
    """)
    project.replies("cassettes/test_app/test_greets.runmock.yaml", "found")
    project.run().counts(passed=1)


def test_classes_and_parametrisation_are_part_of_the_name(project):
    project.test("""
        @pytest.mark.runmock
        class TestOuter:
            class TestInner:
                @pytest.mark.parametrize("city", ["Paris", "Oslo/NO"])
                def test_asks(self, city):
                    assert app.ask() == city
    """)
    project.replies("cassettes/test_app/TestOuter.TestInner.test_asks[Paris].runmock.yaml", "Paris")
    project.replies("cassettes/test_app/TestOuter.TestInner.test_asks[Oslo-NO].runmock.yaml", "Oslo/NO")
    project.run().counts(passed=2)


def test_parametrised_tests_may_share_one_cassette_without_an_id(project):
    project.test("""
        @pytest.mark.runmock
        @pytest.mark.parametrize("number", [1, 2])
        def test_asks(number):
            assert app.ask() == "shared"
    """)
    project.replies("cassettes/test_app/test_asks.runmock.yaml", "shared")
    project.run().counts(passed=2)


def test_only_the_marked_parameter_plays(project):
    project.test("""
        @pytest.mark.parametrize("plays", [False, pytest.param(True, marks=pytest.mark.runmock("one")), False])
        def test_asks(plays, request):
            assert ("runmock" in request.fixturenames) is plays
            assert not plays or app.ask() == "one"
    """)
    project.replies("cassettes/one.yaml", "one")
    project.run().counts(passed=3)


@pytest.mark.parametrize(
    "place",
    [
        "tests/cassettes/weather.runmock.yaml",
        "tests/cassettes/weather.yaml",
        "cassettes/weather.runmock.yaml",
        "cassettes/weather.yaml",
        "tests/unit/cassettes/weather.yaml",
    ],
)
def test_a_named_cassette_lies_beside_the_test_or_further_up_to_rootdir(project, place):
    project.test(
        """
        @pytest.mark.runmock("weather")
        def test_weather():
            assert app.ask() == "found"
        """,
        "tests/unit/test_weather.py",
    )
    project.replies("../cassettes/weather.runmock.yaml", "not this one")
    project.replies(place, "found")
    project.run().counts(passed=1)


def test_a_named_cassette_beside_the_test_comes_first(project):
    project.test('@pytest.mark.runmock("weather")\ndef test_a():\n    assert app.ask() == "near"\n', "tests/test_a.py")
    project.replies("tests/cassettes/weather.yaml", "near")
    project.replies("cassettes/weather.runmock.yaml", "far")
    project.run().counts(passed=1)


@pytest.mark.parametrize("name", ["'weather.yaml'", "'weather.runmock.yaml'", "'deep/er'", "HERE / 'weather.yaml'"])
def test_a_name_may_have_its_ending_a_folder_or_be_a_path(project, name):
    project.test(f"""
        from pathlib import Path
        HERE = Path(__file__).parent

        @pytest.mark.runmock({name})
        def test_weather():
            assert app.ask() == "found"
    """)
    for place in ("weather.yaml", "cassettes/weather.runmock.yaml", "cassettes/deep/er.yaml"):
        project.replies(place, "found")
    project.run().counts(passed=1)


def test_several_cassettes_are_tried_in_order(project):
    project.test("""
        @pytest.mark.runmock("first", "second")
        def test_both():
            assert [app.ask(), app.ask()] == ["one", "two"]
    """)
    project.replies("cassettes/second.yaml", "two")
    project.replies("cassettes/first.yaml", "one")
    project.run().counts(passed=1)
