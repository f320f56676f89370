"""The search of the site, in a real browser: the first result for what people type."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from browsing import open_browser

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The addresses of what a search finds, the best first."""
    site = tmp_path_factory.mktemp("site")
    with open_browser() as browser:
        subprocess.run([sys.executable, "-m", "sphinx", "--builder", "html", "--quiet", DOCS, site], check=True)
        page = browser.new_page()

        def found(query):
            page.goto(f"{(site / 'search.html').as_uri()}?q={quote_plus(query)}")
            page.wait_for_selector(".search-summary:not(:empty)")
            links = page.locator("ul.search > li > a").evaluate_all("links => links.map((link) => link.href)")
            return [link.removeprefix(f"{site.as_uri()}/") for link in links]

        yield found


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("record again", "guides/recording.html#record-one-cassette-again-re-record"),
        ("rerecord", "guides/recording.html#record-one-cassette-again-re-record"),
        ("redact", "guides/recording.html#redact-more-before-record"),
        ("tokens", "guides/recording.html#secrets-keys-and-tokens"),
        ("record Azure", "guides/recording.html#record-against-azure"),
        ("TypeScript", "guides/serving.html#a-javascript-or-typescript-application-node"),
        ("tool call fails", "guides/tool-loops.html#a-tool-call-that-fails"),
        ("http keys", "guides/when-a-run-goes-wrong.html#all-keys-of-http"),
        ("nothing left on the cassette", "guides/troubleshooting.html#nothing-left-on-the-cassette-for-this-request"),
    ],
)
def test_the_first_result(results, query, first):
    assert results(query)[0] == first


def test_pages_about_the_protocol_come_last(results):
    is_last = [address.startswith(("protocol/", "changelog", "how-it-is-built")) for address in results("stream")]
    assert True in is_last
    assert is_last == sorted(is_last)
