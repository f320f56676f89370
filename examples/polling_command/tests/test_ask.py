import pytest
from runmock import Session

import ask


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "test")


@pytest.mark.runmock("weather")
def test_the_command_shows_the_statuses_and_prints_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask.main(["--every=0", "How", "warm", "is", "it", "in", "Paris?"]) == 0

    shown = capsys.readouterr()
    assert shown.err.split(" ...\n") == ["queued", "queued", "in_progress", "in_progress", "in_progress", ""]
    assert shown.out == "It is 21 degrees in Paris.\n"


def test_a_run_that_takes_too_long_is_cancelled(runmock: Session, capsys: pytest.CaptureFixture[str]) -> None:
    runmock.stuck("in_progress")

    assert ask.main(["--every=0", "--timeout=0", "Hello?"]) == 1
    assert "ask: no answer within 0 seconds\n" in capsys.readouterr().err
    assert runmock.requests[-1].operation == "cancel_run"


def test_the_reason_of_a_failed_run_is_printed(runmock: Session, capsys: pytest.CaptureFixture[str]) -> None:
    runmock.fail("rate_limit_exceeded", message="You exceeded your current quota.")

    assert ask.main(["--every=0", "Hello?"]) == 1
    assert "ask: You exceeded your current quota.\n" in capsys.readouterr().err


def test_a_wrong_key_is_an_error_of_one_line(runmock: Session, capsys: pytest.CaptureFixture[str]) -> None:
    runmock.http(401, message="Incorrect API key provided.")

    assert ask.main(["Hello?"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
