"""How long the page of a long cassette takes to open in Chromium: milliseconds until it can be used, median of five.

python benchmarks/page.py
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "documents"), str(TESTS / "documents" / "show")]

from runmock.documents.show.page import page_of  # noqa: E402 - found by the path above
from test_page_shown import long_recording  # noqa: E402 - found by the path above

from runmock.documents.show.summary import summary_of  # noqa: E402 - found by the path above

SIZES = {"an empty page": None, "10,600 events in 100 runs": (100, 100), "10,006 events in one run": (1, 10_000)}
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def page_text(size, folder):
    """The page of a recording of this size."""
    if size is None:
        return "<!doctype html><title>empty</title>"
    cassette = folder / "long.yaml"
    cassette.write_text(long_recording(*size), encoding="utf-8")
    return page_of(summary_of(cassette))


def opened_ms(browser, path):
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_function(f"{LOADED} > 0")
    took = page.evaluate(LOADED)
    page.close()
    return took


def main():
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        print("| page | kB | opens in ms |\n|---|---|---|")
        for title, size in SIZES.items():
            path = Path(name) / "page.html"
            path.write_text(page_text(size, Path(name)), encoding="utf-8")
            took = statistics.median(opened_ms(browser, path) for _ in range(5))
            print(f"| {title} | {path.stat().st_size / 1000:.0f} | {took:.0f} |")
        browser.close()


if __name__ == "__main__":
    main()
