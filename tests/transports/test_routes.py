"""Whether a route may answer a request is known before its body is."""

import httpx
import pytest
from respx.patterns import M

from runmock.transports.router import RouterRoutes


@pytest.mark.parametrize(
    ("pattern", "may"),
    [
        (M(url="https://a.example/"), True),
        (M(url="https://b.example/"), False),
        (M(method="GET"), False),
        (M(host="a.example", json={"a": 1}), True),
        (M(host="b.example", json={"a": 1}), False),
        (M(json={"a": 1}), True),
        (M(host="b.example") | M(json={"a": 1}), True),
        (M(host="b.example") | M(host="c.example"), False),
        (~M(content=b"a"), True),
        (~M(host="a.example"), False),
        (None, True),
    ],
)
def test_a_route_may_answer_if_everything_but_the_body_matches(pattern, may):
    routes = RouterRoutes()
    assert not routes.may_answer(httpx.Request("POST", "https://a.example/"))
    routes.router.route(*() if pattern is None else (pattern,))
    assert routes.may_answer(httpx.Request("POST", "https://a.example/")) is may
