"""The page at `/` in a real browser: the viewer, with the bar of a live server."""

import re
import time
from urllib.parse import urlsplit

import openai
import pytest
from browsing import CONTRASTS, expect

SCRIPT = """
runs:
- match: {last_message: /Ada/}
  reply: Hello Ada!
- reply: Hello!
"""


@pytest.fixture
def show(browser):
    """Open the page of a server; what went wrong in it fails the test: errors, and requests to anywhere else."""
    wrong, contexts = [], []

    def opened(served, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: urlsplit(request.url).netloc in served.url or wrong.append(request.url))
        page.goto(served.url)
        expect(page.get_by_text("connected", exact=True)).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def requests(page):
    """The rows of the list of requests that are in sight."""
    return page.get_by_role("listbox", name="Requests").get_by_role("option")


def row(page, operation):
    """The rows of an operation in the list of requests."""
    return requests(page).filter(has=page.locator(".title", has_text=re.compile(f"^{operation}$")))


def details(page):
    """What is shown of the selected request."""
    return page.get_by_role("region", name="Details")


def ask(client, text="Hi", **options):
    return client.beta.threads.create_and_run_poll(
        assistant_id="asst_1", thread={"messages": [{"role": "user", "content": text}]}, **options
    )


def missed(served, connect, text="Who?", **options):
    with pytest.raises(openai.InternalServerError):
        ask(connect(served), text, **options)


def test_it_shows_what_is_loaded_and_what_is_left(show, serve_here, cassette):
    path = cassette(SCRIPT)
    served = serve_here(path)
    page = show(served)
    expect(page.get_by_text(f"OPENAI_BASE_URL={served.base_url}")).to_be_visible()
    expect(page.get_by_text(f"AZURE_OPENAI_ENDPOINT={served.url}")).to_be_visible()
    expect(page.get_by_text(f"{path}: 2 runs")).to_be_visible()
    expect(page.get_by_text("Next: run 0, needs last_message /Ada/; or run 1, for any request")).to_be_visible()
    page.get_by_text("2 entries left to play").click()
    expect(page.get_by_text(f'{path}: run 0, line 4: when last_message /Ada/; reply "Hello Ada!"')).to_be_visible()
    expect(page.get_by_text("0 requests")).to_be_visible()


