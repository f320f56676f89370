"""The README's code blocks, run as a newcomer would run them."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text()
FILE = re.compile(r"^```(?:python|yaml)\n# (?P<name>[\w./]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_first_five_minutes_work_as_written(pytester: pytest.Pytester):
    files = {found["name"]: found["text"] for found in FILE.finditer(README)}
    for name, text in files.items():
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    tests = [name for name in files if name.startswith("test_")]
    assert len(tests) == 4

    result = pytester.runpytest_subprocess("-W", "ignore:The Assistants API is deprecated", *tests)

    result.assert_outcomes(passed=5)


def test_the_failures_that_it_shows_are_the_real_ones(pytester: pytest.Pytester):
    files = {found["name"]: found["text"] for found in FILE.finditer(README)}
    (pytester.path / "cassettes").mkdir()
    (pytester.path / "cassettes" / "two_cities.yaml").write_text(files["cassettes/two_cities.yaml"])
    (pytester.path / "my_app.py").write_text(files["my_app.py"])
    changed = files["test_cassette.py"].replace("Paris or Oslo?", "Rome or Oslo?")
    (pytester.path / "test_cassette.py").write_text(changed)

    result = pytester.runpytest_subprocess("-W", "ignore:The Assistants API is deprecated")

    shown = next(block for block in re.findall(r"```text\n(.*?)```", README, re.DOTALL) if "Unmatched" in block)
    told = re.sub(r"^E +", "", "\n".join(result.outlines), flags=re.MULTILINE)
    assert re.sub(r"\s+", " ", shown).strip() in re.sub(r"\s+", " ", told)


def test_a_typo_is_told_as_the_readme_shows(pytester: pytest.Pytester):
    (pytester.path / "cassettes").mkdir()
    (pytester.path / "cassettes" / "weather.yaml").write_text("runmock: 1\nruns:\n  - relpy: Hello\n")
    pytester.makepyfile("import pytest\n\n@pytest.mark.runmock('weather')\ndef test_x(): pass\n")

    result = pytester.runpytest_subprocess()

    shown = next(block for block in re.findall(r"```text\n(.*?)```", README, re.DOTALL) if "relpy" in block)
    assert shown.strip() in result.outlines
