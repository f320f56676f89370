"""The page with what nobody expects: scripts in every text, odd characters, nothing at all, far too much."""

import json
import time
from pathlib import Path

from browsing import CONTRASTS, expect
from pytest_runmock.reports.page import page_text
from pytest_runmock.reports.results import Result
from viewer_pages import POLLED, STREAMED, recording

from runmock.viewer.document import json_for_page
from runmock.viewer.page import page_of

EVIL = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)><svg/onload=alert(3)> {{title}} {{data}} "
    "<!-- \u2028 \u202e desrever \u0000 \U0001f468‍👩‍👧 &lt;b&gt; '\"` $& ${alert(4)} "
)
MARKDOWN = (
    "[a](javascript:alert(1)) [b](data:text/html,<script>alert(2)</script>) ![c](https://example.com/c.png) "
    "[d](https://example.com/d) <img src=https://example.com/e.png> [e](vbscript:f) [f](//example.com/f) "
    "![g](javascript:h) <https://example.com/auto> [h](#test=1)\n\n<iframe src=https://example.com></iframe>\n\n"
    "|a|b|\n|-|-|\n|c|`d`|\n"
)
WORD = "w" * 10_000
SIZES = [(360, "light"), (900, "dark"), (1400, "light")]


def quoted(text):
    """A text in YAML, which has no surrogate pairs."""
    return "".join(
        f"\\U{ord(letter):08x}" if ord(letter) > 0xFFFF else json.dumps(letter)[1:-1] for letter in text
    ).join('""')


def evil_recording():
    text = quoted(EVIL + MARKDOWN + WORD)
    return f"""
runmock: 1
interactions:
- request: POST /threads
  body: {{messages: [{{role: {quoted(EVIL)}, content: {text}}}]}}
  json: {{id: {quoted(EVIL)}, object: thread}}
- request: POST /threads/thread_1/runs
  body: {{assistant_id: {quoted(EVIL)}, stream: true, {quoted(EVIL)}: {quoted(EVIL)}}}
  headers: {{x-odd: "</script><script>alert(9)</script>"}}
  stream:
  - thread.run.created: {{id: run_1, object: thread.run, thread_id: thread_1, assistant_id: {quoted(EVIL)}, model: {quoted(EVIL)}, status: queued}}
  - thread.run.step.created: {{id: step_1, object: thread.run.step, run_id: run_1, type: tool_calls, status: in_progress, step_details: {{type: tool_calls, tool_calls: [{{id: call_1, type: function, function: {{name: {quoted(EVIL)}, arguments: {text}, output: {text}}}}}]}}}}
  - thread.message.created: {{id: msg_1, object: thread.message, thread_id: thread_1, run_id: run_1, role: assistant, content: []}}
  - text: [{text}]
  - thread.message.completed: {{same: msg_1, content: [{{type: text, text: {{value: {text}, annotations: []}}}}]}}
  - thread.run.failed: {{same: run_1, status: {quoted(EVIL)}, last_error: {{code: {quoted(EVIL)}, message: {text}}}}}
  - done
- request: GET /threads/x
  status: 404
  json: {{error: {{code: {quoted(EVIL)}, message: {text}}}}}
"""


def looks_right(page):
    """Nothing is wider than the screen, everything can be read."""
    for width, scheme in SIZES:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, scheme)
        assert page.evaluate(CONTRASTS) == [], (width, scheme)
    page.set_viewport_size({"width": 1400, "height": 800})


def test_scripts_in_every_text_of_a_recording_are_only_text(show):
    page = show(evil_recording())
    talk = page.get_by_role("region", name="Conversation")
    expect(talk.get_by_text("</script><script>alert(1)</script>").first).to_be_visible()
    assert page.locator("#viewer :is(img, iframe, svg:not(.ticks), script)").count() == 0
    links = talk.locator("a").evaluate_all("(all) => all.map((one) => [one.href, one.target, one.rel])")
    assert {link for link, *_ in links} == {
        *("https://example.com/c.png", "https://example.com/d", "https://example.com/auto"),
    }
    assert {tuple(rest) for _, *rest in links} == {("_blank", "noopener noreferrer")}
    expect(talk.locator("table td").first).to_have_text("c")
    page.keyboard.press("3")
    for key in "jjravdewlcnN]]":
        page.keyboard.press(key)
    looks_right(page)


