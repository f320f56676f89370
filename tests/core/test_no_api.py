"""Requests that are of no API package."""

from runmock.core.no_api import of_no_api
from runmock.core.replay.interaction import Interaction
from runmock.core.replay.matching import recorded_key
from runmock.core.script.script import Source


def test_an_interaction_that_nobody_identified_is_compared_by_method_and_path():
    found = recorded_key(Interaction(Source("x", 0), "POST", "/orders/1", body={"dish": "soup", "stream": False}))
    assert (found.operation, found.path, found.ids, found.body) == ("POST /orders/1", "/orders/1", {}, {"dish": "soup"})
    assert not of_no_api("GET", "/orders").is_played
