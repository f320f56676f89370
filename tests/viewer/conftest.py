"""Pages in a browser: an error in one, and a request to anywhere, fails the test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from viewer_pages import SUITE

from runmock.viewer.cassette_page import cassette_page

ROOT = Path(__file__).parents[2]
WIDE = {"width": 1300, "height": 800}


@pytest.fixture
def examples():
    """The folder of the example cassettes."""
    return ROOT / "cassettes"


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page's HTML."""
    wrong, contexts = [], []

    def open_page(text, **options):
        target = tmp_path / f"page-{len(contexts)}.html"
        target.write_text(text, encoding="utf-8")
        context = browser.new_context(**{"viewport": WIDE} | options)
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("request", lambda request: request.url == target.as_uri() or wrong.append(request.url))
        page.goto(target.as_uri())
        page.wait_for_selector("#viewer header")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def show(opened, tmp_path):
    """Open the page of a cassette: a file, or its text."""

    def shown(cassette, **options):
        if not isinstance(cassette, Path):
            text, cassette = cassette, tmp_path / "shown.yaml"
            cassette.write_text(text, encoding="utf-8")
        return opened(cassette_page(cassette), **options)

    return shown


@pytest.fixture(scope="session")
def page_of_tests(tmp_path_factory):
    """The HTML of a run of pytest of which three tests fail."""
    folder = tmp_path_factory.mktemp("suite")
    (folder / "test_suite.py").write_text(SUITE)
    (folder / "weather.yaml").write_text("runmock: 1\nruns:\n- reply: It is **warm**.\n")
    plugins = ("-p", "pytest_runmock", "-p", "no:cacheprovider")
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "--runmock-report=made/report.html", "test_suite.py"],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "15 passed, 1 error" in finished.stdout or "2 failed" in finished.stdout, finished.stdout + finished.stderr
    return (folder / "made" / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def tests_page(opened, page_of_tests):
    """The page of tests, opened."""
    return opened(page_of_tests)
