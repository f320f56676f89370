"""The rules for code blocks, held by made-up pages."""

import sys
import textwrap
from itertools import starmap

import pytest
from code_blocks import BlockError, blocks_of
from page_run import PageRun
from shown_output import agrees, occurs
from test_code_blocks import CannotRun, skipped


def block(language, text):
    return f"```{language}\n{textwrap.dedent(text).strip()}\n```\n\n"


def page(*blocks):
    return "# A page\n\n" + "".join(starmap(block, blocks))


@pytest.fixture
def run(pytester):
    return lambda *blocks: PageRun("page.md", page(*blocks), pytester).run()


@pytest.fixture
def error_of(run):
    def error(*blocks):
        with pytest.raises(BlockError) as raised:
            run(*blocks)
        return str(raised.value)

    return error


GREETS = "# cassettes/greets.yaml\nrunmock: 1\nruns: [{reply: Hello!}]\n"
CHECKED = "$ runmock check cassettes\n1 cassette, nothing found\n"
PASSES = "# test_it.py\ndef test_it(runmock):\n    assert runmock.runs == []\n"
FAILS = PASSES.replace("==", "!=")


def test_a_page_whose_blocks_work_passes(run):
    run(("yaml", GREETS), ("console", CHECKED), ("python", PASSES), ("text", "1 cassette,\nnothing ..."))


@pytest.mark.parametrize("text", ["```\nwhat is this\n```\n", "    indented\n"])
def test_a_block_without_a_language_fails(text):
    with pytest.raises(BlockError, match=r"^page\.md:3: a block without a language"):
        blocks_of("page.md", f"# A page\n\n{text}")


def test_a_block_in_an_unknown_language_fails():
    with pytest.raises(BlockError, match="no rule for blocks in 'pythn'"):
        blocks_of("page.md", "```pythn\n```\n")


def test_a_directive_is_no_block():
    assert blocks_of("page.md", "```{toctree}\n```\n") == []


def test_a_wrong_output_fails_with_the_difference(error_of):
    wrong = error_of(("yaml", GREETS), ("console", "$ runmock check cassettes\n2 cassettes, nothing found\n"))
    assert wrong.startswith("page.md:10: $ runmock check cassettes\n")
    assert "\n-2 cassettes, nothing found\n+1 cassette, nothing found" in wrong


def test_a_file_has_the_line_that_names_it_as_a_reader_copies_it(run):
    run(("yaml", GREETS), ("console", "$ head -n 1 cassettes/greets.yaml\n# cassettes/greets.yaml\n"))


def test_the_number_of_a_job_that_has_ended_is_free_again(run):
    sleeps = "$ sleep 60 &\n$ kill %1\n"
    run(("console", f"{sleeps}{sleeps}$ echo done\ndone\n"))


def test_a_virtual_environment_is_not_made(run):
    run(("console", "$ python3 -m venv .venv\n$ source .venv/bin/activate\n$ test ! -e .venv\n"))


def test_a_command_that_fails_unseen_fails(error_of):
    assert "ends with 1" in error_of(("console", "$ cat gone.txt"))


def test_a_command_may_fail_as_shown(run):
    run(("console", "$ cat gone.txt\ncat: gone.txt: No such file or directory"))


def test_the_second_command_of_a_block_is_named_by_its_line(error_of):
    assert error_of(("console", "$ echo 1\n1\n$ echo 2\n3\n")).startswith("page.md:6: $ echo 2\n")


def test_a_text_that_no_command_prints_fails(error_of):
    assert "no command of the page has printed this:\nHello" in error_of(("console", "$ echo Hi"), ("text", "Hello"))


def test_a_script_without_a_name_is_run(run, error_of):
    run(("python", "print('Hello')"), ("text", "Hello"))
    assert "ZeroDivisionError" in error_of(("python", "1 / 0"))


def test_a_test_that_no_command_runs_must_pass(run, error_of):
    assert error_of(("python", PASSES.replace("it", "well")), ("python", FAILS)).startswith("page.md:11: pytest -q")
    run(("python", FAILS), ("console", "$ pytest -q test_it.py\n...\n1 failed in 0.01s"))


def test_a_file_may_have_the_name_of_a_module_of_these_tests(run):
    run(
        ("python", "# shown_output.py\nIT = 1"),
        ("python", "# test_page_run.py\nimport shown_output\n\ndef test_it():\n    assert shown_output.IT"),
    )
    assert sys.modules["shown_output"].agrees is agrees


def test_a_test_is_run_before_a_file_is_replaced(run, error_of):
    run(("python", "# it.py\nIT = 1"), ("python", "# test_it.py\nimport it\n\ndef test_it():\n    assert it.IT"))
    wrong = error_of(
        ("python", "# it.py\nIT = 0"),
        ("python", "# test_it.py\nimport it\n\ndef test_it():\n    assert it.IT"),
        ("python", "# it.py\nIT = 1"),
    )
    assert wrong.startswith("page.md:10: pytest -q test_it.py ends with 1")


