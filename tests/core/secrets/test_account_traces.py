import pytest

from runmock.core.secrets.account_traces import TRACES, account_traces
from runmock.core.secrets.hits import STAND_INS, replaced

UUID = "123e4567-e89b-12d3-a456-426614174000"
REQ = "req_0123456789abcdef0123456789abcdef"
ACCOUNT = "Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y"


def test_what_replaces_a_secret_is_known_as_such():
    assert {trace.instead for trace in TRACES} <= STAND_INS


def redacted(text, **where):
    return replaced([text], account_traces(text, **where))[0]


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        (f"include the request ID {REQ} in your email.", "include the request ID req_redacted in your email."),
        (f"(Request ID: {UUID})", "(Request ID: redacted)"),
        (f"please include the request id {UUID}.", "please include the request id redacted."),
        (f'"x-request-id": "{UUID}"', '"x-request-id": "redacted"'),
        (f'{{\\"requestId\\":\\"{UUID}\\"}}', '{\\"requestId\\":\\"redacted\\"}'),
        (f"RequestId:{UUID.replace('-', '')}", "RequestId:redacted"),
        (f"in {REQ}, {REQ}", "in req_redacted, req_redacted"),
        (f"of org-{ACCOUNT} and proj_{ACCOUNT}", "of org-redacted and proj_redacted"),
        ("of org-abcdefghijklmnopqrstuvwx here", "of org-redacted here"),
        ("provided: sk-proj-******wxyz. You", "provided: sk-redacted. You"),
        ("provided: ab12*****9xyz. You", "provided: redacted. You"),
        ("it was sk-ab****yz", "it was sk-redacted"),
    ],
)
def test_what_identifies_the_account_in_a_text_is_removed(text, instead):
    assert redacted(text) == instead
    assert redacted(text, is_error=True) == instead
    assert redacted(instead) == redacted(instead, is_error=True) == instead


@pytest.mark.parametrize(
    "text",
    [
        "org-chart and org-internationalization, proj_x",
        "def handle(req_parameters, req_body): ...",
        "request id 42, request_id=abc",
        f"the order id {UUID}",
        "the task-force",
        "an sk-learn model",
        "",
    ],
)
def test_what_only_looks_a_little_like_it_stays(text):
    assert redacted(text) == text


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("Incorrect API key provided: sk-mine1234. You", "Incorrect API key provided: sk-redacted. You"),
        ("Incorrect API key provided: mine-1234. You", "Incorrect API key provided: redacted. You"),
        ("request req_abc12345", "request req_redacted"),
        ("request id 20240131-ABC-0815-x", "request id redacted"),
        ("for org-abc12345 in proj_abc12345", "for org-redacted in proj_redacted"),
    ],
)
def test_in_an_error_less_is_enough(text, instead):
    assert redacted(text) == text
    assert redacted(text, is_error=True) == instead


@pytest.mark.parametrize(
    ("key", "text", "instead"),
    [
        ("request_id", REQ, "req_redacted"),
        ("requestId", UUID, "redacted"),
        ("x-request-id", UUID, "redacted"),
        ("clientRequestId", UUID, "redacted"),
        ("request_id", "redacted", "redacted"),
        ("code", UUID, UUID),
    ],
)
def test_in_an_error_a_phrase_shows_that_a_request_id_follows(key, text, instead):
    assert redacted(text, key=key, is_error=True) == instead
    assert redacted(UUID, key=key) == UUID
