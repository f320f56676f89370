"""What people come to a page for, by keyboard: after the search each task takes at most five keys."""

import re
from typing import NamedTuple

import pytest
from browsing import expect
from viewer_pages import POLLED, TWO_RUNS, UNANSWERED

MOST_KEYS = 5


class Task(NamedTuple):
    """A task: where, what is searched for, the keys after that, and what the person knows then."""

    page: str
    search: str
    keys: str
    known: object


def selected(page):
    return page.locator("#list .row.selected")


def details(page):
    return page.get_by_role("region", name="Details")


def talk(page):
    return page.get_by_role("region", name="Conversation")


def clipboard(page):
    expect(page.locator(".said")).to_have_text("copied")
    return page.evaluate("navigator.clipboard.readText()")


def sees_the_differing_field(page):
    expect(details(page).get_by_text("last_message differs").first).to_be_visible()
    expect(details(page).locator(".was").first).to_contain_text("cassette  /Rome/")
    expect(details(page).locator(".now").first).to_contain_text("sent      What is the capital of Oslo?")


def sees_where_the_text_stops(page):
    expect(details(page)).to_contain_text("The text stops after event 6 of 9.")
    expect(page.locator("#events .row.selected")).to_contain_text("thread.message.delta")
    expect(page.locator("#events .row.selected .number")).to_have_text("6")


def sees_the_longest_run(page):
    expect(selected(page).locator(".title")).to_have_text("A long one")
    expect(selected(page).locator(".note")).to_contain_text("completed, 2.80 s")
    expect(talk(page).locator(".item.selected")).to_contain_text("run_2")


def has_copied_the_body(page):
    assert '"instructions": "Answer question 2."' in clipboard(page)


def sees_the_unanswered_call(page):
    expect(selected(page)).to_contain_text("How warm is it in Oslo?")
    call = talk(page).locator(".item.selected .call")
    expect(call.locator(".call-name")).to_have_text("get_weather")
    expect(call.get_by_text("never answered")).to_be_visible()


def sees_what_changed_between_polls(page):
    expect(details(page).locator("tbody tr").filter(has_text=re.compile("^status"))).to_contain_text(
        '"queued""in_progress"'
    )


def sees_who_plays_the_cassette(page):
    expect(details(page).locator("h2")).to_contain_text("test_weather")
    expect(details(page)).to_contain_text("Cassette: weather.yaml")


def sees_another_problem(page):
    expect(selected(page).locator(".title")).to_have_text("test_left")
    expect(details(page)).to_contain_text('run 1: reply "two"')


def sees_the_refusal(page):
    expect(selected(page)).to_contain_text("429")
    expect(talk(page).locator(".item.selected")).to_contain_text("Too many requests, wait a little")


def has_copied_the_raw_answer(page):
    text = clipboard(page)
    assert text.startswith("POST /threads/thread_1/runs\n\n{")
    assert '\nevent: thread.run.created\ndata: {"id":"run_1",' in text
    assert text.endswith("event: done\ndata: [DONE]\n\n")


def sees_the_arguments_and_the_output(page):
    call = talk(page).locator(".call")
    expect(call.locator("pre").first).to_have_text(re.compile(r'\{\s+"city": "Paris"\s+\}'))
    expect(call.locator("pre").last).to_have_text("21")
    expect(talk(page).locator(".item.run h3")).to_contain_text(re.compile(r"completed gpt-4o, \d"))


TASKS = {
    "the failing test's differing field": Task("tests", "capital", "", sees_the_differing_field),
    "the event after which the text stops": Task("runs", "long one", "l", sees_where_the_text_stops),
    "the run with the longest wait": Task("runs", "", "s Home", sees_the_longest_run),
    "that request's body": Task("runs", "", "s Home r c", has_copied_the_body),
    "the call that was never answered": Task("unanswered", "", "n", sees_the_unanswered_call),
    "what changed between two polls": Task(
        "polled", "retrieve_run", "ArrowRight ArrowDown ArrowDown d", sees_what_changed_between_polls
    ),
    "the test that plays a cassette": Task("tests", "weather.yaml", "", sees_who_plays_the_cassette),
    "the next problem": Task("tests", "", "Home n n", sees_another_problem),
    "the refused request and its message": Task("tests", "too many requests", "2 n", sees_the_refusal),
    "the text of an answer as it was sent": Task("requests", "Answer question 1", "w c", has_copied_the_raw_answer),
    "what a tool was asked, and what it said": Task("tests", "test_tools", "", sees_the_arguments_and_the_output),
}


@pytest.fixture
def pages(show, opened, request):
    """Open a page by its name; a tab that the person would choose is chosen."""
    cassettes = {"runs": TWO_RUNS, "requests": TWO_RUNS, "unanswered": UNANSWERED, "polled": POLLED}

    def open_page(name):
        if name == "tests":
            return opened(request.getfixturevalue("page_of_tests"))
        page = show(cassettes[name])
        page.keyboard.press("3" if name in ("requests", "polled") else "2")
        return page

    return open_page


@pytest.mark.parametrize("name", TASKS)
def test_a_task_takes_a_search_and_a_few_keys(pages, name):
    task = TASKS[name]
    page = pages(task.page)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type(task.search)
    page.keyboard.press("Enter")
    expect(page.locator("#list")).to_be_focused()
    keys = task.keys.split()
    assert len(keys) <= MOST_KEYS
    for key in keys:
        page.keyboard.press(key)
    task.known(page)