def test_a_block_may_add_to_a_file(run, error_of):
    run(("python", "# it.py\nIT = 1"), ("python", "# it.py (continued)\nprint(IT)"), ("console", "$ python it.py\n1"))
    assert "there is no that.py to continue" in error_of(("python", "# that.py (continued)\nprint(IT)"))


def test_a_file_that_nothing_uses_fails(error_of):
    assert "nothing on the page uses it.py" in error_of(("python", "# it.py\nIT = 1"))
    assert "nothing on the page uses cassettes/greets.yaml" in error_of(("yaml", GREETS))


def test_the_own_cassette_of_a_test_is_used(run):
    own = GREETS.replace("greets", "test_it/test_it.runmock").replace("[{reply: Hello!}]", "[]")
    run(("yaml", own), ("python", PASSES))


@pytest.mark.parametrize("text", ["runmock: 1\nruns:\n  - relpy: Hello\n", "- relpy: Hello\n", "reply: Hello\n"])
def test_yaml_without_a_name_must_be_of_a_cassette(error_of, text):
    assert error_of(("yaml", text)).startswith("page.md:4: ")


def test_yaml_of_other_tools_is_only_read(run, error_of):
    run(("yaml", "# .pre-commit-config.yaml\nrepos: []\n"))
    assert "is no yaml" in error_of(("yaml", "# .pre-commit-config.yaml\nrepos: [\n"))


@pytest.mark.parametrize(
    ("language", "text"), [("json", "{]"), ("toml", "# a.toml\na ="), ("ini", "# a.ini\na"), ("sh", "# a.sh\nif")]
)
def test_what_its_language_cannot_read_fails(error_of, language, text):
    assert f"is no {language}" in error_of((language, text))


def test_a_server_runs_until_it_is_ended_on_a_port_of_its_own(run):
    run(
        ("yaml", GREETS),
        ("console", "$ runmock serve cassettes/greets.yaml &\nOPENAI_BASE_URL=http://127.0.0.1:8765/v1\n..."),
        ("python", "import httpx\nprint(httpx.get('http://127.0.0.1:8765/_runmock/state').status_code)"),
        ("text", "200"),
        ("console", "$ kill -INT %1\nended"),
    )


def test_a_server_that_does_not_start_fails(error_of):
    assert "there is no such cassette" in error_of(("console", "$ runmock serve gone.yaml &"))


def test_what_installs_is_looked_up(run, error_of):
    run(("console", "$ pip install 'runmock[serve]'\n$ make test"))
    assert "runmock has no extra server" in error_of(("console", "$ pip install 'runmock[server]'"))
    assert "the Makefile has no tests" in error_of(("console", "$ make tests"))


PAGE = page(("python", "print(1)"), ("console", "$ uvicorn app:app"))


def test_a_block_that_cannot_run_is_left_out_when_another_test_has_it(tmp_path, pytester):
    (tmp_path / "run.sh").write_text("$ uvicorn   app:app\n")
    listed = [CannotRun("page.md", "$ uvicorn app:app", "it never ends", "run.sh")]
    left_out = skipped("page.md", PAGE, listed, tmp_path)
    assert [each.language for each in left_out] == ["console"]
    PageRun("page.md", PAGE, pytester, left_out).run()


def test_an_entry_for_a_block_that_is_gone_fails(tmp_path):
    with pytest.raises(AssertionError, match="0 blocks have the line"):
        skipped("page.md", PAGE, [CannotRun("page.md", "$ hypercorn app:app", "it never ends", "run.sh")], tmp_path)


def test_an_entry_whose_block_no_other_test_has_fails(tmp_path):
    with pytest.raises(AssertionError, match=r"run\.sh has no block"):
        skipped("page.md", PAGE, [CannotRun("page.md", "$ uvicorn app:app", "it never ends", "run.sh")], tmp_path)


@pytest.mark.parametrize(
    ("shown", "output", "expected"),
    [
        ("a\nb", "a  \nb\n\n", True),
        ("a\nb", "a\nc\nb", False),
        ("a\n...\nb", "a\nc\nd\nb", True),
        ("a\n...\nb", "a\nb", True),
        ("a ... c", "a b c", True),
        ("a ... c", "a b\nc", False),
        ("1 passed in 0.01s", "1 passed in 2.34s", True),
        ("(a) [b]", "(a) [b]", True),
        ("a", "a\nb", False),
    ],
)
def test_an_output_agrees_word_for_word_but_for_dots(shown, output, expected):
    assert agrees(shown, output) is expected


@pytest.mark.parametrize(
    ("shown", "output", "expected"),
    [
        ("a b\nc", "x\nE   a  b\nE     c\ny", True),
        ("a\n...\nc", "a\nb\nc", True),
        ("a ...", "a b c", True),
        ("a c", "a b c", False),
    ],
)
def test_a_text_occurs_whatever_the_white_space(shown, output, expected):
    assert occurs(shown, output) is expected