def test_an_address_is_copied(show, serve_here):
    served = serve_here()
    page = show(served, permissions=["clipboard-read", "clipboard-write"])
    for name, value in (("OPENAI_BASE_URL", served.base_url), ("AZURE_OPENAI_ENDPOINT", served.url)):
        page.get_by_role("button", name=f"Copy {name}").click()
        expect(page.get_by_text("Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == f"{name}={value}"


def test_with_no_cassette_it_shows_what_runs_get(show, stock):
    page = show(stock)
    text = 'No cassette: every run gets a stock reply, "Hello! How can I assist you today?"'
    expect(page.get_by_text(text)).to_be_visible()
    expect(page.get_by_text("left to play")).to_have_count(0)
    expect(page.get_by_text("Next:")).to_have_count(0)


def test_requests_are_shown_as_they_come(show, serve_here, connect, cassette):
    served = serve_here(cassette(SCRIPT))
    page = show(served)
    threads = connect(served).beta.threads
    thread = threads.create(messages=[{"role": "user", "content": "I am Ada"}])
    expect(row(page, "create_thread")).to_contain_text("POST /threads")
    expect(row(page, "create_thread")).to_contain_text("200")
    list(threads.runs.create(thread_id=thread.id, assistant_id="asst_1", stream=True))
    expect(row(page, "create_run")).to_contain_text("13 events")
    expect(page.get_by_text("Next: run 1, for any request")).to_be_visible()
    expect(page.get_by_text("1 entry left to play")).to_be_visible()
    expect(page.get_by_role("article").filter(has_text="Hello Ada!")).to_be_visible()
    expect(requests(page).last).to_contain_text("create_run")


def test_a_stream_that_lasts_is_waiting_and_then_it_is_not(show, serve, connect, cassette):
    served = serve(cassette("runs: [{reply: [a, b, c, d], pace: 400ms}]"), "--pace", "recorded")
    page = show(served)
    stream = connect(served).responses.create(model="gpt-4o", input="Hi", stream=True)
    expect(row(page, "create_response")).to_contain_text("waiting")
    row(page, "create_response").click()  # what is selected stays selected when its answer has come
    list(stream)
    expect(row(page, "create_response")).to_contain_text("200")
    expect(row(page, "create_response")).to_have_attribute("aria-selected", "true")
    expect(details(page).get_by_label("The answer")).to_contain_text("response.completed")
    expect(details(page).get_by_text("the answer breaks off")).to_have_count(0)


def test_what_came_before_the_page_was_opened_is_shown_too(show, serve_here, connect, cassette):
    served = serve_here(cassette(SCRIPT))
    ask(connect(served))
    expect(row(show(served), "create_thread_and_run")).to_be_visible()


def test_a_miss_is_shown_whole_with_its_body_and_the_entry_that_answers_it(show, serve_here, connect, cassette):
    path = cassette("runs: []")
    served = serve_here(path)
    page = show(served, permissions=["clipboard-read", "clipboard-write"])
    missed(served, connect, metadata={"a": "1"})
    expect(row(page, "create_thread_and_run")).to_contain_text("501")
    row(page, "create_thread_and_run").click()
    note = details(page).get_by_label("What went wrong")
    expect(note).to_contain_text("sent      POST /threads/runs  (create_thread_and_run)")
    page.get_by_role("button", name="Copy the entry").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    entry = page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("r")
    expect(details(page).get_by_label("Body of the request")).to_contain_text('"content": "Who?"')
    path.write_text(f"runmock: 1\nruns:\n{entry}\n")
    page.get_by_role("button", name="Rewind").click()
    expect(page.get_by_text("Next: run 0, needs last_message Who?")).to_be_visible()
    assert ask(connect(served), "Who?", metadata={"a": "1"}).status == "completed"


def test_a_hostile_body_is_text(show, serve_here, connect):
    served = serve_here()
    page = show(served)
    hostile = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    ask(connect(served), hostile)
    row(page, "create_thread_and_run").click()
    expect(page.get_by_role("article").filter(has_text="<img src=x onerror=")).to_be_visible()
    page.keyboard.press("r")
    expect(details(page).get_by_text("<img src=x onerror=")).to_be_visible()
    expect(page.locator("img")).to_have_count(0)
    assert page.title() == "runmock serve"


def test_a_person_can_rewind(show, serve_here, connect, cassette):
    served = serve_here(cassette("runs: [{reply: Hi}]"))
    page = show(served)
    client = connect(served)
    ask(client)
    expect(page.get_by_text("Everything was played.")).to_be_visible()
    page.get_by_role("button", name="Rewind").click()
    expect(page.get_by_text(re.compile(r"Rewound at \d\d:\d\d:\d\d\."))).to_be_visible()
    expect(page.get_by_text("1 entry left to play")).to_be_visible()
    assert ask(client).status == "completed"
    expect(row(page, "create_thread_and_run")).to_have_count(2)  # what came before is still there


def test_another_cassette_is_loaded(show, serve_here, connect, cassette):
    path, other = cassette("runs: [{reply: Hi}]"), cassette("runs: [{reply: Other}, {reply: More}]", "other.yaml")
    served = serve_here(path)
    page = show(served)
    select = page.get_by_role("combobox", name="Cassette")
    expect(select.locator("option")).to_have_text([str(other), str(path)])
    expect(select).to_have_value(str(path))
    select.select_option(str(other))
    page.get_by_role("button", name="Load").click()
    expect(page.get_by_text(f"Loaded {other} at")).to_be_visible()
    expect(page.get_by_text(f"{other}: 2 runs")).to_be_visible()
    assert connect(served).responses.create(model="gpt-4o", input="Hi").output_text == "Other"
    other.write_text("runmock: 1\nruns: [{repply: Hi}]")
    page.get_by_role("button", name="Load").click()
    result = page.get_by_text("Not loaded, what was loaded goes on.")
    expect(result).to_contain_text(f"{other}:2:9: unknown key 'repply' in a run; did you mean 'reply'?")


def test_a_cassette_that_broke_is_shown_with_its_line(show, serve_here, cassette):
    path = cassette("runs: [{reply: Hi}]")
    page = show(serve_here(path))
    path.write_text("runmock: 1\nruns: [{repply: Hi}]")
    page.get_by_role("button", name="Rewind").click()
    result = page.get_by_text("Not rewound, what was loaded goes on.")
    expect(result).to_contain_text(f"{path}:2:9: unknown key 'repply' in a run; did you mean 'reply'?")


def test_a_rewind_from_elsewhere_and_a_watched_file_are_shown(show, serve, cassette):
    path = cassette("runs: [{reply: Hi}]")
    page = show(serve(path, "--watch"))
    path.write_text("runmock: 1\nruns: [{reply: One}, {reply: Two}]")
    expect(page.get_by_text(f"{path}: 2 runs")).to_be_visible()
    expect(page.get_by_text(re.compile("A cassette changed: rewound at"))).to_be_visible()
    path.write_text("runmock: 1\nruns: [{repply: Hi}]")
    expect(page.get_by_text(f"{path}:2:9: unknown key")).to_be_visible()


def test_a_server_that_is_gone_is_reported(show, serve):
    served = serve()
    page = show(served)
    served.end()
    expect(page.get_by_text("the server is gone; trying again")).to_be_visible()


def test_the_feed_is_requested_again_after_an_error(show, serve_here, connect):
    served = serve_here()
    page = show(served)
    page.route("**/_runmock/feed", lambda route: route.fulfill(status=503), times=1)
    page.reload()
    expect(page.get_by_text("the server is gone; trying again")).to_be_visible()
    expect(page.get_by_text("connected", exact=True)).to_be_visible()
    connect(served).beta.threads.create()
    expect(row(page, "create_thread")).to_have_count(1)


def test_the_latest_200_requests_are_kept_and_what_is_selected_stays(show, serve_here, connect):
    served = serve_here()
    page = show(served)
    threads = connect(served).beta.threads
    for number in range(199):
        threads.create(metadata={"number": str(number)})
    chosen = threads.create(metadata={"number": "chosen"})
    expect(page.get_by_text("200 requests")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("chosen")
    expect(page.get_by_text("1 request", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(details(page).get_by_label("The answer")).to_contain_text(chosen.id)
    page.get_by_role("searchbox").fill("")
    for number in range(5):
        threads.create(metadata={"number": f"later {number}"})
    expect(requests(page).last).to_have_attribute("aria-setsize", "200")
    page.get_by_role("searchbox").fill("later 4")
    expect(page.get_by_text("1 request", exact=True)).to_be_visible()
    expect(details(page).get_by_label("The answer")).to_contain_text(chosen.id)
    page.get_by_role("searchbox").fill('"number":"0"')
    expect(page.get_by_text("0 requests")).to_be_visible()


def test_steady_traffic_does_not_put_off_what_is_left(show, serve_here, connect, cassette):
    served = serve_here(cassette("runs: [{reply: Hi}]"))
    page = show(served)
    client = connect(served)
    ask(client)
    until = time.monotonic() + 5
    while not page.get_by_text("Everything was played.").is_visible():
        client.beta.threads.create()  # faster than the page looks again
        assert time.monotonic() < until, "the page waits for the traffic to end"


def test_only_what_is_new_is_fetched(show, serve_here, connect):
    served = serve_here()
    page = show(served)
    threads = connect(served).beta.threads
    first = threads.create()
    row(page, "create_thread").click()
    expect(details(page).get_by_label("The answer")).to_contain_text(first.id)
    with page.expect_response(lambda response: response.url.endswith("/_runmock/document?after=1")) as answer:
        threads.create()
    assert [request["id"] for request in answer.value.json()["requests"]] == [2]


def test_the_newest_request_is_in_sight_while_the_end_of_the_list_is(show, serve_here, connect):
    served = serve_here()
    page = show(served, viewport={"width": 1200, "height": 600})
    threads = connect(served).beta.threads
    for number in range(20):
        threads.create(metadata={"number": str(number)})
    newest = threads.delete(threads.create().id)
    expect(row(page, "delete_thread")).to_be_in_viewport()
    page.get_by_role("listbox", name="Requests").evaluate("list => { list.scrollTop = 0; }")
    threads.create()
    expect(page.get_by_text("23 requests")).to_be_visible()
    expect(requests(page).first).to_be_in_viewport()
    assert newest.deleted


def test_the_keyboard_alone_is_enough(show, serve_here, connect, cassette):
    served = serve_here(cassette("runs: [{reply: Hi}]"))
    page = show(served)
    ask(connect(served))
    missed(served, connect)
    expect(row(page, "create_thread_and_run")).to_have_count(2)
    page.keyboard.press("n")
    expect(details(page).get_by_label("The entry to add")).to_contain_text("last_message")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Rewind":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Rewound at"))).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Loaded .* at"))).to_be_visible()


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_it_fits_any_screen_and_can_be_read(show, serve_here, connect, cassette, width):
    deep = cassette("runs: [{match: {last_message: /" + "y" * 300 + "/}, reply: Hi}]", f"{'long' * 30}.yaml")
    served = serve_here(deep)
    missed(served, connect, "x" * 500)
    for scheme in ("light", "dark"):
        page = show(served, viewport={"width": width, "height": 700}, color_scheme=scheme)
        expect(row(page, "create_thread_and_run")).to_be_visible()
        page.get_by_text("1 entry left to play").click()
        page.keyboard.press("n")
        if width < 1024:
            page.get_by_role("button", name="Details").click()
            expect(page.get_by_role("listbox", name="Requests")).to_be_hidden()
        expect(details(page).get_by_label("The entry to add")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CONTRASTS) == []


def test_with_a_key_the_page_is_for_who_has_it(show, serve_here):
    served = serve_here("--api-key", "sesame")
    page = show(served, http_credentials={"username": "", "password": "sesame"})
    page.get_by_role("button", name="Rewind").click()
    expect(page.get_by_text(re.compile("Rewound at"))).to_be_visible()


def test_a_page_of_another_site_may_call_the_api(browser, serve_here, stock):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{stock.url}/v1/elsewhere")  # another port is another site
    answer = page.evaluate(ASKS_THE_API, serve_here().url)
    context.close()
    assert answer == [200, "2020-10-01", "thread"]


ASKS_THE_API = """
async (url) => {
  const headers = {"openai-beta": "assistants=v2", authorization: "Bearer any", "content-type": "application/json"};
  const answer = await fetch(`${url}/v1/threads`, {method: "POST", headers, body: "{}"});
  return [answer.status, answer.headers.get("openai-version"), (await answer.json()).object];
}
"""
