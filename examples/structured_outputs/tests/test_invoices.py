from datetime import date

import pytest
from openai import OpenAI
from pydantic import ValidationError
from runmock import Session

from invoices import Invoice, Line, NoInvoiceError, read_invoice

client = OpenAI(api_key="test")


@pytest.mark.runmock("invoice")
def test_an_invoice_is_read_into_the_model() -> None:
    lines = [Line(text="Paper", amount=12.5), Line(text="Ink", amount=30)]
    assert read_invoice(client, "Invoice 2026-17 ...") == Invoice(number="2026-17", due=date(2026, 12, 1), lines=lines)


def test_the_run_asks_for_the_schema_of_the_model(runmock: Session) -> None:
    invoice = Invoice(number="1", due=date(2026, 12, 1), lines=[])
    runmock.reply(invoice.model_dump_json())

    assert read_invoice(client, "Invoice 1") == invoice
    sent = runmock.runs[0].request["response_format"]["json_schema"]
    assert sent["strict"]
    assert sent["schema"]["required"] == ["number", "due", "lines"]
    assert sent["schema"]["additionalProperties"] is False


def test_a_refusal_is_no_invoice(runmock: Session) -> None:
    runmock.refusal("I can't read this.")
    with pytest.raises(NoInvoiceError, match=r"I can't read this\."):
        read_invoice(client, "???")


def test_half_an_answer_is_no_invoice(runmock: Session) -> None:
    runmock.reply('{"number": "1", "du').incomplete("max_completion_tokens")
    with pytest.raises(NoInvoiceError, match="max_completion_tokens"):
        read_invoice(client, "Invoice 1")


def test_an_answer_that_breaks_the_schema_is_an_error(runmock: Session) -> None:
    runmock.reply('{"number": "1", "due": "soon", "lines": []}')
    with pytest.raises(ValidationError, match="due"):
        read_invoice(client, "Invoice 1")
