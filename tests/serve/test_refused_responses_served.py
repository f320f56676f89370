"""Every refusal of Responses and Conversations over `runmock serve`: the same errors as in process."""

import openai
import pytest
from response_refusals import CASSETTE, SERVICE, refused


@pytest.mark.parametrize("what", SERVICE)
def test_what_is_refused_over_http(serve_here, connect, cassette, what):
    client = connect(serve_here(cassette(CASSETTE)))
    found, expected = refused(client, what, lambda: pytest.raises(openai.APIStatusError))
    assert found == expected
