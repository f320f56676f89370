"""Two replies in a chain are two messages of one run; where a test fails, that is shown."""

import pytest

SENTENCE = (
    'reply("Hello.").reply("Good bye.") are two messages of one run; '
    'if two runs are meant, begin the second with runmock.reply("Good bye.")'
)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("assert app.ask() == 'Hello.'", {"failed": 1}),
        ("assert [app.ask(), app.ask()] == ['Hello.', 'Good bye.']", {"failed": 1}),
        ("pass", {"passed": 1, "errors": 1}),
    ],
    ids=["a wrong text", "a miss", "a leftover"],
)
def test_a_failing_test_reports_that_a_chain_is_one_run(project, body, outcome):
    project.test(f"""
        def test_says(runmock):
            runmock.reply("Hello.").reply("Good ", "bye.")
            {body}
    """)
    ran = project.run()
    ran.counts(**outcome)
    lines = ran.text.splitlines()
    place = next(number for number, line in enumerate(lines) if line.strip("- ") == "runmock script")
    assert lines[place + 1] == SENTENCE


@pytest.mark.parametrize(
    "script",
    [
        'runmock.reply("Hello.")\n            runmock.reply("Good bye.")',
        'runmock.reply("Hello.").calls(f={}).reply("Good bye.")',
        'runmock.reply("Hello.").fail().reply("Good bye.")',
    ],
    ids=["two runs", "calls between them", "an ending between them"],
)
def test_what_is_no_chain_of_replies_reports_nothing(project, script):
    project.test(f"""
        def test_says(runmock):
            {script}
            assert False
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert "runmock script" not in ran.text


def test_a_test_that_passes_reports_nothing(project):
    project.test("""
        def test_says(runmock):
            runmock.reply("Hello.").reply("Good bye.")
            assert app.ask() == "Good bye."
    """)
    ran = project.run("-rA")
    ran.counts(passed=1)
    assert "runmock script" not in ran.text
