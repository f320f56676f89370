"""What the page of a cassette shows: list, conversation, details and time axis, which mark each other."""

import re
from itertools import pairwise

import pytest
from browsing import expect
from viewer_pages import POLLED, TWO_RUNS, recording, run


def region(page, name):
    return page.get_by_role("region", name=name)


@pytest.fixture
def weather(show, examples):
    return show(examples / "recorded_weather.yaml")


def test_the_conversation_stands_between_the_list_and_the_details_below_the_axis(weather):
    talk = region(weather, "Conversation")
    expect(talk.get_by_role("heading", name="thread_1")).to_be_visible()
    expect(talk.get_by_text("How warm is it in Paris?")).to_be_visible()
    expect(talk.get_by_text("It is 21 degrees in Paris.")).to_be_visible()
    call = talk.locator(".call")
    expect(call.get_by_label("Arguments of get_weather")).to_contain_text('"city": "Paris"')
    expect(call.get_by_label("Output of get_weather")).to_have_text("21")
    sides = [call.get_by_label(f"{name} of get_weather").bounding_box() for name in ("Arguments", "Output")]
    assert sides[0]["x"] + sides[0]["width"] <= sides[1]["x"]
    boxes = [region(weather, name).bounding_box() for name in ("List", "Conversation", "Details")]
    assert all(left["x"] + left["width"] <= right["x"] + 1 for left, right in pairwise(boxes))
    axis = region(weather, "Time axis")
    assert axis.bounding_box()["y"] + axis.bounding_box()["height"] <= boxes[0]["y"] + 1
    expect(axis.get_by_title("run_1: requires_action, 0.96 s to 4.00 s")).to_be_visible()
    expect(axis.get_by_title("run_1: message, 6.00 s to 7.00 s")).to_be_visible()
    assert axis.locator(".ticks path").get_attribute("d").count("M") == 9  # three deltas of a call, six of a text


def test_a_script_has_no_times_and_its_defaults_are_marked(show):
    page = show("runmock: 1\nruns:\n- {calls: [f], reply: a}\n- {match: {last_message: Hi Bob}, reply: b}\n")
    talk = region(page, "Conversation")
    users = talk.locator(".item.message:not(.assistant)")
    expect(users.first).to_contain_text("Hello!")
    expect(users.first.locator(".made-up")).to_be_visible()
    expect(users.last).to_contain_text("Hi Bob")
    expect(users.last.locator(".made-up")).to_have_count(0)
    expect(talk.locator(".call .made-up")).to_be_visible()
    axis = region(page, "Time axis")
    expect(axis).to_contain_text("No times were recorded: this is the order")
    expect(axis.locator(".ruler span").first).to_have_text("request 1")
    assert re.findall(r"[0-9.]+ (?:m?s|min|tokens)\b", page.locator("#viewer").inner_text()) == []
    page.keyboard.press("3")
    assert re.findall(r"[0-9.]+ (?:m?s|min|tokens)\b", page.locator("#viewer").inner_text()) == []


def test_what_the_pointer_is_on_lights_up_in_every_pane_and_on_the_axis(weather):
    weather.keyboard.press("3")
    for _ in range(2):
        weather.keyboard.press("j")
    weather.locator("#list .row.selected").hover()
    for place in ("#list .row.lit", ".item.run.lit", ".details h2.lit", "#axis .bar.request.lit"):
        expect(weather.locator(place)).to_have_count(1)
    expect(weather.locator("#marker")).to_be_visible()
    at_request = weather.locator("#marker").bounding_box()["x"]
    region(weather, "Conversation").locator(".lines > li", has_text="message").last.hover()
    assert weather.locator("#marker").bounding_box()["x"] > at_request + 300
    expect(weather.locator("#axis .bar.state.lit")).to_have_count(5)
    region(weather, "Details").locator("h2").hover()
    expect(weather.locator(".item.run.lit")).to_have_count(1)
    weather.keyboard.press("e")
    weather.locator("#events .row").nth(3).hover()
    expect(weather.locator("#marker")).to_be_visible()
    expect(weather.locator("#list .row.lit")).to_have_count(1)
    weather.locator("h1").hover()
    expect(weather.locator("#marker")).to_be_hidden()
    expect(weather.locator(".lit")).to_have_count(0)