def test_scripts_in_every_text_of_tests_are_only_text(opened):
    document = {"isTimed": False, "lengthMs": 1, "conversations": [], "requests": [], "images": {}}
    texts = {"title": EVIL, "text": EVIL + MARKDOWN + WORD}
    evil = Result(f"test_{EVIL}.py::test[{EVIL}{WORD}]", EVIL, mode=EVIL, cassettes=[EVIL + WORD])
    evil.problems = [{**texts, "kind": "bad"}, {**texts, "kind": "warn"}]
    evil.document = json_for_page(document)
    page = opened(page_text([evil, evil], EVIL))
    expect(page.get_by_role("region", name="Details").get_by_text("</script><script>").first).to_be_visible()
    assert page.title().startswith("Tests of </script><script>alert(1)")
    assert page.locator("#viewer :is(img, iframe, a, script)").count() == 0
    for key in "/":
        page.keyboard.press(key)
    page.keyboard.type("</script>")
    expect(page.get_by_text("2 tests", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("c")
    looks_right(page)


def test_half_a_surrogate_pair_and_odd_numbers_are_shown(opened):
    request = {
        "method": "GET",
        "path": "/x",
        "operation": "",
        "status": 200,
        "at": 0,
        "until": 1,
        "answer": {"half": "a \ud83d b", "numbers": [float("nan"), float("inf"), (1.5, -float("inf"))]},
    }
    document = {"isTimed": False, "lengthMs": 1, "conversations": [], "requests": [request], "images": {}}
    page = opened(page_of({"source": "cassette", "title": "a \udcff b", "about": [], "findings": []}, [document]))
    assert page.title() == "a ? b"
    page.keyboard.press("3")
    page.keyboard.press("j")
    details = page.get_by_role("region", name="Details")
    for text in ('"nan"', '"inf"', "1.5", '"-inf"', "ud83d"):
        expect(details).to_contain_text(text)


def test_an_empty_cassette_says_so(show):
    page = show("runmock: 1\n")
    expect(page.get_by_text("There are no runs.")).to_be_visible()
    expect(page.get_by_text("No conversation: nothing was asked.")).to_be_visible()
    page.keyboard.press("3")
    expect(page.get_by_text("There are no requests.")).to_be_visible()
    for key in "jknNrawdelc[]+-0s/":
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    looks_right(page)


def test_a_report_without_tests_and_a_test_without_requests_say_so(opened):
    page = opened(page_text([], "none"))
    expect(page.get_by_text("There are no tests.")).to_be_visible()
    expect(page.locator("header")).to_contain_text("no test played")
    for key in "jknNrawdelc[]+-0s12":
        page.keyboard.press(key)
    looks_right(page)
    page = opened(page_text([Result("test_a.py::test_a")], "one"))
    details = page.get_by_role("region", name="Details")
    expect(details).to_contain_text("0 requests, 0 runs")
    expect(details).to_contain_text("Nothing is missing, and nothing is left.")
    expect(page.get_by_text("No conversation: nothing was asked.")).to_be_visible()


def test_a_request_that_is_no_json_and_one_of_no_api_are_shown(show):
    page = show(
        "runmock: 1\ninteractions:\n- request: PUT /odd\n  body: just a text\n  text: an answer\n"
        "- request: GET /odd?a=1&b=2\n  status: 204\n  text: ''\n"
        "- request: GET /odd/3\n  headers: {content-type: application/zip}\n  base64: UEsDBA==\n"
        '- request: POST /odd/4\n  stream:\n  - raw: "event: x\\ndata: <not json>\\n\\n"\n'
    )
    page.keyboard.press("3")
    details = page.get_by_role("region", name="Details")
    for keys, text in (("jr", "just a text"), ("a", "an answer"), ("jr", "a=1&b=2"), ("a", "(no body)"), ("w", "204")):
        for key in keys:
            page.keyboard.press(key)
        expect(details).to_contain_text(text)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(details).to_contain_text("application/zip, 4 bytes")
    for key in "je]":
        page.keyboard.press(key)
    expect(details).to_contain_text("data: <not json>")
    page.keyboard.press("d")
    expect(details).to_contain_text("there is nothing to compare it with")


def took(page, press, shown):
    """Seconds until a key shows something."""
    began = time.perf_counter()
    page.keyboard.press(press)
    expect(shown).to_be_visible()
    return time.perf_counter() - began


def test_ten_thousand_events_are_a_list_that_can_be_used(show):
    events = f"text: [{', '.join(['word'] * 10_000)}]"
    long = STREAMED.replace('text: [One, " two", " three."]', events).replace("_N", "_1").replace("GAP", "1ms")
    page = show(recording(long))
    page.keyboard.press("3")
    for key in "jje":
        page.keyboard.press(key)
    assert took(page, "l", page.locator("#events .row.selected", has_text="10003")) < 5
    assert page.locator("#events .row").count() < 60
    page.locator("#events").focus()
    assert took(page, "Home", page.locator("#events .row.selected .number", has_text="1")) < 5
    assert page.locator(".ticks path").first.get_attribute("d").count("M") <= 1_400
    assert page.locator("*").count() < 800


def test_a_thousand_runs_at_once_have_a_lane_each_of_which_those_in_sight_are_drawn(opened):
    lines = [{"kind": "status", "text": "queued", "at": 0}, {"kind": "status", "text": "completed", "at": 900}]
    runs = [
        {
            "kind": "run",
            "id": f"run_{number}",
            "status": "completed",
            "about": [],
            "way": "streamed",
            "at": number / 10,
            "until": 1_000,
            "request": None,
            "lines": lines,
        }
        for number in range(1_000)
    ]
    document = {
        "isTimed": True,
        "lengthMs": 1_000,
        "conversations": [{"id": "thread_1", "items": runs}],
        "requests": [],
        "images": {},
    }
    page = opened(page_of({"source": "cassette", "title": "parallel", "about": [], "findings": []}, [document]))
    expect(page.get_by_text("1,000 runs", exact=True)).to_be_visible()
    assert page.locator(".lane").count() < 15
    page.locator("#list").focus()
    assert took(page, "End", page.locator(".item.selected", has_text="run_999")) < 5
    expect(page.locator(".bar.state[title^='run_999:']").first).to_be_visible()
    looks_right(page)


def test_two_thousand_tests_are_a_list_that_can_be_used(opened):
    document = json_for_page({"isTimed": False, "lengthMs": 1, "conversations": [], "requests": [], "images": {}})
    results = [Result(f"test_{number // 50}.py::test_{number}", document=document) for number in range(2_000)]
    page = opened(page_text(results, "many"))
    assert page.locator("#list .row").count() < 60
    page.locator("#list").focus()
    assert took(page, "End", page.locator(".row.selected", has_text="test_1999")) < 5
    page.keyboard.press("/")
    page.keyboard.type("test_1234")
    expect(page.get_by_text("1 test", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_text("2,000 tests", exact=True)).to_be_visible()
    assert page.locator("#list .row").count() < 60  # the list has a height of its own on a narrow screen, too


def test_a_long_text_is_shown_in_part_until_it_is_wanted(show):
    long = POLLED.replace("value: Done.", f"value: {'long ' * 60_000}")
    page = show(long)
    page.keyboard.press("3")
    page.get_by_role("searchbox", name="Search").fill("list_messages")
    page.keyboard.press("Enter")
    shown = page.get_by_label("The answer")
    assert len(shown.inner_text()) == 200_000
    page.get_by_role("button", name="Show all").click()
    assert len(shown.inner_text()) > 300_000
    expect(page.locator(".prose.plain")).to_have_count(1)


def test_no_line_of_the_pages_code_is_long():
    assets = Path(__file__).parents[2] / "runmock" / "viewer" / "assets"
    long = [
        (path.name, number)
        for path in set(assets.glob("*.js")) - {assets / "live.js"}
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 140
    ]
    assert long == []
