"""The settings of the site, with made-up pages: what its build accepts, and what it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest

CONF = Path(__file__).parents[2] / "docs" / "conf.py"
SETTINGS = f"""
exec(compile(open({str(CONF)!r}, encoding="utf-8").read(), {str(CONF)!r}, "exec"))
ORDER = {{"Start": ["page"]}}
html_static_path = html_css_files = []
html_search_scorer = ""
"""


@pytest.fixture
def build(tmp_path):
    """Build a site whose front page has this text, beside a page with one heading; the exit code and the output."""
    pages = tmp_path / "docs"
    pages.mkdir()
    (pages / "conf.py").write_text(SETTINGS, encoding="utf-8")
    (pages / "page.md").write_text("# A page\n\n## How it is\n", encoding="utf-8")
    (tmp_path / "code.py").write_text("", encoding="utf-8")
    (tmp_path / "README.md").write_text("# Readme\n", encoding="utf-8")

    def built(text):
        (pages / "index.md").write_text(f"# Front\n\n{text}\n", encoding="utf-8")
        words = ["--nitpicky", "--fail-on-warning", "--keep-going", "--quiet", pages, tmp_path / "site"]
        command = [sys.executable, "-m", "sphinx", "--builder", "html", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr, (tmp_path / "site" / "index.html").read_text(encoding="utf-8")

    return built


def test_links_to_pages_and_headings_are_links_and_those_to_other_files_are_text(build):
    code, printed, page = build(
        "[one](page.md) [two](page.md#how-it-is) [three](../code.py) [four](../README.md#readme) [five](../README.md)"
    )
    assert (code, printed) == (0, "")
    assert 'href="page.html"' in page
    assert 'href="page.html#how-it-is"' in page
    assert all(word in page for word in ("three", "four", "five"))
    assert "README" not in page
    assert "code.py" not in page


@pytest.mark.parametrize("link", ["gone.md", "page.md#gone", "#gone", "../gone.py", "../gone.md"])
def test_a_link_that_leads_nowhere_is_an_error(build, link):
    code, printed, _ = build(f"[one]({link})")
    assert code != 0
    assert "cross-reference target not found" in printed or "not found" in printed


def test_a_page_that_loads_something_from_elsewhere_is_an_error(build):
    code, printed, _ = build('<img src="https://pictures.example/one.png">')
    assert code != 0
    assert "loads something from another server" in printed


def test_short_code_in_a_sentence_has_a_class_and_long_code_has_none(build):
    code, printed, page = build("`--runmock-record` and `" + "a long command " * 5 + "`")
    assert (code, printed) == (0, "")
    assert page.count("literal notranslate short") + page.count("short docutils literal") == 1