def test_a_bar_selects_its_run_in_every_pane(show):
    page = show(TWO_RUNS)
    page.locator(".bar.state[data-at]", has_text="in_progress").nth(1).click()
    expect(page.locator(".item.selected")).to_contain_text("run_2")
    expect(page.locator("#list .row.selected")).to_contain_text("A long one")
    expect(region(page, "Details").locator("h2")).to_have_text("POST /threads/thread_2/runs")


def test_the_axis_zooms_and_moves_and_shows_all_again(weather):
    bar = weather.get_by_title("run_1: message, 6.00 s to 7.00 s")
    before = bar.bounding_box()["width"]
    box = bar.bounding_box()
    weather.mouse.move(box["x"] + 20, box["y"] + 5)
    weather.keyboard.down("Control")
    for _ in range(3):
        weather.mouse.wheel(0, -100)
    weather.keyboard.up("Control")
    expect(bar).to_be_visible()
    assert bar.bounding_box()["width"] > 1.8 * before
    moved = bar.bounding_box()["x"]
    weather.mouse.move(box["x"] + 60, box["y"] + 5)
    weather.mouse.down()
    weather.mouse.move(box["x"] + 10, box["y"] + 5, steps=5)
    weather.mouse.up()
    assert bar.bounding_box()["x"] < moved - 20
    expect(weather.locator("#list .row.selected")).to_have_count(0)  # a drag selects nothing
    weather.keyboard.down("Shift")
    weather.mouse.wheel(0, -60)
    weather.keyboard.up("Shift")
    weather.keyboard.press("0")
    assert abs(bar.bounding_box()["width"] - before) < 1
    for _ in range(12):
        weather.get_by_role("button", name="Zoom in").click()
    labels = weather.locator(".ruler span").all_inner_texts()
    assert len(labels) == len(set(labels)) > 2
    weather.get_by_role("button", name="All", exact=True).click()
    assert abs(bar.bounding_box()["width"] - before) < 1


