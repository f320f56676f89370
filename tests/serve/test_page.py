"""The page at `/` in a real browser."""

import itertools
import re
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


def row(page, operation):
    """The rows of an operation."""
    return page.locator("tbody tr").filter(has=page.get_by_text(operation, exact=True))


def ask(client, text="Hi", **options):
    return client.beta.threads.create_and_run_poll(
        assistant_id="asst_1", thread={"messages": [{"role": "user", "content": text}]}, **options
    )


def test_it_shows_what_is_loaded_and_what_is_left(show, serve_here, cassette):
    path = cassette(SCRIPT)
    served = serve_here(path)
    page = show(served)
    expect(page.get_by_text(f"OPENAI_BASE_URL={served.base_url}")).to_be_visible()
    expect(page.get_by_text(f"AZURE_OPENAI_ENDPOINT={served.url}")).to_be_visible()
    expect(page.get_by_text(f"{path}: 2 runs")).to_be_visible()
    expect(page.get_by_text("2 entries left to play:")).to_be_visible()
    expect(page.get_by_text(f'{path}: run 0, line 4: when last_message /Ada/; reply "Hello Ada!"')).to_be_visible()
    expect(page.get_by_text("None yet.")).to_be_visible()


def test_with_no_cassette_it_shows_what_runs_get(show, stock):
    page = show(stock)
    text = 'No cassette: every run gets a stock reply, "Hello! How can I assist you today?"'
    expect(page.get_by_text(text)).to_be_visible()
    expect(page.get_by_text("left to play")).to_have_count(0)


def test_requests_are_shown_as_they_come(show, serve_here, connect, cassette):
    served = serve_here(cassette(SCRIPT))
    page = show(served)
    threads = connect(served).beta.threads
    thread = threads.create(messages=[{"role": "user", "content": "I am Ada"}])
    expect(row(page, "create_thread")).to_contain_text("POST /v1/threads")
    expect(row(page, "create_thread")).to_contain_text("200")
    list(threads.runs.create(thread_id=thread.id, assistant_id="asst_1", stream=True))
    expect(row(page, "create_run")).to_contain_text("create_run, stream")
    expect(row(page, "create_run")).to_contain_text("13 events")
    expect(page.get_by_text("1 entry left to play:")).to_be_visible()
    newest = page.get_by_role("row").nth(1)  # below the header
    expect(newest).to_contain_text("create_run")


def test_what_came_before_the_page_was_opened_is_shown_too(show, serve_here, connect, cassette):
    served = serve_here(cassette(SCRIPT))
    ask(connect(served))
    expect(row(show(served), "create_thread_and_run")).to_be_visible()


def test_a_row_opens_to_the_whole_miss_and_the_body(show, serve_here, connect, cassette):
    served = serve_here(cassette("runs: []"))
    page = show(served)
    with pytest.raises(openai.InternalServerError):
        ask(connect(served), "Who?", metadata={"a": "1"})
    missed = row(page, "create_thread_and_run")
    expect(missed).to_contain_text("501")
    missed.locator("summary").click()
    expect(missed.get_by_text("sent      POST /threads/runs  (create_thread_and_run)")).to_be_visible()
    expect(missed.get_by_text('"content": "Who?"')).to_be_visible()


def test_a_hostile_body_is_text(show, serve_here, connect):
    served = serve_here()
    page = show(served)
    hostile = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    ask(connect(served), hostile)
    shown = row(page, "create_thread_and_run")
    shown.locator("summary").click()
    expect(shown.get_by_text("<img src=x onerror=")).to_be_visible()
    expect(page.locator("img")).to_have_count(0)
    assert page.title() == "runmock"


def test_a_person_can_rewind(show, serve_here, connect, cassette):
    served = serve_here(cassette("runs: [{reply: Hi}]"))
    page = show(served)
    client = connect(served)
    ask(client)
    expect(page.get_by_text("Everything was played.")).to_be_visible()
    page.get_by_role("button", name="Rewind").click()
    expect(page.get_by_text(re.compile(r"Rewound at \d\d:\d\d:\d\d\."))).to_be_visible()
    expect(page.get_by_text("1 entry left to play:")).to_be_visible()
    assert ask(client).status == "completed"


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
    path.write_text("runmock: 1\nruns: [{repply: Hi}]")
    expect(page.get_by_text(f"{path}:2:9: unknown key")).to_be_visible()


def test_a_server_that_is_gone_is_reported(show, serve):
    served = serve()
    page = show(served)
    served.end()
    expect(page.get_by_text("the server is gone; trying again")).to_be_visible()


def test_the_feed_is_requested_again_after_an_error(show, serve, connect):
    served = serve()
    page = show(served)
    page.route("**/_runmock/feed", lambda route: route.fulfill(status=503), times=1)
    page.evaluate("listen()")
    expect(page.get_by_text("the server is gone; trying again")).to_be_visible()
    expect(page.get_by_text("connected", exact=True)).to_be_visible()
    connect(served).beta.threads.create()
    expect(row(page, "create_thread")).to_have_count(1)


def test_rows_are_in_order_whatever_order_they_come_in(show, serve_here):
    page = show(serve_here())
    page.evaluate(
        """() => {
            for (const [number, ms] of [[2, 1], [4, 1], [3, 1], [1, 1], [4, null]])
                showRequest({number, at: 0, method: "GET", path: `/${number}`, operation: "", body: "", status: 200,
                             is_stream: false, events: 0, ms, note: ""});
        }"""
    )
    rows = page.locator("tbody tr").all_inner_texts()
    assert [text.split("GET /")[1][0] for text in rows] == ["4", "3", "2", "1"]
    assert "1.0 ms" in rows[0]  # an older word about it does not take back that it has ended


def test_steady_traffic_does_not_put_off_what_is_left(show, serve_here):
    page = show(serve_here())
    with page.expect_request("**/_runmock/state", timeout=5_000):
        page.evaluate("() => { setInterval(refreshSoon, 20); }")


def test_a_table_without_rows_is_hidden_on_any_screen(show, serve_here):
    page = show(serve_here(), viewport={"width": 360, "height": 700})
    expect(page.get_by_text("None yet.")).to_be_visible()
    expect(page.locator("table")).to_be_hidden()


def test_the_keyboard_alone_is_enough(show, serve_here, connect, cassette):
    served = serve_here(cassette("runs: [{reply: Hi}]"))
    page = show(served)
    ask(connect(served))
    expect(row(page, "create_thread_and_run")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Rewound at"))).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("details[open]")).to_have_count(1)


def test_it_fits_any_screen_and_can_be_read(show, serve_here, connect, cassette):
    served = serve_here(cassette("runs: []"))
    with pytest.raises(openai.InternalServerError):
        ask(connect(served), "x" * 500)
    page = show(served)
    row(page, "create_thread_and_run").locator("summary").click()
    for scheme, width in itertools.product(("light", "dark"), (360, 1100)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 700})
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
