"""The page of `show --html` in a real browser: for eyes, for keyboards, for screen readers, and without a network."""

import itertools
import re
import time

import pytest
from browsing import CONTRASTS, expect
from runmock.documents.show.page import page_of

from runmock.documents.show.summary import summary_of


@pytest.fixture
def show(browser, tmp_path):
    """Open the page of a cassette; errors in it, and requests to anywhere, fail the test."""
    wrong, contexts = [], []

    def opened(cassette, **options):
        target = tmp_path / "page.html"
        target.write_text(page_of(summary_of(cassette)), encoding="utf-8")
        context = browser.new_context(**{"viewport": {"width": 1300, "height": 800}} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("request", lambda request: request.url == target.as_uri() or wrong.append(request.url))
        page.goto(target.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def weather(examples):
    return examples / "recorded_weather.yaml"


def test_the_conversation_stands_beside_the_axis(show, weather):
    page = show(weather)
    talk = page.get_by_role("region", name="Conversation")
    expect(talk.get_by_role("heading", name="thread_1")).to_be_visible()
    expect(talk.get_by_text("How warm is it in Paris?")).to_be_visible()
    expect(talk.get_by_text("It is 21 degrees in Paris.")).to_be_visible()
    expect(talk.get_by_role("listitem").filter(has_text='get_weather({"city":"Paris"})').last).to_contain_text("21")
    axis = page.get_by_role("region", name="Time axis")
    assert talk.bounding_box()["x"] < axis.bounding_box()["x"]
    expect(axis.get_by_role("link", name="run_1: requires_action, from 0.96 s to 4.00 s")).to_be_visible()
    expect(axis.get_by_role("link", name="run_1: message, from 6.00 s to 7.00 s, 6 deltas")).to_be_visible()
    assert page.locator(".ticks path").nth(1).get_attribute("d").count("M") == 6


def test_a_script_has_no_times_and_its_defaults_are_marked(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("runmock: 1\nruns:\n- {calls: [f], reply: a}\n- {match: {last_message: Hi Bob}, reply: b}\n")
    page = page_of(summary_of(path))
    assert '<h3>user <span class="dim">(made up)</span></h3><p class="text">Hello!</p>' in page
    assert '<h3>user</h3><p class="text">Hi Bob</p>' in page
    assert '&rarr; the output of f <span class="dim">(made up)</span></span>' in page
    assert 'aria-label="run_1: queued"' in page
    assert "no times were recorded: this is the order only" in page
    assert re.findall(r"[0-9.]+ s\b(?!\w)", page.partition("<body")[2].partition("<script")[0]) == []
    assert "tokens" not in page.partition("<body")[2].partition("<script")[0]


def test_a_bar_leads_to_its_line_and_both_light_up(show, weather):
    page = show(weather)
    page.get_by_role("link", name=re.compile("message, from")).click()
    line = page.locator(".happenings li.lit")
    expect(line).to_contain_text("message")
    expect(line).to_be_focused()
    page.get_by_text("requires_action").first.hover()
    expect(page.locator(".bar.lit")).to_have_text("requires_action")


def test_the_keyboard_alone_is_enough(show, weather):
    page = show(weather)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the time axis")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=re.compile("run_1: queued, from 0.06 s"))).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("link", name=re.compile("run_1: in_progress, from 0.26 s"))).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("link", name=re.compile("run_1: message"))).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator(".happenings li").first).to_be_focused()


def test_zoom_makes_the_axis_wider(show, weather):
    page = show(weather)
    before = page.locator("#plot").bounding_box()["width"]
    page.get_by_role("slider", name="Zoom").fill("2")
    assert page.locator("#plot").bounding_box()["width"] > 3 * before
    assert page.evaluate("document.documentElement.scrollWidth") <= 1300


def test_every_event_is_in_the_table_and_can_be_found(show, weather):
    page = show(weather)
    page.get_by_text("All 32 answers and events as they came").click()
    rows = page.locator("#rows tr")
    expect(rows).to_have_count(32)
    expect(rows.nth(1)).to_contain_text("thread.run.created")
    page.get_by_role("searchbox", name="Find").fill("requires_action")
    expect(page.get_by_role("status")).to_have_text("2 of 2 shown")
    expect(rows).to_have_count(2)


def test_texts_are_shown_as_they_are(show, tmp_path):
    hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & {{title}} \u2028"
    cassette = tmp_path / "a.yaml"
    cassette.write_text(
        f"runmock: 1\nruns:\n- steps:\n  - calls: [f: {{x: {hostile!r}}}]\n  - reply: {hostile!r}\n".replace("\\u", "u")
    )
    page = show(cassette)
    expect(
        page.get_by_role("region", name="Conversation").get_by_text("<img src=x onerror=alert(2)>").first
    ).to_be_visible()
    page.locator("#events summary").click()
    expect(page.locator("#rows tr").first).to_be_visible()


def test_it_is_readable_in_light_and_dark_wide_and_narrow(show, examples):
    page = show(examples / "failed.yaml")
    page.locator("#events summary").click()
    for scheme, width in itertools.product(("light", "dark"), (360, 1300)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CONTRASTS) == []


def test_what_is_wrong_with_the_file_is_shown(show, tmp_path):
    cassette = tmp_path / "a.yaml"
    cassette.write_text(
        "runmock: 1\ninteractions:\n- request: POST /threads/thread_1/runs\n  body: {stream: true}\n  truncated: true\n"
        "  stream:\n  - thread.run.created: {id: run_1, object: thread.run, thread_id: thread_1, status: queued}\n"
    )
    page = show(cassette)
    expect(page.get_by_text("line 5: truncated: the answer to POST /threads/thread_1/runs has no end")).to_be_visible()


def test_ten_thousand_events_open_within_a_second(show, tmp_path):
    cassette = tmp_path / "long.yaml"
    cassette.write_text(long_recording(runs=100, deltas=100))
    page = show(cassette)
    expect(page.get_by_text("All 10,600 answers")).to_be_visible()
    opened_ms = page.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart")
    assert opened_ms < 5_000  # a second where nothing else runs: benchmarks/page.py measures it
    began = time.perf_counter()
    page.locator("#events summary").click()
    expect(page.locator("#rows tr")).to_have_count(500)
    assert time.perf_counter() - began < 5


def long_recording(runs, deltas):
    """A recording of so many runs on one thread, each with so many deltas, ten milliseconds apart."""
    lines = ["runmock: 1", "recorded: {at: 2026-11-22T10:23:29Z}", "interactions:"]
    for number in range(1, runs + 1):
        run, message = f"run_{number}", f"msg_{number}"
        lines += [
            "  - request: POST /threads/thread_1/runs",
            "    body: {assistant_id: asst_1, stream: true}",
            "    pace: {first: 20ms, gap: 10ms}",
            "    stream:",
            f"      - thread.run.created: {{id: {run}, object: thread.run, thread_id: thread_1, status: queued}}",
            f"      - thread.run.in_progress: {{same: {run}, status: in_progress}}",
            f"      - thread.message.created: {{id: {message}, object: thread.message, run_id: {run}, role: assistant, content: []}}",
            f"      - text: [{', '.join(['word'] * deltas)}]",
            f"      - thread.message.completed: {{same: {message}, content: [{{type: text, text: {{value: {'word' * deltas}}}}}]}}",
            f"      - thread.run.completed: {{same: {run}, status: completed}}",
            "      - done",
        ]
    return "\n".join(lines) + "\n"