def test_scrubbing_shows_what_was_last_at_that_time(weather):
    slider = weather.get_by_role("slider", name="Time")
    slider.evaluate(
        "(element) => { element.value = 6500; element.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    expect(region(weather, "Details").locator("h2")).to_have_text(re.compile("submit_tool_outputs$"))
    expect(weather.locator("#events .row.selected")).to_contain_text("thread.message.delta")
    expect(weather.locator("#axis output")).to_have_text("6.50 s")
    slider.focus()
    weather.keyboard.press("Home")
    expect(region(weather, "Details").locator("h2")).to_have_text("POST /threads/thread_1/runs")


def test_requests_that_repeat_are_one_row(show):
    page = show(POLLED)
    page.keyboard.press("3")
    rows = page.locator("#list .row")
    expect(rows).to_have_count(4)
    expect(rows.nth(2)).to_contain_text("retrieve_run")
    expect(rows.nth(2).locator(".note")).to_have_text("3 polls, until completed")
    expect(page.get_by_text("6 requests", exact=True)).to_be_visible()
    rows.nth(2).click()
    expect(rows).to_have_count(7)
    page.keyboard.press("ArrowLeft")
    expect(rows).to_have_count(4)


def test_the_repeat_of_a_recorded_answer_is_told(show):
    page = show(
        POLLED.replace("  json: {same: run_1, status: in_pr", "  repeat: 4\n  json: {same: run_1, status: in_pr")
    )
    page.keyboard.press("3")
    page.locator("#list .row").nth(2).click()
    expect(page.locator("#list .row").nth(4).locator(".note")).to_contain_text("4 times")


def test_rows_are_found_by_everything_in_them_and_by_their_kind(show, examples):
    page = show(examples / "failed.yaml")
    page.keyboard.press("3")
    everything = page.locator("#list .row").count()
    page.get_by_role("searchbox", name="Search").fill("assistant_id")
    expect(page.locator("#list .row")).not_to_have_count(everything)
    page.get_by_role("searchbox", name="Search").fill("no such word")
    expect(region(page, "List")).to_contain_text("No requests are like this.")
    expect(region(page, "List")).to_contain_text("0 requests")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#list .row")).to_have_count(everything)
    page.keyboard.press("2")
    page.get_by_role("combobox", name="Which").select_option("good")
    expect(region(page, "List")).to_contain_text("No runs are like this.")
    page.get_by_role("combobox", name="Which").select_option("problems")
    expect(page.locator("#list .row")).to_have_count(3)


def test_what_is_wrong_with_the_file_is_shown(show):
    page = show(
        "runmock: 1\ninteractions:\n- request: POST /threads/thread_1/runs\n  body: {stream: true}\n  truncated: true\n"
        "  stream:\n  - thread.run.created: {id: run_1, object: thread.run, thread_id: thread_1, status: queued}\n"
    )
    expect(region(page, "Details").get_by_text("the answer to POST /threads/thread_1/runs has no end")).to_be_visible()
    expect(region(page, "Details").get_by_role("listitem").first).to_contain_text("line 5: truncated:")
    page.keyboard.press("3")
    page.keyboard.press("n")
    expect(region(page, "Details")).to_contain_text("the answer breaks off")


def test_the_address_names_what_is_selected(show, weather):
    for key in ("3", "j", "j", "e", "]", "]"):
        weather.keyboard.press(key)
    expect(weather).to_have_url(re.compile("#tab=requests&request=1&event=1&view=events$"))
    weather.reload()
    expect(weather.locator("#events .row.selected")).to_contain_text("thread.run.queued")
    base = weather.url.partition("#")[0]
    for odd in (
        "request=999&event=7",
        "tab=toString&view=constructor",
        "event=3",
        "item=__proto__&request=-1",
        "test=0",
    ):
        weather.goto(f"{base}#{odd}")
        weather.reload()
        expect(region(weather, "List")).to_be_visible()


def test_print_gives_the_whole_conversation(show):
    page = show(recording(*(run(number, f"Question {number}?") for number in range(1, 61))))
    assert page.locator(".item").count() < 60
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".item.message:not(.assistant)")).to_have_count(60)
    expect(page.get_by_text("Question 60?").first).to_be_visible()
    for name in ("List", "Details", "Time axis"):
        expect(region(page, name)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollHeight") > 6_000  # nothing is in a box that scrolls
    assert page.pdf().count(b"/Type /Page\n") > 5


def test_an_image_of_a_file_is_shown(show, tmp_path):
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    page = show(
        "runmock: 1\ninteractions:\n- request: POST /threads\n"
        "  body: {messages: [{role: user, content: [{type: image_file, image_file: {file_id: file-1}}]}]}\n"
        "  json: {id: thread_1, object: thread}\n"
        f"- request: GET /files/file-1/content\n  headers: {{content-type: image/png}}\n  base64: {png}\n"
    )
    image = page.get_by_role("img", name="image file-1")
    expect(image).to_be_visible()
    assert image.evaluate("(element) => element.naturalWidth") == 1


def test_on_a_narrow_screen_one_pane_is_shown(show):
    page = show(TWO_RUNS, viewport={"width": 360, "height": 740})
    expect(region(page, "Conversation")).to_be_hidden()
    page.get_by_role("button", name="Conversation").click()
    expect(region(page, "Conversation")).to_be_visible()
    expect(region(page, "List")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    page.locator("#list .row").nth(1).click()
    expect(region(page, "Conversation").locator(".item.selected")).to_be_visible()
    page.keyboard.press("r")
    expect(region(page, "Details")).to_contain_text("Answer question 2.")
    page.keyboard.press("3")
    expect(region(page, "List")).to_be_visible()
