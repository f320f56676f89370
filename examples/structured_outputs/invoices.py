"""Read an invoice: the run answers by a JSON schema, and the answer becomes a pydantic model."""

from datetime import date

from openai import OpenAI
from openai.types.shared_params import ResponseFormatJSONSchema
from pydantic import BaseModel, ConfigDict

ASSISTANT_ID = "asst_invoices"


class StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid")  # strict schemas want `additionalProperties: false`


class Line(StrictModel):
    text: str
    amount: float


class Invoice(StrictModel):
    number: str
    due: date
    lines: list[Line]


FORMAT: ResponseFormatJSONSchema = {
    "type": "json_schema",
    "json_schema": {"name": "invoice", "strict": True, "schema": Invoice.model_json_schema()},
}


class NoInvoiceError(Exception):
    """The model refused, or its run ended early."""


def read_invoice(client: OpenAI, text: str) -> Invoice:
    """The invoice in a text. Raises NoInvoiceError, or pydantic's ValidationError when the answer breaks the schema."""
    run = client.beta.threads.create_and_run_poll(
        assistant_id=ASSISTANT_ID,
        thread={"messages": [{"role": "user", "content": text}]},
        response_format=FORMAT,
    )
    if run.status != "completed":
        reason = run.incomplete_details.reason if run.incomplete_details else None
        raise NoInvoiceError(reason or f"the run is {run.status}")
    answer = ""
    for part in client.beta.threads.messages.list(run.thread_id, run_id=run.id).data[0].content:
        if part.type == "refusal":
            raise NoInvoiceError(part.refusal)
        if part.type == "text":
            answer += part.text.value
    return Invoice.model_validate_json(answer)
