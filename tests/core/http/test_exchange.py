import pytest

from runmock.core.http.exchange import Frame, Reply, Request


@pytest.mark.parametrize(
    ("body", "parsed"),
    [
        (b"", None),
        (b" \n", None),
        (b"{}", {}),
        (b'"\xc3\xa9"', "é"),
        (rb'"\ud83d\ude00"', "😀"),
        (b"1e100", 1e100),
        (b"9" * 400, int("9" * 400)),
        (b'\xef\xbb\xbf"\xc3\xa9"', "é"),
        ('"é"'.encode("utf-16"), "é"),
    ],
)
def test_a_body_is_read_as_json(body, parsed):
    assert Request("POST", "api.openai.com", "/v1/threads", body=body).parsed_body() == parsed


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"hello", b"[NaN]", b"-Infinity", b"1e999", b"9" * 400 + b".0", rb'"\ud800"']
)
def test_a_body_that_is_no_json_is_a_value_error(body):
    with pytest.raises(ValueError, match=r"."):
        Request("POST", "api.openai.com", "/v1/threads", body=body).parsed_body()


def test_a_request_gets_its_body_when_it_is_read():
    arguments = ("POST", "api.openai.com", "/v1/threads", {"limit": ("1",)}, {"accept": "*/*"})
    assert Request(*arguments).with_body(b"{}") == Request(*arguments, b"{}")


def test_json_is_sent_as_the_service_prints_it():
    reply = Reply.of_json({"a": ["é"]}, 201, [("x", "y")])
    assert reply == Reply(
        201, (("content-type", "application/json"), ("x", "y")), (Frame(0, '{\n  "a": [\n    "é"\n  ]\n}'.encode()),)
    )
    assert not reply.is_stream
    assert reply.body() == '{\n  "a": [\n    "é"\n  ]\n}'.encode()


def test_json_is_of_the_kind_that_its_headers_name():
    reply = Reply.of_json({}, headers=[("Content-Type", "application/problem+json")])
    assert reply.headers == (("Content-Type", "application/problem+json"),)


def test_events_are_a_stream():
    reply = Reply.of_events(iter([Frame(3, b"x")]), [("x", "y")])
    assert (reply.status, reply.is_stream, list(reply.frames)) == (200, True, [Frame(3, b"x")])
    assert reply.headers == (("content-type", "text/event-stream; charset=utf-8"), ("x", "y"))
