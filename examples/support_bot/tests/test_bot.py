import pytest
from openai import OpenAI
from runmock import Session

import bot

client = OpenAI(api_key="test")


@pytest.mark.runmock("refund")
def test_an_order_is_looked_up_and_refunded() -> None:
    assert bot.help_customer(client, "Order A-17 is broken.") == "You get 40 euros back."


@pytest.mark.parametrize("arguments", [{"order": "A-17", "amount": 400}, {"order": "B-1", "amount": 1}, '{"order": '])
def test_a_tool_that_fails_is_explained_by_the_assistant(runmock: Session, arguments: object) -> None:
    runmock.calls(("refund", arguments)).reply("I cannot refund that.")

    assert bot.help_customer(client, "I want 400 euros!") == "I cannot refund that."
    assert "error" in runmock.tool_outputs["refund"]


def test_a_failed_run_goes_to_a_person(runmock: Session) -> None:
    runmock.calls(find_order={"order": "A-17"}).fail("server_error")

    assert bot.help_customer(client, "Order A-17 is broken.") == bot.SORRY
    runmock.assert_resilient()


@pytest.mark.runmock("refund", chaos=True)
def test_whatever_goes_wrong_the_customer_gets_an_answer() -> None:
    answer = bot.help_customer(client, "Order A-17 is broken.")
    assert answer in {"You get 40 euros back.", bot.SORRY}
