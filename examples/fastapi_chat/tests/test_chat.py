import json

import pytest
from fastapi.testclient import TestClient
from runmock import Session

from chat import app


@pytest.fixture
def browser() -> TestClient:
    return TestClient(app)


def ask(browser: TestClient, chat_id: str, question: str) -> list[tuple[str, str]]:
    """The events of the answer: name and data of each."""
    response = browser.post(f"/chats/{chat_id}/questions", json={"question": question})
    events = [dict(line.split(": ", 1) for line in event.splitlines()) for event in response.text.split("\n\n")[:-1]]
    return [(event["event"], json.loads(event["data"])) for event in events]


@pytest.mark.runmock("chat")
def test_two_questions_in_one_chat(browser: TestClient) -> None:
    chat_id = browser.post("/chats").json()["id"]

    assert ask(browser, chat_id, "My name is Ada.") == [("text", "Hello"), ("text", " Ada!"), ("done", "")]
    assert ask(browser, chat_id, "Who am I?") == [("text", "You are"), ("text", " Ada."), ("done", "")]


def test_a_failed_run_is_an_error(browser: TestClient, runmock: Session) -> None:
    runmock.fail("server_error")

    assert ask(browser, "thread_1", "Hello?") == [("error", "The assistant could not answer.")]


def test_an_answer_that_breaks_off_is_an_error_and_its_run_is_cancelled(browser: TestClient, runmock: Session) -> None:
    runmock.reply("It", " is", " 21.").truncate()

    assert ask(browser, "thread_1", "How warm is it?") == [("text", "It"), ("error", "The answer broke off.")]
    assert runmock.requests[-1].operation == "cancel_run"
    runmock.assert_resilient()


def test_a_broken_connection_is_an_error(browser: TestClient, runmock: Session) -> None:
    runmock.reply("It", " is", " 21.").disconnect()

    assert [name for name, _ in ask(browser, "thread_1", "How warm is it?")] == ["text", "error"]
