"""How long pages take to open in Chromium, as times a page that shows the same text in a `<pre>`.

python benchmarks/page.py > benchmarks/page.md

It prints a section of `benchmarks/results.md`, which `make bench` takes from that file. Each round opens every page once, in a new order; `<pre>` against another of the same is the noise. A page is open when
its list is there and two frames were painted. Below that: how long Python takes to make a page of twice the size.
"""

import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import sync_playwright
from reporting import page_of_tests

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "viewer")]

from viewer_pages import STREAMED, recording  # noqa: E402 - found by the path above

from runmock.viewer.cassette_page import cassette_page  # noqa: E402 - found by the path above

ROUNDS = 11
HEAD = """## How long do pages take to open?

`python benchmarks/page.py`, which needs a browser and is not part of `make bench`, has opened pages in Chromium {version} on {day}, at a load of {load:.1f}: a page beside one that shows the same text in a
`<pre>`, at most three times as long. A/A is that one beside itself.
"""
OPEN = """
() => new Promise((resolve) => {
  const done = () => requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  if (document.readyState === "complete") done(); else addEventListener("load", done);
})
"""


def long_recording(runs, deltas):
    """A recording of so many runs, each with so many deltas."""
    text = f"text: [{', '.join(['word'] * deltas)}]"
    run = STREAMED.replace('text: [One, " two", " three."]', text).replace("GAP", "10ms")
    return recording(
        *(run.replace("_N", f"_{number}").replace("QUESTION", f"Question {number}") for number in range(runs))
    )


def page_of_events(folder, runs, deltas):
    path = folder / "long.yaml"
    path.write_text(long_recording(runs, deltas), encoding="utf-8")
    return cassette_page(path)


def pre_of(page):
    """The texts of a page in a `<pre>`, as they are: what a page without a viewer would have to show."""
    data = page.partition('<script type="application/json"')[2].rpartition("<script>")[0]
    return f"<!doctype html><meta charset=utf-8><title>pre</title><pre>{data.replace('<', '&lt;')}</pre>"


def opened_ms(browser, path):
    page = browser.new_page(viewport={"width": 1300, "height": 800})
    page.goto(path.as_uri(), wait_until="commit")
    took = page.evaluate(OPEN)
    page.close()
    return took


def measured(browser, pages):
    """The median of each page."""
    times = {name: [] for name in pages}
    for _ in range(ROUNDS):
        for name in random.sample(list(pages), len(pages)):
            times[name].append(opened_ms(browser, pages[name]))
    return {name: statistics.median(all_times) for name, all_times in times.items()}


def made_s(make, *size):
    begun = time.perf_counter()
    make(*size)
    return time.perf_counter() - begun


def main():
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        sources = {
            "10,600 events in 100 runs": page_of_events(folder, 100, 100),
            "10,006 events in one run": page_of_events(folder, 1, 10_000),
            "2,000 tests": page_of_tests(2_000),
        }
        print(HEAD.format(day=f"{datetime.now(UTC):%Y-%m-%d}", version=browser.version, load=load))
        print("| page | kB | opens in ms | `<pre>` | times | A/A |\n|---|---|---|---|---|---|")
        for title, text in sources.items():
            pages = {}
            for kind, content in {"page": text, "pre": pre_of(text), "again": pre_of(text)}.items():
                pages[kind] = folder / f"{kind}.html"
                pages[kind].write_text(content, encoding="utf-8")
            found = measured(browser, pages)
            ratio, noise = found["page"] / found["pre"], found["again"] / found["pre"]
            print(
                f"| {title} | {len(text.encode()) / 1000:,.0f} | {found['page']:.0f} | {found['pre']:.0f} | {ratio:.2f} | {noise:.2f} |"
            )
        browser.close()
        print("\n| made in Python | s | twice as many | times |\n|---|---|---|---|")
        for title, make, one, two in (
            ("10,000 events in 100 runs", lambda runs: page_of_events(folder, runs, 100), 100, 200),
            ("10,000 events in one run", lambda deltas: page_of_events(folder, 1, deltas), 10_000, 20_000),
            ("2,000 tests", page_of_tests, 2_000, 4_000),
        ):
            first, second = (statistics.median(made_s(make, size) for _ in range(3)) for size in (one, two))
            print(f"| {title} | {first:.2f} | {second:.2f} | {second / first:.2f} |")


if __name__ == "__main__":
    main()
